import Basics
import Foundation

/// All edges of a group judged together: of many spanning trees the one that most edges agree with is believed, and edges
/// that contradict it are false, however many pairs they have (after Olsson and Enqvist 2011).
///
/// A repeated facade gives an edge as strong as the true ones; it closes no loop with them.
package struct TreeConsensus: Sendable {
    /// Trees that are tried, the surest one first.
    package var trees = 60
    /// Degrees that any loop may stay open.
    package var leastDegrees = 5.0
    /// What a loop may stay open beyond that, as a share of its turns.
    package var share = 0.05
    /// Factors of the focal length that are tried: a ring closes at the right one only, all other loops at each.
    private static let factors = [1, 0.95, 1.05, 0.9, 1.1, 0.85, 1.18, 0.8, 1.25]
    /// Pairs beyond this many make an edge no surer.
    package var cap = 60

    /// A judgement with the usual settings.
    package init() {}

    /// Edges that contradict the best tree; none when no tree has two thirds of the edges' weight on its side.
    package func contradicted(_ group: [Int], edges: [MatchEdge], focal: Double) -> [Int] {
        guard group.count > 3, edges.count >= group.count else { return [] }
        let limits = limits(group, edges, focal: focal)
        var best: (weight: Int, bad: [Int]) = (-1, [])
        for factor in Self.factors {
            let found = judged(group, edges, limits, focal: focal * factor)
            if found.weight > best.weight { best = found }
            if best.bad.isEmpty { break }
        }
        let all = edges.reduce(0) { $0 + weight($1) }
        return best.weight * 3 >= all * 2 ? best.bad : []
    }

    /// How many degrees each edge may be off: by the shortest other way between its photos, for along a long one even what
    /// is false may seem right.
    private func limits(_ group: [Int], _ edges: [MatchEdge], focal: Double) -> [Double] {
        let place = Dictionary(uniqueKeysWithValues: group.enumerated().map { ($1, $0) })
        var near = [[(edge: Int, other: Int, turn: Double)]](repeating: [], count: group.count)
        for (index, edge) in edges.enumerated() {
            guard let a = place[edge.first], let b = place[edge.second] else { continue }
            let turn = RotationMotion.ofPairs(edge.pairs, focal0: focal, focal1: focal)?.rotationAngle ?? .pi
            near[a].append((index, b, turn))
            near[b].append((index, a, turn))
        }
        return edges.indices.map { index in
            guard let from = place[edges[index].first], let to = place[edges[index].second] else { return 360 }
            var way = [Double](repeating: .infinity, count: group.count)
            var isDone = [Bool](repeating: false, count: group.count)
            way[from] = 0
            while let at = group.indices.filter({ !isDone[$0] && way[$0] < .infinity }).min(by: { way[$0] < way[$1] }) {
                isDone[at] = true
                if at == to { break }
                for step in near[at] where step.edge != index {
                    way[step.other] = min(way[step.other], way[at] + step.turn)
                }
            }
            return leastDegrees + share * min(4 * .pi, way[to]) * 180 / .pi
        }
    }

    private func judged(
        _ group: [Int], _ edges: [MatchEdge], _ limits: [Double], focal: Double
    ) -> (weight: Int, bad: [Int]) {
        let turns = edges.map { RotationMotion.ofPairs($0.pairs, focal0: focal, focal1: focal) }
        var random = SeededRandom(seed: UInt64(group.count) &* 31 &+ UInt64(edges.count))
        var best: (weight: Int, bad: [Int]) = (-1, [])
        for tree in 0..<max(8, min(trees, 4000 / edges.count)) {
            let keys = edges.map { edge -> Double in
                let size = Double(max(1, min(cap, edge.inliers)))
                guard tree > 0 else { return edge.isPinned ? -1 : 1 / size }
                let draw = Double(random.next() >> 11 | 1) / Double(1 << 53)
                return edge.isPinned ? -1 : -log(draw) / size.squareRoot()
            }
            let order = edges.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
            guard let walked = Walk(group, edges, turns, order: order) else { continue }
            let bad = edges.indices.filter {
                !edges[$0].isPinned && !agrees(edges[$0], turns[$0], limits[$0], walked)
            }
            let good = edges.indices.reduce(0) { $0 + weight(edges[$1]) } - bad.reduce(0) { $0 + weight(edges[$1]) }
            if good > best.weight { best = (good, bad) }
            if bad.isEmpty { break }
        }
        return best
    }

    /// Edges count alike, or a strong false one would outweigh two true ones; pairs decide between equals.
    private func weight(_ edge: MatchEdge) -> Int { 1000 + max(1, min(cap, edge.inliers)) }

    private func agrees(_ edge: MatchEdge, _ turn: Matrix3?, _ limit: Double, _ walk: Walk) -> Bool {
        guard let turn, let a = walk.rotations[edge.first], let b = walk.rotations[edge.second] else { return true }
        return (b * a.transposed * turn.transposed).rotationAngle * 180 / .pi <= limit
    }

    /// Cameras along one tree.
    private struct Walk {
        var rotations: [Int: Matrix3] = [:]

        /// The tree of the first edges of an order; nil when they do not join all.
        init?(_ group: [Int], _ edges: [MatchEdge], _ turns: [Matrix3?], order: [Int]) {
            guard let root = group.first else { return nil }
            var label = Dictionary(uniqueKeysWithValues: group.map { ($0, $0) })
            var near: [Int: [(edge: Int, other: Int)]] = [:]
            for index in order where turns[index] != nil {
                let edge = edges[index]
                guard let a = label[edge.first], let b = label[edge.second], a != b else { continue }
                for photo in group where label[photo] == b { label[photo] = a }
                near[edge.first, default: []].append((index, edge.second))
                near[edge.second, default: []].append((index, edge.first))
            }
            rotations[root] = .identity
            var front = [root]
            while let photo = front.popLast() {
                for (index, other) in near[photo] ?? [] where rotations[other] == nil {
                    guard let turn = turns[index], let here = rotations[photo] else { continue }
                    rotations[other] = (edges[index].first == photo ? turn : turn.transposed) * here
                    front.append(other)
                }
            }
            guard rotations.count == group.count else { return nil }
        }
    }
}
