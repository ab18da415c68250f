import Foundation
import Kernels

/// A change of an index.
enum LogRecord: Sendable {
    case put(VectorItem)
    case remove(UInt64)
    /// The owner's own counter, see `VectorIndex.appliedSequence`.
    case mark(UInt64)
}

/// The log of changes that are in no segment yet: a header, then records, each with length and checksum.
///
///     header  magic 8 | version u32 | dimensions u32 | zero u32 | crc32c u32 of all before
///     record  length u32 of what follows the checksum | crc32c u32 of length and what follows
///             | kind u8 | number u64 | put: tenant u32, category u16, flags u16, price u32, vector f32[dimensions]
enum LogFormat {
    static let magic: [UInt8] = Array("VITRLOG\n".utf8)
    static let version: UInt32 = 1
    static let headerSize = 24

    static func header(dimensions: Int) -> [UInt8] {
        var writer = LittleEndianWriter()
        writer.put(bytes: magic)
        writer.put(version)
        writer.put(UInt32(dimensions))
        writer.put(UInt32(0))
        writer.put(CRC32C.of(writer.bytes.span.bytes))
        return writer.bytes
    }

    static func bytes(_ record: LogRecord) -> [UInt8] {
        var body = LittleEndianWriter()
        switch record {
        case .put(let item):
            body.put(UInt8(1))
            body.put(item.id)
            body.put(item.attributes.tenant)
            body.put(item.attributes.category)
            body.put(item.attributes.flags)
            body.put(item.attributes.price)
            body.put(item.vector)
        case .remove(let id):
            body.put(UInt8(2))
            body.put(id)
        case .mark(let sequence):
            body.put(UInt8(3))
            body.put(sequence)
        }
        var writer = LittleEndianWriter()
        writer.put(UInt32(body.bytes.count))
        writer.put(checksum(writer.bytes, body.bytes.span.bytes))
        writer.put(bytes: body.bytes)
        return writer.bytes
    }

    private static func checksum(_ length: [UInt8], _ body: RawSpan) -> UInt32 {
        var crc = CRC32C()
        crc.update(length.span.bytes)
        crc.update(body)
        return crc.value
    }

    /// What a log holds, and where its sound part ends.
    struct Contents {
        var records: [LogRecord] = []
        /// Bytes of the header and the sound records; what follows was never acknowledged.
        var soundLength = 0
    }

    /// Reads a log. A last record that is cut off or torn was never acknowledged and is left out; damage before a sound
    /// record is an error, because what it hides was.
    static func read(_ bytes: [UInt8], file: String, dimensions: Int) throws(VectorIndexError) -> Contents {
        guard bytes.count >= headerSize else {
            // A crash while the log was being made: nothing was acknowledged in it.
            if header(dimensions: dimensions).starts(with: bytes) { return Contents() }
            throw .damaged(file: file, reason: "its header is cut off")
        }
        try checkHeader(bytes, file: file, dimensions: dimensions)
        var contents = Contents(soundLength: headerSize)
        while let (record, end) = record(bytes, at: contents.soundLength, dimensions: dimensions) {
            contents.records.append(record)
            contents.soundLength = end
        }
        var at = contents.soundLength + 1
        while at + 8 < bytes.count {
            if record(bytes, at: at, dimensions: dimensions) != nil {
                throw .damaged(
                    file: file, reason: "a record at byte \(contents.soundLength) does not match its checksum")
            }
            at += 1
        }
        return contents
    }

    private static func checkHeader(_ bytes: [UInt8], file: String, dimensions: Int) throws(VectorIndexError) {
        let head = Array(bytes.prefix(headerSize))
        if head == header(dimensions: dimensions) { return }
        var reader = LittleEndianReader(head, from: 8)
        var last = LittleEndianReader(head, from: headerSize - 4)
        let version = reader.read(UInt32.self) ?? 0
        let isWhole = last.read(UInt32.self) == CRC32C.of(head.span.extracting(0..<headerSize - 4).bytes)
        if isWhole, Array(head.prefix(8)) == magic, version > Self.version {
            throw .futureVersion(file: file, version: version)
        }
        throw .damaged(file: file, reason: "its header does not match its checksum or the index")
    }

    /// The record at a place and where it ends; nil if there is no sound one.
    private static func record(_ bytes: [UInt8], at start: Int, dimensions: Int) -> (LogRecord, Int)? {
        var reader = LittleEndianReader(bytes, from: start)
        guard let length = reader.read(UInt32.self), let crc = reader.read(UInt32.self) else { return nil }
        let sizes = [9, 21 + 4 * dimensions]
        guard sizes.contains(Int(length)), reader.remaining >= Int(length) else { return nil }
        let end = reader.at + Int(length)
        let body = bytes.span.extracting(reader.at..<end).bytes
        guard checksum(Array(bytes[start..<start + 4]), body) == crc else { return nil }
        return content(&reader, dimensions: dimensions, length: Int(length)).map { ($0, end) }
    }

    private static func content(_ reader: inout LittleEndianReader, dimensions: Int, length: Int) -> LogRecord? {
        guard let kind = reader.read(UInt8.self), let number = reader.read(UInt64.self) else { return nil }
        switch (kind, length) {
        case (2, 9): return .remove(number)
        case (3, 9): return .mark(number)
        case (1, 21 + 4 * dimensions):
            guard let tenant = reader.read(UInt32.self), let category = reader.read(UInt16.self),
                let flags = reader.read(UInt16.self), let price = reader.read(UInt32.self),
                let vector = reader.floats(dimensions)
            else { return nil }
            let attributes = VectorAttributes(tenant: tenant, category: category, flags: flags, price: price)
            return .put(VectorItem(id: number, vector: vector, attributes: attributes))
        default: return nil
        }
    }
}

/// A log that is open for appending.
final class IndexLog {
    let name: String
    private(set) var byteCount: Int
    private let file: Int32

    /// Opens a log and cuts off what lies behind its sound part; makes it if there is none.
    init(_ name: String, in folder: IndexFolder, soundLength: Int, dimensions: Int) throws(VectorIndexError) {
        self.name = name
        file = open(folder.path(of: name), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        byteCount = soundLength
        guard file >= 0 else { throw .system("cannot open \(name)", code: errno) }
        guard ftruncate(file, off_t(soundLength)) == 0, lseek(file, off_t(soundLength), SEEK_SET) >= 0 else {
            throw .system("cannot cut \(name)", code: errno)
        }
        if soundLength == 0 { try append(LogFormat.header(dimensions: dimensions)) }
        try sync()
        try folder.sync()
    }

    deinit { close(file) }

    func append(_ bytes: [UInt8]) throws(VectorIndexError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(VectorIndexError) in try writeAll(file, buffer, name) }
        }
        try result.get()
        byteCount += bytes.count
    }

    /// Takes back what was appended after a length.
    func cut(to length: Int) throws(VectorIndexError) {
        guard ftruncate(file, off_t(length)) == 0, lseek(file, off_t(length), SEEK_SET) >= 0 else {
            throw .system("cannot cut \(name)", code: errno)
        }
        byteCount = length
    }

    func sync() throws(VectorIndexError) {
        guard fdatasync(file) == 0 else { throw .system("cannot sync \(name)", code: errno) }
    }
}
