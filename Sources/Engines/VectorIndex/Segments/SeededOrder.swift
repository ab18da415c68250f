import Basics

/// Random choices that follow from a seed.
struct SeededOrder: Sendable {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// All numbers below `count` in a random order.
    mutating func permutation(_ count: Int) -> [Int] { Array(0..<count).shuffled(using: &random) }

    /// A number below `limit`, which is positive.
    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
}
