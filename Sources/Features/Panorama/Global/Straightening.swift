import Foundation

/// Turns the world so that the scene stands upright (after Szeliski and Shum; Brown and Lowe 2007, section 5).
package enum Straightening {
    /// The rotation from the solved world to an upright one: x right, y down, z ahead to the middle of the views.
    ///
    /// - Parameter down: Where down is when that is known; nil for where most cameras have their feet.
    package static func upright(_ cameras: [Camera], down known: Vector3? = nil) -> Matrix3 {
        guard !cameras.isEmpty else { return .identity }
        var sum = [Double](repeating: 0, count: 9)
        var meanDown = Vector3(0, 0, 0)
        var meanAhead = Vector3(0, 0, 0)
        for camera in cameras {
            let (x, y, z) = (camera.rotation.first, camera.rotation.second, camera.rotation.third)
            let row = [x.x, x.y, x.z]
            for p in 0..<3 { for q in 0..<3 { sum[p * 3 + q] += row[p] * row[q] } }
            meanDown = meanDown + y
            meanAhead = meanAhead + z
        }
        let down = known ?? downwards(sum, cameras: cameras, mean: meanDown)
        var ahead = meanAhead - down * meanAhead.dot(down)
        if ahead.length < 1e-3 * Double(cameras.count) {
            // A closed ring has no middle: the first camera's view is taken.
            let axis = cameras[0].rotation.third
            ahead = axis - down * axis.dot(down)
        }
        if ahead.length < 1e-6 { ahead = cameras[0].rotation.first.cross(down) }
        let z = ahead.normalized
        return Matrix3(rows: down.cross(z), down, z)
    }

    private static func downwards(_ sum: [Double], cameras: [Camera], mean: Vector3) -> Vector3 {
        let fallback = mean.length > 1e-6 ? mean.normalized : Vector3(0, 1, 0)
        guard let eigen = SymmetricEigen.of(sum, size: 3) else { return fallback }
        // With little spread of the x axes any direction across them would do: then the mean is better.
        guard eigen.values[1] > 10 * max(eigen.values[0], 1e-12), spread(cameras) > 20 * .pi / 180 else {
            return fallback
        }
        let v = eigen.vectors[0]
        let axis = Vector3(v[0], v[1], v[2])
        return axis.dot(fallback) < 0 ? axis * -1 : axis
    }

    /// The widest angle between the directions in which two cameras look, in radians.
    package static func reach(_ cameras: [Camera]) -> Double { widest(cameras.map(\.rotation.third)) }

    /// The widest angle between two cameras' x axes.
    private static func spread(_ cameras: [Camera]) -> Double { widest(cameras.map(\.rotation.first)) }

    private static func widest(_ axes: [Vector3]) -> Double {
        axes.reduce(0.0) { widest, a in
            axes.reduce(widest) { max($0, acos(min(1, max(-1, a.dot($1))))) }
        }
    }
}
