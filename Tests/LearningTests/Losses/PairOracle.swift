/// Distances and pairs of a batch in plain Swift, for the oracles of pair losses.
struct PairOracle {
    let labels: [Int]
    let similarity: [[Double]]

    init(_ values: [Double], labels: [Int]) {
        let rows = Oracle.rows(values, values.count / labels.count).map(Oracle.normalized)
        self.labels = labels
        similarity = rows.map { a in rows.map { Oracle.dot(a, $0) } }
    }

    var indices: Range<Int> { labels.indices }
    func squared(_ i: Int, _ j: Int) -> Double { 2 - 2 * similarity[i][j] }
    func distance(_ i: Int, _ j: Int) -> Double { squared(i, j).squareRoot() }
    func positives(_ i: Int) -> [Int] { indices.filter { $0 != i && labels[$0] == labels[i] } }
    func negatives(_ i: Int) -> [Int] { indices.filter { labels[$0] != labels[i] } }
}
