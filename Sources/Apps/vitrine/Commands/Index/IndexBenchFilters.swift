import Basics
import VectorIndex

/// Prices that have nothing to do with the vectors, so that a range of them passes any share of the rows.
enum SpreadPrices {
    /// The attributes of a row; ann.py makes the same ones.
    static func attributes(_ row: Int) -> VectorAttributes { VectorAttributes(price: price(row)) }

    static func price(_ row: Int) -> UInt32 { UInt32(truncatingIfNeeded: UInt64(row) &* 2_654_435_761) }

    /// The prices that pass a share of the rows, 0...1.
    static func range(share: Double) -> ClosedRange<UInt32> { 0...UInt32(max(0, min(1, share)) * 4_294_967_295) }
}

/// Speed and recall of searches through filters.
struct FilterBench {
    let index: VectorIndex
    let queries: [[Float]]
    let k: Int
    let matrix: NumpyMatrix
    let exact: ExactNeighbours

    /// A row a share: found with the effort that searches take by themselves.
    func rows(shares: [Double]) throws -> [JSON] {
        try shares.map { share in
            let range = SpreadPrices.range(share: share)
            let truth = try exact.find(queries, in: matrix) { range.contains(SpreadPrices.price($0)) }
            let (found, rate) = try timed(VectorFilter(price: range))
            let kinds = index.statistics.segments.map(\.kind.rawValue).joined(separator: "+")
            return [
                "index": .string("vitrine \(kinds)"), "filter": .double(share),
                "recall": IndexBench.number(IndexBench.recall(found, truth), 4), "qps": IndexBench.number(rate, 0),
                "k": .int(Int64(k)),
            ]
        }
    }

    /// The best of three passes, in queries a second of processor time.
    private func timed(_ filter: VectorFilter) throws -> (ids: [[UInt64]], rate: Double) {
        var best = Double.infinity
        var ids: [[UInt64]] = []
        for _ in 0..<3 {
            let started = IndexBench.processSeconds()
            ids = try queries.map { try index.search($0, k: k, filter: filter).map(\.id) }
            best = min(best, IndexBench.processSeconds() - started)
        }
        return (ids, Double(queries.count) / max(best, 1e-9))
    }
}
