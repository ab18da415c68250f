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
    /// Of the staff, but nobody has made an agent of the account.
    case none
    /// Works in one or several shops, and may supervise some of them.
    case staff(DeskMembership)

    var name: String {
        switch self {
        case .customer: "customer"
        case .none: "none"
        case .staff(let membership): membership.supervised.isEmpty ? "agent" : "supervisor"
        }
    }
}

/// Who may do what at the service desk. All rights are those in one shop; administrators of the server set up all.
struct DeskAccess: Sendable {
    let desk: Desk

    func role(_ session: Session) async throws -> DeskRole {
        switch session.kind {
        case .visitor, .member, .guest: return .customer
        case .robot: return .none
        case .staff: return try await desk.membership(session.userNumber).map(DeskRole.staff) ?? .none
        }
    }

    /// Refuses everybody but agents and supervisors.
    func requireAgent(_ session: Session) async throws -> DeskMembership {
        try session.refuseSuspended()
        guard case .staff(let membership) = try await role(session) else {
            throw RequestError.forbidden("Only agents of the service desk may do this.")
        }
        return membership
    }

    func requireSupervisor(_ session: Session, of shop: Int64) async throws {
        guard try await requireAgent(session).supervised.contains(shop) else {
            throw RequestError.forbidden("Only supervisors may do this.")
        }
    }

    /// Whose whispers somebody of the shop reads: their own; nil for supervisors, who read all.
    func reader(_ session: Session, of shop: Int64) async throws -> Int64? {
        if case .staff(let membership) = try await role(session), membership.supervised.contains(shop) { return nil }
        return session.userNumber
    }

    // MARK: Shops

    /// The shop that a request is about: the one named by `shop`, else the first in which the caller works.
    ///
    /// A shop in which the caller does not work is not there for it, unless it is an administrator of the server.
    func shop(_ call: Call, _ session: Session) async throws -> Int64 {
        let wished = try call.query().integer("shop", clampedTo: 0...JSON.maximumInteger)
        let membership: DeskMembership? =
            if case .staff(let membership) = try await role(session) { membership } else { nil }
        guard let wished else { return membership?.shops.first ?? Desk.firstShop }
        guard session.isAdmin || membership?.shops.contains(wished) == true else {
            throw RequestError.notFound("There is no such shop.")
        }
        return try await desk.shop(wished).number
    }

    /// The shop that a request is about, for its agents and for administrators.
    func served(_ call: Call, _ session: Session) async throws -> Int64 {
        if !session.isAdmin { _ = try await requireAgent(session) }
        return try await shop(call, session)
    }

    /// The shop that a request is about, for its supervisors and for administrators, who set it up.
    func managed(_ call: Call, _ session: Session) async throws -> Int64 {
        try session.refuseSuspended()
        let shop = try await shop(call, session)
        if !session.isAdmin { try await requireSupervisor(session, of: shop) }
        return shop
    }

    /// The shop that a request is about, for administrators alone: whoever names an address has the server ask it.
    func owned(_ call: Call, _ session: Session) async throws -> Int64 {
        try session.requireAdmin()
        try session.refuseSuspended()
        return try await shop(call, session)
    }

    // MARK: Conversations and persons

    /// The conversation in the path, for staff who may see it: those of an agent's queues, and those that the agent has.
    func staffConversation(_ call: Call, _ session: Session) async throws -> Conversation {
        let conversation = try await desk.conversation(try call.number("number"))
        try await requireSight(of: conversation, session)
        return conversation
    }

    /// The conversation in the path, for supervisors of its shop.
    func supervisedConversation(_ call: Call, _ session: Session) async throws -> Conversation {
        let conversation = try await staffConversation(call, session)
        try await requireSupervisor(session, of: conversation.shop)
        return conversation
    }

    func requireSight(of conversation: Conversation, _ session: Session) async throws {
        if isRobot(session, of: conversation) { return }
        // Whether there is such a conversation is nobody else's business.
        guard try await requireAgent(session).sees(conversation) else {
            throw RequestError.notFound("There is no such conversation.")
        }
    }

    /// An agent sees a person of whom one of the conversations is within sight, a supervisor all of the shop.
    func requireSight(ofPerson person: Int64, _ session: Session) async throws {
        let membership = try await requireAgent(session)
        if try await membership.supervised.contains(desk.shop(ofPerson: person)) { return }
        guard try await desk.conversations(ofPerson: person).contains(where: membership.sees) else {
            throw RequestError.notFound("There is no such person.")
        }
    }

    /// A person, for supervisors of its shop.
    func requireSupervisor(ofPerson person: Int64, _ session: Session) async throws {
        try await requireSight(ofPerson: person, session)
        try await requireSupervisor(session, of: try await desk.shop(ofPerson: person))
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
        if try await requireAgent(session).supervised.contains(conversation.shop) { return }
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
