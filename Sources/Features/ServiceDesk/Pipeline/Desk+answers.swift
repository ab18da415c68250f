import Basics
import Messaging
import Storage

/// What becomes of presses.
extension Desk {
    func press(_ key: String, _ connection: Connection) throws -> CardQueries.Press? {
        try EventAddress(key).flatMap { try CardQueries.press(room: $0.room.value, seq: $0.seq, connection) }
    }

    /// Notes a failed try; how many there have been.
    func tried(_ key: String, _ why: String) async throws -> Int64 {
        try await database.write { [self] context in
            guard let press = try press(key, context.connection) else { return CardRetry.most }
            try CardQueries.tried(press, why, in: context)
            try AdapterQueries.insertTry(press, why, in: context)
            return press.tries + 1
        }
    }

    /// Writes what the business has made of a press into card and room. A second time changes nothing.
    func apply(_ outcome: CardOutcome, _ text: String?, toPress key: String, in context: WriteContext) throws {
        guard let press = try press(key, context.connection), press.outcome == nil,
            var card = try CardQueries.card(room: press.room, seq: press.cardSeq, context.connection)
        else { return }
        card.machine.answered(outcome, at: context.now)
        let shown = outcome == .dead ? Self.deadText : text
        try CardQueries.end(press, outcome, answer: text, in: context)
        try change(card, note: shown, in: context)
        try tell(outcome, shown, press, key, in: context)
        try publishEnd(of: press, outcome, shown, key, in: context)
        if outcome == .dead { try informHuman(of: press, in: context) }
    }

    /// Tells subscribers what became of a press.
    func publishEnd(
        of press: CardQueries.Press, _ outcome: CardOutcome, _ text: String?, _ key: String, in context: WriteContext
    ) throws {
        let conversation = try ConversationQueries.newest(inRoom: press.room, context.connection)
        let card = try CardQueries.card(room: press.room, seq: press.cardSeq, context.connection)
        // A press that went again from the dead letters ends once more, as another job.
        try publish(
            .card, of: conversation?.shop ?? Self.firstShop, key: "\(key) \(press.job) \(outcome.rawValue)",
            [
                "press": .string(key), "outcome": .string(outcome.rawValue), "verb": .string(press.verb),
                "conversation": conversation.map { .int($0.number) } ?? .null,
                "card": card.map { .string($0.kind) } ?? .null, "ref": card?.ref.map(JSON.string) ?? .null,
                "adapter": card.map { .string($0.adapter) } ?? .null, "text": text.map(JSON.string) ?? .null,
            ], in: context)
    }

    static let deadText = "This did not work yet; somebody of the shop takes care of it."

    /// Tells the room what became of a press.
    func tell(
        _ outcome: CardOutcome, _ text: String?, _ press: CardQueries.Press, _ key: String, in context: WriteContext
    ) throws {
        guard let room = RoomNumber(value: press.room) else { return }
        let content: JSONObject = [
            "outcome": .string(outcome.rawValue), "text": text.map(JSON.string) ?? .null, "verb": .string(press.verb),
            "m.relates_to": ["rel_type": "m.reference", "event_id": .string(key)],
        ]
        let event = try messaging.post(
            DraftEvent(type: Self.cardResultType, content: content), to: room,
            by: try owner(ofRoom: press.room, context.connection), in: context)
        try AdapterQueries.insertAnswer(press, outcome, seq: event.seq, in: context)
    }

    /// A press whose fate nobody knows needs a human: a conversation that nobody has comes back to its queue.
    private func informHuman(of press: CardQueries.Press, in context: WriteContext) throws {
        guard let conversation = try ConversationQueries.newest(inRoom: press.room, context.connection) else { return }
        if conversation.status == .robot {
            _ = try received(.handover(conversation.number, queue: nil, by: nil), in: context)
        } else if conversation.status == .resolved {
            _ = try received(.reopened(conversation, by: nil), in: context)
        }
        try WorkQueries.insertNote(
            "A press of a card did not reach its business. It lies among the dead letters.", on: conversation.number,
            by: 0, in: context)
        let number = conversation.number
        context.afterCommit { [self] in tell([.cardFailed(number)]) }
    }
}
