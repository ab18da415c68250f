internal import Basics

/// A way in which files hold boxes.
public enum LabelFormat: String, Sendable, Hashable, CaseIterable {
    /// Pascal VOC: an XML file a picture.
    case voc
    /// COCO: one JSON file for all.
    case coco
    /// YOLO: a text file a picture, and one of names.
    case yolo
    /// labelme: a JSON file a picture.
    case labelme
}

/// A file of a set of labels: its name and its bytes.
public struct LabelFile: Sendable, Hashable {
    /// Its name; `/` parts folders.
    public var name: String
    /// Its content.
    public var bytes: [UInt8]

    /// A file.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// The name without folders and ending.
    var stem: String {
        let plain = name.split(separator: "/").last.map(String.init) ?? name
        return plain.lastIndex(of: ".").map { String(plain[..<$0]) } ?? plain
    }

    /// What stands behind the last dot, in lower case.
    var ending: String { name.split(separator: ".").last.map { $0.lowercased() } ?? "" }
}

extension LabelSet {
    /// Names of files that hold YOLO's names of categories.
    private static let nameFiles: Set<String> = ["classes.txt", "obj.names", "_darknet.labels", "names.txt"]

    /// Reads all files of labels among some files, of whatever format each is.
    ///
    /// - Parameter picture: the name and the size of the picture whose file has a stem; YOLO tells neither.
    /// - Returns: The labels, and sentences on files that could not be read.
    public init(
        reading files: [LabelFile], picture: (String) -> (name: String, size: ImageSize)?, problems: inout [String]
    ) {
        self.init()
        let names = files.first { Self.nameFiles.contains($0.name.split(separator: "/").last.map(String.init) ?? "") }
        let categories = names.map { file in
            String(decoding: file.bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
                .map { $0.trimmed }.filter { !$0.isEmpty }
        }
        for file in files.sorted(by: { $0.name < $1.name }) where file.name != names?.name {
            do throws(Fault) {
                pictures += try Self.read(file, categories: categories, picture: picture)
            } catch {
                problems.append("\(file.name): \(error.description)")
            }
        }
    }

    private static func read(
        _ file: LabelFile, categories: [String]?, picture: (String) -> (name: String, size: ImageSize)?
    ) throws(Fault) -> [Picture] {
        switch file.ending {
        case "xml": return [try Self.picture(voc: String(decoding: file.bytes, as: UTF8.self))]
        case "json":
            guard let json = try? JSON(parsing: file.bytes, limits: jsonLimits) else {
                throw Fault("this is no JSON")
            }
            return json["shapes"] != nil ? [try Self.picture(labelme: json)] : try LabelSet(coco: json).pictures
        case "txt":
            guard let categories else {
                throw Fault("YOLO needs a file `classes.txt` with the names of the categories")
            }
            guard let known = picture(file.stem) else { throw Fault("there is no picture beside it") }
            return [
                try Self.picture(
                    yolo: String(decoding: file.bytes, as: UTF8.self), name: known.name, size: known.size,
                    categories: categories)
            ]
        default: return []
        }
    }

    /// One file can hold a data set.
    private static let jsonLimits = JSONLimits(maximumBytes: 512 << 20)

    /// The files that hold these labels in a format.
    public func files(as format: LabelFormat) -> [LabelFile] {
        switch format {
        case .coco: return [LabelFile(name: "labels.json", bytes: coco.encoded())]
        case .voc:
            return pictures.map { LabelFile(name: Self.stem($0.name) + ".xml", bytes: Array(Self.voc($0).utf8)) }
        case .labelme:
            return pictures.map { LabelFile(name: Self.stem($0.name) + ".json", bytes: Self.labelme($0).encoded()) }
        case .yolo:
            let names = categories
            let texts = pictures.map {
                LabelFile(name: Self.stem($0.name) + ".txt", bytes: Array(Self.yolo($0, categories: names).utf8))
            }
            let list = names.map { $0 + "\n" }.joined()
            return texts + [LabelFile(name: "classes.txt", bytes: Array(list.utf8))]
        }
    }

    private static func stem(_ name: String) -> String { LabelFile(name: name, bytes: []).stem }
}

extension Substring {
    fileprivate var trimmed: String {
        String(self.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
