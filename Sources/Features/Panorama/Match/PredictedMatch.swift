import Foundation
internal import Kernels

/// A look at two photos whose cameras are known but for a small turn: points are looked for near their places, and two
/// pairs tell the turn (Brown, Hartley and Nistér 2007), where a homography would need four.
package struct PredictedMatch: Sendable {
    /// Greatest quotient of distances of the nearest and the second nearest code within reach.
    package var ratio = 0.85
    /// Greatest error of a pair that agrees, in matching pixels.
    package var threshold = 3.0
    /// Of so many pairs, those with the nearest codes, every two are tried.
    package var tried = 40
    /// Fewest pairs that agree: as many beyond the two that tell a turn as `EdgeAcceptance` asks beyond the four that tell a
    /// homography.
    package var least = EdgeAcceptance.least - 2

    /// A search with the usual settings.
    package init() {}

    /// What photos `first` and `second` have in common.
    ///
    /// - Parameters:
    ///   - cameras: Of both, in the same world.
    ///   - reach: How far a point may be from its place, in matching pixels.
    package func compare(
        _ first: Int, _ second: Int, _ a: PhotoPoints, _ b: PhotoPoints, cameras: (Camera, Camera), reach: Double
    ) -> PairOutcome {
        let pairs = matches(a, b, cameras, reach)
        let nothing = PairOutcome(edge: nil, matches: pairs.count, inliers: 0)
        guard let agreed = agreed(pairs, a, b, cameras) else { return nothing }
        let outcome = PairOutcome(edge: nil, matches: pairs.count, inliers: agreed.count)
        let flat = agreed.flatMap { [$0.x, $0.y, $0.z, $0.w] }
        // Wrong pairs fall anywhere within reach: so many of them agree by chance with any one turn.
        let chance = Double(pairs.count) * min(1, threshold * threshold / (reach * reach))
        guard agreed.count >= least, Double(agreed.count) > 6 + chance + 6 * chance.squareRoot(),
            EdgeAcceptance.isWide(flat, a, b), let map = Homography.fit(flat)
        else { return outcome }
        let edge = MatchEdge(first: first, second: second, pairs: flat, homography: map, matches: pairs.count)
        return PairOutcome(edge: edge, matches: pairs.count, inliers: agreed.count)
    }

    /// Each other's nearest near their places, nearest codes first.
    private func matches(
        _ a: PhotoPoints, _ b: PhotoPoints, _ cameras: (Camera, Camera), _ reach: Double
    ) -> [SIMD4<Double>] {
        let forward = nearest(a, cameras.0, b, cameras.1, reach)
        let backward = nearest(b, cameras.1, a, cameras.0, reach)
        var found: [(at: Int, code: NearestCode)] = []
        for (at, code) in forward.enumerated() where code.index >= 0 && backward[code.index].index == at {
            if Double(code.best) < ratio * ratio * Double(code.second) { found.append((at, code)) }
        }
        found.sort { ($0.code.best, $0.at) < ($1.code.best, $1.at) }
        var seen: Set<SIMD4<Double>> = []
        return found.map { at, code in
            SIMD4(Double(a.x[at]), Double(a.y[at]), Double(b.x[code.index]), Double(b.y[code.index]))
        }.filter { seen.insert($0).inserted }
    }

    private func nearest(
        _ a: PhotoPoints, _ one: Camera, _ b: PhotoPoints, _ other: Camera, _ reach: Double
    ) -> [NearestCode] {
        let places = (0..<a.count).map { at -> (x: Double, y: Double)? in
            let ray = one.ray(x: Double(a.x[at]), y: Double(a.y[at]), halfDiagonal: a.halfDiagonal)
            return other.pixel(of: ray, halfDiagonal: b.halfDiagonal)
        }
        return guidedCodes(
            a.codes, expectedX: places.map { Float($0?.x ?? .nan) }, expectedY: places.map { Float($0?.y ?? .nan) },
            b.codes, x: b.x, y: b.y, radius: Float(reach))
    }

    /// The pairs that agree with the turn that most agree with; nil where no two tell one.
    private func agreed(
        _ pairs: [SIMD4<Double>], _ a: PhotoPoints, _ b: PhotoPoints, _ cameras: (Camera, Camera)
    ) -> [SIMD4<Double>]? {
        // Both as rays of their own cameras: what is looked for leads from the first camera to the second.
        let (one, other) = (Self.unturned(cameras.0), Self.unturned(cameras.1))
        let from = pairs.map { one.ray(x: $0.x, y: $0.y, halfDiagonal: a.halfDiagonal) }
        let to = pairs.map { other.ray(x: $0.z, y: $0.w, halfDiagonal: b.halfDiagonal) }
        func inside(_ turn: Matrix3) -> [Int] {
            pairs.indices.filter { at in
                guard let seen = other.pixel(of: turn * from[at], halfDiagonal: b.halfDiagonal) else { return false }
                let (x, y) = (seen.x - pairs[at].z, seen.y - pairs[at].w)
                return x * x + y * y < threshold * threshold
            }
        }
        var best: [Int] = []
        let count = min(tried, pairs.count)
        for i in 0..<count {
            for j in 0..<i {
                guard let turn = RotationMotion.between([from[i], from[j]], [to[i], to[j]]) else { continue }
                let found = inside(turn)
                if found.count > best.count { best = found }
            }
        }
        guard best.count >= 2 else { return nil }
        for _ in 0..<3 {
            guard let turn = RotationMotion.between(best.map { from[$0] }, best.map { to[$0] }) else { break }
            let found = inside(turn)
            guard found.count >= best.count, found != best else { break }
            best = found
        }
        return best.map { pairs[$0] }
    }

    private static func unturned(_ camera: Camera) -> Camera {
        Camera(rotation: .identity, focal: camera.focal, lens: camera.lens)
    }
}
