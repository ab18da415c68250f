import Kernels

/// Centres by k-means (Lloyd 1982) on a sample of a table, and the rows of each.
struct InvertedListsBuilder {
    let table: CodeTable
    let lists: Int
    private var centres: CodeTable
    private var random: SeededOrder

    /// Lists for a table: 4 times the root of its count, as long as each can have some rows.
    static func count(rows: Int) -> Int { max(1, min(Int(4 * Double(rows).squareRoot()), rows / 4)) }

    init(_ table: CodeTable, seed: UInt64) {
        (self.table, lists) = (table, Self.count(rows: table.count))
        centres = CodeTable(table.encoding, table.kind, dimensions: table.dimensions, count: lists)
        random = SeededOrder(seed: seed)
    }

    /// The centres and the list of each row.
    mutating func build(rounds: Int = 8, shouldGoOn: () -> Bool) throws(VectorIndexError) -> (CodeTable, [Int]) {
        let sample = Array(random.permutation(table.count).prefix(40 * lists))
        for list in 0..<lists { centres.copyRow(list, from: table, row: sample[list]) }
        for _ in 0..<rounds {
            guard shouldGoOn() else { throw .cancelled }
            let nearest = assignments(sample)
            move(sample, nearest)
        }
        return (centres, assignments(Array(0..<table.count)))
    }

    private func assignments(_ rows: [Int]) -> [Int] {
        let scratch = SearchScratch()
        let everything = RowFilter()
        return rows.map { row in
            let vector = table.decode(row: row)
            scratch.prepare(vector.span, encoding: table.encoding, kind: table.kind)
            scratch.clear()
            scratch.scan(centres, rows: 0..<lists, filter: everything, keep: 1)
            return scratch.count > 0 ? scratch.row(0) : 0
        }
    }

    /// Each centre goes to the mean of its rows; one that has none starts again at a random row.
    private mutating func move(_ rows: [Int], _ nearest: [Int]) {
        let dimensions = table.dimensions
        var sums = [Float](repeating: 0, count: lists * dimensions)
        var counts = [Int](repeating: 0, count: lists)
        for (row, list) in zip(rows, nearest) {
            counts[list] += 1
            for (at, value) in table.decode(row: row).enumerated() { sums[list * dimensions + at] += value }
        }
        let moved = CodeTable(table.encoding, table.kind, dimensions: dimensions, count: lists)
        for list in 0..<lists {
            var mean = Array(sums[list * dimensions..<(list + 1) * dimensions])
            let size = table.kind == .cosine ? dotProduct(mean.span, mean.span).squareRoot() : Float(counts[list])
            if counts[list] == 0 || size == 0 {
                moved.copyRow(list, from: table, row: rows[random.below(rows.count)])
            } else {
                for at in mean.indices { mean[at] /= size }
                moved.encode(mean.span, row: list)
            }
        }
        centres = moved
    }
}
