import Foundation

/// Why pairs of points do not meet (chapter 4.4): each cause leaves another pattern of residuals.
public enum MismatchCause: String, Sendable, Codable, CaseIterable {
    /// Nothing to speak of.
    case nothing
    /// Grows with the distance from the middle, in all photos alike: the lens.
    case lens
    /// Runs along lines through one direction, more for near things: the camera moved.
    case parallax
    /// Only here and there: something small moved.
    case smallMotion
    /// In large areas of some photos: something large moved.
    case largeMotion
}

/// Tells causes of mismatch apart from what is left after the cameras were solved.
package struct MismatchReport: Sendable {
    /// What explains the residuals best.
    package let cause: MismatchCause
    /// Median residual in pixels.
    package let median: Double
    /// The share of the median's square that goes away when a lens is solved for as well, 0...1.
    package let lens: Double
    /// How far the residuals of each edge run along one line, 0 (all directions alike) to 1.
    package let parallax: Double

    /// Pixels under which nothing is asked.
    private static let quiet = 0.7
    /// Times the median from which on a pair is wrong by itself.
    private static let apart = 4.0

    /// The report of solved cameras.
    ///
    /// - Parameter edges: Places of two cameras in the bundle and all pairs between them, those as well that did not agree.
    package init(_ bundle: RayBundle, edges: [(j: Int, k: Int, pairs: [Double])]) {
        let found = edges.map { Self.residuals(bundle, $0) }
        let lengths = found.map { $0.map { hypot($0.x, $0.y) } }
        let all = lengths.flatMap { $0 }.sorted()
        median = all.isEmpty ? 0 : all[all.count / 2]
        guard !all.isEmpty else {
            (cause, lens, parallax) = (.nothing, 0, 0)
            return
        }
        parallax = Self.oneSidedness(found)
        guard median <= Self.quiet else {
            lens = Self.lensShare(bundle, edges, before: all)
            cause = lens > 0.5 ? .lens : parallax > 0.6 ? .parallax : .largeMotion
            return
        }
        lens = 0
        let limit = max(Self.apart * max(median, 0.2), 1.5)
        let far = all.count { $0 > limit }
        guard far >= 4, Double(far) >= 0.02 * Double(all.count) else {
            cause = .nothing
            return
        }
        // A quarter of what two photos share is large.
        let worst =
            lengths.map { edge in
                Double(edge.count { $0 > limit }) / Double(max(1, edge.count))
            }.max() ?? 0
        cause = worst > 0.25 ? .largeMotion : .smallMotion
    }

    /// What an edge leaves, in pixels of its second photo.
    private static func residuals(
        _ bundle: RayBundle, _ edge: (j: Int, k: Int, pairs: [Double])
    ) -> [(x: Double, y: Double)] {
        let (a, b) = (bundle.camera(edge.j), bundle.camera(edge.k))
        let (ha, hb) = (bundle.halfDiagonal(edge.j), bundle.halfDiagonal(edge.k))
        return stride(from: 0, to: edge.pairs.count, by: 4).compactMap { at in
            let ray = a.ray(x: edge.pairs[at], y: edge.pairs[at + 1], halfDiagonal: ha)
            guard let seen = b.pixel(of: ray, halfDiagonal: hb) else { return nil }
            return (edge.pairs[at + 2] - seen.x, edge.pairs[at + 3] - seen.y)
        }
    }

    private static func lensShare(
        _ bundle: RayBundle, _ edges: [(j: Int, k: Int, pairs: [Double])], before: [Double]
    ) -> Double {
        var trial = bundle
        trial.objective = .pairsInRaySpace
        guard trial.solve(edges, freedom: .init(lens: true, ownFocal: false), huber: 2) else { return 0 }
        let after = edges.flatMap { residuals(trial, $0).map { hypot($0.x, $0.y) } }.sorted()
        guard !after.isEmpty, let old = before.isEmpty ? nil : before[before.count / 2], old > 0 else { return 0 }
        let new = after[after.count / 2]
        return max(0, 1 - new * new / (old * old))
    }

    /// (λ1 - λ2) / (λ1 + λ2) of each edge's residuals, the mean by their number: a camera that moved shifts near things
    /// along the lines of its way, whatever their distance.
    private static func oneSidedness(_ edges: [[(x: Double, y: Double)]]) -> Double {
        var (sum, weight) = (0.0, 0.0)
        for edge in edges where edge.count >= 8 {
            var (xx, xy, yy) = (0.0, 0.0, 0.0)
            for r in edge {
                xx += r.x * r.x
                xy += r.x * r.y
                yy += r.y * r.y
            }
            guard xx + yy > 0 else { continue }
            let spread = ((xx - yy) * (xx - yy) + 4 * xy * xy).squareRoot()
            sum += spread / (xx + yy) * Double(edge.count)
            weight += Double(edge.count)
        }
        return weight > 0 ? sum / weight : 0
    }
}
