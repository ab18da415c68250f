public import Basics

/// How often a trained classifier takes pictures of one class for another's: `confusion.json` of `vitrine-train embed`.
///
/// Held-out pictures are counted by the class of the nearest picture that was learnt from, for each label of the training.
public struct LearntCounts: Sendable, Hashable {
    /// By the class of the pictures, then by the class that they were taken for.
    public let counts: [String: [String: Int]]

    /// Most classes that are read.
    private static let mostClasses = 100_000

    /// The counts of one label.
    ///
    /// - Parameters:
    ///   - json: an object of labels, each with an object of classes, each with counts by class.
    ///   - label: which one; nil where there is just one, or one is called `label`, `style` or `item`.
    /// - Throws: ``RequestError`` 400 when it is no such file, or the label must be named.
    public init(_ json: JSON, label: String? = nil) throws {
        guard let labels = json.objectValue else { throw Self.wrong("an object of labels is expected") }
        let names = labels.map { $0.key }.sorted()
        let usual = ["label", "style", "item"].first(where: names.contains)
        guard let name = label ?? (names.count == 1 ? names[0] : usual), let rows = labels[name]?.objectValue else {
            throw Self.wrong("name one of the labels \(names.joined(separator: ", "))")
        }
        guard rows.count <= Self.mostClasses else { throw Self.wrong("more than \(Self.mostClasses) classes") }
        var counts: [String: [String: Int]] = [:]
        for (from, row) in rows {
            guard let cells = row.objectValue else { throw Self.wrong("\(name).\(from) is no object") }
            for (other, cell) in cells {
                guard let count = cell.intValue, (0...1_000_000_000).contains(count) else {
                    throw Self.wrong("\(name).\(from).\(other) is no count")
                }
                if count > 0 { counts[from, default: [:]][other] = Int(count) }
            }
        }
        self.counts = counts
    }

    private static func wrong(_ why: String) -> RequestError {
        .invalidParam("The counts of a training cannot be used: \(why).")
    }

    /// The counts under one label, as they are read.
    public var json: JSON {
        var rows = JSONObject()
        for (from, row) in counts.sorted(by: { $0.key < $1.key }) {
            var cells = JSONObject()
            for (other, count) in row.sorted(by: { $0.key < $1.key }) { cells[other] = .int(Int64(count)) }
            rows[from] = .object(cells)
        }
        return ["style": .object(rows)]
    }

    /// All classes, in order.
    public var classes: [String] { Set(counts.keys).union(counts.values.flatMap(\.keys)).sorted() }

    /// The counts as a matrix over some classes; pictures that were taken for others count in no cell, but in the sizes.
    func confusion(of classes: [String]) -> Confusion {
        let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        let rows = classes.map { name in
            counts[name, default: [:]].reduce(into: [Int: Int]()) { row, cell in
                if let place = places[cell.key] { row[place, default: 0] += cell.value }
            }
        }
        return Confusion(rows: rows, sizes: classes.map { counts[$0, default: [:]].values.reduce(0, +) })
    }
}
