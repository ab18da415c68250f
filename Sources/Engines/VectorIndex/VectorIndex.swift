internal import Kernels
import Synchronization

/// An index of vectors in a folder: searched from many tasks at once, changed one vector at a time, safe on disk.
///
/// ```
/// let index = try VectorIndex.create(at: "catalogue", schema: VectorSchema(dimensions: 128))
/// try await index.put(VectorItem(id: 7, vector: embedding))
/// let hits = try index.search(query, k: 10)
/// ```
///
/// A write is answered when it is durable and searchable. Searches take no lock and never wait for writers. Small
/// indexes are searched exactly; from 20,000 vectors on a graph is built in the background
/// (``VectorIndexOptions/kind`` chooses otherwise).
public final class VectorIndex: Sendable {
    /// What all vectors have in common.
    public let schema: VectorSchema
    /// How it builds and writes.
    public let options: VectorIndexOptions
    let folder: IndexFolder
    let cell: SnapshotCell
    let scratches = ScratchPool()
    let sample = QuerySample()
    let raisedEffort = Atomic<Int>(0)
    /// Nil for an index that was opened for reading.
    let writer: IndexWriter?

    private init(_ folder: IndexFolder, _ options: VectorIndexOptions, _ writer: IndexWriter) {
        (self.folder, self.options, self.writer) = (folder, options, writer)
        (schema, cell) = (writer.manifest.schema, writer.cell)
        raisedEffort.store(RecallReport.stored(in: folder).last?.raisedEffort ?? 0, ordering: .relaxed)
    }

    private init(reading folder: IndexFolder) throws(VectorIndexError) {
        (self.folder, options, writer) = (folder, VectorIndexOptions(), nil)
        let loaded = try LoadedIndex.load(folder, options: options)
        schema = loaded.manifest.schema
        cell = SnapshotCell(loaded.state.snapshot)
        raisedEffort.store(RecallReport.stored(in: folder).last?.raisedEffort ?? 0, ordering: .relaxed)
    }

    deinit { writer?.isClosing.store(true, ordering: .relaxed) }

    // MARK: Opening

    /// Makes an empty index in a folder, which is made if need be; throws `badArgument` if it holds one already.
    public static func create(
        at path: String, schema: VectorSchema, options: VectorIndexOptions = VectorIndexOptions()
    ) throws(VectorIndexError) -> VectorIndex {
        try create(in: IndexFolder(path: path), schema: schema, options: options)
    }

    static func create(
        in folder: IndexFolder, schema: VectorSchema, options: VectorIndexOptions
    ) throws(VectorIndexError) -> VectorIndex {
        let options = try options.checked()
        try folder.make()
        if folder.exists(Manifest.name) { throw .badArgument("there is an index in \(folder.path) already") }
        let manifest = Manifest(schema: schema, number: 1, log: "log-1", applied: 0, segments: [])
        _ = try IndexLog(manifest.log, in: folder, soundLength: 0, dimensions: schema.dimensions)
        try folder.write(Manifest.name, manifest.bytes)
        return VectorIndex(folder, options, try IndexWriter(folder, options: options))
    }

    /// Opens the index of a folder for searching and writing.
    ///
    /// Every checksum is verified. Throws `damaged` or `futureVersion` with the file's name, `locked` when another
    /// process writes to it.
    public static func open(
        at path: String, options: VectorIndexOptions = VectorIndexOptions()
    ) throws(VectorIndexError) -> VectorIndex {
        try open(in: IndexFolder(path: path), options: options)
    }

    static func open(
        in folder: IndexFolder, options: VectorIndexOptions
    ) throws(VectorIndexError) -> VectorIndex {
        let options = try options.checked()
        guard folder.exists(Manifest.name) else { throw .badArgument("there is no index in \(folder.path)") }
        return VectorIndex(folder, options, try IndexWriter(folder, options: options))
    }

    /// Opens the index of a folder for searching alone: changes nothing, and sees nothing of later changes.
    public static func openForReading(at path: String) throws(VectorIndexError) -> VectorIndex {
        try VectorIndex(reading: IndexFolder(path: path))
    }

    // MARK: Searching

    /// How many vectors there are.
    public var count: Int { cell.load().liveCount }

    /// The `k` vectors nearest to a query, nearest first; fewer only if fewer match.
    ///
    /// - Parameters:
    ///   - query: as many values as the schema says.
    ///   - k: 1...10,000.
    ///   - filter: what may be found; the search goes through the rest.
    ///   - effort: how many candidates a graph search keeps, or how many lists an IVF search looks into. More finds
    ///     more and takes longer. Nil takes what reached the target recall when the index was built.
    /// - Throws: `wrongDimensions`, `notFinite`, `tooLarge`, `zeroVector`, `badArgument`.
    public func search(
        _ query: Span<Float>, k: Int, filter: VectorFilter? = nil, effort: Int? = nil
    ) throws(VectorIndexError) -> [VectorHit] {
        guard (1...10_000).contains(k) else { throw .badArgument("1 to 10000 neighbours can be asked for, not \(k)") }
        guard effort.map({ (1...100_000).contains($0) }) ?? true else {
            throw .badArgument("the search effort lies between 1 and 100000")
        }
        let accepted = try schema.accepted(query)
        if filter == nil { sample.offer(accepted) }
        return found(accepted, k: k, filter: filter, effort: effort ?? automaticEffort)
    }

    /// The same for an array.
    public func search(
        _ query: [Float], k: Int, filter: VectorFilter? = nil, effort: Int? = nil
    ) throws(VectorIndexError) -> [VectorHit] {
        try search(query.span, k: k, filter: filter, effort: effort)
    }

    /// What a search does with a query that was accepted.
    func found(_ query: [Float], k: Int, filter: VectorFilter?, effort: Int?) -> [VectorHit] {
        let snapshot = cell.load()
        return scratches.with { scratch in
            snapshot.search(query.span, k: k, filter: filter, effort: effort, schema: schema, scratch: scratch)
        }
    }

    private var automaticEffort: Int? {
        let raised = raisedEffort.load(ordering: .relaxed)
        return raised > 0 ? raised : nil
    }

    /// The vector of an id as it is stored, and its attributes; nil if there is none.
    public func item(_ id: UInt64) -> VectorItem? { cell.load().item(id) }

    /// The counter of the last ``apply(_:sequence:)`` that is in the index, 0 at first.
    public var appliedSequence: UInt64 { cell.load().applied }
}
