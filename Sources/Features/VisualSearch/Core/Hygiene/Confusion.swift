/// How often the pictures of one class are taken for another's.
///
/// Without any training: each picture is asked of its nearest other pictures, which vote with `max(0, s)^4`. `c_ij` counts
/// the pictures of class i that are taken for class j, `p_ij = c_ij / n_i`.
public struct Confusion: Sendable, Hashable {
    /// A class that pictures are taken for.
    public struct Cell: Sendable, Hashable {
        /// The class.
        public let other: Int
        /// The share of the pictures, 0 to 1.
        public let share: Double
    }

    /// Two classes, the smaller number first.
    struct Pair: Hashable, Comparable {
        let a: Int
        let b: Int

        init(_ a: Int, _ b: Int) { (self.a, self.b) = (min(a, b), max(a, b)) }
        static func < (left: Pair, right: Pair) -> Bool { (left.a, left.b) < (right.a, right.b) }
    }

    /// How many pictures each class has.
    public let sizes: [Int]
    private let rows: [[Int: Int]]

    /// Counts votes.
    ///
    /// - Parameters:
    ///   - owners: The class of each picture, 0 up to `classes`.
    ///   - neighbours: The nearest other pictures of each, nearest first; a picture itself among them is not heard.
    ///   - voters: How many neighbours vote.
    public init(owners: [Int], classes: Int, neighbours: [[UnitVectors.Neighbour]], voters: Int = 5) {
        precondition(owners.count == neighbours.count, "one list of neighbours a picture")
        precondition(owners.allSatisfy { (0..<classes).contains($0) }, "a class that is none")
        var sizes = [Int](repeating: 0, count: classes)
        var rows = [[Int: Int]](repeating: [:], count: classes)
        for (picture, owner) in owners.enumerated() {
            sizes[owner] += 1
            let near = neighbours[picture].filter { $0.place != picture && owners.indices.contains($0.place) }
            if let taken = Self.vote(near.prefix(voters), owners: owners) { rows[owner][taken, default: 0] += 1 }
        }
        (self.sizes, self.rows) = (sizes, rows)
    }

    /// Counts that were made elsewhere; `sizes` may be larger than the rows, by pictures that were taken for no class.
    init(rows: [[Int: Int]], sizes: [Int]) {
        precondition(rows.count == sizes.count, "one size a class")
        (self.sizes, self.rows) = (sizes, rows)
    }

    static func vote(_ near: some Sequence<UnitVectors.Neighbour>, owners: [Int]) -> Int? {
        var weights: [Int: Double] = [:]
        for neighbour in near {
            let s = Double(max(0, neighbour.similarity))
            if s > 0 { weights[owners[neighbour.place], default: 0] += s * s * s * s }
        }
        return weights.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// Pictures of a class that are taken for another, or for itself.
    public func count(_ from: Int, as other: Int) -> Int { rows[from][other, default: 0] }

    /// The row of a class: what its pictures are taken for, most often first, itself included.
    public func row(_ from: Int) -> [Cell] {
        rows[from].map { Cell(other: $0.key, share: Double($0.value) / Double(sizes[from])) }
            .sorted { ($0.share, $1.other) > ($1.share, $0.other) }
    }

    /// `(c_ij + c_ji) / (n_i + n_j)`: about a half for two halves of one class.
    public func score(_ a: Int, _ b: Int) -> Double {
        let size = sizes[a] + sizes[b]
        return size == 0 ? 0 : Double(count(a, as: b) + count(b, as: a)) / Double(size)
    }

    /// The share of pictures that are taken for their own class.
    public var accuracy: Double {
        let all = sizes.reduce(0, +)
        return all == 0 ? 0 : Double(rows.indices.reduce(0) { $0 + count($1, as: $1) }) / Double(all)
    }

    /// Pairs of classes of which one is taken for the other at least once.
    var confused: [Pair] {
        var pairs: Set<Pair> = []
        for (from, row) in rows.enumerated() {
            for other in row.keys where other != from { pairs.insert(Pair(from, other)) }
        }
        return pairs.sorted()
    }
}
