import Basics

/// How many of the true neighbours the index finds, measured on its own vectors.
public struct RecallReport: Hashable, Sendable {
    /// When it was measured, in milliseconds since 1970.
    public let measuredAt: Int64
    /// Neighbours asked for.
    public let k: Int
    /// Queries that were measured.
    public let queries: Int
    /// The share of the true neighbours that were found, 0...1.
    public let recall: Double
    /// The 95 % interval of the share (Wilson 1927).
    public let interval: ClosedRange<Double>
    /// Vectors in the index.
    public let vectors: Int
    /// How many of the queries somebody had really asked; the rest were made up of recent searches and stored vectors.
    public let asked: Int
    /// The effort that automatic searches use from now on because less did not reach the target; 0 if all is well.
    public let raisedEffort: Int

    static let name = "RECALL"
    /// Reports that are kept: more than a year of nights.
    private static let kept = 400

    /// All kept reports, the newest last; none if the file is not there or makes no sense.
    static func stored(in folder: IndexFolder) -> [RecallReport] {
        guard let bytes = try? folder.read(name), let json = try? JSON(parsing: bytes) else { return [] }
        return (json["measures"]?.arrayValue ?? []).compactMap { RecallReport($0) }
    }

    /// Adds the report to those that are kept.
    func store(in folder: IndexFolder) throws(VectorIndexError) {
        let all = (Self.stored(in: folder) + [self]).suffix(Self.kept).map(\.json)
        try folder.write(Self.name, (["measures": .array(all)] as JSON).encoded() + [10])
    }

    private init?(_ json: JSON) {
        guard let at = json["at"]?.intValue, let k = json["k"]?.intValue, let queries = json["queries"]?.intValue,
            let recall = json["recall"]?.doubleValue, let low = json["low"]?.doubleValue,
            let high = json["high"]?.doubleValue, low <= high, let vectors = json["vectors"]?.intValue,
            let raised = json["raised_effort"]?.intValue, (0...100_000).contains(raised)
        else { return nil }
        self.init(
            measuredAt: at, k: Int(k), queries: Int(queries), recall: recall, interval: low...high,
            vectors: Int(vectors), raisedEffort: Int(raised),
            asked: Int(clamping: max(0, json["asked"]?.intValue ?? 0)))
    }

    init(
        measuredAt: Int64, k: Int, queries: Int, recall: Double, interval: ClosedRange<Double>, vectors: Int,
        raisedEffort: Int, asked: Int = 0
    ) {
        (self.measuredAt, self.k, self.queries, self.recall) = (measuredAt, k, queries, recall)
        (self.interval, self.vectors, self.raisedEffort) = (interval, vectors, raisedEffort)
        self.asked = asked
    }

    private var json: JSON {
        [
            "at": .int(measuredAt), "k": .int(Int64(k)), "queries": .int(Int64(queries)), "recall": .double(recall),
            "low": .double(interval.lowerBound), "high": .double(interval.upperBound),
            "vectors": .int(Int64(vectors)), "raised_effort": .int(Int64(raisedEffort)),
            "asked": .int(Int64(asked)),
        ]
    }
}
