import Accounts
package import Basics
import Messaging
import Storage

/// Presses that nobody answered, and the whole chain of any press.
extension Desk {
    /// Presses whose fate nobody knows, the oldest first, each with all that was answered.
    package func deadLetters(of shop: Int64 = Desk.firstShop, limit: Int = 200) async throws -> [JSON] {
        try await database.read { [self] connection in
            try AdapterQueries.deadLetters(of: shop, limit: limit, connection).map { try view($0, connection) }
        }
    }

    /// All presses of a card, with what the business answered each time.
    package func presses(room roomID: String, card eventID: String) async throws -> [JSON] {
        guard let address = EventAddress(eventID), messaging.id(of: address.room) == roomID else {
            throw RequestError.notFound("There is no such card.")
        }
        return try await database.read { [self] connection in
            try AdapterQueries.records(room: address.room.value, cardSeq: address.seq, connection).map {
                try view($0, connection)
            }
        }
    }

    private func view(_ record: AdapterQueries.Record, _ connection: Connection) throws -> JSON {
        guard let room = RoomNumber(value: record.press.room) else { return .null }
        let press = record.press
        let user = try accounts.user(number: press.user, on: connection)
        let conversation = try ConversationQueries.newest(inRoom: press.room, connection)
        return [
            "press": .string(EventAddress(room: room, seq: press.seq).text),
            "card": .string(EventAddress(room: room, seq: press.cardSeq).text),
            "room_id": .string(messaging.id(of: room)), "conversation": conversation.map { .int($0.number) } ?? .null,
            "adapter": .string(record.adapter), "kind": .string(record.kind),
            "ref": record.ref.map(JSON.string) ?? .null, "verb": .string(press.verb),
            "user_id": user.map { .string($0.identifier.text) } ?? .null,
            "outcome": press.outcome.map { .string($0.rawValue) } ?? .null,
            "answer": record.answer.map(JSON.string) ?? .null, "pressed_ts": .int(record.created),
            "ended_ts": record.done.map(JSON.int) ?? .null,
            "tries": .array(try AdapterQueries.tries(room: press.room, seq: press.seq, connection)),
        ]
    }

    /// Sends a press that was given up once more, under the key that it always had.
    package func replay(_ key: String, of shop: Int64 = Desk.firstShop) async throws {
        try await owner()
        try await database.write(bytes: 8_192) { [self] context in
            let (press, stored) = try dead(key, of: shop, context)
            var card = stored
            do throws(CardRefusal) { try card.machine.replayed() } catch { throw RequestError(error, card) }
            guard let old = try Jobs.job(press.job, in: context) else {
                throw RequestError.notFound("What was to be sent is not kept any more.")
            }
            let job = try Jobs.enqueue(
                JobRequest(
                    kind: old.kind, input: old.input, idempotencyKey: "\(key)#\(old.number)",
                    maximumAttempts: 1_000_000), in: context)
            try AdapterQueries.again(press, job: job, in: context)
            try change(card, in: context)
            context.afterCommit { [self] in cardBell.ring() }
        }
    }

    /// Ends a press that was given up with words for the customer; nothing more is sent.
    package func close(deadLetter key: String, of shop: Int64 = Desk.firstShop, text: String) async throws {
        guard !text.isEmpty, text.utf8.count <= 1_000 else {
            throw RequestError.invalidParam("'text' has 1 to 1,000 bytes; the customer reads it.")
        }
        try await owner()
        try await database.write(bytes: 8_192) { [self] context in
            let (press, card) = try dead(key, of: shop, context)
            try CardQueries.end(press, .closed, answer: text, in: context)
            try change(card, note: text, in: context)
            try tell(.closed, text, press, key, in: context)
            try publishEnd(of: press, .closed, text, key, in: context)
        }
    }

    private func dead(
        _ key: String, of shop: Int64, _ context: WriteContext
    ) throws -> (CardQueries.Press, CardQueries.Stored) {
        guard let press = try press(key, context.connection), press.outcome == .dead,
            try ConversationQueries.newest(inRoom: press.room, context.connection)?.shop == shop,
            let card = try CardQueries.card(room: press.room, seq: press.cardSeq, context.connection)
        else { throw RequestError.notFound("There is no such dead letter.") }
        return (press, card)
    }

    /// Whoever sent a card takes it back.
    package func cancelCard(room roomID: String, event eventID: String) async throws {
        guard let address = EventAddress(eventID), messaging.id(of: address.room) == roomID else {
            throw RequestError.notFound("There is no such card.")
        }
        try await owner()
        try await database.write(bytes: 8_192) { [self] context in
            guard var card = try CardQueries.card(room: address.room.value, seq: address.seq, context.connection) else {
                throw RequestError.notFound("There is no such card.")
            }
            do throws(CardRefusal) { try card.machine.cancel() } catch { throw RequestError(error, card) }
            try change(card, in: context)
        }
    }

    /// The newest conversation in the room of a card, for the rights of staff.
    package func conversation(inRoom roomID: String) async throws -> Conversation {
        let room = try messaging.number(of: roomID)
        let found = try await database.read { try ConversationQueries.newest(inRoom: room.value, $0) }
        guard let found else { throw RequestError.notFound("There is no such conversation.") }
        return found
    }
}
