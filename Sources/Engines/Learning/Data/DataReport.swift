package import Basics
public import Foundation

/// What was read from the sources of a training, what was left out, and what looked wrong.
public struct DataReport: Hashable, Sendable {
    /// Something that was left out.
    public struct Skipped: Hashable, Sendable {
        /// The file, with the line or the member.
        public let place: String
        /// Why.
        public let reason: String

        /// A note.
        public init(place: String, reason: String) { (self.place, self.reason) = (place, reason) }
    }

    /// How many notes of each kind are kept; all are counted.
    public static let most = 100

    /// Samples that can be used, by source.
    public var samples: [String: Int] = [:]
    /// How many were left out.
    public private(set) var skippedCount = 0
    /// The first of those left out.
    public private(set) var skipped: [Skipped] = []
    /// Warnings that stop nothing.
    public private(set) var warnings: [String] = []
    /// What stands on both sides of a split.
    public var leaks: [DataLeak] = []
    /// Pictures that look almost the same and stand on both sides.
    public var nearDuplicates: [DataLeak] = []

    /// An empty report.
    public init() {}

    /// Counts something that was left out.
    public mutating func skip(_ place: String, _ reason: String) {
        skippedCount += 1
        if skipped.count < Self.most { skipped.append(Skipped(place: place, reason: reason)) }
    }

    /// Adds a warning.
    public mutating func warn(_ text: String) {
        if warnings.count < Self.most { warnings.append(text) }
    }

    /// Adds another report's content.
    public mutating func merge(_ other: DataReport) {
        samples.merge(other.samples, uniquingKeysWith: +)
        skippedCount += other.skippedCount
        skipped = Array((skipped + other.skipped).prefix(Self.most))
        warnings = Array((warnings + other.warnings).prefix(Self.most))
        leaks += other.leaks
        nearDuplicates += other.nearDuplicates
    }

    /// The content of `data_report.json`, with the class sizes of a data set.
    package func json(for dataset: Dataset) -> JSON {
        [
            "samples": .int(Int64(dataset.count)),
            "bySource": Self.counts(samples),
            "bySplit": Self.counts(
                Dictionary(dataset.samples.map { ($0.split?.rawValue ?? "none", 1) }, uniquingKeysWith: +)),
            "boxes": .int(Int64(dataset.samples.reduce(0) { $0 + $1.boxes.count })),
            "groups": .int(Int64(Set(dataset.samples.compactMap(\.group)).count)),
            "skippedCount": .int(Int64(skippedCount)),
            "skipped": .array(skipped.map { ["place": .string($0.place), "reason": .string($0.reason)] }),
            "warnings": .array(warnings.map(JSON.string)),
            "leaks": .array(leaks.map(Self.json)),
            "nearDuplicates": .array(nearDuplicates.map(Self.json)),
            "classes": .object(classes(of: dataset)),
        ]
    }

    private func classes(of dataset: Dataset) -> JSONObject {
        var object = JSONObject()
        for column in dataset.classNames.keys.sorted() {
            let boxes = column == Dataset.boxColumn ? Self.boxSizes(of: dataset) : dataset.classSizes(column)
            let names = dataset.classNames[column] ?? []
            var sizes = JSONObject()
            for (name, size) in zip(names, boxes) { sizes[name] = .int(Int64(size)) }
            let missing = dataset.labels(column).count { $0 < 0 }
            object[column] = [
                "count": .int(Int64(names.count)), "sizes": .object(sizes),
                "missing": column == Dataset.boxColumn ? 0 : .int(Int64(missing)),
                "single": .int(Int64(boxes.count { $0 == 1 })),
            ]
        }
        return object
    }

    private static func boxSizes(of dataset: Dataset) -> [Int] {
        var sizes = [Int](repeating: 0, count: dataset.classCount(Dataset.boxColumn))
        for box in dataset.samples.flatMap(\.boxes) where sizes.indices.contains(box.label) { sizes[box.label] += 1 }
        return sizes
    }

    private static func counts(_ counts: [String: Int]) -> JSON {
        var object = JSONObject()
        for key in counts.keys.sorted() { object[key] = counts[key].map { .int(Int64($0)) } }
        return .object(object)
    }

    private static func json(_ leak: DataLeak) -> JSON {
        [
            "kind": .string(leak.kind.rawValue), "key": .string(leak.key),
            "samples": .array(leak.samples.map(JSON.string)),
            "splits": .array(leak.splits.map { .string($0.rawValue) }),
        ]
    }
}

extension Dataset {
    /// Writes ``report`` with the counts and class sizes of these samples as `data_report.json` into a folder.
    ///
    /// Throws what the file system throws.
    public func writeReport(to folder: URL) throws {
        var writer = JSONWriter()
        writer.value(report.json(for: self))
        try Data(writer.bytes).write(to: folder.appending(path: "data_report.json"), options: .atomic)
    }
}
