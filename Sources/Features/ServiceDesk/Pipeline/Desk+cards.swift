package import Accounts
package import Basics
import Messaging
import Storage

/// A card that somebody sends into a conversation.
package struct CardDraft: Sendable {
    package var kind: String
    /// Which business answers presses.
    package var adapter: String
    /// What the business knows the thing by.
    package var ref: String?
    /// How often it can be pressed.
    package var uses: Int64
    package var expires: Int64?
    package var layout: JSONObject
    /// The card in words, for programs that do not draw cards.
    package var body: String
    /// Whether staff presses it; else the customer of the conversation.
    package var isForStaff: Bool

    package init(
        kind: String, adapter: String, ref: String? = nil, uses: Int64 = 1, expires: Int64? = nil, layout: JSONObject,
        body: String, isForStaff: Bool = false
    ) {
        self.kind = kind
        self.adapter = adapter
        self.ref = ref
        self.uses = uses
        self.expires = expires
        self.layout = layout
        self.body = body
        self.isForStaff = isForStaff
    }
}

extension CardDraft {
    /// Reads a card that somebody wants to send: `kind`, `adapter`, `ref`, `uses`, `expires_ts`, `layout`, `body`, `for`.
    package init(_ body: JSONObject) throws(RequestError) {
        guard let kind = body["kind"]?.stringValue, let adapter = body["adapter"]?.stringValue,
            let layout = body["layout"]?.objectValue, let words = body["body"]?.stringValue
        else { throw .missingParam("A card has 'kind', 'adapter', 'layout' and 'body'.") }
        self.init(
            kind: kind, adapter: adapter, ref: body["ref"]?.stringValue, uses: body["uses"]?.intValue ?? 1,
            expires: body["expires_ts"]?.intValue, layout: layout, body: words,
            isForStaff: body["for"]?.stringValue == "staff")
    }
}

extension Desk {
    static let cardKey = "shop.vitrine.card"
    static let cardActionType = "shop.vitrine.card.action"
    static let cardResultType = "shop.vitrine.card.result"
    /// Jobs of presses: one kind for each business, so that one that does not answer holds up no other.
    static func cardJob(_ adapter: String) -> String { "card.action." + adapter }

    /// Sends a card into a conversation, in the name of the shop; answers its event id.
    ///
    /// The shop's account stays in the room when agents change, and only who sent an event may edit it.
    package func send(_ draft: CardDraft, to number: Int64, by sender: Session) async throws -> String {
        guard sender.kind == .staff || sender.kind == .robot else {
            throw RequestError.forbidden("Cards are sent by the shop.")
        }
        if let refusal = Self.missing(kind: draft.kind) { throw refusal }
        if sender.kind == .robot, let kinds = book.robots?.kinds(sender.user.text),
            !kinds.contains(draft.kind)
        {
            throw RequestError.forbidden("This robot may not send cards of the kind '\(draft.kind.prefix(64))'.")
        }
        try await owner()
        return try await database.write(bytes: 20_000) { [self] context in
            if sender.kind == .staff {
                try refuseOther(draft.kind, of: sender.userNumber, in: number, context.connection)
            }
            return try send(draft, to: number, by: sender.userNumber, in: context)
        }
    }

    /// Refuses a kind of card that somebody's part may not send.
    private func refuseOther(
        _ kind: String, of user: Int64, in number: Int64, _ connection: Connection
    ) throws {
        guard let shop = try ConversationQueries.conversation(number, connection)?.shop,
            let member = try ShopQueries.member(user, of: shop, connection), !member.isSupervisor
        else { return }
        let rights = try cardRights(of: shop, connection)
        guard rights.allows(kind, part: member.role) else { throw rights.refusal(kind, part: member.role) }
    }

    /// Sends a card inside a write.
    func send(_ draft: CardDraft, to number: Int64, by sender: Int64, in context: WriteContext) throws -> String {
        guard !draft.body.isEmpty, draft.body.utf8.count <= 8_192, !draft.adapter.isEmpty,
            draft.adapter.utf8.count <= 64, !draft.kind.isEmpty, draft.kind.utf8.count <= 64
        else { throw RequestError.invalidParam("A card has a kind, an adapter and its content in words.") }
        let layout = try CardLayout(draft.layout)
        guard let conversation = try ConversationQueries.conversation(number, context.connection),
            let room = RoomNumber(value: conversation.room)
        else { throw RequestError.notFound("There is no such conversation.") }
        if let business = try AdapterQueries.adapter(draft.adapter, context.connection),
            business.shop != conversation.shop
        {
            throw RequestError.notFound("There is no adapter '\(draft.adapter)'.")
        }
        var card = CardQueries.Stored(
            room: room.value, seq: 0, kind: draft.kind, adapter: draft.adapter,
            machine: CardMachine(uses: draft.uses, expires: draft.expires), personUser: nil, ref: draft.ref,
            layout: layout.json.objectValue ?? [:], body: draft.body, sentBy: sender)
        if !draft.isForStaff { card.personUser = try ConversationQueries.user(of: number, context.connection) }
        let event = try messaging.post(
            DraftEvent(type: EventType.message, content: card.content), to: room,
            by: try owner(of: conversation.shop, context.connection), in: context)
        card.seq = event.seq
        try CardQueries.insert(card, in: context)
        return event.address.text
    }

    /// Presses a card; answers the event id of the press, which is the key under which the business sees it.
    ///
    /// Event, state of the card and job are one transaction: a press that was answered is carried out, and the same
    /// transaction id again is the same press.
    package func press(
        _ session: Session, room roomID: String, card eventID: String, verb: String, rev: Int64, data: JSONObject,
        transaction: String
    ) async throws -> String {
        guard !session.isSuspended else { throw RequestError.suspended }
        guard !transaction.isEmpty, transaction.utf8.count <= 255 else {
            throw RequestError.invalidParam("'txn' has 1 to 255 bytes.")
        }
        guard let address = EventAddress(eventID), messaging.id(of: address.room) == roomID else {
            throw RequestError.notFound("There is no such card.")
        }
        let user = session.userNumber
        return try await database.write(bytes: 20_000) { [self] context in
            let connection = context.connection
            if let known = try CardQueries.press(user: user, transaction: transaction, connection) {
                return EventAddress(room: address.room, seq: known.seq).text
            }
            guard var card = try CardQueries.card(room: address.room.value, seq: address.seq, connection),
                try mayPress(card, session, connection)
            else { throw RequestError.notFound("There is no such card.") }
            let layout = try CardLayout(card.layout)
            guard layout.verbs.contains(verb) else { throw RequestError(CardRefusal.unknownVerb, card) }
            do throws(CardRefusal) {
                try card.machine.press(rev: rev, at: context.now)
            } catch {
                throw RequestError(error, card)
            }
            let kept = try layout.checked(data)
            return try store(press: card, session, verb, kept, transaction, in: context)
        }
    }

    private func store(
        press card: CardQueries.Stored, _ session: Session, _ verb: String, _ data: JSONObject, _ transaction: String,
        in context: WriteContext
    ) throws -> String {
        guard let room = RoomNumber(value: card.room),
            let user = try accounts.user(number: session.userNumber, on: context.connection)
        else { throw RequestError.notFound("There is no such card.") }
        // A name that nobody had when the card was sent may be another shop's business by now.
        let home = try ConversationQueries.newest(inRoom: card.room, context.connection)?.shop
        let business = try AdapterQueries.adapter(card.adapter, context.connection)
        guard business == nil || business?.shop == home else { throw RequestError.notFound("There is no such card.") }
        let cardID = EventAddress(room: room, seq: card.seq).text
        let content: JSONObject = [
            "verb": .string(verb), "data": .object(data),
            "m.relates_to": ["rel_type": "m.reference", "event_id": .string(cardID)],
        ]
        let event = try messaging.post(
            DraftEvent(type: Self.cardActionType, content: content), to: room, by: user, in: context)
        let request: JSON = [
            "key": .string(event.address.text), "card": .string(cardID), "kind": .string(card.kind),
            "ref": card.ref.map(JSON.string) ?? .null, "verb": .string(verb), "data": .object(data),
            "user": .string(user.identifier.text),
        ]
        let job = try Jobs.enqueue(
            JobRequest(
                kind: Self.cardJob(card.adapter), input: request.canonical(), idempotencyKey: event.address.text,
                maximumAttempts: 1_000_000), in: context)
        let press = CardQueries.Press(
            room: card.room, seq: event.seq, cardSeq: card.seq, verb: verb, user: session.userNumber, job: job,
            outcome: nil, tries: 0)
        try CardQueries.insert(press, transaction: transaction, in: context)
        try change(card, in: context)
        context.afterCommit { [self] in cardBell.ring() }
        return event.address.text
    }

    /// The customer's person, whichever of its ids is asking; staff that is in the room for cards of the shop.
    private func mayPress(_ card: CardQueries.Stored, _ session: Session, _ connection: Connection) throws -> Bool {
        guard let wanted = card.personUser else { return session.kind == .staff }
        if wanted == session.userNumber { return true }
        let mine = try PersonQueries.person(of: session.userNumber, connection)
        return try mine != nil && PersonQueries.person(of: wanted, connection) == mine
    }

    /// Stores a card's new state and shows it in the room.
    func change(_ card: CardQueries.Stored, note: String? = nil, in context: WriteContext) throws {
        try CardQueries.update(card, in: context)
        guard let room = RoomNumber(value: card.room) else { return }
        var fresh = card.content
        if let note {
            fresh["body"] = .string(card.body + "\n" + note)
            var shown = card.json.objectValue ?? [:]
            shown["note"] = .string(note)
            fresh[Self.cardKey] = .object(shown)
        }
        var content = fresh
        content["body"] = .string("* " + (fresh["body"]?.stringValue ?? ""))
        content["m.new_content"] = .object(fresh)
        content["m.relates_to"] = [
            "rel_type": "m.replace", "event_id": .string(EventAddress(room: room, seq: card.seq).text),
        ]
        try messaging.post(
            DraftEvent(type: EventType.message, content: content), to: room,
            by: try owner(ofRoom: card.room, context.connection), in: context)
    }

    /// Where a card stands, for whoever may see its room.
    package func card(room roomID: String, event eventID: String) async throws -> JSON {
        guard let address = EventAddress(eventID), messaging.id(of: address.room) == roomID else {
            throw RequestError.notFound("There is no such card.")
        }
        let card = try await database.read { try CardQueries.card(room: address.room.value, seq: address.seq, $0) }
        guard let card else { throw RequestError.notFound("There is no such card.") }
        return card.json
    }
}

extension CardQueries.Stored {
    /// The card as its event carries it.
    var json: JSON {
        [
            "version": 1, "kind": .string(kind), "rev": .int(machine.rev), "state": .string(machine.state.name),
            "adapter": .string(adapter), "ref": ref.map(JSON.string) ?? .null,
            "for": personUser == nil ? "staff" : "customer", "uses": .int(machine.usesLeft),
            "expires_ts": machine.expires.map(JSON.int) ?? .null, "layout": .object(layout),
        ]
    }

    var content: JSONObject { ["msgtype": "m.text", "body": .string(body), Desk.cardKey: json] }
}

extension RequestError {
    init(_ refusal: CardRefusal, _ card: CardQueries.Stored) {
        switch refusal {
        case .stale, .busy:
            self = RequestError(
                status: 409, code: "SHOP_VITRINE_STALE_CARD", message: "The card has changed. Look again.",
                extra: ["card": card.json])
        case .expired: self = RequestError(status: 410, code: "M_NOT_FOUND", message: "The card has run out.")
        case .over(let state):
            self = RequestError(
                status: 409, code: "SHOP_VITRINE_STALE_CARD", message: "The card is \(state.name).",
                extra: ["card": card.json])
        case .unknownVerb: self = .invalidParam("The card has no such action.")
        }
    }
}
