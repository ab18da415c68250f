internal import Basics
public import Foundation

/// Reads pictures with boxes as the usual tools write them.
public struct BoxReader: Sendable {
    /// Who wrote the boxes.
    public enum Format: String, Sendable, CaseIterable {
        /// A JSON file beside each picture; polygons count by the rectangle around them.
        case labelme
        /// An XML file for each picture.
        case voc
        /// One JSON file for all.
        case coco
    }

    /// The name of the source.
    public var source: String
    /// How the boxes are written.
    public var format: Format
    /// The folder of descriptions, or the one file of COCO.
    public var annotations: URL
    /// What the pictures' names start from: a folder, or an archive without compression.
    public var root: URL
    /// The split of all of them.
    public var split: Split?
    /// The share of descriptions that may be left out.
    public var brokenShare = 0.01

    static let most = 100_000_000

    /// A reader.
    public init(source: String, format: Format, annotations: URL, root: URL, split: Split? = nil) {
        (self.source, self.format, self.annotations) = (source, format, annotations)
        (self.root, self.split) = (root, split)
    }

    /// The pictures with their boxes. A box without area, or outside its picture, is left out and counted.
    ///
    /// Throws `DataError` when the descriptions cannot be read or too many are left out.
    public func read() throws(DataError) -> Dataset {
        let pictures = try PictureRoot(root)
        var builder = DatasetBuilder(source: source, brokenShare: brokenShare)
        if format == .coco {
            let file = annotations.lastPathComponent
            let bytes = try DataFile.read(annotations)
            let records: [BoxRecord]
            do { records = try BoxParsers.coco(bytes) } catch {
                throw .malformed(file: file, place: "the file", reason: error.reason)
            }
            for record in records { add(record, record.picture, &builder, pictures) }
            return try builder.finish()
        }
        let ending = format == .voc ? "xml" : "json"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: annotations.path) else {
            throw .unreadable(annotations.path)
        }
        for name in names.sorted() where name.lowercased().hasSuffix("." + ending) {
            do {
                let bytes = try DataFile.read(annotations.appending(path: name), limit: 64 << 20)
                let record = try format == .voc ? BoxParsers.voc(bytes) : BoxParsers.labelme(bytes)
                add(record, name, &builder, pictures)
            } catch let fault as RecordFault {
                builder.report.skip(name, fault.reason)
            } catch {
                builder.report.skip(name, "\(error)")
            }
        }
        return try builder.finish()
    }

    private func add(
        _ record: BoxRecord, _ place: String, _ builder: inout DatasetBuilder, _ pictures: PictureRoot
    ) {
        // Tools write the path that the picture had on their own machine: its last part is what counts then.
        let name = record.picture.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        guard let image = pictures.reference(record.picture) ?? pictures.reference(name) else {
            return builder.report.skip(place, "there is no picture \(record.picture.prefix(200))")
        }
        var sample = Sample(id: record.picture, image: image, split: split)
        for box in record.boxes {
            var labelled = box.box
            labelled.label = builder.label(box.name, in: Dataset.boxColumn)
            sample.boxes.append(labelled)
        }
        if record.brokenBoxes > 0 {
            builder.report.warn("\(place): \(record.brokenBoxes) boxes have no area or lie outside")
        }
        builder.add(sample, at: place)
    }
}

/// What a description says of one picture.
struct BoxRecord: Hashable, Sendable {
    var picture: String
    var boxes: [NamedBox] = []
    var brokenBoxes = 0

    struct NamedBox: Hashable, Sendable {
        let name: String
        let box: LabelledBox
    }

    /// Adds a box, or counts it if it is none.
    mutating func add(_ name: String?, _ box: LabelledBox?) {
        if let name, !name.isEmpty, let box {
            boxes.append(NamedBox(name: name, box: box))
        } else {
            brokenBoxes += 1
        }
    }
}

/// Descriptions of boxes from their bytes, which may come from anybody.
enum BoxParsers {
    static func labelme(_ bytes: [UInt8]) throws(RecordFault) -> BoxRecord {
        let file = try json(bytes, depth: 8)
        guard let picture = file["imagePath"]?.stringValue, let shapes = file["shapes"]?.arrayValue else {
            throw RecordFault("imagePath or shapes is missing")
        }
        let size = self.size(file["imageWidth"], file["imageHeight"])
        var record = BoxRecord(picture: picture)
        for shape in shapes {
            let points = (shape["points"]?.arrayValue ?? []).map { $0.arrayValue?.compactMap(\.doubleValue) ?? [] }
            guard points.count >= 2, points.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isFinite) }) else {
                record.add(nil, nil)
                continue
            }
            let (columns, rows) = (points.map { $0[0] }, points.map { $0[1] })
            let box = BoxRules.box(
                columns.min() ?? 0, rows.min() ?? 0, columns.max() ?? 0, rows.max() ?? 0, in: size)
            record.add(shape["label"]?.stringValue, box)
        }
        return record
    }

    static func voc(_ bytes: [UInt8]) throws(RecordFault) -> BoxRecord {
        let root: SmallXML.Element
        do { root = try SmallXML.parse(bytes) } catch { throw RecordFault(error.description) }
        guard root.name == "annotation", let picture = root.child("filename")?.text, !picture.isEmpty else {
            throw RecordFault("annotation or filename is missing")
        }
        let size = root.child("size").flatMap { size -> (width: Double, height: Double)? in
            guard let width = number(size, "width"), let height = number(size, "height"), width > 0, height > 0 else {
                return nil
            }
            return (width, height)
        }
        var record = BoxRecord(picture: picture)
        for object in root.children where object.name == "object" {
            let box = object.child("bndbox").flatMap { place -> LabelledBox? in
                guard let left = number(place, "xmin"), let top = number(place, "ymin"),
                    let right = number(place, "xmax"), let bottom = number(place, "ymax")
                else { return nil }
                // Its pixels count from 1, and the last one belongs to the box.
                return BoxRules.box(left - 1, top - 1, right, bottom, in: size)
            }
            record.add(object.child("name")?.text, box)
        }
        return record
    }

    static func coco(_ bytes: [UInt8]) throws(RecordFault) -> [BoxRecord] {
        let file = try json(bytes, depth: 16)
        guard let images = file["images"]?.arrayValue, let annotations = file["annotations"]?.arrayValue,
            let categories = file["categories"]?.arrayValue
        else { throw RecordFault("images, annotations or categories is missing") }
        var names: [Int64: String] = [:]
        for category in categories {
            if let id = category["id"]?.intValue { names[id] = category["name"]?.stringValue }
        }
        var records: [BoxRecord] = []
        var places: [Int64: Int] = [:]
        var sizes: [(width: Double, height: Double)?] = []
        for image in images {
            guard let id = image["id"]?.intValue, let name = image["file_name"]?.stringValue,
                places.updateValue(records.count, forKey: id) == nil
            else { throw RecordFault("an image has no id of its own, or no file_name") }
            records.append(BoxRecord(picture: name))
            sizes.append(size(image["width"], image["height"]))
        }
        for annotation in annotations {
            guard let place = annotation["image_id"]?.intValue.flatMap({ places[$0] }) else {
                throw RecordFault("an annotation belongs to no image")
            }
            let sides = annotation["bbox"]?.arrayValue?.compactMap(\.doubleValue) ?? []
            var box: LabelledBox?
            if sides.count == 4 {
                box = BoxRules.box(sides[0], sides[1], sides[0] + sides[2], sides[1] + sides[3], in: sizes[place])
            }
            if annotation["iscrowd"]?.intValue == 1 { box?.isIgnored = true }
            records[place].add(annotation["category_id"]?.intValue.flatMap { names[$0] }, box)
        }
        return records
    }

    private static func json(_ bytes: [UInt8], depth: Int) throws(RecordFault) -> JSON {
        do { return try JSON(parsing: bytes, limits: JSONLimits(maximumBytes: 512 << 20, maximumDepth: depth)) } catch {
            throw RecordFault("\(error)")
        }
    }

    private static func size(_ width: JSON?, _ height: JSON?) -> (width: Double, height: Double)? {
        guard let width = width?.doubleValue, let height = height?.doubleValue, width > 0, height > 0 else {
            return nil
        }
        return (width, height)
    }

    private static func number(_ element: SmallXML.Element, _ name: String) -> Double? {
        element.child(name).flatMap { Double($0.text) }.flatMap { $0.isFinite ? $0 : nil }
    }
}
