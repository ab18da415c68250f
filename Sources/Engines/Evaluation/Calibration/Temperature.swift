internal import Foundation

/// The number by which logits are divided so that their softmax means what it says (Guo et al. 2017).
public struct Temperature: Hashable, Sendable {
    /// The temperature: above 1 for a net that is too sure of itself.
    public let value: Double
    /// The mean negative logarithm of the right class's probability before.
    public let lossBefore: Double
    /// The same with the temperature.
    public let lossAfter: Double
    /// Samples it was fitted on.
    public let count: Int

    /// The temperatures that are tried.
    public static let range = 0.05...20.0

    /// Fits the temperature; `logits` holds `classes` numbers a sample.
    ///
    /// The loss is convex in 1/T, so a golden-section search finds the lowest within ``range``.
    ///
    /// - Throws: ``EvaluationError`` for no samples, fewer than two classes, counts that do not fit, labels beyond the
    ///   classes, or numbers that are not finite.
    public init(logits: [Float], classes: Int, labels: [Int]) throws(EvaluationError) {
        let (needed, overflow) = labels.count.multipliedReportingOverflow(by: classes)
        guard classes > 1, !labels.isEmpty, !overflow, logits.count == needed else {
            throw EvaluationError("\(logits.count) logits are not \(labels.count) samples of \(classes) classes.")
        }
        guard labels.allSatisfy({ (0..<classes).contains($0) }), logits.allSatisfy(\.isFinite) else {
            throw EvaluationError("A label has no class, or a logit is not finite.")
        }
        func loss(_ inverse: Double) -> Double {
            var sum = 0.0
            for (sample, label) in labels.enumerated() {
                sum += Self.loss(logits[sample * classes..<(sample + 1) * classes], label, inverse)
            }
            return sum / Double(labels.count)
        }
        let inverse = Self.lowest(of: loss, in: 1 / Self.range.upperBound...1 / Self.range.lowerBound)
        value = 1 / inverse
        lossBefore = loss(1)
        lossAfter = loss(inverse)
        count = labels.count
    }

    /// The probabilities of one sample's classes.
    public func probabilities(_ logits: [Float]) -> [Double] {
        let scaled = logits.map { Double($0) / value }
        let top = scaled.max() ?? 0
        let powers = scaled.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    private static func loss(_ logits: ArraySlice<Float>, _ label: Int, _ inverse: Double) -> Double {
        let top = Double(logits.max() ?? 0) * inverse
        let sum = logits.reduce(0.0) { $0 + exp(Double($1) * inverse - top) }
        return top + log(sum) - Double(logits[logits.startIndex + label]) * inverse
    }

    private static func lowest(of function: (Double) -> Double, in range: ClosedRange<Double>) -> Double {
        let golden = (5.0.squareRoot() - 1) / 2
        var (low, high) = (range.lowerBound, range.upperBound)
        var inner = (high - golden * (high - low), low + golden * (high - low))
        var values = (function(inner.0), function(inner.1))
        for _ in 0..<80 {
            if values.0 <= values.1 {
                high = inner.1
                inner = (high - golden * (high - low), inner.0)
                values = (function(inner.0), values.0)
            } else {
                low = inner.0
                inner = (inner.1, low + golden * (high - low))
                values = (values.1, function(inner.1))
            }
        }
        return (low + high) / 2
    }
}
