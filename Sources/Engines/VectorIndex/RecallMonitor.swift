public import Basics
import Kernels
import Synchronization

extension VectorIndex {
    /// The report of the last ``measureRecall(k:queries:fillsUp:now:)``, if there was one.
    public var lastRecall: RecallReport? { recallHistory.last }

    /// The reports of the last 400 measurements, the newest last.
    public var recallHistory: [RecallReport] { RecallReport.stored(in: folder) }

    /// Measures how many of the true `k` neighbours searches find, and stores the report in the index's folder.
    ///
    /// Below the target of the options, automatic searches make more effort from then on.
    /// - Parameter queries: what to search for; without any, recent queries of this process, filled up to 200 with
    ///   stored vectors.
    /// - Parameter fillsUp: whether few queries are filled up so as well.
    /// - Parameter now: the time that the report carries, in milliseconds since 1970.
    @discardableResult
    public func measureRecall(
        k: Int = 10, queries: [[Float]] = [], fillsUp: Bool = false, now: Int64 = SystemWallClock().now()
    ) throws(VectorIndexError) -> RecallReport {
        guard (1...1000).contains(k) else { throw .badArgument("recall is measured for 1 to 1000 neighbours") }
        var accepted: [[Float]] = []
        for query in queries { accepted.append(try schema.accepted(query.span)) }
        let asked = accepted.count
        if accepted.isEmpty || fillsUp, asked < Self.nightly { accepted += sampled(Self.nightly - asked) }
        let exact = accepted.map { truth($0, k: k) }
        let base = raisedEffort.load(ordering: .relaxed)
        var effort = base > 0 ? base : nil
        var share = measured(accepted, exact, k: k, effort: effort)
        let first = share
        // Raised step by step, and only as far as it helps.
        for candidate in [32, 64, 128, 256, 512] where share.recall < options.targetRecall {
            guard candidate > effort ?? 0 else { continue }
            let better = measured(accepted, exact, k: k, effort: candidate)
            if better.recall > share.recall { (share, effort) = (better, candidate) }
        }
        let report = RecallReport(
            measuredAt: now, k: k, queries: accepted.count, recall: first.recall, interval: first.interval,
            vectors: count, raisedEffort: effort ?? 0, asked: asked)
        raisedEffort.store(report.raisedEffort, ordering: .relaxed)
        if writer != nil { try report.store(in: folder) }
        return report
    }

    /// Queries that a night's measurement takes.
    static let nightly = 200

    private func measured(
        _ queries: [[Float]], _ exact: [Set<UInt64>], k: Int, effort: Int?
    ) -> (recall: Double, interval: ClosedRange<Double>) {
        var hits = 0
        for (query, truth) in zip(queries, exact) {
            hits += truth.intersection(found(query, k: k, filter: nil, effort: effort).map(\.id)).count
        }
        let total = exact.reduce(0) { $0 + $1.count }
        guard total > 0 else { return (1, 0...1) }
        return (Double(hits) / Double(total), Self.interval(hits, of: total))
    }

    /// The neighbours by looking at every vector.
    private func truth(_ query: [Float], k: Int) -> Set<UInt64> {
        let snapshot = cell.load()
        let flat = Snapshot(
            segments: snapshot.segments.map { state in
                let segment = Segment(table: state.segment.table, structure: .flat, tunedEffort: 1)
                return SegmentState(segment: segment, file: state.file, removed: state.removed)
            },
            memory: snapshot.memory, memoryCount: snapshot.memoryCount, memoryRemoved: snapshot.memoryRemoved,
            applied: snapshot.applied)
        // Far more candidates than asked for, so that rounding of the walk's codes hides none.
        let hits = scratches.with { scratch in
            flat.search(query.span, k: 4 * k + 50, filter: nil, effort: nil, schema: schema, scratch: scratch)
        }
        return Set(hits.prefix(k).map(\.id))
    }

    private func sampled(_ wanted: Int) -> [[Float]] {
        var queries = Array(sample.recent.prefix(wanted))
        let snapshot = cell.load()
        var order = SeededOrder(seed: UInt64(snapshot.liveCount))
        let tables = snapshot.segments.filter { $0.liveCount > 0 }
        while queries.count < wanted, let last = tables.last {
            let pick = order.below(tables.reduce(0) { $0 + $1.segment.count })
            var (state, row) = (last, pick)
            for table in tables {
                state = table
                if row < table.segment.count { break }
                row -= table.segment.count
            }
            queries.append(state.segment.table.codes.decode(row: min(row, state.segment.count - 1)))
        }
        return queries
    }

    /// Wilson's score interval at 95 %.
    static func interval(_ hits: Int, of total: Int) -> ClosedRange<Double> {
        let (n, z) = (Double(total), 1.96)
        let p = Double(hits) / n
        let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / (1 + z * z / n)
        return max(0, middle - half)...min(1, middle + half)
    }
}

/// Some of the recent queries. Offering one never waits: when another task is at it, the query is passed over.
final class QuerySample: Sendable {
    private static let capacity = 200
    private let turn = Atomic<Int>(0)
    private let kept = Mutex<[[Float]]>([])

    /// Keeps every sixteenth query.
    func offer(_ query: [Float]) {
        let number = turn.wrappingAdd(1, ordering: .relaxed).newValue
        guard number & 15 == 0 else { return }
        _ = kept.withLockIfAvailable { queries in
            if queries.count < Self.capacity {
                queries.append(query)
            } else {
                queries[(number >> 4) % Self.capacity] = query
            }
        }
    }

    var recent: [[Float]] { kept.withLock { $0 } }
}
