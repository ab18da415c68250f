import Kernels

/// An index as its files hold it.
struct LoadedIndex {
    var manifest: Manifest
    var state: IndexState
    /// Bytes of the log that are sound.
    var logLength: Int

    /// Reads the manifest, maps the segments and repeats the log.
    static func load(_ folder: IndexFolder, options: VectorIndexOptions) throws(VectorIndexError) -> LoadedIndex {
        guard let bytes = try folder.read(Manifest.name) else {
            throw .badArgument("there is no index in \(folder.path)")
        }
        let manifest = try Manifest(bytes)
        var segments: [SegmentState] = []
        for entry in manifest.segments { segments.append(try segment(entry, manifest.schema, folder)) }
        guard let log = try folder.read(manifest.log) else {
            throw .damaged(file: manifest.log, reason: "it is missing")
        }
        let contents = try LogFormat.read(log, file: manifest.log, dimensions: manifest.schema.dimensions)
        var puts = 0
        for record in contents.records { if case .put = record { puts += 1 } }
        var state = IndexState(
            schema: manifest.schema, segments: segments, memoryRows: max(options.memoryRows, puts),
            applied: manifest.applied)
        for record in contents.records { try state.apply(record, log: manifest.log) }
        return LoadedIndex(manifest: manifest, state: state, logLength: contents.soundLength)
    }

    private static func segment(
        _ entry: Manifest.SegmentEntry, _ schema: VectorSchema, _ folder: IndexFolder
    ) throws(VectorIndexError) -> SegmentState {
        let segment = try SegmentReader.open(entry.file, in: folder)
        let codes = segment.table.codes
        guard segment.count == entry.rows, codes.dimensions == schema.dimensions,
            codes.kind == schema.metric.kind, codes.encoding == schema.encoding.code
        else { throw .damaged(file: entry.file, reason: "it is not the segment that the manifest names") }
        var removed = RemovedRows()
        if let name = entry.removed {
            guard let bytes = try folder.read(name) else { throw .damaged(file: name, reason: "it is missing") }
            removed = try RemovedFile.read(bytes, file: name, rows: segment.count)
        }
        return SegmentState(segment: segment, file: entry.file, removed: removed)
    }
}

extension IndexState {
    /// Repeats a record of a log.
    mutating func apply(_ record: LogRecord, log: String) throws(VectorIndexError) {
        switch record {
        case .put(let item):
            do {
                put(VectorItem(id: item.id, vector: try schema.accepted(item.vector.span), attributes: item.attributes))
            } catch {
                throw .damaged(file: log, reason: "a vector in it cannot be stored")
            }
        case .remove(let id): _ = remove(id)
        case .mark(let sequence): applied = max(applied, sequence)
        }
    }
}
