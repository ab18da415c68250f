public import Foundation

/// Samples that belong together or not, by position in a data set.
public struct SamplePairs: Hashable, Sendable {
    /// Two samples.
    public struct Pair: Hashable, Sendable {
        /// The first.
        public let first: Int
        /// The second.
        public let second: Int
        /// Whether they show the same.
        public let isSame: Bool
    }

    /// Three samples: two that show the same, and one that does not.
    public struct Triplet: Hashable, Sendable {
        /// What the others are compared with.
        public let anchor: Int
        /// Shows the same.
        public let positive: Int
        /// Shows something else.
        public let negative: Int
    }

    /// The pairs.
    public private(set) var pairs: [Pair] = []
    /// The triplets.
    public private(set) var triplets: [Triplet] = []
    /// Lines that were left out.
    public private(set) var report = DataReport()

    /// Reads a table with the columns `first`, `second` and `same` (0 or 1), or `anchor`, `positive` and `negative`; values
    /// are ids of a data set.
    ///
    /// Throws `DataError` for other columns, and when more than `brokenShare` of the lines name no samples.
    public init(_ table: URL, of dataset: Dataset, brokenShare: Double = 0.01) throws(DataError) {
        let file = table.lastPathComponent
        let rows = try DelimitedTable(try DataFile.read(table), file: file)
        let places = Dictionary(
            dataset.samples.indices.map { (dataset.samples[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
        let isTriplets = rows.header.contains("anchor")
        var columns: [Int] = []
        for name in isTriplets ? ["anchor", "positive", "negative"] : ["first", "second", "same"] {
            columns.append(try rows.column(name, file: file))
        }
        for row in rows.rows {
            let fields = row.fields.count == rows.header.count ? columns.map { row.fields[$0] } : []
            if !(isTriplets ? add(triplet: fields, places) : add(pair: fields, places)) {
                report.skip("\(file):\(row.line)", "it names no samples of the data set")
            }
        }
        guard Double(report.skippedCount) <= brokenShare * Double(rows.rows.count) else {
            throw .tooManyBroken(
                count: report.skippedCount, of: rows.rows.count, examples: report.skipped.prefix(3).map(\.place))
        }
    }

    private mutating func add(pair fields: [String], _ places: [String: Int]) -> Bool {
        guard fields.count == 3, let first = places[fields[0]], let second = places[fields[1]],
            ["0", "1"].contains(fields[2])
        else { return false }
        pairs.append(Pair(first: first, second: second, isSame: fields[2] == "1"))
        return true
    }

    private mutating func add(triplet fields: [String], _ places: [String: Int]) -> Bool {
        let found = fields.compactMap { places[$0] }
        guard fields.count == 3, found.count == 3 else { return false }
        triplets.append(Triplet(anchor: found[0], positive: found[1], negative: found[2]))
        return true
    }
}
