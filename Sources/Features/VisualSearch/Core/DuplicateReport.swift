public import Imaging

/// What was decided about the pictures of a collection.
public struct DuplicateReport: Sendable {
    /// Two pictures, by their places, and what was decided.
    public struct Pair: Sendable, Hashable {
        /// The later place.
        public let picture: Int
        /// The earlier place.
        public let known: Int
        /// What was decided; never `distinct`.
        public let verdict: DuplicateVerdict
    }

    /// A picture that is put away, and the one that answers for it.
    public struct Alias: Sendable, Hashable {
        /// The place of the picture that goes.
        public let picture: Int
        /// The place of the one that stays.
        public let kept: Int
        /// Why.
        public let evidence: DuplicateEvidence
    }

    /// How many pictures were looked at.
    public let count: Int
    /// Pairs that are, or may be, one picture.
    public let pairs: [Pair]
    /// What goes without asking: every one of them is a copy of the one that stays, not of one that goes too.
    public let aliases: [Alias]

    /// Decides about candidate pairs.
    ///
    /// - Parameters:
    ///   - pictures: All pictures.
    ///   - views: Their eight views.
    ///   - candidates: Pairs of places that are worth a look.
    ///   - worth: What makes a picture worth keeping, larger first: of two copies the one with more stays.
    public init(
        pictures: [KnownPicture], views: [[PictureFingerprint]], candidates: [(picture: Int, known: Int)],
        worth: [Int], rules: DuplicateRules = DuplicateRules()
    ) {
        precondition(views.count == pictures.count && worth.count == pictures.count)
        count = pictures.count
        pairs = candidates.compactMap { pair in
            let verdict = rules.verdict(
                on: pictures[pair.picture], views: views[pair.picture], against: pictures[pair.known])
            return verdict == .distinct ? nil : Pair(picture: pair.picture, known: pair.known, verdict: verdict)
        }
        aliases = Self.aliases(pairs, count: pictures.count, worth: worth)
    }

    /// The best pictures first: each is kept unless it is a copy of one that is kept already. Copies of copies are not
    /// followed, so small differences cannot add up along a chain.
    private static func aliases(_ pairs: [Pair], count: Int, worth: [Int]) -> [Alias] {
        var copies: [Int: [(other: Int, evidence: DuplicateEvidence)]] = [:]
        for pair in pairs {
            guard case .alias(let evidence) = pair.verdict else { continue }
            copies[pair.picture, default: []].append((pair.known, evidence))
            copies[pair.known, default: []].append((pair.picture, evidence))
        }
        var kept: Set<Int> = []
        var result: [Alias] = []
        for place in copies.keys.sorted(by: { (worth[$1], $0) < (worth[$0], $1) }) {
            let standing = copies[place, default: []].filter { kept.contains($0.other) }
            if let best = standing.min(by: { $0.other < $1.other }) {
                result.append(Alias(picture: place, kept: best.other, evidence: best.evidence))
            } else {
                kept.insert(place)
            }
        }
        return result.sorted { $0.picture < $1.picture }
    }
}
