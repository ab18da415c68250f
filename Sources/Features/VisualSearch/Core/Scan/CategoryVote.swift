/// The category of a picture: what the detector says times what the nearest pictures of the catalogue say.
///
/// The detector's class alone is not trusted: it knows no subclass that came after its training and confuses those that
/// look alike. `p_c` is proportional to `(a d_c + (1 - a)/C) (b v_c + (1 - b)/C)` with the detector's probabilities `d`,
/// the vote `v` of the neighbours with weights `max(0, s)^8`, and the accuracies `a` and `b` of both. Neighbours that are
/// far know little: `b` is the vote's accuracy times `m / (m + k)`, with `m` the sum of their weights and `k` what half
/// the trust takes. Among merchants' pictures alone, which are far from any photo, the model's word counts then, and
/// among photos of customers the vote does.
public struct CategoryVote: Sendable, Hashable {
    /// A category and its share of certainty.
    public struct Share: Sendable, Hashable {
        /// The category.
        public var category: String
        /// Its probability, 0 to 1.
        public var probability: Double

        /// A category with a probability.
        public init(category: String, probability: Double) {
            self.category = category
            self.probability = probability
        }
    }

    /// A picture of the catalogue that is near.
    public struct Neighbour: Sendable, Hashable {
        /// Its category.
        public var category: String
        /// The cosine to the query, -1 to 1.
        public var similarity: Double

        /// A near picture.
        public init(category: String, similarity: Double) {
            self.category = category
            self.similarity = similarity
        }
    }

    /// How much is given on each side.
    public struct Rules: Sendable, Hashable {
        /// The detector's accuracy on held-out pictures.
        public var detectorAccuracy = 0.75
        /// The vote's accuracy.
        public var voteAccuracy = 0.9
        /// How many neighbours vote.
        public var neighbours = 20
        /// Neighbours whose weights sum to this are trusted half as much as near ones.
        public var halfTrust = 2.0
        /// Below this probability the second category is searched too.
        public var certain = 0.6

        /// The rules.
        public init() {}
    }

    /// What the detector said, likeliest first; empty when it says no category.
    public let detector: [Share]
    /// What the neighbours said, likeliest first; empty when none is near.
    public let votes: [Share]
    /// Both together, likeliest first, over all categories; the probabilities sum to 1.
    public let shares: [Share]
    private let certain: Double

    /// Joins what both sides say.
    ///
    /// - Parameters:
    ///   - detector: Probabilities by category; what they lack to 1 is spread over all. Unknown categories are dropped.
    ///   - neighbours: The nearest pictures over the whole catalogue, in any order.
    ///   - categories: All categories of the catalogue.
    public init(
        detector: [String: Double], neighbours: [Neighbour], categories: [String], rules: Rules = Rules()
    ) {
        let known = Set(categories)
        let seen = detector.filter { known.contains($0.key) && $0.value > 0 && $0.value.isFinite }
        let near = neighbours.filter { known.contains($0.category) && $0.similarity.isFinite }
            .sorted { ($0.similarity, $1.category) > ($1.similarity, $0.category) }.prefix(rules.neighbours)
        let weights = Self.weights(near)
        let voted = Self.normalised(weights)
        let mass = weights.values.sorted().reduce(0, +)
        let voteTrust = mass > 0 ? rules.voteAccuracy * mass / (mass + max(0, rules.halfTrust)) : 0
        let told = seen.values.sorted().reduce(0, +) > 1 ? Self.normalised(seen) : seen
        let count = Double(max(known.count, 1))
        func side(_ shares: [String: Double], _ category: String, accuracy: Double) -> Double {
            // What a side does not give to any category is spread over all.
            let rest = max(0, 1 - shares.values.sorted().reduce(0, +))
            return accuracy * (shares[category, default: 0] + rest / count) + (1 - accuracy) / count
        }
        let products = Dictionary(
            uniqueKeysWithValues: known.map {
                ($0, side(told, $0, accuracy: rules.detectorAccuracy) * side(voted, $0, accuracy: voteTrust))
            })
        self.detector = Self.ranked(told)
        votes = Self.ranked(voted)
        shares = Self.ranked(Self.normalised(products))
        certain = rules.certain
    }

    /// The likeliest category; nil when there is no category at all.
    public var final: Share? { shares.first }

    /// Where the same item is looked for: the likeliest category, and the second too when the first is not certain.
    public var searched: [String] {
        shares.prefix((final?.probability ?? 0) < certain ? 2 : 1).map(\.category)
    }

    private static func weights(_ near: ArraySlice<Neighbour>) -> [String: Double] {
        near.reduce(into: [:]) { sums, neighbour in
            let s = max(0, neighbour.similarity)
            if s > 0 { sums[neighbour.category, default: 0] += s * s * s * s * s * s * s * s }
        }
    }

    private static func normalised(_ weights: [String: Double]) -> [String: Double] {
        // In one order, so that the last bits are the same in every run.
        let sum = weights.values.sorted().reduce(0, +)
        return sum > 0 ? weights.mapValues { $0 / sum } : [:]
    }

    private static func ranked(_ shares: [String: Double]) -> [Share] {
        shares.map { Share(category: $0.key, probability: $0.value) }
            .sorted { ($0.probability, $1.category) > ($1.probability, $0.category) }
    }
}
