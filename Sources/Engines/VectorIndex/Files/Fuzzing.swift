import Kernels

/// The parsers of an index's files, for programs that feed them arbitrary bytes. Checksums are put right first, so that
/// what stands behind them is reached.
@_spi(Fuzzing) public enum VectorFileParsers {
    /// A segment: read, and searched when it is sound.
    public static func segment(_ bytes: [UInt8]) {
        let sealed = resealed(bytes)
        guard !sealed.isEmpty, let segment = try? SegmentReader.read(sealed, name: "fuzz"), segment.count > 0 else {
            return
        }
        let codes = segment.table.codes
        let scratch = SearchScratch()
        let query = [Float](repeating: 0.5, count: codes.dimensions)
        scratch.prepare(query.span, encoding: codes.encoding, kind: codes.kind)
        for filter in [nil, VectorFilter(tenant: 1, price: 0...9)] {
            segment.search(scratch, wanted: 5, filter: filter, removed: RemovedRows(), effort: 20)
            for hit in 0..<scratch.count { _ = segment.table.ids[scratch.row(hit)] }
        }
    }

    /// A log of vectors with four values.
    public static func log(_ bytes: [UInt8]) {
        var sealed = bytes
        var at = LogFormat.headerSize
        seal(&sealed, from: 0, to: LogFormat.headerSize - 4, at: LogFormat.headerSize - 4)
        while at + 8 <= sealed.count {
            var reader = LittleEndianReader(sealed, from: at)
            guard let length = reader.read(UInt32.self), reader.remaining - 4 >= Int(length) else { break }
            var crc = CRC32C()
            crc.update(sealed.span.extracting(at..<at + 4).bytes)
            crc.update(sealed.span.extracting(at + 8..<at + 8 + Int(length)).bytes)
            put(crc.value, &sealed, at: at + 4)
            at += 8 + Int(length)
        }
        _ = try? LogFormat.read(sealed, file: "fuzz", dimensions: 4)
        _ = try? LogFormat.read(bytes, file: "fuzz", dimensions: 4)
    }

    /// A manifest without its last line.
    public static func manifest(_ bytes: [UInt8]) {
        let body = bytes + [10]
        let crc = String(CRC32C.of(body.span.bytes), radix: 16)
        _ = try? Manifest(body + Array("crc32c \(crc)\n".utf8))
        _ = try? Manifest(bytes)
    }

    /// A list of removed rows of a segment of 100.
    public static func removed(_ bytes: [UInt8]) {
        var sealed = bytes
        seal(&sealed, from: 0, to: bytes.count - 4, at: bytes.count - 4)
        _ = try? RemovedFile.read(sealed, file: "fuzz", rows: 100)
    }

    /// The header of a NumPy file.
    public static func numpy(_ bytes: [UInt8]) { _ = try? NumpyHeader(bytes, file: "fuzz") }

    /// Sound inputs to start from: the bytes of a small segment, log, manifest and list of removed rows.
    public static func seeds(of index: String) throws -> (
        segment: [UInt8], log: [UInt8], manifest: [UInt8], removed: [UInt8]
    ) {
        let folder = IndexFolder(path: index)
        func first(_ prefix: String) throws -> [UInt8] {
            guard let name = folder.names().first(where: { $0.hasPrefix(prefix) }) else { return [] }
            return try folder.read(name) ?? []
        }
        return (try first("segment-"), try first("log-"), try first("MANIFEST"), try first("removed-"))
    }

    // MARK: Checksums

    private static func resealed(_ bytes: [UInt8]) -> [UInt8] {
        var sealed = bytes
        var reader = LittleEndianReader(bytes, from: 12)
        guard let length = reader.read(UInt32.self).map({ Int($0) }), length <= bytes.count, length >= 68 else {
            return sealed
        }
        for entry in stride(from: 64, to: length - 4 - 31, by: 32) {
            var fields = LittleEndianReader(bytes, from: entry + 8)
            guard let offset = fields.read(UInt64.self), let count = fields.read(UInt64.self),
                offset <= UInt64(bytes.count), count <= UInt64(bytes.count) - offset
            else { continue }
            let (start, end) = (Int(offset), Int(offset + count))
            put(CRC32C.of(sealed.span.extracting(start..<end).bytes), &sealed, at: entry + 24)
        }
        seal(&sealed, from: 0, to: length - 4, at: length - 4)
        return sealed
    }

    private static func seal(_ bytes: inout [UInt8], from start: Int, to end: Int, at place: Int) {
        guard start <= end, place >= 0, place + 4 <= bytes.count else { return }
        put(CRC32C.of(bytes.span.extracting(start..<end).bytes), &bytes, at: place)
    }

    private static func put(_ value: UInt32, _ bytes: inout [UInt8], at place: Int) {
        for byte in 0..<4 where place + byte < bytes.count {
            bytes[place + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))
        }
    }
}
