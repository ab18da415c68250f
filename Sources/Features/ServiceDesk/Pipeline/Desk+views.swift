import Accounts
package import Basics
import Messaging
import Storage

/// What a customer is told of where a conversation stands.
package enum CustomerStatus: String, Sendable, Hashable {
    case robot, waiting, open, resolved

    init(_ status: ConversationStatus) {
        switch status {
        case .robot: self = .robot
        case .queued, .offered: self = .waiting
        case .open, .waiting, .snoozed: self = .open
        case .resolved: self = .resolved
        }
    }
}

/// Figures of the desk for the metrics.
package struct DeskFigures: Sendable, Hashable {
    package var byStatus: [ConversationStatus: Int] = [:]
    package var agentsPresent = 0
    /// Since when the one waits that waits longest, in milliseconds since 1970.
    package var oldestWaiting: Int64?
}

extension Desk {
    /// Conversations as staff sees them in lists, in the order given.
    package func staffViews(_ conversations: [Conversation]) async throws -> [JSON] {
        try await database.read { [self] connection in
            let queues = Dictionary(
                uniqueKeysWithValues: try DeskQueries.queues(connection).map { ($0.number, $0.name) })
            return try conversations.map { try staffView($0, queues, connection) }
        }
    }

    private func staffView(
        _ conversation: Conversation, _ queues: [Int64: String], _ connection: Connection
    ) throws -> JSON {
        var view = conversation.json.objectValue ?? [:]
        view["room_id"] = roomID(of: conversation).map(JSON.string)
        view["queue_name"] = queues[conversation.queue].map(JSON.string)
        if let user = try ConversationQueries.user(of: conversation.number, connection),
            let customer = try accounts.user(number: user, on: connection)
        {
            view["customer"] = [
                "user_id": .string(customer.identifier.text), "kind": .string("\(customer.kind)"),
                "name": customer.displayName.map(JSON.string) ?? .null,
            ]
        }
        if let owner = try conversation.owner.flatMap({ try accounts.user(number: $0.number, on: connection) }) {
            view["owner_id"] = .string(owner.identifier.text)
            view["owner_name"] = owner.displayName.map(JSON.string) ?? .null
        }
        for (key, value) in try sceneView(conversation, connection) { view[key] = value }
        view["tags"] = .array(try WorkQueries.tags(of: conversation.number, connection).map(JSON.string))
        return .object(view)
    }

    private func sceneView(_ conversation: Conversation, _ connection: Connection) throws -> [(String, JSON)] {
        guard let scene = try conversation.scene.flatMap({ try SceneQueries.scene($0, connection) }) else { return [] }
        return [
            ("entry", .string(scene.facts.entry)), ("intent", scene.intent.map(JSON.int) ?? .null),
            ("intent_label", scene.label.map(JSON.string) ?? .null),
            ("item", scene.facts.item.map(JSON.object) ?? .null),
        ]
    }

    /// A conversation as its customer sees it: nothing of queues, loads and other people.
    package func customerView(_ conversation: Conversation) async throws -> JSON {
        let estimate = conversation.status == .queued ? try await estimate(conversation.number) : nil
        let scene = try await database.read { [self] in try sceneView(conversation, $0) }
        let status = CustomerStatus(conversation.status)
        var view: JSONObject = [
            "number": .int(conversation.number), "topic": .string(conversation.topic),
            "status": .string(status.rawValue), "room_id": roomID(of: conversation).map(JSON.string) ?? .null,
            "opened_ts": .int(conversation.opened), "resolved_ts": conversation.resolved.map(JSON.int) ?? .null,
            "successor": conversation.successor.map(JSON.int) ?? .null,
            "rating": conversation.rating.map(JSON.int) ?? .null,
        ]
        for (key, value) in scene { view[key] = value }
        if let opens = opening(of: conversation, at: database.now) { view["opens_ts"] = .int(opens) }
        for member in estimate?.json.objectValue ?? [:] { view[member.key] = member.value }
        return .object(view)
    }

    /// How the desk stands.
    package var figures: DeskFigures {
        peek { machine in
            var figures = DeskFigures()
            for conversation in machine.conversations.values {
                figures.byStatus[conversation.status, default: 0] += 1
                if conversation.status == .queued {
                    figures.oldestWaiting = min(figures.oldestWaiting ?? .max, conversation.enqueued)
                }
            }
            figures.agentsPresent = machine.agents.values.count(where: \.isPresent)
            return figures
        } ?? DeskFigures()
    }
}
