internal import Basics
public import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Packs a data set into one tar archive: the pictures as they are, and `index.jsonl` with what is known of each.
///
/// Anything that reads tar reads a shard; training reads pictures from it without unpacking.
public enum ShardWriter {
    /// The longest archive in bytes: sizes and offsets have eleven octal digits.
    static let longest = 1 << 33

    /// Writes a shard. The file is written beside its place and moved there at the end.
    ///
    /// Throws `DataError` for a picture that cannot be read, and what the file system throws.
    public static func write(_ dataset: Dataset, to file: URL) throws {
        let part = file.appendingPathExtension("part")
        try Data().write(to: part)
        let handle = try FileHandle(forWritingTo: part)
        defer { try? handle.close() }
        var index = JSONLines()
        var length = 0
        for (number, sample) in dataset.samples.enumerated() {
            let bytes = try sample.image.read()
            let name = "\(String(repeating: "0", count: max(0, 8 - "\(number)".count)))\(number)\(ending(of: bytes))"
            let member = try TarMember.bytes(name, bytes)
            length += member.count
            guard length < longest else { throw DataError.configuration("a shard holds at most 8 GiB: make several") }
            try handle.write(contentsOf: member)
            index.add(sample, name: name, dataset.classNames)
        }
        try handle.write(contentsOf: try TarMember.bytes(indexName, index.bytes))
        try handle.write(contentsOf: [UInt8](repeating: 0, count: 1024))
        try handle.synchronize()
        guard rename(part.path, file.path) == 0 else { throw DataError.unreadable(file.path) }
    }

    static let indexName = "index.jsonl"

    private static func ending(of bytes: [UInt8]) -> String {
        if bytes.starts(with: [0xFF, 0xD8]) { return ".jpg" }
        return bytes.starts(with: [0x89, 0x50]) ? ".png" : ".bin"
    }
}

/// Reads a shard.
public struct ShardReader: Sendable {
    /// The name of the source.
    public var source: String
    /// The archive.
    public var file: URL
    /// The share of lines that may be left out.
    public var brokenShare = 0.01

    /// A reader.
    public init(source: String, file: URL) { (self.source, self.file) = (source, file) }

    /// The samples of the shard; pictures stay in it.
    ///
    /// Throws `DataError` for a file that is no shard, and when too many lines of its index are broken.
    public func read() throws(DataError) -> Dataset {
        let members = try TarMembers.read(file)
        guard let place = members[ShardWriter.indexName], place.count <= DataFile.longest else {
            throw .malformed(file: file.lastPathComponent, place: ShardWriter.indexName, reason: "it is not there")
        }
        let index: [UInt8]
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            try handle.seek(toOffset: UInt64(place.lowerBound))
            index = Array(try handle.read(upToCount: place.count) ?? Data())
        } catch {
            throw .unreadable(file.path)
        }
        var builder = DatasetBuilder(source: source, brokenShare: brokenShare)
        for (number, line) in DataFile.lines(index) {
            let place = "\(ShardWriter.indexName):\(number)"
            do {
                let sample = try LinesReader.sample(Array(line), &builder) { name in
                    members[name].map { .member(file, offset: $0.lowerBound, count: $0.count) }
                }
                builder.add(sample, at: place)
            } catch {
                builder.report.skip(place, error.reason)
            }
        }
        return try builder.finish()
    }
}

/// The lines of an index.
private struct JSONLines {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ sample: Sample, name: String, _ names: [String: [String]]) {
        var object = JSONObject()
        object["path"] = .string(name)
        object["id"] = .string(sample.id)
        var labels = JSONObject()
        for (column, label) in sample.labels.sorted(by: { $0.key < $1.key }) {
            if let list = names[column], list.indices.contains(label) { labels[column] = .string(list[label]) }
        }
        if !labels.isEmpty { object["labels"] = .object(labels) }
        let classes = names[Dataset.boxColumn] ?? []
        if !sample.boxes.isEmpty { object["boxes"] = .array(sample.boxes.map { Self.box($0, classes) }) }
        object["group"] = sample.group.map(JSON.string)
        object["split"] = sample.split.map { .string($0.rawValue) }
        object["text"] = sample.text.map(JSON.string)
        var writer = JSONWriter()
        writer.value(.object(object))
        bytes += writer.bytes + [10]
    }

    private static func box(_ box: LabelledBox, _ classes: [String]) -> JSON {
        var object: JSONObject = [
            "left": .double(Double(box.left)), "top": .double(Double(box.top)), "right": .double(Double(box.right)),
            "bottom": .double(Double(box.bottom)),
        ]
        if classes.indices.contains(box.label) { object["label"] = .string(classes[box.label]) }
        return .object(object)
    }
}

/// A member of an archive with its header (POSIX ustar).
enum TarMember {
    static func bytes(_ name: String, _ content: [UInt8]) throws -> [UInt8] {
        guard name.utf8.count <= 100 else { throw DataError.configuration("\(name) is too long a name for a shard") }
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at: Int) { header.replaceSubrange(at..<at + text.utf8.count, with: text.utf8) }
        put(name, at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(octal(content.count, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        put(octal(TarMembers.sum(header), digits: 6), at: 148)
        header[155] = 32
        let rest = (512 - content.count % 512) % 512
        return header + content + [UInt8](repeating: 0, count: rest)
    }

    private static func octal(_ value: Int, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
