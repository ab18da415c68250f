import Kernels

/// Finds the smallest search effort that reaches the target recall on a sample of a segment's own rows.
///
/// A sampled row is a query; itself is left out of the count, because a walk finds it too easily. Its neighbours are
/// easier to find than those of a stranger all the same, so only half of the misses that the target allows may happen.
struct EffortTuning {
    let segment: Segment
    let options: VectorIndexOptions
    private static let neighbours = 10
    private static let samples = 200

    init(_ segment: Segment, options: VectorIndexOptions) { (self.segment, self.options) = (segment, options) }

    /// The segment with its tuned effort.
    func tuned() -> Segment {
        var order = SeededOrder(seed: options.seed &+ 1)
        let rows = (0..<min(Self.samples, segment.count)).map { _ in order.below(segment.count) }
        let queries = rows.map { segment.table.codes.decode(row: $0) }
        let scratch = SearchScratch()
        let exact = zip(rows, queries).map { row, query in
            found(scratch, Segment(table: segment.table, structure: .flat, tunedEffort: 1), row, query, nil)
        }
        let wanted = 1 - (1 - options.targetRecall) / 2
        for effort in efforts {
            var hits = 0
            for (index, row) in rows.enumerated() {
                hits += found(scratch, segment, row, queries[index], effort).intersection(exact[index]).count
            }
            let total = exact.reduce(0) { $0 + $1.count }
            if Double(hits) >= wanted * Double(total) { return with(effort) }
        }
        return with(efforts.last ?? segment.tunedEffort)
    }

    private var efforts: [Int] {
        segment.structure.kind == .ivf
            ? [4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256]
            : [12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 192, 256, 384, 512]
    }

    private func with(_ effort: Int) -> Segment {
        Segment(table: segment.table, structure: segment.structure, tunedEffort: effort)
    }

    private func found(
        _ scratch: SearchScratch, _ segment: Segment, _ row: Int, _ query: [Float], _ effort: Int?
    ) -> Set<UInt64> {
        let codes = segment.table.codes
        scratch.prepare(query.span, encoding: codes.encoding, kind: codes.kind)
        segment.search(
            scratch, wanted: Self.neighbours + 1, filter: nil, removed: RemovedRows(), effort: effort)
        let ids = (0..<scratch.count).map { segment.table.ids[scratch.row($0)] }
        let own = self.segment.table.ids[row]
        return Set(ids.filter { $0 != own }.prefix(Self.neighbours))
    }
}
