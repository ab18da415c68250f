internal import Basics
internal import Foundation

/// One source of pictures, as an experiment names it.
struct NamedSource: Sendable {
    /// What reads it.
    enum Reader: String, CaseIterable, Sendable {
        /// A folder a class.
        case folder
        /// A table with a row a picture.
        case table
        /// JSON lines, one a picture.
        case lines
        /// Boxes as three tools write them.
        case labelme, voc, coco
        /// Pairs or triplets of pictures that show the same or do not.
        case pairs
        /// Boxes in one plain list.
        case boxes
        /// A packed shard.
        case shard
    }

    /// Its name, unique in the experiment.
    let name: String
    /// How often batches come from it, against the other sources; nil if sources are not weighed.
    let weight: Double?
    private let path: String
    private let reader: Reader
    private let root: URL
    private let tables: [(file: URL, split: Split?)]
    private let labels: [(label: String, column: String)]
    private let group: String?
    private let splitColumn: String?
    private let pathColumn: String
    private let textColumn: String?
    private let split: Split?
    private let file: URL?
    private let middle: Double?
    private let naming: FolderReader.Naming

    /// A source from its object; what is wrong goes to the reader's problems.
    init(_ entry: ConfigurationReader, base: URL) {
        var entry = entry
        path = entry.path
        name = entry.text("name") ?? "pictures"
        weight = entry.number("weight", in: 1e-6...1e6)
        let reader: Reader = entry.choice("reader") ?? (entry.object["table"] == nil ? .folder : .table)
        self.reader = reader
        let root = Self.url(entry.text("root") ?? ".", base)
        self.root = root
        // What the pictures may be used for is read by the model card.
        _ = entry.text("license")
        group = entry.text("group")
        splitColumn = entry.text("splitColumn")
        pathColumn = entry.text("path") ?? "path"
        textColumn = entry.text("text")
        naming = entry.choice("naming") ?? .first
        middle = entry.number("middle", in: 0.01...1)
        split = entry.text("split").flatMap { text in
            if Split(named: text) == nil { entry.problems.add(entry.place("split"), "train, validation or test") }
            return Split(named: text)
        }
        labels = Self.labels(&entry)
        tables = Self.tables(&entry, root)
        if reader == .table, tables.isEmpty {
            entry.problems.add(entry.place("table"), "the table's file, or one for each split")
        }
        file = entry.text("file").map { Self.url($0, root) }
        if [.lines, .labelme, .voc, .coco, .boxes, .pairs, .shard].contains(reader), file == nil {
            entry.problems.add(entry.place("file"), "the file (for labelme and voc the folder) with the descriptions")
        }
        entry.finish()
    }

    private static func url(_ path: String, _ base: URL) -> URL {
        (path.hasPrefix("/") ? URL(filePath: path) : base.appending(path: path)).standardizedFileURL
    }

    private static func labels(_ entry: inout ConfigurationReader) -> [(String, String)] {
        guard let value = entry.value("labels") else { return [("label", "label")] }
        if let names = value.arrayValue?.compactMap(\.stringValue), names.count == value.arrayValue?.count {
            return names.map { ($0, $0) }
        }
        if let object = value.objectValue {
            let pairs = object.compactMap { label, column in column.stringValue.map { (label, $0) } }
            if pairs.count == object.count { return pairs }
        }
        entry.problems.add(entry.place("labels"), "a list of columns, or an object from labels to columns")
        return []
    }

    private static func tables(_ entry: inout ConfigurationReader, _ root: URL) -> [(URL, Split?)] {
        guard let value = entry.value("table") else { return [] }
        if let text = value.stringValue { return [(url(text, root), nil)] }
        if let object = value.objectValue {
            let pairs = object.compactMap { name, file -> (URL, Split?)? in
                guard let split = Split(named: name), let text = file.stringValue else { return nil }
                return (url(text, root), split)
            }
            if pairs.count == object.count { return pairs }
        }
        entry.problems.add(entry.place("table"), "a file, or an object from train, validation and test to files")
        return []
    }

    // MARK: Reading

    /// The samples, with the experiment's names of labels.
    func read() throws -> Dataset {
        var dataset = try whole()
        if let middle { for index in dataset.samples.indices { dataset.samples[index].middle = middle } }
        return dataset
    }

    private func whole() throws -> Dataset {
        switch reader {
        case .folder:
            let column = labels.first?.label ?? "label"
            return splitting(
                try FolderReader(source: name, root: root, column: column, naming: naming).read())
        case .lines: return try LinesReader(source: name, file: file ?? root, root: root, split: split).read()
        case .shard: return splitting(try ShardReader(source: name, file: file ?? root).read())
        case .pairs:
            let column = labels.first?.label ?? "label"
            return splitting(
                try PairSource(source: name, table: file ?? root, root: root, column: column).read())
        case .labelme: return try boxes(.labelme)
        case .voc: return try boxes(.voc)
        case .coco: return try boxes(.coco)
        case .boxes: return try BoxListReader(source: name, file: file ?? root, root: root, split: split).read()
        case .table:
            let parts = try tables.map { table in
                var reader = TableReader(
                    source: name, table: table.file, root: root, labels: labels.map(\.column), group: group,
                    splitColumn: splitColumn, split: table.split ?? split)
                reader.pathColumn = pathColumn
                reader.textColumn = textColumn
                return try reader.read()
            }
            return renamed(parts.count == 1 ? parts[0] : Dataset.joined(parts))
        }
    }

    private func boxes(_ format: BoxReader.Format) throws -> Dataset {
        try BoxReader(source: name, format: format, annotations: file ?? root, root: root, split: split).read()
    }

    private func splitting(_ dataset: Dataset) -> Dataset {
        guard let split else { return dataset }
        var dataset = dataset
        for index in dataset.samples.indices where dataset.samples[index].split == nil {
            dataset.samples[index].split = split
        }
        return dataset
    }

    /// Columns under the names that the experiment gives them.
    private func renamed(_ dataset: Dataset) -> Dataset {
        guard labels.contains(where: { $0.label != $0.column }) else { return dataset }
        var result = dataset
        result.classNames = [:]
        for (label, column) in labels { result.classNames[label] = dataset.classNames[column] ?? [] }
        for index in result.samples.indices {
            let old = dataset.samples[index].labels
            result.samples[index].labels = [:]
            for (label, column) in labels { result.samples[index].labels[label] = old[column] }
        }
        return result
    }
}
