import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import ServiceDesk

/// What somebody is at the service desk.
enum DeskRole: Sendable {
    /// A visitor or customer.
    case customer
    /// Of the shop, but nobody has made an agent of the account.
    case none
    /// Serves conversations of some queues.
    case agent(Set<Int64>)
    /// Sees and may do everything with conversations.
    case supervisor

    var name: String {
        switch self {
        case .customer: "customer"
        case .none: "none"
        case .agent: "agent"
        case .supervisor: "supervisor"
        }
    }
}

/// Who may do what at the service desk.
struct DeskAccess: Sendable {
    let desk: Desk

    func role(_ session: Session) async throws -> DeskRole {
        switch session.kind {
        case .visitor, .member, .guest: return .customer
        case .robot: return .none
        case .staff:
            guard let (agent, isSupervisor) = try await desk.agent(session.userNumber) else { return .none }
            return isSupervisor ? .supervisor : .agent(agent.queues)
        }
    }

    /// Refuses everybody but agents and supervisors.
    func requireAgent(_ session: Session) async throws -> DeskRole {
        try session.refuseSuspended()
        let role = try await role(session)
        switch role {
        case .agent, .supervisor: return role
        case .customer, .none: throw RequestError.forbidden("Only agents of the service desk may do this.")
        }
    }

    func requireSupervisor(_ session: Session) async throws {
        guard case .supervisor = try await requireAgent(session) else {
            throw RequestError.forbidden("Only supervisors may do this.")
        }
    }

    /// Whose whispers somebody of the shop reads: their own; nil for supervisors, who read all.
    func reader(_ session: Session) async throws -> Int64? {
        if case .supervisor = try await role(session) { return nil }
        return session.userNumber
    }

    /// Refuses everybody but supervisors and administrators, who set the desk up.
    func requireManager(_ session: Session) async throws {
        try session.refuseSuspended()
        if session.isAdmin { return }
        try await requireSupervisor(session)
    }

    /// The conversation in the path, for staff who may see it: those of an agent's queues, and those that the agent has.
    func staffConversation(_ call: Call, _ session: Session) async throws -> Conversation {
        let conversation = try await desk.conversation(try call.number("number"))
        try await requireSight(of: conversation, session)
        return conversation
    }

    func requireSight(of conversation: Conversation, _ session: Session) async throws {
        if isRobot(session, of: conversation) { return }
        let role = try await requireAgent(session)
        if case .agent(let queues) = role {
            // Whether there is such a conversation is nobody else's business.
            guard queues.contains(conversation.queue) || conversation.owner?.number == session.userNumber else {
                throw RequestError.notFound("There is no such conversation.")
            }
        }
    }

    /// An agent sees a person of whom one of the conversations is within sight.
    func requireSight(ofPerson person: Int64, _ session: Session) async throws {
        let role = try await requireAgent(session)
        guard case .agent(let queues) = role else { return }
        let mine = try await desk.conversations(ofPerson: person).contains {
            queues.contains($0.queue) || $0.owner?.number == session.userNumber
        }
        guard mine else { throw RequestError.notFound("There is no such person.") }
    }

    /// Whether a robot asks that serves the conversation now.
    private func isRobot(_ session: Session, of conversation: Conversation) -> Bool {
        session.kind == .robot && conversation.owner == .robot(session.userNumber)
    }

    /// The conversation in the path, for its customer.
    func ownConversation(_ call: Call, _ session: Session) async throws -> Conversation {
        let conversation = try await desk.conversation(try call.number("number"))
        guard try await desk.isOwn(conversation, user: session.userNumber) else {
            throw RequestError.notFound("There is no such conversation.")
        }
        return conversation
    }

    /// Refuses what is not the agent's own, unless a supervisor asks.
    func requireService(of conversation: Conversation, _ session: Session) async throws {
        if isRobot(session, of: conversation) { return }
        let role = try await requireAgent(session)
        if case .supervisor = role { return }
        guard conversation.owner == .agent(session.userNumber) else {
            throw RequestError.forbidden("Only the agent who has this conversation, or a supervisor, may do this.")
        }
    }
}

extension Call {
    /// A number in the path.
    func number(_ name: String) throws -> Int64 {
        guard let number = Int64(parameter(name)), number > 0 else {
            throw RequestError.notFound("'\(parameter(name).prefix(32))' is no number of anything.")
        }
        return number
    }

    /// How many transitions of the conversation the caller has seen, if the caller says so by `If-Match`.
    func seen(_ number: Int64) throws -> (number: Int64, n: Int64)? {
        guard let text = request.headers[.ifMatch] else { return nil }
        let bare = text.hasPrefix("\"") && text.hasSuffix("\"") ? String(text.dropFirst().dropLast()) : text
        guard let n = Int64(bare) else { throw RequestError.invalidParam("If-Match holds the conversation's 'n'.") }
        return (number, n)
    }
}
