import Foundation

/// Edges that contradict the others.
package enum CycleCheck {
    /// Edges whose triangles do not close: the median loop angle is above max(1.5°, 15 px / f), wide
    /// enough for lenses that are not solved for yet.
    ///
    /// Edges of the surest spanning tree stay, and edges without a triangle, about which nothing is known.
    package static func contradicted(_ group: [Int], edges: [MatchEdge], focal: Double) -> [Int] {
        let turns = edges.map { RotationMotion.ofPairs($0.pairs, focal0: focal, focal1: focal) }
        var between: [SIMD2<Int>: Int] = [:]
        for (index, edge) in edges.enumerated() { between[SIMD2(edge.first, edge.second)] = index }
        func turn(_ from: Int, _ to: Int) -> Matrix3? {
            if let index = between[SIMD2(from, to)] { return turns[index] }
            return between[SIMD2(to, from)].flatMap { turns[$0]?.transposed }
        }
        let limit = max(1.5 * .pi / 180, 15 / focal)
        return edges.indices.filter { index in
            let edge = edges[index]
            guard !edge.isPinned, let there = turns[index] else { return false }
            let angles = group.compactMap { third -> Double? in
                guard third != edge.first, third != edge.second, let a = turn(edge.second, third),
                    let b = turn(third, edge.first)
                else { return nil }
                return (b * a * there).rotationAngle
            }.sorted()
            return !angles.isEmpty && angles[angles.count / 2] > limit
        }
    }

    /// Edges far worse than the rest after solving: median over 4 px and over 4 times the group's.
    package static func outliers(medians: [Double]) -> [Int] {
        guard !medians.isEmpty else { return [] }
        let middle = medians.sorted()[medians.count / 2]
        return medians.indices.filter { medians[$0] > 4 && medians[$0] > 4 * middle }
    }

    /// The edges without some, as long as the group still hangs together; those that hold it are kept, best first.
    package static func dropping(_ bad: [Int], from edges: [MatchEdge], group: [Int]) -> [MatchEdge] {
        var kept = edges.indices.filter { !bad.contains($0) || edges[$0].isPinned }.map { edges[$0] }
        for index in bad.filter({ !edges[$0].isPinned }).sorted(by: { edges[$0].inliers > edges[$1].inliers }) {
            let parts = Components.groups(count: (group.last ?? 0) + 1, edges: kept)
            let edge = edges[index]
            let joined = parts.contains { $0.contains(edge.first) && $0.contains(edge.second) }
            if !joined { kept.append(edge) }
        }
        return kept
    }
}
