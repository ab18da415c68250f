internal import Basics
public import Foundation

/// Reads JSON lines: one object a line, such as
/// `{"path": "a.jpg", "labels": {"kind": "bag"}, "group": "g1", "split": "train", "text": "red bag",
/// "boxes": [{"left": 1, "top": 2, "right": 30, "bottom": 40, "label": "bag"}]}`.
///
/// All but `path` may be missing; an unknown key is a fault of its line.
public struct LinesReader: Sendable {
    /// The name of the source.
    public var source: String
    /// The file.
    public var file: URL
    /// What the paths in it start from: a folder, or an archive without compression.
    public var root: URL
    /// The split of lines that name none.
    public var split: Split?
    /// The share of lines that may be left out.
    public var brokenShare = 0.01

    private static let keys: Set<String> = ["path", "labels", "boxes", "group", "split", "text", "id"]
    static let longestLine = 4 << 20

    /// A reader.
    public init(source: String, file: URL, root: URL, split: Split? = nil) {
        (self.source, self.file, self.root, self.split) = (source, file, root, split)
    }

    /// The lines whose pictures exist.
    ///
    /// Throws `DataError` when too many lines are left out.
    public func read() throws(DataError) -> Dataset {
        let pictures = try PictureRoot(root)
        let lines = try SourceLines(file, longest: Self.longestLine)
        var builder = DatasetBuilder(source: source, brokenShare: brokenShare)
        while let line = try lines.next() {
            if line.allSatisfy({ $0 == 32 || $0 == 9 }) { continue }
            let place = "\(file.lastPathComponent):\(lines.number)"
            do {
                let sample = try Self.sample(line, &builder) { pictures.reference($0) }
                builder.add(sample, at: place)
            } catch {
                builder.report.skip(place, error.reason)
            }
        }
        var dataset = try builder.finish()
        for index in dataset.samples.indices where dataset.samples[index].split == nil {
            dataset.samples[index].split = split
        }
        return dataset
    }

    /// The sample of one line.
    static func sample(
        _ line: [UInt8], _ builder: inout DatasetBuilder, _ reference: (String) -> ImageReference?
    ) throws(RecordFault) -> Sample {
        let json: JSON
        do { json = try JSON(parsing: line, limits: JSONLimits(maximumBytes: longestLine, maximumDepth: 8)) } catch {
            throw RecordFault("\(error)")
        }
        guard let object = json.objectValue else { throw RecordFault("this is no object") }
        if let unknown = object.keys.first(where: { !keys.contains($0) && !$0.hasPrefix("//") }) {
            throw RecordFault("\(unknown.prefix(40)): unknown key")
        }
        guard let path = object["path"]?.stringValue, let image = reference(path) else {
            throw RecordFault("there is no picture at its path")
        }
        var sample = Sample(id: try text(object, "id") ?? path, image: image)
        for (column, value) in object["labels"]?.objectValue ?? JSONObject() {
            guard !value.isNull else { continue }
            guard let name = value.stringValue ?? value.intValue.map(String.init) else {
                throw RecordFault("labels.\(column.prefix(40)): a name")
            }
            sample.labels[column] = builder.label(name, in: column)
        }
        for (number, box) in (object["boxes"]?.arrayValue ?? []).enumerated() {
            sample.boxes.append(try self.box(box, number, &builder))
        }
        (sample.group, sample.text) = (try text(object, "group"), try text(object, "text"))
        if let name = try text(object, "split") {
            guard let split = Split(named: name) else { throw RecordFault("split: train, validation or test") }
            sample.split = split
        }
        return sample
    }

    private static func text(_ object: JSONObject, _ key: String) throws(RecordFault) -> String? {
        guard let value = object[key], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw RecordFault("\(key): a text") }
        return text
    }

    private static func box(
        _ value: JSON, _ number: Int, _ builder: inout DatasetBuilder
    ) throws(RecordFault) -> LabelledBox {
        let sides = ["left", "top", "right", "bottom"].compactMap { value[$0]?.doubleValue }
        guard sides.count == 4, let box = BoxRules.box(sides[0], sides[1], sides[2], sides[3], in: nil) else {
            throw RecordFault("boxes[\(number)]: left < right and top < bottom, all finite")
        }
        var labelled = box
        if let name = value["label"]?.stringValue { labelled.label = builder.label(name, in: Dataset.boxColumn) }
        return labelled
    }
}

/// Why one record of a source was left out.
struct RecordFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// What a box must be.
enum BoxRules {
    /// A box of finite numbers and some area, cut to its picture; nil for anything else, and for one that lies more than
    /// a pixel outside.
    static func box(
        _ left: Double, _ top: Double, _ right: Double, _ bottom: Double, in size: (width: Double, height: Double)?
    ) -> LabelledBox? {
        let sides = [left, top, right, bottom]
        guard sides.allSatisfy({ $0.isFinite && abs($0) < 1e6 }), left < right, top < bottom else { return nil }
        guard let size else {
            return LabelledBox(left: Float(left), top: Float(top), right: Float(right), bottom: Float(bottom))
        }
        guard left >= -1, top >= -1, right <= size.width + 1, bottom <= size.height + 1 else { return nil }
        let box = LabelledBox(
            left: Float(max(0, left)), top: Float(max(0, top)), right: Float(min(size.width, right)),
            bottom: Float(min(size.height, bottom)))
        return box.area > 0 ? box : nil
    }
}
