import Foundation

/// The way of a camera through a clip, as maps between neighbouring frames, and the smooth way beside it.
///
/// Each frame is brought to the mean of where its neighbours in time stand, seen from itself, with the weights of a
/// Gaussian (the local smoothing of Matsushita, Ofek, Ge, Tang and Shum 2006, section 4): no error adds up over the clip.
/// Beyond an end the way goes on as it came, mirrored, so that an even pan stays as it is.
package struct CameraPath: Sendable {
    /// What kind of map the mean of maps is.
    package enum Kind: Sendable {
        /// The mean of shifts alone.
        case shifts
        /// The means of ln s, angle and shift.
        case similarities
        /// The mean of the entries, with 1 in the corner.
        case homographies
    }

    /// From frame i to frame i + 1, in pixels from the middles; nil where there was a cut.
    package let steps: [Matrix3?]
    private let kind: Kind

    /// A way of measured steps.
    package init(steps: [Matrix3?], kind: Kind) {
        self.steps = steps
        self.kind = kind
    }

    /// Frames to each side that are looked at.
    private static let farthest = 2000

    /// For each frame the map from it to the frame on the smooth way.
    ///
    /// - Parameter deviation: The Gaussian's standard deviation in frames; 0 or less leaves everything as it is.
    package func corrections(deviation: Double) -> [Matrix3] {
        let count = steps.count + 1
        guard deviation > 0, deviation.isFinite else { return [Matrix3](repeating: .identity, count: count) }
        // More than that is flat anyway, and nothing is gained beyond the length of the clip.
        let reach = min(Int((3 * min(deviation, 1e6)).rounded(.up)), 2 * count, Self.farthest)
        let weights = (0...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
        var out: [Matrix3] = []
        for part in steps.split(omittingEmptySubsequences: false, whereSeparator: { $0 == nil }) {
            let inner = part.compactMap { $0 }
            let back = inner.map { $0.inverse ?? .identity }
            for frame in 0...inner.count { out.append(mean(at: frame, inner, back, weights)) }
        }
        return out
    }

    private func mean(at frame: Int, _ steps: [Matrix3], _ back: [Matrix3], _ weights: [Double]) -> Matrix3 {
        guard !steps.isEmpty else { return .identity }
        var sum = Sum(kind)
        sum.add(.identity, weights[0])
        var (ahead, behind) = (Matrix3.identity, Matrix3.identity)
        for distance in 1..<weights.count {
            ahead = Self.scaled(steps[Self.mirrored(frame + distance - 1, steps.count)] * ahead)
            behind = Self.scaled(back[Self.mirrored(frame - distance, steps.count)] * behind)
            sum.add(ahead, weights[distance])
            sum.add(behind, weights[distance])
        }
        return sum.mean
    }

    /// The step that stands for one beyond an end.
    private static func mirrored(_ index: Int, _ count: Int) -> Int {
        let place = ((index % (2 * count)) + 2 * count) % (2 * count)
        return place < count ? place : 2 * count - 1 - place
    }

    private static func scaled(_ map: Matrix3) -> Matrix3 {
        let corner = map.third.z
        return abs(corner) > 1e-9 ? map * (1 / corner) : map
    }

    /// A weighted sum of maps.
    private struct Sum {
        let kind: Kind
        var values: [Double]
        var weight = 0.0

        init(_ kind: Kind) {
            self.kind = kind
            values = [Double](repeating: 0, count: kind == .homographies ? 9 : 4)
        }

        mutating func add(_ map: Matrix3, _ share: Double) {
            let m = map.values
            let terms: [Double] =
                switch kind {
                case .shifts: [0, 0, m[2], m[5]]
                case .similarities: [log(max(1e-9, hypot(m[0], m[3]))), atan2(m[3], m[0]), m[2], m[5]]
                case .homographies: m
                }
            guard terms.allSatisfy(\.isFinite) else { return }
            for at in values.indices { values[at] += share * terms[at] }
            weight += share
        }

        var mean: Matrix3 {
            let v = values.map { $0 / weight }
            guard kind != .homographies else { return Matrix3(v) ?? .identity }
            let (a, b) = (exp(v[0]) * cos(v[1]), exp(v[0]) * sin(v[1]))
            return Matrix3(rows: Vector3(a, -b, v[2]), Vector3(b, a, v[3]), Vector3(0, 0, 1))
        }
    }

    /// The largest share of the sides of a frame, about its middle, that all corrected frames cover.
    package static func covered(_ corrections: [Matrix3], width: Int, height: Int) -> Double {
        let (x, y) = (Double(width - 1) / 2, Double(height - 1) / 2)
        let back = corrections.map { $0.inverse }
        func isCovered(_ share: Double) -> Bool {
            back.allSatisfy { map in
                guard let map else { return false }
                return [(-x, -y), (x, -y), (x, y), (-x, y)].allSatisfy { corner in
                    guard let place = map.maps(x: corner.0 * share, y: corner.1 * share) else { return false }
                    return abs(place.x) <= x + 1e-6 && abs(place.y) <= y + 1e-6
                }
            }
        }
        if isCovered(1) { return 1 }
        // The frames are convex and hold the middle, so that what is covered stays so when it shrinks.
        var (low, high) = (0.0, 1.0)
        for _ in 0..<24 {
            let middle = (low + high) / 2
            if isCovered(middle) { low = middle } else { high = middle }
        }
        return low
    }

    /// How unsteady steps are: the root mean square over time of the change of the middle's shift, in pixels.
    package static func jitter(_ steps: [Matrix3?]) -> Double {
        var (sum, count) = (0.0, 0)
        for (a, b) in zip(steps, steps.dropFirst()) {
            guard let p = a?.maps(x: 0, y: 0), let q = b?.maps(x: 0, y: 0) else { continue }
            sum += (p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)
            count += 1
        }
        return count > 0 ? (sum / Double(count)).squareRoot() : 0
    }

    /// The steps between corrected frames.
    package func corrected(_ corrections: [Matrix3]) -> [Matrix3?] {
        steps.indices.map { at in
            guard let step = steps[at], let back = corrections[at].inverse else { return nil }
            return Self.scaled(corrections[at + 1] * step * back)
        }
    }
}
