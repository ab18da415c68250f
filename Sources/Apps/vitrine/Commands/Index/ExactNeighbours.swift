import Foundation
import Kernels
import VectorIndex

/// The true neighbours of many queries, by looking at every vector in full precision.
struct ExactNeighbours {
    let metric: VectorMetric
    let k: Int

    /// For each query the ids (row numbers) of its nearest vectors among the rows that pass.
    func find(
        _ queries: [[Float]], in matrix: NumpyMatrix, where passes: (Int) -> Bool = { _ in true }
    ) throws -> [[UInt64]] {
        var best = queries.map { _ in TopK(limit: k) }
        var thresholds = [Float](repeating: .infinity, count: queries.count)
        let lengths = queries.map { dotProduct($0.span, $0.span).squareRoot() }
        var bar = ProgressBar("exact   ")
        defer { bar.finish() }
        for row in 0..<matrix.rows where passes(row) {
            let vector = matrix[row]
            guard vector.count == queries.first?.count ?? vector.count else {
                throw Failure("Queries have \(queries.first?.count ?? 0) values, vectors \(vector.count).")
            }
            let length = dotProduct(vector.span, vector.span).squareRoot()
            for query in queries.indices {
                let distance = distance(queries[query], vector, lengths[query] * length)
                guard distance <= thresholds[query] else { continue }
                best[query].insert(UInt64(row), distance: distance)
                thresholds[query] = best[query].threshold
            }
            if row & 0xFFF == 0 { bar.show(Double(row) / Double(matrix.rows)) }
        }
        return best.map { $0.sorted().map(\.number) }
    }

    private func distance(_ query: [Float], _ vector: [Float], _ lengths: Float) -> Float {
        switch metric {
        case .cosine: -dotProduct(query.span, vector.span) / max(lengths, .leastNormalMagnitude)
        case .innerProduct: -dotProduct(query.span, vector.span)
        case .euclidean: squaredDistance(query.span, vector.span)
        }
    }
}
