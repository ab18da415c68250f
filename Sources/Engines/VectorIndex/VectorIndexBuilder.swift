import Kernels

/// Builds an index of many vectors at once: faster than adding one after the other, and without a log.
///
/// ```
/// var builder = try VectorIndexBuilder(schema: VectorSchema(dimensions: 128))
/// for (id, vector) in vectors { try builder.add(VectorItem(id: id, vector: vector)) }
/// try builder.finish(at: "catalogue")
/// ```
public struct VectorIndexBuilder {
    /// What all vectors have in common.
    public let schema: VectorSchema
    private let options: VectorIndexOptions
    private var tables: [MemoryTable] = []
    private var rows: [(id: UInt64, table: Int, row: Int)] = []
    private static let block = 8192

    /// A builder without vectors.
    public init(schema: VectorSchema, options: VectorIndexOptions = VectorIndexOptions()) throws(VectorIndexError) {
        (self.schema, self.options) = (schema, try options.checked())
    }

    /// How many vectors were added, those that replaced others too.
    public var count: Int { rows.count }

    /// Adds a vector; of two with the same id the later one stays.
    public mutating func add(_ item: VectorItem) throws(VectorIndexError) {
        let vector = try schema.accepted(item.vector.span)
        if rows.count == tables.count * Self.block { tables.append(MemoryTable(schema, capacity: Self.block)) }
        let row = rows.count % Self.block
        tables[tables.count - 1].write(
            VectorItem(id: item.id, vector: vector, attributes: item.attributes), row: row)
        rows.append((item.id, tables.count - 1, row))
    }

    /// Builds the index and writes it to a folder, which must hold none yet.
    /// - Parameter progress: called now and then with the share that is done; false stops with `cancelled`.
    public consuming func finish(
        at path: String, progress: (Double) -> Bool = { _ in true }
    ) throws(VectorIndexError) {
        let folder = IndexFolder(path: path)
        try folder.make()
        if folder.exists(Manifest.name) { throw .badArgument("there is an index in \(path) already") }
        let (schema, options) = (schema, options)
        let table = takeTable()
        let file = "segment-1"
        if let table {
            let segment: Segment = try withoutActuallyEscaping(progress) { progress throws(VectorIndexError) in
                try SegmentBuilder(options: options, progress: progress).build(table)
            }
            try SegmentWriter.write(segment, seed: options.seed, to: file, in: folder)
        }
        _ = try IndexLog("log-1", in: folder, soundLength: 0, dimensions: schema.dimensions)
        let entries = table.map { [Manifest.SegmentEntry(file: file, rows: $0.count, removed: nil)] } ?? []
        let manifest = Manifest(schema: schema, number: 1, log: "log-1", applied: 0, segments: entries)
        try folder.write(Manifest.name, manifest.bytes)
    }

    /// The rows by ascending id; what they were collected in is let go.
    private mutating func takeTable() -> RowTable? {
        // A stable order: of equal ids the later stands last.
        let ordered = rows.indices.sorted { (rows[$0].id, $0) < (rows[$1].id, $1) }
        let kept = ordered.indices.filter { place in
            place + 1 == ordered.count || rows[ordered[place]].id != rows[ordered[place + 1]].id
        }.map { rows[ordered[$0]] }
        guard !kept.isEmpty else { return nil }
        let codes = CodeTable(
            schema.encoding.code, schema.metric.kind, dimensions: schema.dimensions, count: kept.count)
        for (row, entry) in kept.enumerated() { codes.copyRow(row, from: tables[entry.table].codes, row: entry.row) }
        let table = RowTable(
            codes: codes, ids: IDColumn(kept.map(\.id)),
            attributes: AttributeColumns(kept.map { tables[$0.table].attributes[$0.row] }), isOrdered: true)
        tables = []
        rows = []
        return table
    }
}
