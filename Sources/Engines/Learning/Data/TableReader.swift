public import Foundation

/// Reads a table of pictures: one row each, with a header that names the columns.
///
/// Values stand between tabs, or between commas with quotation marks. An empty label is a missing one.
public struct TableReader: Sendable {
    /// The name of the source.
    public var source: String
    /// The table.
    public var table: URL
    /// What the paths in it start from: a folder, or an archive without compression.
    public var root: URL
    /// The column of paths.
    public var pathColumn = "path"
    /// The columns of labels.
    public var labelColumns: [String]
    /// The column of what must not stand on both sides of a split.
    public var groupColumn: String?
    /// The column of splits.
    public var splitColumn: String?
    /// The column of words.
    public var textColumn: String?
    /// The split of rows that name none.
    public var split: Split?
    /// Names of classes whose order is known; others follow.
    public var classNames: [String: [String]] = [:]
    /// The share of rows that may be left out.
    public var brokenShare = 0.01

    /// A reader.
    public init(
        source: String, table: URL, root: URL, labels: [String], group: String? = nil, splitColumn: String? = nil,
        split: Split? = nil
    ) {
        (self.source, self.table, self.root, labelColumns) = (source, table, root, labels)
        (groupColumn, self.splitColumn, self.split) = (group, splitColumn, split)
    }

    /// The rows whose pictures exist.
    ///
    /// Throws `DataError` for a table without a named column, for text that is not UTF-8, and when too many rows are
    /// left out.
    public func read() throws(DataError) -> Dataset {
        let pictures = try PictureRoot(root)
        let file = table.lastPathComponent
        let rows = try DelimitedTable(try DataFile.read(table), file: file)
        let path = try rows.column(pathColumn, file: file)
        var labels: [(String, Int)] = []
        for name in labelColumns { labels.append((name, try rows.column(name, file: file))) }
        let others = (
            group: try optional(groupColumn, rows, file), split: try optional(splitColumn, rows, file),
            text: try optional(textColumn, rows, file)
        )
        var builder = DatasetBuilder(source: source, brokenShare: brokenShare, classNames: classNames)
        for row in rows.rows {
            let place = "\(file):\(row.line)"
            guard row.fields.count == rows.header.count else {
                builder.report.skip(place, "\(row.fields.count) values for \(rows.header.count) columns")
                continue
            }
            guard let image = pictures.reference(row.fields[path]) else {
                builder.report.skip(place, "there is no picture \(row.fields[path].prefix(200))")
                continue
            }
            var sample = Sample(id: row.fields[path], image: image, split: split)
            for (name, column) in labels where !row.fields[column].isEmpty {
                sample.labels[name] = builder.label(row.fields[column], in: name)
            }
            sample.group = value(row, others.group)
            sample.text = value(row, others.text)
            if let name = value(row, others.split) {
                guard let named = Split(named: name) else {
                    builder.report.skip(place, "\(name.prefix(40)) is no split")
                    continue
                }
                sample.split = named
            }
            builder.add(sample, at: place)
        }
        return try builder.finish(sorts: classNames.isEmpty)
    }

    private func optional(_ name: String?, _ rows: DelimitedTable, _ file: String) throws(DataError) -> Int? {
        guard let name else { return nil }
        return try rows.column(name, file: file)
    }

    private func value(_ row: DelimitedTable.Row, _ column: Int?) -> String? {
        guard let column, !row.fields[column].isEmpty else { return nil }
        return row.fields[column]
    }
}
