import Dispatch

/// What ``VectorIndex/maintain(now:)`` did, and when there is more to do.
public struct VectorIndexUpkeep: Hashable, Sendable {
    /// Whether bytes of removed vectors were taken out of all files.
    public let compacted: Bool
    /// What was measured; nil when no measurement was due.
    public let recall: RecallReport?
    /// When something is due as things stand, in milliseconds since 1970; nil for nothing. What is removed later may be
    /// due earlier.
    public let nextDue: Int64?
}

extension VectorIndex {
    /// Does what is due by a clock: takes the bytes of removed vectors out of all files a day after they were noticed,
    /// and measures recall once a night.
    ///
    /// To be called when the index was opened, every hour or so, and before it is closed. What was noticed is stored, so
    /// that the day goes on while nobody has the index open. Searches and writes go on meanwhile.
    /// - Parameter now: the time of day in milliseconds since 1970.
    /// - Parameter queries: what people asked lately, read when recall is measured; filled up to 200 as
    ///   ``measureRecall(k:queries:fillsUp:now:)`` tells. What is no vector of this index is passed over.
    /// - Throws: what the disk refuses; it is tried again with the next call.
    @discardableResult
    public func maintain(
        now: Int64, queries: @Sendable () async throws -> [[Float]] = { [] }
    ) async throws -> VectorIndexUpkeep {
        guard let writer else { throw VectorIndexError.badArgument("the index is open for reading alone") }
        let compacted = try await withCheckedThrowingContinuation { continuation in
            writer.queue.async { writer.compactIfDue(now: now) { continuation.resume(with: $0) } }
        }
        var recall: RecallReport?
        if let due = recallDue, due <= now { recall = try await measuredAside(writer, try await queries(), now: now) }
        let compaction = removedSince.map { $0.addingReportingOverflow(options.compactsAfterMilliseconds).partialValue }
        return VectorIndexUpkeep(
            compacted: compacted, recall: recall, nextDue: [compaction, recallDue].compactMap { $0 }.min())
    }

    /// When it was noticed that files hold bytes of removed vectors, in milliseconds since 1970; nil if they hold none, or
    /// ``maintain(now:)`` has not looked yet.
    public var removedSince: Int64? {
        guard let bytes = try? folder.read(Manifest.name) else { return nil }
        return (try? Manifest(bytes))?.removedSince
    }

    /// Where merges are built, behind other work.
    private func measuredAside(
        _ writer: IndexWriter, _ queries: [[Float]], now: Int64
    ) async throws -> RecallReport {
        let accepted = queries.filter { (try? schema.accepted($0.span)) != nil }
        return try await withCheckedThrowingContinuation { continuation in
            writer.mergeQueue.async { [self] in
                lowerThreadPriority()
                continuation.resume(
                    with: Result { () throws(VectorIndexError) in
                        try measureRecall(queries: accepted, fillsUp: true, now: now)
                    })
            }
        }
    }

    /// When recall is to be measured next: at once if it never was; nil for never, and while all vectors are in memory,
    /// where every search looks at each of them.
    private var recallDue: Int64? {
        guard let hour = options.measuresAtHour, cell.load().segments.contains(where: { $0.liveCount > 0 }) else {
            return nil
        }
        return lastRecall.map { Self.next(hour: hour, after: $0.measuredAt) } ?? .min
    }

    /// The first time after another at which an hour of the day (UTC) begins.
    static func next(hour: Int, after time: Int64) -> Int64 {
        let (day, shift) = (Int64(86_400_000), Int64(hour) * 3_600_000)
        // A time that no clock tells has no next night.
        guard (0...(.max / 2)).contains(time) else { return .min }
        let nights = time < shift ? 0 : (time - shift) / day + 1
        return nights * day + shift
    }
}
