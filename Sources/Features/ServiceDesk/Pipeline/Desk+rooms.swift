package import Accounts
import Basics
import Messaging
package import Storage

/// What the desk makes of changes of rooms.
struct DeskFollower: RoomFollower {
    weak let desk: Desk?

    func roomChanged(_ room: RoomState, by events: [StoredEvent], in context: WriteContext) throws {
        for event in events where event.stateKey == nil { try desk?.heard(event, in: context) }
    }
}

extension Desk {
    /// The account in whose name a shop's rooms are made and led; that of the first is made on first use.
    @discardableResult
    package func owner(of shop: Int64 = Desk.firstShop) async throws -> UserRecord {
        let name = try await database.read { [self] in try shopName(shop, $0) }
        let owner = try await accounts.shopAccount(
            localpart: MessagingEngine.shopLocalpart(shop), displayName: name ?? messaging.settings.shopName)
        // Somebody may have had the name before there were several shops.
        guard shop == Self.firstShop || MessagingEngine.isShop(owner) else {
            throw RequestError(
                status: 409, code: "M_CONFLICT",
                message: "'\(owner.identifier.text)' is somebody's account: this shop cannot write in its own name.")
        }
        return owner
    }

    func owner(of shop: Int64, _ connection: Connection) throws -> UserRecord {
        guard let owner = try accounts.user(localpart: MessagingEngine.shopLocalpart(shop), on: connection) else {
            throw RequestError.unknown("The account of shop \(shop) is missing.")
        }
        return owner
    }

    /// The account that leads a room: that of the shop whose conversation is in it.
    package func owner(ofRoom room: Int64, _ connection: Connection) throws -> UserRecord {
        let shop = try ConversationQueries.newest(inRoom: room, connection)?.shop
        return try owner(of: shop ?? Self.firstShop, connection)
    }

    /// Somebody has said something in a service room.
    fileprivate func heard(_ event: StoredEvent, in context: WriteContext) throws {
        let isMessage = event.type == EventType.message
        guard isMessage || event.type == Self.handoverType else { return }
        let content = event.contentObject
        guard let conversation = try ConversationQueries.newest(inRoom: event.room.value, context.connection),
            let sender = try accounts.user(number: event.sender, on: context.connection),
            !MessagingEngine.isShop(sender)
        else { return }
        if isMessage { try lookAgain(at: event, content, in: conversation, context) }
        if content["m.relates_to"]?["rel_type"]?.stringValue == "m.replace" { return }
        switch sender.kind {
        case .staff:
            _ = try received(.staffMessage(conversation.number, by: sender.number), in: context)
        case .robot where isMessage:
            _ = try received(.robotMessage(conversation.number), in: context)
        case .robot:
            let queue = content["queue"]?.intValue
            _ = try received(.handover(conversation.number, queue: queue, by: sender.number), in: context)
        case .member, .visitor, .guest:
            try customerSpoke(conversation, sender.number, in: context)
        }
    }

    /// By this event a robot ends its part.
    static let handoverType = "shop.vitrine.handover"

    private func customerSpoke(_ conversation: Conversation, _ user: Int64, in context: WriteContext) throws {
        if let person = try PersonQueries.person(of: user, context.connection) {
            try refuseBlocked(person, context.connection)
        }
        guard conversation.status == .resolved else {
            _ = try received(.customerMessage(conversation.number), in: context)
            return
        }
        if let later = try look(context, { $0.unresolved(conversation.key) }) {
            _ = try received(.customerMessage(later), in: context)
            return
        }
        if context.now - (conversation.resolved ?? 0) <= times.reopenWindow {
            _ = try received(.reopened(conversation, by: user), in: context)
        } else {
            let next = Conversation(
                number: try ConversationQueries.nextNumber(context.connection), room: conversation.room,
                shop: conversation.shop, topic: conversation.topic, person: conversation.person,
                queue: conversation.queue, priority: conversation.priority, skills: conversation.skills,
                opened: context.now)
            _ = try received(.opened(next, robot: nil), by: user, in: context)
        }
    }

    // MARK: Showing

    /// Lets agents in and out and writes into the rooms what has become of their conversations.
    func show(_ outcome: DeskOutcome, in context: WriteContext) throws {
        guard !outcome.transitions.isEmpty else { return }
        for move in net(outcome.moves) { try carryOut(move, outcome, in: context) }
        var seen: Set<Int64> = []
        // What is only looked at or said aside is not for the room.
        for transition in outcome.transitions.reversed() where !transition.reason.isAside {
            guard seen.insert(transition.conversation).inserted else { continue }
            guard let conversation = outcome.conversations[transition.conversation],
                let room = RoomNumber(value: conversation.room)
            else { continue }
            let owner = try owner(of: conversation.shop, context.connection)
            if case .robot(let number) = conversation.owner, conversation.n == 1,
                let robot = try accounts.user(number: number, on: context.connection)
            {
                try messaging.admit(robot, to: room, by: owner, isStaff: false, in: context)
            }
            try write(conversation, transition.reason, to: room, owner, in: context)
        }
    }

    /// A conversation that comes back to the agent who had it needs no leaving and entering.
    private func net(_ moves: [RoomMove]) -> [RoomMove] {
        var balance: [RoomMove: Int] = [:]
        for move in moves {
            switch move {
            case .enter: balance[move, default: 0] += 1
            case .leave(let agent, let conversation):
                balance[.enter(agent: agent, conversation: conversation), default: 0] -= 1
            }
        }
        var kept: [RoomMove] = []
        for move in moves {
            guard case .leave(let agent, let conversation) = move,
                balance[.enter(agent: agent, conversation: conversation), default: 0] < 0
            else { continue }
            kept.append(move)
        }
        return kept + moves.filter { if case .enter = $0 { balance[$0, default: 0] > 0 } else { false } }
    }

    private func carryOut(_ move: RoomMove, _ outcome: DeskOutcome, in context: WriteContext) throws {
        switch move {
        case .enter(let agent, let number):
            guard let conversation = outcome.conversations[number], let room = RoomNumber(value: conversation.room),
                let user = try accounts.user(number: agent, on: context.connection)
            else { return }
            let owner = try owner(of: conversation.shop, context.connection)
            // Whoever serves, the customer talks to the shop.
            try messaging.admit(user, to: room, by: owner, isStaff: true, wearsFace: true, in: context)
        case .leave(let agent, let number):
            guard let room = outcome.conversations[number].flatMap({ RoomNumber(value: $0.room) }),
                let user = try accounts.user(number: agent, on: context.connection)
            else { return }
            try messaging.dismiss(user, from: room, in: context)
        }
    }

    /// The mirror of a conversation for any client. An agent's and the customer's turn are the same to it, so that
    /// talking writes nothing but the messages.
    private func write(
        _ conversation: Conversation, _ reason: TransitionReason, to room: RoomNumber, _ owner: UserRecord,
        in context: WriteContext
    ) throws {
        guard reason != .answered, !(reason == .customerMessage && conversation.status == .open) else { return }
        let status: ConversationStatus = conversation.status == .waiting ? .open : conversation.status
        var content: JSONObject = [
            "status": .string(status.name), "topic": .string(conversation.topic),
            "queue": .int(conversation.queue), "priority": .int(conversation.priority),
            "number": .int(conversation.number), "n": .int(conversation.n), "reason": .string(reason.rawValue),
        ]
        if let scene = try conversation.scene.flatMap({ try SceneQueries.scene($0, context.connection) }) {
            content["scene"] = .string(scene.facts.entry)
            content["item"] = scene.facts.item.map(JSON.object)
        }
        try messaging.post(
            DraftEvent(type: EventType.conversation, stateKey: "", content: content), to: room, by: owner, in: context)
        let assignee = try conversation.owner.flatMap {
            try accounts.user(number: $0.number, on: context.connection)?.identifier.text
        }
        try messaging.post(
            DraftEvent(
                type: EventType.assignment, stateKey: "",
                content: ["assignee": assignee.map(JSON.string) ?? .null, "n": .int(conversation.n)]),
            to: room, by: owner, in: context)
    }
}
