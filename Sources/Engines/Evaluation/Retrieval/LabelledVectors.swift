internal import Kernels

/// Vectors with what they show: the queries or the gallery of a retrieval.
public struct LabelledVectors: Sendable {
    /// All vectors, one behind the other, `dimension` numbers each.
    public let values: [Float]
    /// Numbers in a vector.
    public let dimension: Int
    /// What each shows: an item of the gallery is relevant to a query with the same label.
    public let labels: [Int]
    /// Who each is: orders items that are equally near, and lets a query skip itself.
    public let ids: [UInt64]
    /// Which belong together when intervals are made: sessions, sellers, people. Nil: each stands alone.
    public let groups: [Int]?

    /// Vectors; `ids` are their places if not given.
    ///
    /// - Throws: ``EvaluationError`` when the counts do not fit together, the dimension is 0, or two have one id.
    public init(
        values: [Float], dimension: Int, labels: [Int], ids: [UInt64]? = nil, groups: [Int]? = nil
    ) throws(EvaluationError) {
        let (needed, overflow) = labels.count.multipliedReportingOverflow(by: dimension)
        guard dimension > 0, !overflow, values.count == needed else {
            throw EvaluationError("\(values.count) numbers are not \(labels.count) vectors of \(dimension).")
        }
        guard (ids?.count ?? labels.count) == labels.count, (groups?.count ?? labels.count) == labels.count else {
            throw EvaluationError("Labels, ids and groups differ in number.")
        }
        guard Set(ids ?? []).count == (ids?.count ?? 0) else { throw EvaluationError("Two vectors have one id.") }
        self.values = values
        self.dimension = dimension
        self.labels = labels
        self.ids = ids ?? (0..<UInt64(labels.count)).map { $0 }
        self.groups = groups
    }

    /// How many vectors there are.
    public var count: Int { labels.count }

    /// The same directions with length 1; a vector without a direction, or with a number that is not finite, becomes 0.
    func normalized() -> [Float] {
        var result = values
        for start in stride(from: 0, to: values.count, by: dimension) {
            let row = values.span.extracting(start..<start + dimension)
            let length = dotProduct(row, row).squareRoot()
            let factor = length.isFinite && length > 0 ? 1 / length : 0
            for index in start..<start + dimension { result[index] = factor == 0 ? 0 : values[index] * factor }
        }
        return result
    }
}

/// What makes a measurement impossible, as a sentence.
public struct EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// An error.
    public init(_ description: String) { self.description = description }
}
