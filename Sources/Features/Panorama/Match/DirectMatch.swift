import Foundation
internal import Imaging
package import Kernels

/// Two photos joined by their brightness alone, where points do not do: soft pictures, little light (the last rung).
///
/// All shifts of small high-passed pictures at once, then inverse compositional steps up the pyramid, then patches, which
/// must agree like matches of points do.
package struct DirectMatch: Sendable {
    /// Longest side of the small pictures.
    package var side = 96
    /// Least correlation of the high-passed pictures after alignment.
    package var leastCorrelation = 0.6
    /// Least overlap as a share of the photo.
    package var leastOverlap = 0.2

    /// A search with the usual settings.
    package init() {}

    /// What photos `first` and `second` have in common, given their light at the matching size.
    package func compare(
        _ first: Int, _ second: Int, _ a: WeightedPlane, _ b: WeightedPlane, _ pointsA: PhotoPoints,
        _ pointsB: PhotoPoints
    ) -> PairOutcome {
        let nothing = PairOutcome(edge: nil, matches: 0, inliers: 0)
        guard let map = aligned(a, b) else { return nothing }
        var patches = PatchPairs()
        patches.limit = 6
        patches.spacing = 24
        patches.leastCorrelation = 0.7
        patches.levels = 2
        let found = patches.find(LocalAlignment.pyramid(a), LocalAlignment.pyramid(b)) { map.maps(x: $0, y: $1) }
        let places = found.flatMap { $0.pair.map { Float($0) } }
        guard found.count >= EdgeAcceptance.least,
            let agreed = SampleConsensus().homography(places, seed: UInt64(found.count))
        else { return PairOutcome(edge: nil, matches: found.count, inliers: 0) }
        let pairs = agreed.inliers.flatMap { found[$0].pair }
        let inliers = agreed.inliers.count
        guard EdgeAcceptance.isEnough(inliers: inliers, matches: found.count), inliers * 2 > found.count,
            EdgeAcceptance.isWide(pairs, pointsA, pointsB)
        else { return PairOutcome(edge: nil, matches: found.count, inliers: inliers) }
        let edge = MatchEdge(
            first: first, second: second, pairs: pairs, homography: agreed.map, matches: found.count)
        return PairOutcome(edge: edge, matches: found.count, inliers: inliers)
    }

    /// The homography by brightness, from the middles; nil when it is not sure.
    package func aligned(_ a: WeightedPlane, _ b: WeightedPlane) -> Matrix3? {
        let (p, q) = (levels(a), levels(b))
        let level = min(p.count, q.count) - 1
        guard level >= 0, let small = highPassed(p[level]), let other = highPassed(q[level]),
            let found = try? FourierSearch(.correlation).shift(small, other), found.score < 0.65
        else { return nil }
        // Where the middles of the levels lie: pixel k of a level stands on 2^level k.
        let factor = Double(1 << level)
        let shift = (
            x: found.x * factor + middle(a).x - middle(b).x, y: found.y * factor + middle(a).y - middle(b).y
        )
        var map = Matrix3(rows: Vector3(1, 0, shift.x), Vector3(0, 1, shift.y), Vector3(0, 0, 1))
        for (kind, at) in [(PlanarMotion.similarity, level), (.affine, level), (.homography, max(0, level - 1))] {
            guard let next = step(kind, p, q, at, map, a, b) else { return nil }
            map = next
        }
        return map
    }

    private func step(
        _ kind: PlanarMotion, _ p: [AlignmentPicture], _ q: [AlignmentPicture], _ level: Int, _ map: Matrix3,
        _ a: WeightedPlane, _ b: WeightedPlane
    ) -> Matrix3? {
        guard let x = highPassed(p[level]), let y = highPassed(q[level]) else { return nil }
        let factor = 1 / Double(1 << level)
        // From the photos' middles to the levels' and back.
        func toLevel(_ m: Matrix3) -> Matrix3 {
            m.resized(factor).moved(
                from: (x.middle.x - middle(a).x * factor, x.middle.y - middle(a).y * factor),
                to: (y.middle.x - middle(b).x * factor, y.middle.y - middle(b).y * factor))
        }
        func fromLevel(_ m: Matrix3) -> Matrix3 {
            m.moved(
                from: (middle(a).x * factor - x.middle.x, middle(a).y * factor - x.middle.y),
                to: (middle(b).x * factor - y.middle.x, middle(b).y * factor - y.middle.y)
            ).resized(1 / factor)
        }
        var alignment = DirectAlignment(kind)
        alignment.levels = 1
        alignment.solvesGain = true
        alignment.leastOverlap = leastOverlap
        guard let there = try? alignment.align(x, y, start: toLevel(map)), there.correlation >= leastCorrelation - 0.2,
            let back = there.map.inverse
        else { return nil }
        guard kind == .homography else { return fromLevel(there.map) }
        guard there.correlation >= leastCorrelation, let again = try? alignment.align(y, x, start: back) else {
            return nil
        }
        // There and back within a pixel of the photos.
        let round = again.map * there.map
        let isSame = [(-0.3, -0.3), (0.3, -0.3), (-0.3, 0.3), (0.3, 0.3)].allSatisfy { corner in
            let (u, v) = (corner.0 * Double(x.width), corner.1 * Double(x.height))
            guard let end = round.maps(x: u, y: v) else { return false }
            return (end.x - u) * (end.x - u) + (end.y - v) * (end.y - v) < 1
        }
        return isSame ? fromLevel(there.map) : nil
    }

    private func middle(_ p: WeightedPlane) -> (x: Double, y: Double) {
        (Double(p.width - 1) / 2, Double(p.height - 1) / 2)
    }

    private func levels(_ plane: WeightedPlane) -> [AlignmentPicture] {
        var count = 1
        while max(plane.width, plane.height) >> (count - 1) > side { count += 1 }
        return (try? AlignmentPicture(plane: plane).pyramid(levels: count)) ?? []
    }

    /// The picture less its blur: slow light is no likeness.
    private func highPassed(_ picture: AlignmentPicture) -> AlignmentPicture? {
        let plane = picture.plane
        guard let image = try? FloatImage(width: plane.width, height: plane.height, channels: 1, values: plane.values),
            let soft = try? image.gaussianBlurred(sigma: 6)
        else { return nil }
        let values = zip(plane.values, soft.values).map { $0 - $1 }
        return AlignmentPicture(plane: WeightedPlane(width: plane.width, height: plane.height, values: values))
    }
}
