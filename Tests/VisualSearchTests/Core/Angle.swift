import Foundation

/// Vectors in a plane, told by their angle.
enum Angle {
    static func vector(_ degrees: Double) -> [Float] {
        [Float(cos(degrees * .pi / 180)), Float(sin(degrees * .pi / 180))]
    }

    static func cosine(_ degrees: Double) -> Double { cos(degrees * .pi / 180) }
}
