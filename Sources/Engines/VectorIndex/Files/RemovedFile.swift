import Kernels

/// The bits of a segment's removed rows in a file of their own:
/// magic 8 | version u32 | zero u32 | rows u64 | words u64[(rows + 63) / 64] | crc32c u32 of all before.
enum RemovedFile {
    static let magic: [UInt8] = Array("VITRREM\n".utf8)
    static let version: UInt32 = 1

    static func bytes(_ removed: RemovedRows, rows: Int) -> [UInt8] {
        var writer = LittleEndianWriter()
        writer.put(bytes: magic)
        writer.put(version)
        writer.put(UInt32(0))
        writer.put(UInt64(rows))
        let words = removed.words.isEmpty ? [UInt64](repeating: 0, count: (rows + 63) / 64) : removed.words
        for word in words { writer.put(word) }
        writer.put(CRC32C.of(writer.bytes.span.bytes))
        return writer.bytes
    }

    static func read(_ bytes: [UInt8], file: String, rows: Int) throws(VectorIndexError) -> RemovedRows {
        let words = (rows + 63) / 64
        guard bytes.count == 28 + 8 * words, Array(bytes.prefix(8)) == magic else {
            throw .damaged(file: file, reason: "it has another length or is no list of removed rows")
        }
        var last = LittleEndianReader(bytes, from: bytes.count - 4)
        guard last.read(UInt32.self) == CRC32C.of(bytes.span.extracting(0..<bytes.count - 4).bytes) else {
            throw .damaged(file: file, reason: "its checksum differs")
        }
        var reader = LittleEndianReader(bytes, from: 8)
        let version = reader.read(UInt32.self) ?? 0
        guard version == Self.version else { throw .futureVersion(file: file, version: version) }
        guard reader.read(UInt32.self) == 0, reader.read(UInt64.self) == UInt64(rows) else {
            throw .damaged(file: file, reason: "it belongs to another segment")
        }
        var bits = (0..<words).compactMap { _ in reader.read(UInt64.self) }
        if rows % 64 != 0, let tail = bits.popLast() { bits.append(tail & ((1 << UInt64(rows % 64)) - 1)) }
        return RemovedRows(words: bits)
    }
}
