/// How far an exported model's answers are from those of the net that it was made from, on the same pictures.
public struct ExportParity: Hashable, Sendable {
    /// The largest difference of two numbers, as a share of them where they are above 1.
    public private(set) var maximumDifference = 0.0
    /// The smallest cosine of two answers.
    public private(set) var minimumCosine = 1.0
    /// The share of answers whose largest number stands in the same place.
    public private(set) var sameLargest = 1.0
    /// How many answers were compared.
    public private(set) var answers = 0
    /// What the exported model ran on.
    public var runtime: String
    private var agreements = 0

    /// Differences up to here pass, with weights of 32 bits.
    public static let largestDifference = 1e-4
    /// Cosines from here on pass.
    public static let smallestCosine = 0.9999

    /// A comparison of nothing yet.
    public init(runtime: String) { self.runtime = runtime }

    /// Compares an output [n, ...] of both, answer by answer.
    ///
    /// Throws when they have different shapes or numbers that are not finite.
    public mutating func compare(_ output: String, trained: HostTensor, served: HostTensor) throws {
        let (own, other) = (trained.floats.map(Double.init), served.floats.map(Double.init))
        guard trained.shape == served.shape, let count = trained.shape.first, count > 0, own.count == other.count else {
            throw OnnxError(message: "The output '\(output)' is \(served.shape), and \(trained.shape) in the trainer.")
        }
        guard (own + other).allSatisfy(\.isFinite) else {
            throw OnnxError(message: "The output '\(output)' has numbers that are not finite.")
        }
        let width = own.count / count
        for row in 0..<count {
            add(Array(own[row * width..<(row + 1) * width]), Array(other[row * width..<(row + 1) * width]))
        }
        sameLargest = Double(agreements) / Double(max(answers, 1))
    }

    private mutating func add(_ own: [Double], _ other: [Double]) {
        var (dot, left, right) = (0.0, 0.0, 0.0)
        for (a, b) in zip(own, other) {
            maximumDifference = max(maximumDifference, abs(a - b) / max(1, abs(a)))
            (dot, left, right) = (dot + a * b, left + a * a, right + b * b)
        }
        let lengths = (left * right).squareRoot()
        if lengths > 0 { minimumCosine = min(minimumCosine, dot / lengths) }
        answers += 1
        if largestPlace(own) == largestPlace(other) { agreements += 1 }
    }

    private func largestPlace(_ values: [Double]) -> Int? {
        values.indices.max { values[$0] < values[$1] }
    }

    /// Throws when the answers differ by more than an export may. Weights of 16 bits are held to the cosine only;
    /// products of whole numbers are judged by what they cost in accuracy, here only that they are numbers.
    public func check(_ precision: OnnxPrecision = .float32) throws {
        if precision == .int8, answers > 0 { return }
        let isNear = precision == .float16 || maximumDifference <= Self.largestDifference
        guard answers > 0, isNear, minimumCosine >= Self.smallestCosine else {
            throw OnnxError(
                message: "The exported model differs from the trained net by \(maximumDifference) (at most "
                    + "\(Self.largestDifference)), smallest cosine \(minimumCosine) (at least \(Self.smallestCosine)), "
                    + "on \(answers) answers.")
        }
    }
}
