public import Foundation

/// Reads pictures from a table that says which of them show the same.
///
/// Columns are `first`, `second` and `same` (1 or 0), or `anchor`, `positive` and `negative`; values are paths. Pictures
/// that show the same, directly or by others between them, are one class, named after the first of them. What no row
/// connects counts as different, which is what losses over pairs take it for anyhow.
public struct PairSource: Sendable {
    /// The name of the source.
    public var source: String
    /// The table.
    public var table: URL
    /// What the paths in it start from: a folder, or an archive without compression.
    public var root: URL
    /// The label column that the classes fill.
    public var column: String
    /// The share of rows that may be left out.
    public var brokenShare = 0.01

    /// A reader.
    public init(source: String, table: URL, root: URL, column: String = "label") {
        (self.source, self.table, self.root, self.column) = (source, table, root, column)
    }

    /// One row: two pictures that show the same, or do not.
    private struct Link {
        let line: Int
        let first: Int
        let second: Int
        let isSame: Bool
    }

    /// The pictures in the order in which the table names them first.
    ///
    /// Throws `DataError` for other columns, and when too many rows name no picture or contradict each other.
    public func read() throws(DataError) -> Dataset {
        let file = table.lastPathComponent
        let rows = try DelimitedTable(try DataFile.read(table), file: file)
        let isTriplets = rows.header.contains("anchor")
        var columns: [Int] = []
        for name in isTriplets ? ["anchor", "positive", "negative"] : ["first", "second", "same"] {
            columns.append(try rows.column(name, file: file))
        }
        var builder = DatasetBuilder(source: source, brokenShare: brokenShare)
        var pictures = LinkedPictures(root: try PictureRoot(root))
        var links: [Link] = []
        for row in rows.rows {
            let fields = row.fields.count == rows.header.count ? columns.map { row.fields[$0] } : []
            let found = Self.links(fields, row.line, isTriplets, &pictures)
            if found.isEmpty { builder.report.skip("\(file):\(row.line)", "it names no two pictures, or not how") }
            links += found
        }
        for link in links where link.isSame { pictures.join(link.first, link.second) }
        for link in links where !link.isSame && pictures.top(link.first) == pictures.top(link.second) {
            builder.report.skip("\(file):\(link.line)", "other rows say that these pictures show the same")
        }
        for (place, path) in pictures.paths.enumerated() {
            let name = pictures.paths[pictures.top(place)]
            let label = builder.label(name, in: column)
            builder.add(
                Sample(id: path, image: pictures.images[place], labels: [column: label]), at: path)
        }
        return try builder.finish()
    }

    private static func links(
        _ fields: [String], _ line: Int, _ isTriplets: Bool, _ pictures: inout LinkedPictures
    ) -> [Link] {
        guard fields.count == 3, let first = pictures.place(fields[0]), let second = pictures.place(fields[1])
        else { return [] }
        guard isTriplets else {
            guard ["0", "1"].contains(fields[2]), first != second else { return [] }
            return [Link(line: line, first: first, second: second, isSame: fields[2] == "1")]
        }
        guard let third = pictures.place(fields[2]), Set([first, second, third]).count == 3 else { return [] }
        return [
            Link(line: line, first: first, second: second, isSame: true),
            Link(line: line, first: first, second: third, isSame: false),
        ]
    }
}

/// Pictures by path, each in a tree of those that show the same.
private struct LinkedPictures {
    let root: PictureRoot
    private(set) var paths: [String] = []
    private(set) var images: [ImageReference] = []
    private var places: [String: Int] = [:]
    private var above: [Int] = []

    init(root: PictureRoot) { self.root = root }

    /// The place of a path; nil if there is no picture.
    mutating func place(_ path: String) -> Int? {
        if let known = places[path] { return known }
        guard let image = root.reference(path) else { return nil }
        places[path] = paths.count
        above.append(paths.count)
        paths.append(path)
        images.append(image)
        return paths.count - 1
    }

    /// The first picture of those that show the same.
    mutating func top(_ place: Int) -> Int {
        var at = place
        while above[at] != at {
            above[at] = above[above[at]]
            at = above[at]
        }
        return at
    }

    mutating func join(_ left: Int, _ right: Int) {
        let (one, other) = (top(left), top(right))
        above[max(one, other)] = min(one, other)
    }
}
