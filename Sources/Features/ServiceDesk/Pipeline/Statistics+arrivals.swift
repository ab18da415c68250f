import Storage

extension Statistics {
    /// The conversations that began to wait for a human between two moments and that agents have had, in order of time:
    /// what `BusyDay` replays.
    package func arrivals(
        of shop: Int64 = Desk.firstShop, from: Int64, to: Int64
    ) async throws -> [RecordedArrival] {
        let found = try await file.readWithoutLimit { connection in
            var begun: [Int64: Int64] = [:]
            var handled: [Int64: Int64] = [:]
            for span in try FactQueries.spans(endingFrom: from, to: .max, connection) {
                switch span.status {
                case .queued: begun[span.conversation] = min(begun[span.conversation] ?? span.from, span.from)
                case .open, .waiting: handled[span.conversation, default: 0] += max(0, span.to - span.from)
                default: break
                }
            }
            return begun.compactMap { conversation, at -> (conversation: Int64, arrival: RecordedArrival)? in
                guard at >= from, at < to, let handling = handled[conversation] else { return nil }
                return (conversation, RecordedArrival(at: at, handling: handling))
            }
        }
        // What dispatch knew of each stands beside the conversations.
        return try await desk.database.readWithoutLimit { connection in
            try found.compactMap { number, arrival -> RecordedArrival? in
                guard let known = try ConversationQueries.conversation(number, connection) else { return arrival }
                guard known.shop == shop else { return nil }
                return RecordedArrival(
                    at: arrival.at, handling: arrival.handling, queue: known.queue, priority: known.priority,
                    skills: known.skills)
            }.sorted { ($0.at, $0.handling, $0.queue) < ($1.at, $1.handling, $1.queue) }
        }
    }
}
