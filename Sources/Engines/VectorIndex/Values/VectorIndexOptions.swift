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
    /// How many hours after removed vectors were noticed ``VectorIndex/maintain(now:)`` takes their bytes out of all
    /// files, 0...8,760.
    public var compactsAfterHours: Int
    /// The hour of the day (UTC) from which ``VectorIndex/maintain(now:)`` measures recall once a day, 0...23; nil for
    /// never.
    public var measuresAtHour: Int?

    /// Options; all have sensible defaults.
    public init(
        kind: VectorIndexKind? = nil, seed: UInt64 = 1, degree: Int = 16, groundDegree: Int = 22,
        buildEffort: Int = 100, targetRecall: Double = 0.97, memoryRows: Int = 2048, syncsWrites: Bool = true,
        compactsAfterHours: Int = 24, measuresAtHour: Int? = 2
    ) {
        (self.kind, self.seed, self.degree, self.groundDegree) = (kind, seed, degree, groundDegree)
        (self.buildEffort, self.targetRecall) = (buildEffort, targetRecall)
        (self.memoryRows, self.syncsWrites) = (memoryRows, syncsWrites)
        (self.compactsAfterHours, self.measuresAtHour) = (compactsAfterHours, measuresAtHour)
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
        guard (0...8760).contains(compactsAfterHours), measuresAtHour.map({ (0...23).contains($0) }) ?? true else {
            throw .badArgument("compaction comes within 0 to 8760 hours, recall is measured at an hour from 0 to 23")
        }
        return self
    }

    var compactsAfterMilliseconds: Int64 { Int64(compactsAfterHours) * 3_600_000 }

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
