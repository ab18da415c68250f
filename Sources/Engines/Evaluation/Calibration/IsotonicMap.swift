/// A rising map from scores to probabilities, learnt from scores whose outcome is known.
///
/// Pool adjacent violators (Ayer et al. 1955): the rising steps with the least squared error. Between steps the map is
/// linear, outside it is constant.
public struct IsotonicMap: Hashable, Sendable {
    /// Scores, ascending.
    public let scores: [Double]
    /// The share of right ones at each score; never falls.
    public let shares: [Double]

    /// Learns the map. Scores that are not finite are left out; nil if none is left.
    public init?(scores: [Double], isRight: [Bool]) {
        let pairs = zip(scores, isRight).filter { $0.0.isFinite }.sorted { $0.0 < $1.0 }
        guard !pairs.isEmpty else { return nil }
        var blocks: [Block] = []
        for (score, isRight) in pairs {
            var block = Block(first: score, last: score, right: isRight ? 1 : 0, count: 1)
            // Equal scores are one step, and a step that is not higher than the one before joins it.
            while let before = blocks.last, before.last == block.first || before.share >= block.share {
                block = before.joined(block)
                blocks.removeLast()
            }
            blocks.append(block)
        }
        var knots: [(score: Double, share: Double)] = []
        for block in blocks {
            knots.append((block.first, block.share))
            if block.last > block.first { knots.append((block.last, block.share)) }
        }
        self.scores = knots.map(\.score)
        shares = knots.map(\.share)
    }

    /// The share of right ones to expect at a score.
    public func share(at score: Double) -> Double {
        let above = scores.firstIndex { $0 >= score } ?? scores.count
        guard above > 0 else { return shares[0] }
        guard above < scores.count else { return shares[shares.count - 1] }
        let part = (score - scores[above - 1]) / (scores[above] - scores[above - 1])
        return shares[above - 1] + part * (shares[above] - shares[above - 1])
    }

    private struct Block {
        let first: Double
        let last: Double
        let right: Double
        let count: Double

        var share: Double { right / count }

        func joined(_ next: Block) -> Block {
            Block(first: first, last: next.last, right: right + next.right, count: count + next.count)
        }
    }
}
