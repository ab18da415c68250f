internal import Basics
public import Foundation

/// Reads pictures with boxes from one JSON file in the plainest form: `{"images": [{"path": "a.jpg", "split": "train",
/// "width": 320, "height": 214, "objects": [{"label": "apple", "box": [7, 13, 303, 200]}]}]}`.
///
/// A box is left, top, right and bottom in pixels of the picture. `split`, `width`, `height` and `group` may be missing, other
/// keys are passed over, and the list may stand alone.
public struct BoxListReader: Sendable {
    /// The name of the source.
    public var source: String
    /// The file.
    public var file: URL
    /// What the paths in it start from: a folder, or an archive without compression.
    public var root: URL
    /// The split of pictures that name none.
    public var split: Split?
    /// The share of pictures that may be left out.
    public var brokenShare = 0.01

    /// A reader.
    public init(source: String, file: URL, root: URL, split: Split? = nil) {
        (self.source, self.file, self.root, self.split) = (source, file, root, split)
    }

    /// The pictures that exist. A box without area, or outside its picture, is left out and warned of.
    ///
    /// Throws `DataError` when the file cannot be read, is none of this form, or too many pictures are left out.
    public func read() throws(DataError) -> Dataset {
        let pictures = try PictureRoot(root)
        let name = file.lastPathComponent
        let list: [JSON]
        do { list = try Self.list(try DataFile.read(file)) } catch let fault as RecordFault {
            throw .malformed(file: name, place: "the file", reason: fault.reason)
        } catch {
            throw .unreadable(file.path)
        }
        var builder = DatasetBuilder(source: source, brokenShare: brokenShare)
        for (number, entry) in list.enumerated() {
            let place = "\(name), picture \(number)"
            guard let path = entry["path"]?.stringValue, let image = pictures.reference(path) else {
                builder.report.skip(place, "there is no picture at its path")
                continue
            }
            var sample = Sample(
                id: path, image: image, group: entry["group"]?.stringValue,
                split: entry["split"]?.stringValue.flatMap(Split.init(named:)) ?? split)
            let broken = add(entry, to: &sample, &builder)
            if broken > 0 { builder.report.warn("\(place): \(broken) boxes have no area or lie outside") }
            builder.add(sample, at: place)
        }
        return try builder.finish()
    }

    /// The pictures of a file's bytes, which may come from anybody.
    static func list(_ bytes: [UInt8]) throws(RecordFault) -> [JSON] {
        let json: JSON
        do { json = try JSON(parsing: bytes, limits: JSONLimits(maximumBytes: 512 << 20, maximumDepth: 8)) } catch {
            throw RecordFault("\(error)")
        }
        guard let list = json.arrayValue ?? json["images"]?.arrayValue else {
            throw RecordFault("a list of pictures, or an object with the list images")
        }
        return list
    }

    /// Adds the boxes of a picture; how many are none.
    private func add(_ entry: JSON, to sample: inout Sample, _ builder: inout DatasetBuilder) -> Int {
        var size: (width: Double, height: Double)?
        if let width = entry["width"]?.doubleValue, let height = entry["height"]?.doubleValue, width > 0, height > 0 {
            size = (width, height)
        }
        var broken = 0
        for object in entry["objects"]?.arrayValue ?? [] {
            let sides = object["box"]?.arrayValue?.compactMap(\.doubleValue) ?? []
            guard sides.count == 4, let label = object["label"]?.stringValue, !label.isEmpty,
                var box = BoxRules.box(sides[0], sides[1], sides[2], sides[3], in: size)
            else {
                broken += 1
                continue
            }
            box.label = builder.label(label, in: Dataset.boxColumn)
            sample.boxes.append(box)
        }
        return broken
    }
}
