/// What two photos have in common.
package struct PairOutcome: Sendable {
    /// The edge, when it is enough.
    package let edge: MatchEdge?
    /// Matches before agreement.
    package let matches: Int
    /// Matches that agree.
    package let inliers: Int
}

/// Compares two photos: matches, agreement, and whether that is enough.
package struct PairVerifier: Sendable {
    /// Greatest quotient of distances.
    package var ratio = 0.75

    /// A verifier of the given ratio.
    package init(ratio: Double = 0.75) { self.ratio = ratio }

    /// What photos `first` and `second` with these points have in common.
    package func compare(_ first: Int, _ second: Int, _ a: PhotoPoints, _ b: PhotoPoints) -> PairOutcome {
        let matches = MutualRatio.matches(a, b, ratio: ratio)
        guard matches.count >= EdgeAcceptance.least else {
            return PairOutcome(edge: nil, matches: matches.count, inliers: 0)
        }
        let places = MutualRatio.places(matches, a, b)
        // The seed depends on what is compared alone, so that nothing else changes the outcome.
        let seed = UInt64(a.count) &* 0x9E37_79B9 &+ UInt64(b.count) &* 31 &+ UInt64(matches.count)
        guard let consensus = SampleConsensus().homography(places, seed: seed) else {
            return PairOutcome(edge: nil, matches: matches.count, inliers: 0)
        }
        let pairs = consensus.inliers.flatMap { index in (0..<4).map { Double(places[index * 4 + $0]) } }
        let inliers = consensus.inliers.count
        guard EdgeAcceptance.isEnough(inliers: inliers, matches: matches.count), EdgeAcceptance.isWide(pairs, a, b)
        else { return PairOutcome(edge: nil, matches: matches.count, inliers: inliers) }
        let edge = MatchEdge(
            first: first, second: second, pairs: pairs, homography: consensus.map, matches: matches.count)
        return PairOutcome(edge: edge, matches: matches.count, inliers: inliers)
    }
}
