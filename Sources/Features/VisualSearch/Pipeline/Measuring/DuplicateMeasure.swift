internal import Basics
public import Evaluation
internal import Imaging
internal import Kernels

/// How many edited copies of pictures are found, by the kind of edit, and how many pairs of different pictures are taken
/// for copies.
public struct DuplicateMeasure: Sendable {
    private var table: RobustnessTable
    private let rules: DuplicateRules
    private var known: [(label: String, analysis: PictureAnalysis)] = []

    /// Nothing looked at yet.
    public init(rules: DuplicateRules = DuplicateRules()) {
        self.rules = rules
        table = RobustnessTable(rules: rules)
    }

    /// Looks at one file under all edits.
    ///
    /// - Throws: ``ImageError`` for a file that is no picture.
    public mutating func add(_ bytes: [UInt8], name: String) throws {
        let decoded = try PictureAnalysis.decode(bytes)
        try table.add(decoded.image)
        known.append((name, try PictureAnalysis(decoded, of: bytes, seller: "")))
    }

    /// The figures. Intervals draw single pictures.
    public func report(bootstrap: Bootstrap = Bootstrap()) -> MeasureReport {
        var rows = PictureEdit.allCases.compactMap { edit in
            table.rows[edit].map { row in
                MeasureReport.Row(
                    edit.rawValue,
                    [
                        "put aside": share(row.byBoth, row.count, bootstrap),
                        "put aside or asked": share(row.byOne, row.count, bootstrap),
                        "dHash-64 alone": share(row.found[.dHash64]?[4] ?? 0, row.count, bootstrap),
                    ])
            }
        }
        let pairs = distinctPairs
        rows.append(
            .init(
                "pairs of different pictures",
                [
                    "put aside": Figure(value: Double(pairs.aliased), count: pairs.all),
                    "put aside or asked": Figure(value: Double(pairs.asked), count: pairs.all),
                    "dHash-64 alone": Figure(value: Double(pairs.near), count: pairs.all),
                ]))
        return MeasureReport(
            "Copies: \(known.count) pictures, each edited in \(PictureEdit.allCases.count) ways",
            facts: [
                ("near", .int(Int64(rules.near))), ("far", .int(Int64(rules.far))),
                ("correlation", .double(rules.correlation)),
            ], columns: ["put aside", "put aside or asked", "dHash-64 alone"], rows: rows)
    }

    private func share(_ found: Int, _ count: Int, _ bootstrap: Bootstrap) -> Figure? {
        bootstrap.mean((0..<count).map { $0 < found ? 1 : 0 })
    }

    /// Counts among all pairs, of which none is said to be a copy of the other.
    private var distinctPairs: (all: Int, near: Int, asked: Int, aliased: Int) {
        var counts = (all: 0, near: 0, asked: 0, aliased: 0)
        for one in known.indices {
            for other in 0..<one {
                counts.all += 1
                let views = known[one].analysis.hashes
                let hash = known[other].analysis.views[0].difference64
                guard views.contains(where: { hammingDistance($0, hash) <= rules.near }) else { continue }
                counts.near += 1
                switch rules.verdict(
                    on: known[one].analysis.picture, views: known[one].analysis.views,
                    against: known[other].analysis.picture)
                {
                case .alias:
                    counts.aliased += 1
                    counts.asked += 1
                case .review: counts.asked += 1
                default: break
                }
            }
        }
        return counts
    }
}
