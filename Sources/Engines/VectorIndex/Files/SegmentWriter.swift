import Kernels

/// Writes a segment to a file.
enum SegmentWriter {
    private struct Part {
        let section: SegmentFormat.Section
        var level = 0
        var degree = 0
        var width = 0
        let bytes: UnsafeRawBufferPointer
    }

    /// Writes a segment's file and syncs it.
    /// - Parameter syncsName: whether its name is synced too, or the caller does that.
    static func write(
        _ segment: Segment, seed: UInt64, to name: String, in folder: IndexFolder, syncsName: Bool = true
    ) throws(VectorIndexError) {
        let parts = rows(segment.table) + structure(segment.structure)
        var lists = 0
        if case .lists(let found) = segment.structure { lists = found.centres.count }
        let codes = segment.table.codes
        var header = SegmentFormat.Header(
            dimensions: codes.dimensions, kind: codes.kind, encoding: codes.encoding,
            structure: segment.structure.kind, count: segment.count, seed: seed, tunedEffort: segment.tunedEffort,
            lists: lists, entries: [])
        var offset = aligned(SegmentFormat.fixedHeader + parts.count * SegmentFormat.sectionEntry + 4)
        for part in parts {
            header.entries.append(
                SegmentFormat.Entry(
                    section: part.section, level: part.level, degree: part.degree, width: part.width,
                    offset: offset, length: part.bytes.count, crc: CRC32C.of(part.bytes.bytes)))
            offset = aligned(offset + part.bytes.count)
        }
        let head = SegmentFormat.bytes(header)
        let zeros = [UInt8](repeating: 0, count: SegmentFormat.alignment)
        let result = withExtendedLifetime(segment) {
            head.withUnsafeBytes { head in
                zeros.withUnsafeBytes { zeros in
                    Result { () throws(VectorIndexError) in
                        try folder.place(name, pieces(head, parts, header.entries, zeros))
                    }
                }
            }
        }
        try result.get()
        if syncsName { try folder.sync() }
    }

    private static func aligned(_ offset: Int) -> Int {
        (offset + SegmentFormat.alignment - 1) / SegmentFormat.alignment * SegmentFormat.alignment
    }

    private static func pieces(
        _ head: UnsafeRawBufferPointer, _ parts: [Part], _ entries: [SegmentFormat.Entry],
        _ zeros: UnsafeRawBufferPointer
    ) -> [UnsafeRawBufferPointer] {
        var pieces = [head]
        var at = head.count
        for (part, entry) in zip(parts, entries) {
            pieces.append(UnsafeRawBufferPointer(rebasing: zeros[0..<entry.offset - at]))
            pieces.append(part.bytes)
            at = entry.offset + entry.length
        }
        return pieces
    }

    private static func rows(_ table: RowTable) -> [Part] {
        var parts: [Part] = []
        switch table.ids {
        case .rows: break
        case .narrow(let ids): parts.append(Part(section: .ids32, bytes: ids.bytes))
        case .wide(let ids): parts.append(Part(section: .ids64, bytes: ids.bytes))
        }
        if let tenants = table.attributes.tenants { parts.append(Part(section: .tenants, bytes: tenants.bytes)) }
        if let categories = table.attributes.categories {
            parts.append(Part(section: .categories, bytes: categories.bytes))
        }
        if let flags = table.attributes.flags { parts.append(Part(section: .flags, bytes: flags.bytes)) }
        if let prices = table.attributes.prices { parts.append(Part(section: .prices, bytes: prices.bytes)) }
        return parts + codes(table.codes, [.codes, .rests, .scales, .biases])
    }

    private static func codes(_ table: CodeTable, _ names: [SegmentFormat.Section]) -> [Part] {
        let columns = [table.codes.bytes, table.rests.bytes, table.scales.bytes, table.biases.bytes]
        return zip(names, columns).filter { !$0.1.isEmpty }.map { Part(section: $0.0, bytes: $0.1) }
    }

    private static func structure(_ structure: SegmentStructure) -> [Part] {
        switch structure {
        case .flat: return []
        case .lists(let lists):
            return codes(lists.centres, [.centreCodes, .centreRests, .centreScales, .centreBiases])
                + [Part(section: .listStarts, bytes: lists.starts.bytes)]
        case .graph(let graph):
            return graph.levels.enumerated().flatMap { number, level in
                var parts = [
                    Part(
                        section: .links, level: number, degree: level.degree, width: level.width,
                        bytes: level.links.bytes)
                ]
                if level.rows.count > 0 {
                    parts.append(Part(section: .levelRows, level: number, bytes: level.rows.bytes))
                }
                if level.down.count > 0 {
                    parts.append(Part(section: .levelDown, level: number, bytes: level.down.bytes))
                }
                return parts
            }
        }
    }
}
