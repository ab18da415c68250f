import Foundation

/// Which photos of an ordered shot overlap, found without comparing all (Sawhney and Kumar 1999): neighbours in the
/// sequence first, then what the poses so far say must overlap, until nothing new is found; photos that lost their
/// neighbours are compared with the ends of what hangs together.
package struct SequenceTopology: Sendable {
    /// Least share of a photo that must be expected in another one.
    package var leastShare = 0.1
    /// How photos are compared.
    package var verifier = PairVerifier()

    /// A search with the usual settings.
    package init() {}

    /// What was found and what it took.
    package struct Result: Sendable {
        /// Edges.
        package var edges: [MatchEdge] = []
        /// Pairs that were compared.
        package var compared: Set<SIMD2<Int>> = []
    }

    /// The edges of photos in the order they were taken; photos without points are passed over.
    package func edges(_ points: [PhotoPoints?]) -> Result {
        var found = Result()
        let there = points.indices.filter { (points[$0]?.count ?? 0) > 0 }
        for (a, b) in zip(there, there.dropFirst()) { compare(a, b, points, &found) }
        for _ in 0..<6 {
            let before = found.edges.count
            for (a, b) in expected(points, found) { compare(a, b, points, &found) }
            if found.edges.count == before { break }
        }
        join(points, there, &found)
        for _ in 0..<6 {
            let before = found.edges.count
            for (a, b) in expected(points, found) { compare(a, b, points, &found) }
            if found.edges.count == before { break }
        }
        found.edges.sort { ($0.first, $0.second) < ($1.first, $1.second) }
        return found
    }

    private func compare(_ a: Int, _ b: Int, _ points: [PhotoPoints?], _ found: inout Result) {
        let (first, second) = (min(a, b), max(a, b))
        guard let p = points[first], let q = points[second],
            found.compared.insert(SIMD2(first, second)).inserted
        else { return }
        if let edge = verifier.compare(first, second, p, q).edge { found.edges.append(edge) }
    }

    /// A jump: the first photo after it is compared with all before it, until one fits.
    private func join(_ points: [PhotoPoints?], _ there: [Int], _ found: inout Result) {
        for (place, photo) in there.enumerated().dropFirst() {
            let groups = Components.groups(count: points.count, edges: found.edges)
            let mine = Set(groups.first { $0.contains(photo) } ?? [photo])
            guard !mine.contains(there[place - 1]) else { continue }
            for other in there[..<place].reversed() where !mine.contains(other) {
                let before = found.edges.count
                compare(photo, other, points, &found)
                if found.edges.count > before { break }
            }
        }
    }

    /// Pairs that the poses say overlap and that were not compared yet.
    func expected(_ points: [PhotoPoints?], _ found: Result) -> [(Int, Int)] {
        var out: [(Int, Int)] = []
        let all = points.map { $0 ?? .none }
        for group in Components.groups(count: points.count, edges: found.edges) where group.count > 2 {
            let inside = Set(group)
            let edges = found.edges.filter { inside.contains($0.first) }
            let size = group.map { max(all[$0].width, all[$0].height) }.max() ?? 1
            let focal = SpanningStart.focal(edges, size: size) ?? size
            let halves = group.map { all[$0].halfDiagonal }
            var bundle = RayBundle(
                rotations: SpanningStart.rotations(group, edges: edges, focal: focal), focal: focal,
                halfDiagonals: halves)
            let place = Dictionary(uniqueKeysWithValues: group.enumerated().map { ($1, $0) })
            let local = edges.compactMap { edge -> (j: Int, k: Int, pairs: [Double])? in
                guard let j = place[edge.first], let k = place[edge.second] else { return nil }
                return (j, k, edge.pairs)
            }
            _ = bundle.solve(local, freedom: .init(lens: false, ownFocal: false), huber: 5, limit: 8)
            for (i, a) in group.enumerated() {
                for (j, b) in group.enumerated().dropFirst(i + 1) {
                    guard !found.compared.contains(SIMD2(a, b)) else { continue }
                    if share(bundle.camera(i), all[a], bundle.camera(j), all[b]) >= leastShare { out.append((a, b)) }
                }
            }
        }
        return out
    }

    /// The share of a grid over photo `a` that photo `b` shows.
    private func share(_ a: Camera, _ pa: PhotoPoints, _ b: Camera, _ pb: PhotoPoints) -> Double {
        var inside = 0
        for at in 0..<49 {
            let (x, y) = ((Double(at % 7) / 6 - 0.5) * pa.width, (Double(at / 7) / 6 - 0.5) * pa.height)
            guard
                let seen = b.pixel(
                    of: a.ray(x: x, y: y, halfDiagonal: pa.halfDiagonal), halfDiagonal: pb.halfDiagonal),
                abs(seen.x) <= pb.width / 2, abs(seen.y) <= pb.height / 2
            else { continue }
            inside += 1
        }
        return Double(inside) / 49
    }
}
