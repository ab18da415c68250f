import Accounts
package import Basics
import Messaging
import Storage

/// Macros: kept by name, run as one step.
extension Desk {
    /// All macros by name.
    package func macros(of shop: Int64 = Desk.firstShop) async throws -> [JSON] {
        try await database.read { try SetupQueries.macros(of: shop, $0) }.map {
            ["name": .string($0.name), "steps": $0.steps]
        }
    }

    package func setMacro(
        _ name: String, of shop: Int64 = Desk.firstShop, steps: [JSON], by user: Int64
    ) async throws {
        guard !name.isEmpty, name.utf8.count <= 64 else {
            throw RequestError.invalidParam("A macro's name has 1 to 64 bytes.")
        }
        let macro = try Macro(steps)
        try await database.write { context in
            let known = Set(try DeskQueries.queues(of: shop, context.connection).map(\.number))
            for case .transfer(let queue) in macro.steps where !known.contains(queue) {
                throw RequestError.notFound("There is no queue \(queue).")
            }
            try SetupQueries.setMacro(name, .array(steps), of: shop, by: user, in: context)
        }
    }

    package func removeMacro(_ name: String, of shop: Int64 = Desk.firstShop) async throws {
        try await database.write { try SetupQueries.removeMacro(name, of: shop, in: $0) }
    }

    /// Takes all steps of a macro, or none.
    ///
    /// - Parameter seen: a conversation and how many transitions the caller has seen of it, see ``perform(_:seen:)``.
    package func run(
        macro name: String, on number: Int64, by user: Int64, seen: (number: Int64, n: Int64)? = nil
    ) async throws {
        try await owner()
        try await database.write(bytes: 16_384) { [self] context in
            guard let conversation = try ConversationQueries.conversation(number, context.connection),
                let agent = try accounts.user(number: user, on: context.connection)
            else { throw RequestError.notFound("There is no such conversation.") }
            let found = try SetupQueries.macro(name, of: conversation.shop, context.connection)
            guard let stored = found?.arrayValue else {
                throw RequestError.notFound("There is no macro '\(name.prefix(64))'.")
            }
            if let seen, seen.n != conversation.n {
                throw RequestError(
                    status: 409, code: "M_CONFLICT", message: "The conversation has changed. Look again.",
                    extra: ["conversation": conversation.json])
            }
            let values = try names(conversation, agent, context.connection)
            for step in try Macro(stored).steps { try take(step, conversation, agent, values, in: context) }
        }
    }

    private func names(
        _ conversation: Conversation, _ agent: UserRecord, _ connection: Connection
    ) throws -> [String: String] {
        let customer = try ConversationQueries.user(of: conversation.number, connection).flatMap {
            try accounts.user(number: $0, on: connection)
        }
        let scene = try conversation.scene.flatMap { try SceneQueries.scene($0, connection) }
        return [
            "customer": customer?.displayName ?? "", "agent": agent.displayName ?? "",
            "item": scene?.facts.item?["title"]?.stringValue ?? conversation.topic,
        ]
    }

    private func take(
        _ step: Macro.Step, _ conversation: Conversation, _ agent: UserRecord, _ values: [String: String],
        in context: WriteContext
    ) throws {
        let number = conversation.number
        switch step {
        case .reply(let text):
            guard let room = RoomNumber(value: conversation.room) else { return }
            let content: JSONObject = ["msgtype": "m.text", "body": .string(Macro.filled(text, values))]
            try messaging.post(DraftEvent(type: EventType.message, content: content), to: room, by: agent, in: context)
        case .note(let text):
            try WorkQueries.insertNote(Macro.filled(text, values), on: number, by: agent.number, in: context)
        case .tag(let tag):
            let tags = try WorkQueries.tags(of: number, context.connection)
            try WorkQueries.setTags(Set(tags + [tag]), of: number, in: context)
        case .transfer(let queue):
            try perform(.transferred(number, to: .queue(queue), by: agent.number), in: context)
        case .snooze(let minutes):
            try perform(.snoozed(number, until: context.now + minutes * 60_000, by: agent.number), in: context)
        case .resolve:
            try perform(.resolved(number, by: agent.number), in: context)
        }
    }

    private func perform(_ event: DeskEvent, in context: WriteContext) throws {
        if let refusal = try received(event, in: context).refusal { throw RequestError(refusal) }
    }
}
