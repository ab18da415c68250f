internal import Basics
public import Foundation
internal import Imaging

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
            let records: [LabelSet.Reading]
            do { records = try BoxParsers.coco(bytes) } catch {
                throw .malformed(file: file, place: "the file", reason: error.reason)
            }
            for record in records { add(record, record.picture.name, &builder, pictures) }
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
        _ record: LabelSet.Reading, _ place: String, _ builder: inout DatasetBuilder, _ pictures: PictureRoot
    ) {
        // Tools write the path that the picture had on their own machine: its last part is what counts then.
        let path = record.picture.name
        let name = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        guard let image = pictures.reference(path) ?? pictures.reference(name) else {
            return builder.report.skip(place, "there is no picture \(path.prefix(200))")
        }
        var sample = Sample(id: path, image: image, split: split)
        let size = record.isSized ? record.picture.size : nil
        // A size that is missing is no box that is broken.
        var broken = record.faults.count - (record.isSized ? 0 : 1)
        for (box, isIgnored) in record.picture.boxes.map({ ($0, false) }) + record.picture.masked.map({ ($0, true) }) {
            let edges = BoxRules.box(
                box.left, box.top, box.right, box.bottom, in: size.map { (Double($0.width), Double($0.height)) })
            guard var labelled = edges, !box.category.isEmpty else {
                broken += 1
                continue
            }
            labelled.label = builder.label(box.category, in: Dataset.boxColumn)
            labelled.isIgnored = isIgnored
            sample.boxes.append(labelled)
        }
        if broken > 0 { builder.report.warn("\(place): \(broken) boxes have no area or lie outside") }
        builder.add(sample, at: place)
    }
}

/// Descriptions of boxes from their bytes, which may come from anybody. What they mean is told by `LabelSet`, which the
/// catalogue's own labels go through too.
enum BoxParsers {
    static func labelme(_ bytes: [UInt8]) throws(RecordFault) -> LabelSet.Reading {
        let file = try json(bytes, depth: 8)
        do { return try LabelSet.reading(labelme: file) } catch { throw RecordFault(error.description) }
    }

    static func voc(_ bytes: [UInt8]) throws(RecordFault) -> LabelSet.Reading {
        do { return try LabelSet.reading(voc: String(decoding: bytes, as: UTF8.self)) } catch {
            throw RecordFault(error.description)
        }
    }

    static func coco(_ bytes: [UInt8]) throws(RecordFault) -> [LabelSet.Reading] {
        let file = try json(bytes, depth: 16)
        do { return try LabelSet.readings(coco: file) } catch { throw RecordFault(error.description) }
    }

    private static func json(_ bytes: [UInt8], depth: Int) throws(RecordFault) -> JSON {
        do { return try JSON(parsing: bytes, limits: JSONLimits(maximumBytes: 512 << 20, maximumDepth: depth)) } catch {
            throw RecordFault("\(error)")
        }
    }
}
