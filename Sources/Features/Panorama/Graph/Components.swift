/// Photos that hang together: panoramas of a heap (Brown and Lowe 2003).
package enum Components {
    /// Groups of numbers below `count` that edges join, largest first, each in rising order.
    package static func groups(count: Int, edges: [MatchEdge]) -> [[Int]] {
        var parent = Array(0..<count)
        func root(_ start: Int) -> Int {
            var at = start
            while parent[at] != at {
                parent[at] = parent[parent[at]]
                at = parent[at]
            }
            return at
        }
        for edge in edges {
            let (a, b) = (root(edge.first), root(edge.second))
            parent[max(a, b)] = min(a, b)
        }
        let groups = Dictionary(grouping: 0..<count) { root($0) }
        return groups.values.map { $0.sorted() }.sorted { $0.count != $1.count ? $0.count > $1.count : $0[0] < $1[0] }
    }

    /// The edges of the tree that has most inliers, and the photo in its middle.
    ///
    /// - Returns: Edges in an order in which each touches what the ones before it reached from the root.
    package static func spanningTree(_ group: [Int], edges: [MatchEdge]) -> (
        root: Int, steps: [(from: Int, edge: MatchEdge)]
    ) {
        let inside = Set(group)
        var taken: [MatchEdge] = []
        var label = Dictionary(uniqueKeysWithValues: group.map { ($0, $0) })
        for edge in edges.filter({ inside.contains($0.first) && inside.contains($0.second) })
            .sorted(by: { ($1.strength, $0.first, $0.second) < ($0.strength, $1.first, $1.second) })
        {
            guard let a = label[edge.first], let b = label[edge.second], a != b else { continue }
            for photo in group where label[photo] == b { label[photo] = a }
            taken.append(edge)
        }
        let root = group.min { depth($0, taken) < depth($1, taken) } ?? 0
        return (root, walk(from: root, taken))
    }

    private static func walk(from root: Int, _ tree: [MatchEdge]) -> [(from: Int, edge: MatchEdge)] {
        var reached: Set<Int> = [root]
        var front = [root]
        var steps: [(from: Int, edge: MatchEdge)] = []
        while !front.isEmpty {
            var next: [Int] = []
            for photo in front {
                for edge in tree where edge.first == photo || edge.second == photo {
                    let other = edge.other(than: photo)
                    guard reached.insert(other).inserted else { continue }
                    steps.append((photo, edge))
                    next.append(other)
                }
            }
            front = next
        }
        return steps
    }

    /// How many steps the farthest photo is away.
    private static func depth(_ root: Int, _ tree: [MatchEdge]) -> Int {
        var depth = [root: 0]
        for step in walk(from: root, tree) {
            depth[step.edge.other(than: step.from)] = depth[step.from, default: 0] + 1
        }
        return depth.values.max() ?? 0
    }
}
