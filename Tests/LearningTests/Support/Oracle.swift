import Foundation

/// What the oracles of several tests share: plain Swift in double precision, written for reading.
enum Oracle {
    static func log(_ x: Double) -> Double { Foundation.log(x) }
    static func exp(_ x: Double) -> Double { Foundation.exp(x) }
    static func sin(_ x: Double) -> Double { Foundation.sin(x) }
    static func cos(_ x: Double) -> Double { Foundation.cos(x) }
    static func acos(_ x: Double) -> Double { Foundation.acos(x) }
    static func erf(_ x: Double) -> Double { Foundation.erf(x) }
    static func tanh(_ x: Double) -> Double { Foundation.tanh(x) }
    static func pow(_ x: Double, _ y: Double) -> Double { Foundation.pow(x, y) }

    static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// A list cut into rows.
    static func rows(_ values: [Double], _ width: Int) -> [[Double]] {
        stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
    }

    static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    static func length(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

    static func normalized(_ a: [Double]) -> [Double] {
        let length = length(a)
        return a.map { $0 / length }
    }

    static func logSumExp(_ values: [Double]) -> Double {
        guard let top = values.max(), top > -.infinity else { return -.infinity }
        return top + log(values.reduce(0) { $0 + exp($1 - top) })
    }

    static func logSoftmax(_ values: [Double]) -> [Double] {
        let sum = logSumExp(values)
        return values.map { $0 - sum }
    }

    static func softmax(_ values: [Double]) -> [Double] { logSoftmax(values).map(exp) }

    static func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    /// Rows times the transpose of [outputs, inputs], plus a bias.
    static func linear(_ x: [Double], _ inputs: Int, _ weight: [Double], _ bias: [Double]?) -> [Double] {
        rows(x, inputs).flatMap { row in
            rows(weight, inputs).enumerated().map { dot(row, $1) + (bias?[$0] ?? 0) }
        }
    }

    /// (x - mean) / sqrt(variance + epsilon).
    static func standardized(_ values: [Double], epsilon: Double = 1e-5) -> [Double] {
        let mean = mean(values)
        let variance = Self.mean(values.map { ($0 - mean) * ($0 - mean) })
        return values.map { ($0 - mean) / (variance + epsilon).squareRoot() }
    }
}
