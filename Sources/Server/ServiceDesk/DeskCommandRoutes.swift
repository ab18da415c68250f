import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import ServiceDesk

/// What agents, supervisors and customers do with a conversation. `If-Match` with the conversation's `n` refuses a
/// command of somebody who has not seen its newest state.
struct DeskCommandRoutes: RouteGroup {
    let access: DeskAccess
    private var desk: Desk { access.desk }

    private static let path = "/api/v1/desk/conversations/{number}/"

    func add(to routes: inout RouteTable) {
        addTaking(to: &routes)
        addMoving(to: &routes)
        routes.post(Self.path + "take-over", .desk) { call, session in
            let number = try await access.supervisedConversation(call, session).number
            return try await perform(.forced(number, agent: session.userNumber, by: session.userNumber), call)
        }
        routes.post(Self.path + "force", .desk) { call, session in
            let number = try await access.supervisedConversation(call, session).number
            let agent = try await agent(try await call.object())
            return try await perform(.forced(number, agent: agent, by: session.userNumber), call)
        }
        routes.post(Self.path + "handover", .desk) { call, session in
            let conversation = try await access.ownConversation(call, session)
            return try await perform(.handover(conversation.number, queue: nil, by: session.userNumber), call)
        }
        routes.post(Self.path + "rate", .desk) { call, session in
            let conversation = try await access.ownConversation(call, session)
            let body = try await call.object()
            let stars = try body.required("stars", try body.int("stars"))
            return .json(try await desk.customerView(try await desk.rate(conversation.number, stars: stars)))
        }
    }

    private func addTaking(to routes: inout RouteTable) {
        routes.post(Self.path + "accept", .desk) { call, session in
            _ = try await access.staffConversation(call, session)
            return try await perform(.accepted(try call.number("number"), agent: session.userNumber), call)
        }
        routes.post(Self.path + "decline", .desk) { call, session in
            _ = try await access.staffConversation(call, session)
            return try await perform(.declined(try call.number("number"), agent: session.userNumber), call)
        }
        routes.post(Self.path + "pick", .desk) { call, session in
            _ = try await access.staffConversation(call, session)
            return try await perform(.picked(try call.number("number"), agent: session.userNumber), call)
        }
    }

    private func addMoving(to routes: inout RouteTable) {
        routes.post(Self.path + "transfer", .desk) { call, session in
            let conversation = try await served(call, session)
            let body = try await call.object()
            let target: TransferTarget
            if let queue = try body.int("queue") {
                target = .queue(queue)
            } else {
                target = .agent(try await agent(body))
            }
            let reply = try await perform(
                .transferred(conversation.number, to: target, by: session.userNumber), call)
            if let note = try body.string("note"), !note.isEmpty {
                try await desk.addNote(note, on: conversation.number, by: session.userNumber)
            }
            return reply
        }
        routes.post(Self.path + "snooze", .desk) { call, session in
            let conversation = try await served(call, session)
            let body = try await call.object()
            let until = try body.required("until_ts", try body.int("until_ts"))
            return try await perform(.snoozed(conversation.number, until: until, by: session.userNumber), call)
        }
        routes.post(Self.path + "resolve", .desk) { call, session in
            let conversation = try await served(call, session)
            return try await perform(.resolved(conversation.number, by: session.userNumber), call)
        }
        routes.post(Self.path + "reopen", .desk) { call, session in
            let conversation: Conversation
            if case .customer = try await access.role(session) {
                conversation = try await access.ownConversation(call, session)
            } else {
                conversation = try await access.staffConversation(call, session)
            }
            return try await perform(.reopened(conversation, by: session.userNumber), call)
        }
    }

    /// The conversation in the path, for its agent or a supervisor.
    private func served(_ call: Call, _ session: Session) async throws -> Conversation {
        let conversation = try await access.staffConversation(call, session)
        try await access.requireService(of: conversation, session)
        return conversation
    }

    /// The agent that `agent` names, by number or user id.
    private func agent(_ body: JSONObject) async throws -> Int64 {
        if let number = body["agent"]?.intValue { return number }
        let text = try body.required("agent", try body.string("agent"))
        return try await desk.accounts.named(text).number
    }

    private func perform(_ event: DeskEvent, _ call: Call) async throws -> Response {
        let number = try call.number("number")
        try await desk.perform(event, seen: try call.seen(number))
        let conversation = try await desk.conversation(number)
        return .json([
            "number": .int(number), "status": .string(conversation.status.name), "n": .int(conversation.n),
            "owner": conversation.owner.map { .int($0.number) } ?? .null,
        ])
    }
}
