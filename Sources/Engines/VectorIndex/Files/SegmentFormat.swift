import Kernels

/// The layout of a segment file; Documentation/VectorFiles.md tells it byte by byte.
enum SegmentFormat {
    static let magic: [UInt8] = Array("VITRVEC\n".utf8)
    /// The newest version that can be read.
    static let version: UInt32 = 2
    static let fixedHeader = 64
    static let sectionEntry = 32
    static let alignment = 64
    static let mostSections = 64

    /// What a section holds.
    enum Section: UInt32, CaseIterable {
        case ids32 = 1, ids64, tenants, categories, flags, prices
        case codes = 10, rests, scales, biases
        case links = 20, levelRows, levelDown
        case centreCodes = 30, centreRests, centreScales, centreBiases, listStarts
    }

    /// A row of the section table.
    struct Entry: Hashable {
        var section: Section
        /// The level of a graph, else 0.
        var level: Int
        /// Of links: how many a place has. Of level 0 also the places, from the count.
        var degree: Int
        /// Of links: bytes each.
        var width: Int
        var offset: Int
        var length: Int
        var crc: UInt32
    }

    /// Everything before the sections.
    struct Header: Hashable {
        var dimensions: Int
        var kind: DistanceKind
        var encoding: CodeEncoding
        var structure: VectorIndexKind
        var count: Int
        var seed: UInt64
        var tunedEffort: Int
        var lists: Int
        var entries: [Entry]

        var byteCount: Int { fixedHeader + entries.count * sectionEntry + 4 }
    }

    /// Codes of 4 bits came with version 2; all else is written so that older programs can read it.
    private static func version(of encoding: CodeEncoding) -> UInt32 { encoding == .int4 ? 2 : 1 }

    static let structures: [VectorIndexKind] = [.flat, .ivf, .hnsw]

    // MARK: Writing

    static func bytes(_ header: Header) -> [UInt8] {
        var writer = LittleEndianWriter()
        writer.put(bytes: magic)
        writer.put(version(of: header.encoding))
        writer.put(UInt32(header.byteCount))
        writer.put(UInt32(header.dimensions))
        writer.put(UInt8(header.kind.rawValue))
        writer.put(UInt8(header.encoding.rawValue))
        writer.put(UInt8(structures.firstIndex(of: header.structure) ?? 0))
        writer.put(UInt8(0))
        writer.put(UInt64(header.count))
        writer.put(header.seed)
        writer.put(UInt32(header.tunedEffort))
        writer.put(UInt32(header.lists))
        writer.put(UInt32(header.entries.count))
        writer.put(bytes: [UInt8](repeating: 0, count: fixedHeader - writer.bytes.count))
        for entry in header.entries {
            writer.put(entry.section.rawValue)
            writer.put(UInt16(entry.level))
            writer.put(UInt8(entry.degree))
            writer.put(UInt8(entry.width))
            writer.put(UInt64(entry.offset))
            writer.put(UInt64(entry.length))
            writer.put(entry.crc)
            writer.put(UInt32(0))
        }
        writer.put(CRC32C.of(writer.bytes.span.bytes))
        return writer.bytes
    }

    // MARK: Reading

    /// The header of a file, checked as far as it can be without the sections.
    static func header(_ bytes: [UInt8], file: String, fileSize: Int) throws(VectorIndexError) -> Header {
        func damaged(_ reason: String) -> VectorIndexError { .damaged(file: file, reason: reason) }
        guard bytes.count >= fixedHeader, Array(bytes.prefix(8)) == magic else { throw damaged("it is no segment") }
        var reader = LittleEndianReader(bytes, from: 8)
        guard let version = reader.read(UInt32.self), let length = reader.read(UInt32.self) else {
            throw damaged("its header is cut off")
        }
        let size = Int(length)
        guard size >= fixedHeader + 4, size <= fixedHeader + mostSections * sectionEntry + 4, size <= bytes.count else {
            throw version > Self.version
                ? .futureVersion(file: file, version: version) : damaged("its header is cut off")
        }
        var crcReader = LittleEndianReader(bytes, from: size - 4)
        guard crcReader.read(UInt32.self) == CRC32C.of(bytes.span.extracting(0..<size - 4).bytes) else {
            throw damaged("the header's checksum differs")
        }
        guard version <= Self.version else { throw .futureVersion(file: file, version: version) }
        guard let header = fields(&reader, size: size), header.byteCount == size,
            version == Self.version(of: header.encoding)
        else {
            throw damaged("a field of its header makes no sense")
        }
        guard header.entries.allSatisfy({ $0.offset % alignment == 0 && $0.offset >= size && $0.length >= 0 }),
            areApart(header.entries, fileSize: fileSize)
        else { throw damaged("its sections overlap or leave the file") }
        return header
    }

    private static func fields(_ reader: inout LittleEndianReader, size: Int) -> Header? {
        guard let dimensions = reader.read(UInt32.self), let kind = reader.read(UInt8.self),
            let encoding = reader.read(UInt8.self), let structure = reader.read(UInt8.self),
            reader.read(UInt8.self) == 0, let count = reader.read(UInt64.self), let seed = reader.read(UInt64.self),
            let effort = reader.read(UInt32.self), let lists = reader.read(UInt32.self),
            let sections = reader.read(UInt32.self), sections <= mostSections,
            let kind = DistanceKind(rawValue: Int32(kind)), let encoding = CodeEncoding(rawValue: Int32(encoding)),
            Int(structure) < structures.count, (1...VectorSchema.largestDimensions).contains(Int(dimensions)),
            count < UInt64(Int32.max), effort <= 1 << 20, UInt64(lists) <= count
        else { return nil }
        while reader.at < fixedHeader { guard reader.read(UInt8.self) == 0 else { return nil } }
        var entries: [Entry] = []
        for _ in 0..<sections {
            guard let entry = entry(&reader) else { return nil }
            entries.append(entry)
        }
        return Header(
            dimensions: Int(dimensions), kind: kind, encoding: encoding, structure: structures[Int(structure)],
            count: Int(count), seed: seed, tunedEffort: Int(effort), lists: Int(lists), entries: entries)
    }

    private static func entry(_ reader: inout LittleEndianReader) -> Entry? {
        guard let section = reader.read(UInt32.self), let level = reader.read(UInt16.self),
            let degree = reader.read(UInt8.self), let width = reader.read(UInt8.self),
            let offset = reader.read(UInt64.self), let length = reader.read(UInt64.self),
            let crc = reader.read(UInt32.self), reader.read(UInt32.self) == 0,
            let section = Section(rawValue: section), offset < 1 << 48, length < 1 << 48
        else { return nil }
        return Entry(
            section: section, level: Int(level), degree: Int(degree), width: Int(width), offset: Int(offset),
            length: Int(length), crc: crc)
    }

    /// Sections lie in the order of the table, and nothing follows the last.
    private static func areApart(_ entries: [Entry], fileSize: Int) -> Bool {
        var end = 0
        for entry in entries {
            guard entry.offset >= end, entry.offset + entry.length <= fileSize else { return false }
            end = entry.offset + entry.length
        }
        return entries.isEmpty || end == fileSize
    }
}
