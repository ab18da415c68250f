public import Foundation

/// A picture as a detector saw it, with the query that it was asked for: a row of the KDD Cup 2020's tables.
public struct Scene: Hashable, Sendable {
    /// The product.
    public var product: Int64
    /// The query's number.
    public var queryID: Int64
    /// The query.
    public var query: String
    /// Width of the picture in pixels.
    public var width: Int
    /// Height of the picture in pixels.
    public var height: Int
    /// The boxes in pixels, each with its label.
    public var boxes: [LabelledBox]
    /// A feature for each box, one after another.
    public var features: [Float]

    /// Numbers of each feature; 0 without boxes.
    public var dimension: Int { boxes.isEmpty ? 0 : features.count / boxes.count }
}

/// Reads the contest's tables: tab-separated, with a header, boxes and features in base64; one row at a time.
public final class SceneTable {
    /// Columns in the order of the contest's files.
    public static let columns = [
        "product_id", "image_h", "image_w", "num_boxes", "boxes", "features", "class_labels", "query", "query_id",
    ]
    /// The longest row in bytes.
    public static let longestRow = 64 << 20

    private let lines: SourceLines
    private let file: String
    private let labels: SceneRow.Labels
    private let isStrict: Bool
    private var dimension: Int?
    /// Rows that were left out, and what was wrong with others.
    public private(set) var report = DataReport()
    /// Box labels that are not known; they count as everything else.
    public private(set) var unknownLabels = 0

    /// A table. `labelCount` labels are known; others become `others`. A strict table throws at the first broken row.
    ///
    /// Throws `DataError` if the file cannot be read or its header is another one.
    public init(_ file: URL, labelCount: Int = 33, others: Int = 0, isStrict: Bool = false) throws(DataError) {
        lines = try SourceLines(file, longest: Self.longestRow)
        (self.file, self.isStrict) = (file.lastPathComponent, isStrict)
        labels = SceneRow.Labels(count: labelCount, others: others)
        let header = try lines.next().map { String(decoding: $0, as: UTF8.self) } ?? ""
        let names = header.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard names == Self.columns else {
            let missing = Self.columns.first { !names.contains($0) } ?? Self.columns[0]
            throw .missingColumn(missing, file: self.file)
        }
    }

    /// The next sound row; nil at the end.
    ///
    /// Throws `DataError` if the file cannot be read, and for a broken row if the table is strict.
    public func next() throws(DataError) -> Scene? {
        while let line = try lines.next() {
            if line.isEmpty { continue }
            do {
                let row = try SceneRow.parse(line, labels, dimension: dimension)
                if row.scene.dimension > 0 { dimension = row.scene.dimension }
                unknownLabels += row.unknownLabels
                return row.scene
            } catch {
                let place = "line \(lines.number), column \(error.column)"
                guard !isStrict else { throw .malformed(file: file, place: place, reason: error.reason) }
                report.skip("\(file), \(place)", error.reason)
            }
        }
        return nil
    }
}

/// One row of the table.
struct SceneRow {
    struct Labels: Sendable {
        let count: Int
        let others: Int
    }

    struct Fault: Error {
        let column: String
        let reason: String
    }

    let scene: Scene
    let unknownLabels: Int

    /// A row's bytes without the end of the line. `dimension` is that of the rows before, if there were any.
    static func parse(_ line: [UInt8], _ labels: Labels, dimension: Int?) throws(Fault) -> SceneRow {
        let fields = line.split(separator: 9, omittingEmptySubsequences: false)
        guard fields.count == SceneTable.columns.count else {
            throw Fault(column: "-", reason: "\(fields.count) columns, not \(SceneTable.columns.count)")
        }
        let height = try integer(fields[1], "image_h", 1...65_535)
        let width = try integer(fields[2], "image_w", 1...65_535)
        let count = try integer(fields[3], "num_boxes", 0...1000)
        guard let query = String(validating: fields[7], as: UTF8.self), query.utf8.count <= 1000 else {
            throw Fault(column: "query", reason: "it is not UTF-8, or longer than 1,000 bytes")
        }
        var scene = Scene(
            product: Int64(try integer(fields[0], "product_id", Int.min...Int.max)),
            queryID: Int64(try integer(fields[8], "query_id", Int.min...Int.max)), query: query, width: width,
            height: height, boxes: [], features: [])
        let boxes = try bytes(fields[4], "boxes", count: 16 * count)
        scene.boxes = try self.boxes(floats(boxes), width: Float(width), height: Float(height))
        scene.features = try features(fields[5], count, dimension)
        let unknown = try setLabels(of: &scene, try bytes(fields[6], "class_labels", count: 8 * count), labels)
        if count == 0 {
            scene.boxes = [
                LabelledBox(left: 0, top: 0, right: Float(width), bottom: Float(height), label: labels.others)
            ]
            scene.features = [Float](repeating: 0, count: dimension ?? 0)
        }
        return SceneRow(scene: scene, unknownLabels: unknown)
    }

    /// Top, left, bottom and right of each box.
    private static func boxes(_ sides: [Float], width: Float, height: Float) throws(Fault) -> [LabelledBox] {
        var boxes: [LabelledBox] = []
        for at in stride(from: 0, to: sides.count, by: 4) {
            let (top, left, bottom, right) = (sides[at], sides[at + 1], sides[at + 2], sides[at + 3])
            // Comparisons with what is no number are false.
            guard top >= 0, left >= 0, top < bottom, left < right, bottom <= height + 1, right <= width + 1 else {
                throw Fault(column: "boxes", reason: "box \(at / 4) is empty, outside the picture, or no number")
            }
            boxes.append(LabelledBox(left: left, top: top, right: right, bottom: bottom))
        }
        return boxes
    }

    private static func features(
        _ field: ArraySlice<UInt8>, _ count: Int, _ dimension: Int?
    ) throws(Fault) -> [Float] {
        let data = try bytes(field, "features", count: nil)
        guard count > 0 else {
            guard data.isEmpty else { throw Fault(column: "features", reason: "features without boxes") }
            return []
        }
        guard !data.isEmpty, data.count % (4 * count) == 0, dimension == nil || dimension == data.count / 4 / count
        else { throw Fault(column: "features", reason: "\(data.count) bytes are not \(count) features") }
        let values = floats(data)
        guard values.allSatisfy(\.isFinite) else { throw Fault(column: "features", reason: "a value is no number") }
        return values
    }

    private static func setLabels(of scene: inout Scene, _ bytes: [UInt8], _ labels: Labels) throws(Fault) -> Int {
        var unknown = 0
        for index in scene.boxes.indices {
            let word = bytes[(8 * index)..<(8 * index + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let label = Int64(bitPattern: word)
            let isKnown = label >= 0 && label < Int64(labels.count)
            if !isKnown { unknown += 1 }
            scene.boxes[index].label = isKnown ? Int(label) : labels.others
        }
        return unknown
    }

    private static func integer(
        _ field: ArraySlice<UInt8>, _ column: String, _ range: ClosedRange<Int>
    ) throws(Fault) -> Int {
        guard let value = Int(String(decoding: field, as: UTF8.self)), range.contains(value) else {
            throw Fault(column: column, reason: "no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private static func bytes(_ field: ArraySlice<UInt8>, _ column: String, count: Int?) throws(Fault) -> [UInt8] {
        guard let data = Data(base64Encoded: Data(field)) else {
            throw Fault(column: column, reason: "this is no base64")
        }
        guard count == nil || data.count == count else {
            throw Fault(column: column, reason: "\(data.count) bytes, not \(count ?? 0)")
        }
        return Array(data)
    }

    private static func floats(_ bytes: [UInt8]) -> [Float] {
        stride(from: 0, to: bytes.count - 3, by: 4).map { at in
            let low = UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8
            return Float(bitPattern: low | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24)
        }
    }
}
