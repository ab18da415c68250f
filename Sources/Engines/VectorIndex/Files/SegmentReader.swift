import Foundation
import Kernels

/// Maps a segment file and checks it: every checksum, and every number that leads somewhere.
struct SegmentReader {
    private let file: String
    private let memory: Memory
    private let header: SegmentFormat.Header

    /// The segment of a file.
    static func open(_ name: String, in folder: IndexFolder) throws(VectorIndexError) -> Segment {
        let reader = try SegmentReader(name, in: folder)
        try reader.checkBytes()
        return try reader.segment()
    }

    /// The segment of bytes in memory.
    static func read(_ bytes: [UInt8], name: String) throws(VectorIndexError) -> Segment {
        let reader = try SegmentReader(name, Memory.copy(bytes))
        try reader.checkBytes()
        return try reader.segment()
    }

    private init(_ name: String, in folder: IndexFolder) throws(VectorIndexError) {
        guard let memory = Memory.map(folder.path(of: name)) else {
            throw .damaged(
                file: name, reason: folder.exists(name) ? "it is empty or cannot be mapped" : "it is missing")
        }
        try self.init(name, memory)
    }

    private init(_ name: String, _ memory: Memory) throws(VectorIndexError) {
        self.memory = memory
        file = name
        let most = SegmentFormat.fixedHeader + SegmentFormat.mostSections * SegmentFormat.sectionEntry + 4
        let head = Array(memory.bytes(0..<min(memory.byteCount, most)))
        header = try SegmentFormat.header(head, file: name, fileSize: memory.byteCount)
    }

    private func damaged(_ reason: String) -> VectorIndexError { .damaged(file: file, reason: reason) }

    // MARK: Bytes

    private func checkBytes() throws(VectorIndexError) {
        var end = header.byteCount
        for entry in header.entries {
            guard entry.offset - end < 2 * SegmentFormat.alignment,
                memory.bytes(end..<entry.offset).allSatisfy({ $0 == 0 })
            else { throw damaged("there is something between its sections") }
            guard CRC32C.of(memory.bytes(entry.offset..<entry.offset + entry.length).bytes) == entry.crc else {
                throw damaged("the checksum of its \(entry.section) differs")
            }
            end = entry.offset + entry.length
        }
        guard end == memory.byteCount else { throw damaged("something follows its last section") }
    }

    private func entry(_ section: SegmentFormat.Section, level: Int = 0) throws(VectorIndexError) -> SegmentFormat
        .Entry?
    {
        let found = header.entries.filter { $0.section == section && $0.level == level }
        guard found.count <= 1 else { throw damaged("it has two sections of \(section)") }
        return found.first
    }

    /// A column of `count` values; an empty one if none are wanted.
    private func column<Element: BitwiseCopyable>(
        _ section: SegmentFormat.Section, level: Int = 0, count: Int, of _: Element.Type
    ) throws(VectorIndexError) -> Column<Element> {
        guard count > 0 else { return Column(memory: memory, offset: 0, count: 0) }
        guard let column: Column<Element> = try optional(section, level: level, count: count) else {
            throw damaged("its \(section) are missing")
        }
        return column
    }

    private func optional<Element: BitwiseCopyable>(
        _ section: SegmentFormat.Section, level: Int = 0, count: Int
    ) throws(VectorIndexError) -> Column<Element>? {
        guard let entry = try entry(section, level: level) else { return nil }
        guard entry.length == count * MemoryLayout<Element>.stride else {
            throw damaged("its \(section) have another length")
        }
        return Column(memory: memory, offset: entry.offset, count: count)
    }

    // MARK: Values

    private func segment() throws(VectorIndexError) -> Segment {
        var attributes = AttributeColumns()
        attributes.tenants = try optional(.tenants, count: header.count)
        attributes.categories = try optional(.categories, count: header.count)
        attributes.flags = try optional(.flags, count: header.count)
        attributes.prices = try optional(.prices, count: header.count)
        let codes = try codes([.codes, .rests, .scales, .biases], count: header.count)
        // Searches look at all codes of 4 bits, and at the rests of a few rows: those need not stay in memory.
        if header.encoding == .int4 { codes.rests.letGo() }
        let table = RowTable(codes: codes, ids: try ids(), attributes: attributes)
        return Segment(table: table, structure: try structure(), tunedEffort: max(1, header.tunedEffort))
    }

    private func ids() throws(VectorIndexError) -> IDColumn {
        if let narrow: Column<UInt32> = try optional(.ids32, count: header.count) { return .narrow(narrow) }
        if let wide: Column<UInt64> = try optional(.ids64, count: header.count) { return .wide(wide) }
        return .rows(count: header.count)
    }

    private func codes(_ names: [SegmentFormat.Section], count: Int) throws(VectorIndexError) -> CodeTable {
        let counts = CodeTable.columnCounts(header.encoding, header.kind, dimensions: header.dimensions, count: count)
        return CodeTable(
            header.encoding, header.kind, dimensions: header.dimensions, count: count,
            codes: try column(names[0], count: counts.codes, of: UInt8.self),
            rests: try column(names[1], count: counts.rests, of: UInt8.self),
            scales: try column(names[2], count: counts.scales, of: Float.self),
            biases: try column(names[3], count: counts.biases, of: Float.self))
    }

    private func structure() throws(VectorIndexError) -> SegmentStructure {
        switch header.structure {
        case .flat: return .flat
        case .ivf: return .lists(try lists())
        case .hnsw: return .graph(try graph())
        }
    }

    private func lists() throws(VectorIndexError) -> InvertedLists {
        let centres = try codes([.centreCodes, .centreRests, .centreScales, .centreBiases], count: header.lists)
        let starts: Column<UInt32> = try column(.listStarts, count: header.lists + 1, of: UInt32.self)
        guard starts[0] == 0, Int(starts[header.lists]) == header.count,
            (0..<header.lists).allSatisfy({ starts[$0] <= starts[$0 + 1] })
        else { throw damaged("its lists overlap or leave out rows") }
        return InvertedLists(centres: centres, starts: starts)
    }

    private func graph() throws(VectorIndexError) -> PackedGraph {
        var levels: [PackedGraph.Level] = []
        for number in 0..<32 {
            guard let links = try entry(.links, level: number) else { break }
            let rows = try entry(.levelRows, level: number)
            let count = number == 0 ? header.count : (rows?.length ?? 0) / 4
            let down = try entry(.levelDown, level: number)
            levels.append(
                PackedGraph.Level(
                    count: count, degree: links.degree, width: links.width,
                    links: try column(.links, level: number, count: links.length, of: UInt8.self),
                    rows: try column(.levelRows, level: number, count: number == 0 ? 0 : count, of: UInt32.self),
                    down: try column(.levelDown, level: number, count: (down?.length ?? 0) / 4, of: UInt32.self)))
        }
        guard PackedGraph.areSound(levels, rowCount: header.count) else {
            throw damaged("its graph leads outside of its rows")
        }
        return PackedGraph(levels: levels)
    }
}
