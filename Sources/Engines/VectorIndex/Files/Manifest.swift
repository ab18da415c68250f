import Basics
import Kernels

/// What an index consists of at one moment. Replaced as a whole, so that each change of files happens at once or not.
///
/// The file holds one JSON object, a line's end, and `crc32c ` with the checksum of all before in hexadecimal digits.
struct Manifest: Hashable, Sendable {
    static let name = "MANIFEST"
    static let format = 1

    struct SegmentEntry: Hashable, Sendable {
        var file: String
        var rows: Int
        /// The file with the bits of removed rows; nil while there are none.
        var removed: String?
    }

    var schema: VectorSchema
    /// Numbers files; grows with each manifest.
    var number: Int
    var log: String
    /// The owner's counter as far as segments hold it.
    var applied: UInt64
    var segments: [SegmentEntry]
    /// When it was first noticed that files hold bytes of removed rows, in milliseconds since 1970; nil while they hold
    /// none, or nobody looked.
    var removedSince: Int64?

    var files: Set<String> {
        Set(segments.flatMap { [$0.file, $0.removed].compactMap { $0 } } + [log, Self.name])
    }

    // MARK: Writing

    var bytes: [UInt8] {
        let entries = segments.map { entry in
            var object: JSONObject = ["file": .string(entry.file), "rows": .int(Int64(entry.rows))]
            if let removed = entry.removed { object["removed"] = .string(removed) }
            return JSON.object(object)
        }
        var object: JSONObject = [
            "format": .int(Int64(Self.format)),
            "dimensions": .int(Int64(schema.dimensions)),
            "metric": .string(schema.metric.rawValue),
            "encoding": .string(schema.encoding.rawValue),
            "number": .int(Int64(number)),
            "log": .string(log),
            "applied": .string(String(applied)),
            "segments": .array(entries),
        ]
        if let removedSince { object["removed_since"] = .int(removedSince) }
        let body = JSON.object(object).encoded() + [10]
        let crc = String(CRC32C.of(body.span.bytes), radix: 16)
        return body + Array("crc32c \(crc)\n".utf8)
    }

    // MARK: Reading

    init(
        schema: VectorSchema, number: Int, log: String, applied: UInt64, segments: [SegmentEntry],
        removedSince: Int64? = nil
    ) {
        (self.schema, self.number, self.log, self.applied) = (schema, number, log, applied)
        (self.segments, self.removedSince) = (segments, removedSince)
    }

    init(_ bytes: [UInt8]) throws(VectorIndexError) {
        func damaged(_ reason: String) -> VectorIndexError { .damaged(file: Self.name, reason: reason) }
        guard bytes.last == 10, let lineEnd = bytes.dropLast().lastIndex(of: 10) else { throw damaged("it is cut off") }
        let body = Array(bytes[...lineEnd])
        let crc = String(CRC32C.of(body.span.bytes), radix: 16)
        guard Array(bytes[(lineEnd + 1)...]) == Array("crc32c \(crc)\n".utf8) else {
            throw damaged("its checksum differs")
        }
        guard let json = try? JSON(parsing: Array(body.dropLast())), let format = json["format"]?.intValue else {
            throw damaged("it is no JSON object with a format")
        }
        guard format == Self.format else {
            throw .futureVersion(file: Self.name, version: UInt32(clamping: format))
        }
        guard let read = Self.read(json) else { throw damaged("a field is missing or makes no sense") }
        self = read
    }

    private static func read(_ json: JSON) -> Manifest? {
        guard let dimensions = json["dimensions"]?.intValue,
            let metric = json["metric"]?.stringValue.flatMap({ VectorMetric(rawValue: $0) }),
            let encoding = json["encoding"]?.stringValue.flatMap({ VectorEncoding(rawValue: $0) }),
            let schema = try? VectorSchema(dimensions: Int(dimensions), metric: metric, encoding: encoding),
            let number = json["number"]?.intValue, (0..<Int64(Int32.max)).contains(number),
            let log = json["log"]?.stringValue, isPlain(log),
            let applied = json["applied"]?.stringValue.flatMap({ UInt64($0) }),
            let entries = json["segments"]?.arrayValue
        else { return nil }
        let segments = entries.compactMap(segment)
        guard segments.count == entries.count else { return nil }
        return Manifest(
            schema: schema, number: Int(number), log: log, applied: applied, segments: segments,
            removedSince: json["removed_since"]?.intValue)
    }

    private static func segment(_ json: JSON) -> SegmentEntry? {
        guard let file = json["file"]?.stringValue, isPlain(file), let rows = json["rows"]?.intValue,
            (0..<Int64(Int32.max)).contains(rows)
        else { return nil }
        let removed = json["removed"]?.stringValue
        guard removed.map(isPlain) ?? true else { return nil }
        return SegmentEntry(file: file, rows: Int(rows), removed: removed)
    }

    /// A name of a file in the index's own folder.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (97...122).contains(byte) || (48...57).contains(byte) || byte == 45
            }
    }
}
