import Basics
import Foundation
import Imaging
import Panorama

/// A smooth picture that is known at every place, not only at pixels: sums of waves of 9 to 60 pixels.
struct WavyScene {
    private let waves: [(kx: Double, ky: Double, phase: Double, size: Double)]

    init(seed: UInt64, count: Int = 24, shortest: Double = 9) {
        var random = SeededRandom(seed: seed)
        waves = (0..<count).map { _ in
            let angle = number(&random, 0...(2 * .pi))
            let k = 2 * .pi / number(&random, shortest...60)
            return (k * cos(angle), k * sin(angle), number(&random, 0...(2 * .pi)), number(&random, 0.2...1))
        }
    }

    /// 0.1...0.9.
    func value(_ x: Double, _ y: Double) -> Double {
        let (sum, most) = waves.reduce((0.0, 0.0)) {
            ($0.0 + $1.size * sin($1.kx * x + $1.ky * y + $1.phase), $0.1 + $1.size)
        }
        return 0.5 + 0.8 * sum / most
    }

    /// What a view shows whose pixels, from its middle, the map sends to places of the scene.
    func view(
        _ map: Matrix3, width: Int, height: Int, gain: Double = 1, bias: Double = 0, noise: Double = 0, seed: UInt64 = 1
    ) throws -> FloatImage {
        var random = SeededRandom(seed: seed)
        var values: [Float] = []
        values.reserveCapacity(width * height)
        for row in 0..<height {
            for column in 0..<width {
                let (x, y) = (Double(column) - Double(width - 1) / 2, Double(row) - Double(height - 1) / 2)
                let place = map.maps(x: x, y: y) ?? (0, 0)
                let error = noise > 0 ? noise * normal(&random) : 0
                values.append(Float(gain * value(place.x, place.y) + bias + error))
            }
        }
        return try FloatImage(width: width, height: height, channels: 1, values: values)
    }

    /// A template and a picture that a map from the template to the picture joins.
    func pair(
        _ map: Matrix3, width: Int = 72, height: Int = 60, gain: Double = 1, bias: Double = 0, noise: Double = 0
    ) throws -> (AlignmentPicture, AlignmentPicture) {
        guard let back = map.inverse else { throw DirectError.diverged }
        return (
            try AlignmentPicture(view(.identity, width: width, height: height, noise: noise, seed: 1)),
            try AlignmentPicture(
                view(back, width: width, height: height, gain: gain, bias: bias, noise: noise, seed: 2))
        )
    }
}

func number(_ random: inout SeededRandom, _ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Double(random.next() >> 11) / Double(1 << 53)
}

/// Mean 0, standard deviation 1 (Box and Muller).
func normal(_ random: inout SeededRandom) -> Double {
    let (u, v) = (number(&random, 1e-12...1), number(&random, 0...1))
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
}

/// A shift as a map.
func shift(_ x: Double, _ y: Double) -> Matrix3 {
    Matrix3(rows: Vector3(1, 0, x), Vector3(0, 1, y), Vector3(0, 0, 1))
}

/// The farthest that two maps lead the corners of a picture apart.
func cornerError(_ a: Matrix3, _ b: Matrix3, width: Int = 72, height: Int = 60) -> Double {
    let (w, h) = (Double(width) / 2, Double(height) / 2)
    return [(-w, -h), (w, -h), (-w, h), (w, h)].reduce(0.0) { worst, corner in
        guard let p = a.maps(x: corner.0, y: corner.1), let q = b.maps(x: corner.0, y: corner.1) else {
            return .infinity
        }
        return max(worst, ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)).squareRoot())
    }
}
