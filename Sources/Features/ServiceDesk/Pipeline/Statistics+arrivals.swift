import Storage

extension Statistics {
    /// The conversations that began to wait for a human between two moments and that agents have had, in order of time:
    /// what `BusyDay` replays.
    package func arrivals(from: Int64, to: Int64) async throws -> [RecordedArrival] {
        try await file.readWithoutLimit { connection in
            var begun: [Int64: Int64] = [:]
            var handled: [Int64: Int64] = [:]
            for span in try FactQueries.spans(endingFrom: from, to: .max, connection) {
                switch span.status {
                case .queued: begun[span.conversation] = min(begun[span.conversation] ?? span.from, span.from)
                case .open, .waiting: handled[span.conversation, default: 0] += max(0, span.to - span.from)
                default: break
                }
            }
            return begun.compactMap { conversation, at in
                guard at >= from, at < to, let handling = handled[conversation] else { return nil }
                return RecordedArrival(at: at, handling: handling)
            }.sorted { ($0.at, $0.handling) < ($1.at, $1.handling) }
        }
    }
}
