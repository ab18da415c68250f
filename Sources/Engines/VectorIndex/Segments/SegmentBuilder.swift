internal import Kernels

/// How an index chooses and builds what finds neighbours.
public struct VectorIndexOptions: Hashable, Sendable {
    /// The kind of structure; nil chooses by the number of vectors.
    public var kind: VectorIndexKind?
    /// Random choices of building follow from this number; the same vectors then make the same files.
    public var seed: UInt64
    /// Links that a vector makes on each level of a graph, 2...64.
    public var degree: Int
    /// Links that a vector may have on the lowest level, `degree`...128.
    public var groundDegree: Int
    /// Candidates that are looked at for them, at least `degree`.
    public var buildEffort: Int
    /// The share of true neighbours that an automatic search effort aims at, 0.5...0.999.
    public var targetRecall: Double
    /// Vectors that wait in memory before they become a segment; each search looks at all of them.
    public var memoryRows: Int
    /// Whether an answered write has reached the disk (`true`), or only the system, which outlives a killed process.
    public var syncsWrites: Bool

    /// Options; all have sensible defaults.
    public init(
        kind: VectorIndexKind? = nil, seed: UInt64 = 1, degree: Int = 16, groundDegree: Int = 22,
        buildEffort: Int = 100, targetRecall: Double = 0.97, memoryRows: Int = 2048, syncsWrites: Bool = true
    ) {
        (self.kind, self.seed, self.degree, self.groundDegree) = (kind, seed, degree, groundDegree)
        (self.buildEffort, self.targetRecall) = (buildEffort, targetRecall)
        (self.memoryRows, self.syncsWrites) = (memoryRows, syncsWrites)
    }

    func checked() throws(VectorIndexError) -> VectorIndexOptions {
        guard (2...64).contains(degree), (degree...128).contains(groundDegree) else {
            throw .badArgument("a graph has 2 to 64 links a vector, and on the lowest level up to 128, no fewer")
        }
        guard (degree...10_000).contains(buildEffort) else {
            throw .badArgument("building looks at \(degree) to 10000 candidates, not \(buildEffort)")
        }
        guard (0.5...0.999).contains(targetRecall) else {
            throw .badArgument("the target recall lies between 0.5 and 0.999")
        }
        guard (1...65_536).contains(memoryRows) else {
            throw .badArgument("between 1 and 65536 vectors can wait in memory")
        }
        return self
    }

    var graphParameters: GraphParameters {
        GraphParameters(degree: degree, groundDegree: groundDegree, effort: buildEffort)
    }

    /// Below this number of vectors looking at all of them is as fast as a graph and costs nothing to build.
    static let flatLimit = 20_000

    /// The kind for a number of vectors, and why.
    func choice(rows: Int) -> (kind: VectorIndexKind, reason: String) {
        if let kind { return (kind, "asked for") }
        if rows < Self.flatLimit { return (.flat, "exact search is fast below \(Self.flatLimit) vectors") }
        return (.hnsw, "a graph is fastest from \(Self.flatLimit) vectors on; lists are built when asked for")
    }
}

/// Turns rows into a segment.
struct SegmentBuilder {
    let options: VectorIndexOptions
    /// Called with the share that is done; false stops.
    let progress: (Double) -> Bool

    /// A segment of rows whose ids ascend.
    func build(_ table: RowTable) throws(VectorIndexError) -> Segment {
        let kind = table.count < 4 ? .flat : options.choice(rows: table.count).kind
        let segment: Segment
        switch kind {
        case .flat: return Segment(table: table, structure: .flat, tunedEffort: 1)
        case .hnsw: segment = try graph(table)
        case .ivf: segment = try lists(table)
        }
        return EffortTuning(segment, options: options).tuned()
    }

    private func graph(_ table: RowTable) throws(VectorIndexError) -> Segment {
        let builder = GraphBuilder(table.codes, parameters: options.graphParameters, seed: options.seed)
        var done = 0
        while done < table.count {
            done = builder.insert(atMost: 1000)
            guard progress(Double(done) / Double(table.count)) else { throw .cancelled }
        }
        return Segment(table: table, structure: .graph(builder.finish()), tunedEffort: 64)
    }

    private func lists(_ table: RowTable) throws(VectorIndexError) -> Segment {
        var builder = InvertedListsBuilder(table.codes, seed: options.seed)
        var round = 0.0
        let (centres, listOf) = try builder.build {
            round += 1
            return progress(round / 10)
        }
        let order = (0..<table.count).sorted { (listOf[$0], $0) < (listOf[$1], $1) }
        let codes = CodeTable(
            table.codes.encoding, table.codes.kind, dimensions: table.codes.dimensions, count: table.count)
        for (row, source) in order.enumerated() { codes.copyRow(row, from: table.codes, row: source) }
        let starts = Column<UInt32>(count: centres.count + 1)
        for list in listOf { starts[list + 1] += 1 }
        for list in 0..<centres.count { starts[list + 1] += starts[list] }
        let sorted = RowTable(
            codes: codes, ids: IDColumn(order.map { table.ids[$0] }),
            attributes: AttributeColumns(order.map { table.attributes[$0] }))
        guard progress(1) else { throw .cancelled }
        return Segment(
            table: sorted, structure: .lists(InvertedLists(centres: centres, starts: starts)), tunedEffort: 24)
    }
}
