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
///             | synced u64 | kind u8 | number u64
///             | put: tenant u32, category u16, flags u16, price u32, vector f32[dimensions]
///
/// `synced` is how many bytes of the log were on the disk for certain when the record was written. Records that wait
/// for the same sync may reach the disk in any order: when one is torn, those behind it that name no later place were
/// never acknowledged either, and one that does tells that something acknowledged is damaged.
enum LogFormat {
    static let magic: [UInt8] = Array("VITRLOG\n".utf8)
    static let version: UInt32 = 2
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

    static func bytes(_ record: LogRecord, synced: Int) -> [UInt8] {
        var body = LittleEndianWriter()
        body.put(UInt64(synced))
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

    /// Reads a log. Records from the first torn one on were never acknowledged and are left out; damage to what was
    /// synced before a sound record was written is an error.
    static func read(_ bytes: [UInt8], file: String, dimensions: Int) throws(VectorIndexError) -> Contents {
        guard bytes.count >= headerSize else {
            // A crash while the log was being made: nothing was acknowledged in it.
            if header(dimensions: dimensions).starts(with: bytes) { return Contents() }
            throw .damaged(file: file, reason: "its header is cut off")
        }
        try checkHeader(bytes, file: file, dimensions: dimensions)
        var contents = Contents(soundLength: headerSize)
        while let found = record(bytes, at: contents.soundLength, dimensions: dimensions) {
            contents.records.append(found.record)
            contents.soundLength = found.end
        }
        var at = contents.soundLength + 1
        while at + 8 < bytes.count {
            if let later = record(bytes, at: at, dimensions: dimensions), later.synced > contents.soundLength {
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
        if isWhole, Array(head.prefix(8)) == magic, version < Self.version {
            throw .damaged(file: file, reason: "it has the form of before the first release")
        }
        throw .damaged(file: file, reason: "its header does not match its checksum or the index")
    }

    private struct Found {
        let record: LogRecord
        let end: Int
        let synced: Int
    }

    /// The record at a place; nil if there is no sound one.
    private static func record(_ bytes: [UInt8], at start: Int, dimensions: Int) -> Found? {
        var reader = LittleEndianReader(bytes, from: start)
        guard let length = reader.read(UInt32.self), let crc = reader.read(UInt32.self) else { return nil }
        let sizes = [17, 29 + 4 * dimensions]
        guard sizes.contains(Int(length)), reader.remaining >= Int(length) else { return nil }
        let end = reader.at + Int(length)
        let body = bytes.span.extracting(reader.at..<end).bytes
        guard checksum(Array(bytes[start..<start + 4]), body) == crc else { return nil }
        guard let synced = reader.read(UInt64.self), synced <= UInt64(start),
            let content = content(&reader, dimensions: dimensions, length: Int(length))
        else { return nil }
        return Found(record: content, end: end, synced: Int(synced))
    }

    private static func content(_ reader: inout LittleEndianReader, dimensions: Int, length: Int) -> LogRecord? {
        guard let kind = reader.read(UInt8.self), let number = reader.read(UInt64.self) else { return nil }
        switch (kind, length) {
        case (2, 17): return .remove(number)
        case (3, 17): return .mark(number)
        case (1, 29 + 4 * dimensions):
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
