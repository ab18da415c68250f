internal import Foundation

/// Elementary functions of single numbers, so that no other file needs Foundation for one logarithm.
enum Scalar {
    static func log(_ x: Double) -> Double { Foundation.log(x) }
    static func exp(_ x: Double) -> Double { Foundation.exp(x) }
    static func cos(_ x: Double) -> Double { Foundation.cos(x) }
    static func sin(_ x: Double) -> Double { Foundation.sin(x) }
    static func pow(_ x: Double, _ y: Double) -> Double { Foundation.pow(x, y) }
}
