import Accounts
package import Basics
import Crypto
import Messaging
import Storage

/// What a business tells by itself.
extension Desk {
    /// The largest event of a business, in bytes.
    package static let largestBusinessEvent = 262_144

    /// Takes an event of a business: once, however often it comes.
    ///
    /// The same key with the same body is answered as the first time; with another body it is refused. An event that is
    /// refused leaves nothing behind and may come again under its key.
    ///
    /// - Parameters:
    ///   - signature: `v1=` and the code of ``RequestSignature``.
    ///   - seconds: the moment that was signed along, in seconds since 1970.
    /// - Throws: `RequestError` 401 for a signature that does not fit, whatever else is wrong.
    package func take(
        _ body: [UInt8], from adapter: String, signature: String, signedAt seconds: Int64
    ) async throws -> JSON {
        let known = try await database.read { try AdapterQueries.adapter(adapter, $0) }.flatMap {
            $0.retired == nil ? $0 : nil
        }
        let check = RequestSignature(secret: Array((known?.secret ?? adapter).utf8))
        guard check.accepts(signature, body, at: seconds, now: database.now / 1_000), let shop = known?.shop else {
            throw RequestError(
                status: 401, code: "M_UNAUTHORIZED", message: "The signature does not fit the body and the time.")
        }
        let limits = JSONLimits(maximumBytes: Self.largestBusinessEvent, maximumDepth: 16, allowsFloats: false)
        let event: JSONObject
        do throws(JSONError) {
            event = try JSON(parsing: body, limits: limits).objectValue ?? [:]
        } catch {
            throw RequestError(error)
        }
        guard let key = event["key"]?.stringValue, !key.isEmpty, key.utf8.count <= 255 else {
            throw RequestError.invalidParam("'key' has 1 to 255 bytes and names the event for ever.")
        }
        try await owner()
        let hash = Array(SHA256.hash(data: body))
        return try await database.write(bytes: body.count + 8_192) { [self] context in
            if let earlier = try AdapterQueries.inbound(adapter, key: key, context.connection) {
                guard earlier.hash == hash else {
                    throw RequestError(
                        status: 409, code: "M_CONFLICT", message: "Another event came under this key before.")
                }
                return earlier.response
            }
            let business = Business(name: adapter, shop: shop)
            let response = try carryOut(event, from: business, in: context)
            try note(event, response, from: business, key: key, in: context)
            try AdapterQueries.insertInbound(adapter, key: key, hash: hash, response: response, in: context)
            return response
        }
    }

    /// Who tells, and for which shop.
    private struct Business: Sendable {
        var name: String
        var shop: Int64
    }

    private func carryOut(_ event: JSONObject, from business: Business, in context: WriteContext) throws -> JSON {
        switch event["type"]?.stringValue {
        case "message":
            let conversation = try conversation(named: event, of: business.shop, context)
            let text = try Self.text(event)
            try post(text, to: conversation, in: context)
            return ["status": "ok", "conversation": .int(conversation.number)]
        case "card":
            let conversation = try conversation(named: event, of: business.shop, context)
            var wish = try event.required("card", try event.object("card"))
            wish["adapter"] = .string(business.name)
            let card = try send(try CardDraft(wish), to: conversation.number, by: 0, in: context)
            return ["status": "ok", "conversation": .int(conversation.number), "card": .string(card)]
        case "card.result": return try settleCards(event, of: business, in: context)
        case "transfer":
            let conversation = try conversation(named: event, of: business.shop, context)
            let queue = try event.required("queue", try event.int("queue"))
            let change = DeskEvent.transferred(conversation.number, to: .queue(queue), by: nil)
            if let refusal = try received(change, in: context).refusal { throw RequestError(refusal) }
            return ["status": "ok", "conversation": .int(conversation.number)]
        case "conversation": return try openFor(event, of: business.shop, in: context)
        case "record": return try record(event, of: business.shop, context)
        default:
            throw RequestError.invalidParam("'type' is message, card, card.result, transfer, conversation or record.")
        }
    }

    /// Something that happened outside the chat, e.g. a viewing: it is kept for the person and nobody is told.
    private func record(_ event: JSONObject, of shop: Int64, _ context: WriteContext) throws -> JSON {
        let what = try event.required("what", try event.string("what"))
        guard !what.isEmpty, what.utf8.count <= 64 else {
            throw RequestError.invalidParam("'what' names in 1 to 64 bytes what happened, e.g. 'viewing.done'.")
        }
        if event["text"] != nil { _ = try Self.text(event) }
        if event["conversation"] != nil { _ = try conversation(named: event, of: shop, context) }
        if event["conversation"] == nil { _ = try customer(named: event, of: shop, context) }
        return ["status": "ok"]
    }

    /// Keeps what a business told at a place of the log, for the person's timeline and for whoever reads the log.
    private func note(
        _ event: JSONObject, _ response: JSON, from business: Business, key: String, in context: WriteContext
    ) throws {
        let type = event["type"]?.stringValue ?? ""
        var conversation = response["conversation"]?.intValue
        if conversation == nil, event["conversation"] != nil {
            conversation = try self.conversation(named: event, of: business.shop, context).number
        }
        var user = try conversation.flatMap { try ConversationQueries.user(of: $0, context.connection) }
        if user == nil, event["user"] != nil { user = try customer(named: event, of: business.shop, context).number }
        // The business's own time, within what a calendar holds.
        let happened = event["ts"]?.intValue.flatMap { (0...context.now + 86_400_000 * 366).contains($0) ? $0 : nil }
        let told = ReviewQueries.Told(
            adapter: business.name, what: type == "record" ? event["what"]?.stringValue ?? type : type, user: user,
            conversation: conversation, text: event["text"]?.stringValue.map { String($0.prefix(2_000)) },
            happened: happened ?? context.now)
        _ = try ReviewQueries.insert(told, in: context)
        try publish(
            .business, of: business.shop, key: "\(business.name) \(key)",
            [
                "adapter": .string(business.name), "what": .string(told.what),
                "conversation": conversation.map(JSON.int) ?? .null, "text": told.text.map(JSON.string) ?? .null,
                "happened_ts": .int(told.happened),
            ], in: context)
    }

    /// The customer whom a business names: one of its shop, or one who has been to none.
    private func customer(named event: JSONObject, of shop: Int64, _ context: WriteContext) throws -> UserRecord {
        let id = try event.required("user", try event.string("user"))
        guard let user = try? UserIdentifier(parsing: id),
            let customer = try accounts.user(localpart: user.localpart, on: context.connection),
            customer.identifier.text == id, customer.kind == .member || customer.kind == .visitor
        else { throw RequestError.notFound("There is no such customer.") }
        let home = try PersonQueries.person(of: customer.number, context.connection).flatMap {
            try PersonQueries.shop(of: $0, context.connection)
        }
        guard home == nil || home == shop else { throw RequestError.notFound("There is no such customer.") }
        return customer
    }

    private static func text(_ event: JSONObject) throws -> String {
        let text = try event.required("text", try event.string("text"))
        guard !text.isEmpty, text.utf8.count <= 8_192 else {
            throw RequestError.tooLarge("'text' has 1 to 8,192 bytes.")
        }
        return text
    }

    private func conversation(
        named event: JSONObject, of shop: Int64, _ context: WriteContext
    ) throws -> Conversation {
        let number = try event.required("conversation", try event.int("conversation"))
        guard let found = try ConversationQueries.conversation(number, context.connection), found.shop == shop else {
            throw RequestError.notFound("There is no such conversation.")
        }
        return found
    }

    private func post(_ text: String, to conversation: Conversation, in context: WriteContext) throws {
        guard let room = RoomNumber(value: conversation.room) else { return }
        try messaging.post(
            DraftEvent(type: EventType.message, content: ["msgtype": "m.text", "body": .string(text)]), to: room,
            by: try owner(of: conversation.shop, context.connection), in: context)
    }

    /// The business says how the matter of its cards ended, by whatever way.
    private func settleCards(_ event: JSONObject, of business: Business, in context: WriteContext) throws -> JSON {
        let ref = try event.required("ref", try event.string("ref"))
        let states: [String: CardState] = ["ok": .done, "failed": .failed, "cancelled": .cancelled]
        guard let state = states[event["status"]?.stringValue ?? ""] else {
            throw RequestError.invalidParam("'status' is ok, failed or cancelled.")
        }
        var count: Int64 = 0
        for place in try AdapterQueries.cards(adapter: business.name, ref: ref, context.connection) {
            guard try ConversationQueries.newest(inRoom: place.room, context.connection)?.shop == business.shop,
                var card = try CardQueries.card(room: place.room, seq: place.seq, context.connection)
            else {
                continue
            }
            do throws(CardRefusal) { try card.machine.settled(as: state) } catch { throw RequestError(error, card) }
            try change(card, note: event["text"]?.stringValue.map { String($0.prefix(1_000)) }, in: context)
            count += 1
        }
        return ["status": "ok", "cards": .int(count)]
    }

    /// Opens a conversation for a customer whom the business names, and lets dispatch decide who serves it.
    private func openFor(_ event: JSONObject, of shop: Int64, in context: WriteContext) throws -> JSON {
        let customer = try customer(named: event, of: shop, context)
        let topic = try event.string("topic") ?? "general"
        guard !topic.isEmpty, topic.utf8.count <= 64 else {
            throw RequestError.invalidParam("A topic has 1 to 64 bytes.")
        }
        let scene = try event.object("scene").flatMap { try keep(Scene($0), of: customer.number, in: shop, context) }
        let opened = try open(for: customer, in: shop, from: scene, topic: topic, text: nil, context)
        if event["text"] != nil { try post(try Self.text(event), to: opened.conversation, in: context) }
        return [
            "status": "ok", "conversation": .int(opened.conversation.number), "room_id": .string(opened.room),
            "state": .string(opened.conversation.status.name),
        ]
    }
}
