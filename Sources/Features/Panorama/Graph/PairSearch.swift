internal import Kernels

/// Which photos of a heap are compared, in rounds (PANO-310).
///
/// Up to 60 photos all are compared with all. Of more, first neighbours in name and those with the most alike mixtures of
/// codes are. Then the graph grows from what was found: two photos that both meet a third one are compared where its
/// homographies say that they meet, too. When nothing grows, each photo is compared with the likest ones of other parts,
/// until two rounds in a row have joined nothing. Each pair comes once, and there are never more than 40 for each photo: of
/// a round that would bring more, those come that promise most.
package struct PairSearch {
    /// Up to so many photos all pairs are compared.
    package static let compareAllUpTo = 60
    /// How many of a photo's likest ones are compared at first.
    static let likest = 8
    /// How many of other parts in a round that tries to join them.
    static let across = 4
    /// How many pairs there are at most for each photo.
    static let most = 40
    /// The share of a photo that must lie on another for the two to be compared.
    static let overlap = 0.15

    private let points: [PhotoPoints?]
    private let there: [Int]
    private var known: Set<SIMD2<Int>> = []
    private var likeness: [[Float]] = []
    private var parts = Int.max
    private var fruitless = 0

    /// How many pairs were handed out.
    package var count: Int { known.count }

    /// A search among photos with these points.
    package init(_ points: [PhotoPoints?]) {
        self.points = points
        there = points.indices.filter { (points[$0]?.count ?? 0) > 0 }
    }

    /// The pairs to compare next, in rising order of the second number; none when the search has ended.
    ///
    /// - Parameter edges: All that was found so far.
    package mutating func next(_ edges: [MatchEdge]) -> [(Int, Int)] {
        if points.count <= Self.compareAllUpTo {
            let all = points.indices.flatMap { second in (0..<second).map { (SIMD2($0, second), 1.0) } }
            return taken(Dictionary(uniqueKeysWithValues: all), room: all.count)
        }
        let room = Self.most * there.count - known.count
        guard !known.isEmpty else { return taken(first(), room: room) }
        guard room > 0 else { return [] }
        let grown = taken(chained(edges), room: room)
        guard grown.isEmpty else { return grown }
        let groups = Components.groups(count: points.count, edges: edges)
        fruitless = groups.count < parts ? 0 : fruitless + 1
        parts = groups.count
        return fruitless < 2 ? taken(bridges(groups), room: room) : []
    }

    /// Of those that were not handed out before as many as there is room for, the most promising ones.
    private mutating func taken(_ promise: [SIMD2<Int>: Double], room: Int) -> [(Int, Int)] {
        var fresh = promise.keys.filter { !known.contains($0) }
        if fresh.count > room {
            fresh.sort { (promise[$1] ?? 0, $0.y, $0.x) < (promise[$0] ?? 0, $1.y, $1.x) }
            fresh.removeLast(fresh.count - room)
        }
        known.formUnion(fresh)
        return fresh.map { ($0.x, $0.y) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    }

    private static func pair(_ one: Int, _ other: Int) -> SIMD2<Int> { SIMD2(min(one, other), max(one, other)) }

    // MARK: Rounds, each with what its pairs promise

    private mutating func first() -> [SIMD2<Int>: Double] {
        likeness = Self.likeness(Self.mixtures(points, there))
        var pairs: [SIMD2<Int>: Double] = [:]
        for (place, photo) in there.enumerated() {
            for other in likest(place, count: Self.likest, where: { $0 != place }) {
                pairs[Self.pair(photo, there[other])] = Double(likeness[place][other])
            }
            for step in 1...2 where place + step < there.count { pairs[SIMD2(photo, there[place + step])] = 1 }
        }
        return pairs
    }

    /// Photos that a third one joins, and that meet as far as its two edges tell.
    private func chained(_ edges: [MatchEdge]) -> [SIMD2<Int>: Double] {
        var ways: [Int: [(other: Int, map: Matrix3)]] = [:]
        for edge in edges {
            for photo in [edge.first, edge.second] {
                guard let map = edge.homography(from: photo) else { continue }
                ways[photo, default: []].append((edge.other(than: photo), map))
            }
        }
        var pairs: [SIMD2<Int>: Double] = [:]
        for (photo, out) in ways {
            for step in out {
                for further in ways[step.other] ?? [] where further.other > photo {
                    let pair = SIMD2(photo, further.other)
                    guard !known.contains(pair) else { continue }
                    let share = shared(photo, further.other, further.map * step.map)
                    if share >= Self.overlap { pairs[pair] = max(share, pairs[pair] ?? 0) }
                }
            }
        }
        return pairs
    }

    /// The share of a photo that lies on another.
    private func shared(_ one: Int, _ other: Int, _ map: Matrix3) -> Double {
        guard let a = points[one], let b = points[other] else { return 0 }
        let steps = [-0.4, -0.2, 0, 0.2, 0.4]
        var inside = 0
        for across in steps {
            for down in steps {
                guard let place = map.maps(x: across * a.width, y: down * a.height) else { continue }
                if abs(place.x) < b.width / 2, abs(place.y) < b.height / 2 { inside += 1 }
            }
        }
        return Double(inside) / Double(steps.count * steps.count)
    }

    /// The likest photos of other parts.
    private func bridges(_ groups: [[Int]]) -> [SIMD2<Int>: Double] {
        var part = [Int](repeating: 0, count: points.count)
        for (number, group) in groups.enumerated() {
            for photo in group { part[photo] = number }
        }
        var pairs: [SIMD2<Int>: Double] = [:]
        for (place, photo) in there.enumerated() {
            let others = likest(place, count: Self.across) { other in
                part[there[other]] != part[photo] && !known.contains(Self.pair(photo, there[other]))
            }
            for other in others { pairs[Self.pair(photo, there[other])] = Double(likeness[place][other]) }
        }
        return pairs
    }

    // MARK: Likeness

    private func likest(_ place: Int, count: Int, where isWanted: (Int) -> Bool) -> [Int] {
        let row = likeness[place]
        let order = row.indices.filter(isWanted).sorted { (row[$1], $0) < (row[$0], $1) }
        return Array(order.prefix(count))
    }

    private static func likeness(_ mixtures: [[Float]]) -> [[Float]] {
        mixtures.map { one in
            mixtures.map { other in zip(one, other).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
        }
    }

    /// 64 shares a photo, less what is common to all, of length 1.
    private static func mixtures(_ points: [PhotoPoints?], _ there: [Int]) -> [[Float]] {
        var middle = [Float](repeating: 0, count: 128)
        for photo in there {
            guard let codes = points[photo]?.codes else { continue }
            for (d, value) in meanCode(codes).enumerated() { middle[d] += value / Float(there.count) }
        }
        let counts = there.map { photo -> [Float] in
            guard let codes = points[photo]?.codes else { return [Float](repeating: 0, count: 64) }
            let counts = cellCounts(codes, middle: middle)
            return counts.map { $0 / Float(codes.count) }
        }
        let mean = (0..<64).map { cell in counts.reduce(Float(0)) { $0 + $1[cell] } / Float(max(1, there.count)) }
        return counts.map { shares in
            let less = (0..<64).map { shares[$0] - mean[$0] }
            let size = less.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
            return size > 0 ? less.map { $0 / size } : less
        }
    }
}
