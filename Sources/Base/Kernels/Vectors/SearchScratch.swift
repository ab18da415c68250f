internal import CKernels

/// The working memory of one search at a time: the query's codes, marks of visited rows, the pool of hits.
///
/// A search takes one, prepares the query, walks or scans, ranks, and reads the hits. Not to be shared by two searches at
/// once; handing it on between tasks is fine, hence unchecked.
package final class SearchScratch: @unchecked Sendable {
    private var raw = vk_scratch()
    private var visited: Column<UInt8>
    private var pool: Column<vk_hit>
    private var queue: Column<vk_hit>
    private var queryFloats: Column<Float>
    private var queryBytes: Column<Int8>
    private var rows: Column<UInt32>
    private var dots: Column<Float>
    private var lengths: Column<Float>
    private var query = vk_query()
    private var queryLength: Float = 0

    /// Hits in the pool, nearest first; see ``row(_:)`` and ``distance(_:)``.
    package private(set) var count = 0

    /// Distances that were computed since this was made.
    package var evaluated: UInt64 { raw.evaluated }

    package init() {
        visited = Column(count: 0)
        pool = Column(count: 0)
        queue = Column(count: 0)
        queryFloats = Column(count: 0)
        queryBytes = Column(count: 0)
        rows = Column(count: 0)
        dots = Column(count: 0)
        lengths = Column(count: 0)
    }

    // MARK: The query

    /// Takes the query for tables of these properties. For the cosine it must have length 1.
    package func prepare(_ vector: Span<Float>, encoding: CodeEncoding, kind: DistanceKind) {
        let floats = encoding.padded(dimensions: vector.count)
        if queryFloats.count < floats {
            queryFloats = Column(count: floats)
            queryBytes = Column(count: floats)
        }
        var correction: Int32 = 0
        var scale: Float = 1
        vector.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            queryFloats.start.update(from: start, count: vector.count)
            (queryFloats.start + vector.count).update(repeating: 0, count: floats - vector.count)
            if encoding != .half {
                scale = vk_encode_query(start, vector.count, floats, queryBytes.start, &correction)
            }
        }
        queryLength = kind == .euclidean ? dotProduct(vector, vector) : 0
        query = vk_query(
            values: encoding == .half ? UnsafeRawPointer(queryFloats.start) : UnsafeRawPointer(queryBytes.start),
            correction: encoding == .int4 ? correction / 16 : correction,
            factor: kind == .euclidean ? 2 * scale : scale,
            offset: kind == .cosine ? 1 : queryLength)
    }

    // MARK: Finding

    /// Walks the graph and keeps the `effort` nearest rows.
    package func walk(_ graph: PackedGraph, _ table: CodeTable, effort: Int, variant: KernelVariant = .best) {
        reserve(rows: table.count, effort: effort)
        var codes = table.raw
        count = graph.raw.withUnsafeBufferPointer { levels in
            guard let ground = levels.baseAddress else { return 0 }
            let entry = vk_graph_descend(&codes, ground, levels.count, &query, &raw, variant.code)
            return vk_graph_walk(&codes, ground, &query, entry, effort, &raw, variant.code)
        }
    }

    /// Walks the graph and keeps the `effort` nearest rows that pass. Gives up after `budget` distances.
    package func walk(
        _ graph: PackedGraph, _ table: CodeTable, effort: Int, filter: RowFilter, budget: Int,
        variant: KernelVariant = .best
    ) {
        count = 0
        guard !filter.asksForNothingThere else { return }
        reserve(rows: table.count, effort: effort)
        reserveQueue(min(table.count, budget) + 1)
        var codes = table.raw
        count = graph.raw.withUnsafeBufferPointer { levels in
            guard let ground = levels.baseAddress else { return 0 }
            let entry = vk_graph_descend(&codes, ground, levels.count, &query, &raw, variant.code)
            return filter.withRaw { filter in
                vk_graph_walk_filtered(
                    &codes, ground, &query, entry, effort, filter, UInt64(budget), &raw, variant.code)
            }
        }
    }

    /// Forgets the hits, so that scans begin with an empty pool.
    package func clear() { count = 0 }

    /// Looks at each row of a range that passes and keeps the nearest `keep`, beside the hits that are there.
    package func scan(
        _ table: CodeTable, rows: Range<Int>, filter: RowFilter, keep: Int, variant: KernelVariant = .best
    ) {
        guard !filter.asksForNothingThere, !rows.isEmpty, keep > 0 else { return }
        precondition(rows.lowerBound >= 0 && rows.upperBound <= table.count)
        reserve(rows: 0, effort: max(keep, count))
        var codes = table.raw
        let (first, length) = (UInt32(rows.lowerBound), UInt32(rows.count))
        if filter.isOpen {
            count = vk_graph_scan(&codes, &query, first, length, keep, count, nil, &raw, variant.code)
        } else {
            count = filter.withRaw { filter in
                vk_graph_scan(&codes, &query, first, length, keep, count, filter, &raw, variant.code)
            }
        }
    }

    // MARK: Ranking

    /// Computes the distances of the first `candidates` hits anew from all stored bits, and keeps only these, ordered.
    package func rank(_ table: CodeTable, candidates: Int, variant: KernelVariant = .best) {
        count = min(count, candidates)
        guard table.encoding != .half, count > 0 else { return }
        if rows.count < count {
            rows = Column(count: count)
            dots = Column(count: count)
            lengths = Column(count: count)
        }
        for hit in 0..<count { rows.start[hit] = pool.start[hit].node }
        let refined = table.encoding == .int4 ? vk_refined_dots_int4 : vk_refined_dots
        refined(
            table.codes.start, table.rests.start, table.scales.start, table.stride, rows.start, count,
            queryFloats.start, dots.start, table.kind == .euclidean ? lengths.start : nil, variant.code)
        for hit in 0..<count {
            let distance: Float =
                switch table.kind {
                case .cosine: 1 - dots.start[hit]
                case .innerProduct: -dots.start[hit]
                case .euclidean: max(0, queryLength + lengths.start[hit] - 2 * dots.start[hit])
                }
            pool.start[hit].distance = distance
        }
        sortHits()
    }

    /// By insertion: there are few, and ranking moves them little.
    private func sortHits() {
        let hits = pool.start
        for next in stride(from: 1, to: count, by: 1) {
            let hit = hits[next]
            var at = next
            while at > 0, (hit.distance, hit.node) < (hits[at - 1].distance, hits[at - 1].node) {
                hits[at] = hits[at - 1]
                at -= 1
            }
            hits[at] = hit
        }
    }

    /// The row of a hit.
    package func row(_ hit: Int) -> Int {
        precondition(hit >= 0 && hit < count)
        return Int(pool.start[hit].node)
    }

    /// The distance of a hit.
    package func distance(_ hit: Int) -> Float {
        precondition(hit >= 0 && hit < count)
        return pool.start[hit].distance
    }

    // MARK: Room

    private func reserve(rows: Int, effort: Int) {
        precondition(effort > 0, "a search that keeps nothing")
        if visited.count < rows + 4 {
            visited = Column(count: rows + rows / 4 + 64)
            raw.visited = visited.start
            raw.capacity = UInt32(visited.count)
            raw.epoch = 0
        }
        if pool.count < effort + 1 {
            let larger = Column<vk_hit>(count: max(64, effort + effort / 4 + 1))
            larger.start.update(from: pool.start, count: count)
            pool = larger
            raw.pool = pool.start
            raw.pool_capacity = UInt32(pool.count)
        }
    }

    private func reserveQueue(_ count: Int) {
        guard queue.count < count else { return }
        queue = Column(count: count + count / 4)
        raw.queue = queue.start
        raw.queue_capacity = UInt32(queue.count)
    }
}
