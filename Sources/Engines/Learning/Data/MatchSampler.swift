/// A query and an item that belong together or not.
public struct MatchPair: Hashable, Sendable {
    /// How a pair that does not belong together was chosen.
    public enum Negative: String, Hashable, Sendable, CaseIterable {
        /// The query of another row of the same batch.
        case swapped
        /// A query with the same head word.
        case sameHeadWord
        /// A query whose item shares a box label.
        case sharedLabel
        /// The same, where the label of everything else does not count.
        case sharedLabelExceptOthers
        /// Any query.
        case random
    }

    /// The row whose query it is.
    public let query: Int
    /// The row whose item it is.
    public let item: Int
    /// How it was chosen; nil for a pair that belongs together.
    public let negative: Negative?

    /// Whether they belong together.
    public var isMatch: Bool { negative == nil }
}

/// Rows that hold a query and the labels of the boxes of the item that it was asked for.
public struct MatchRow: Hashable, Sendable {
    /// The query's words.
    public let words: [String]
    /// The labels of the item's boxes.
    public let labels: Set<Int>

    /// A row; words stand between spaces.
    public init(query: String, labels: Set<Int> = []) {
        words = query.split(separator: " ").map(String.init)
        self.labels = labels
    }

    /// The word that names the thing: the last one.
    var head: String? { words.last }

    /// Whether a query would be right for this row's item too, because one asks for no more than the other.
    func isAnswered(by other: MatchRow) -> Bool {
        let (mine, theirs) = (Set(words), Set(other.words))
        return mine.isSubset(of: theirs) || theirs.isSubset(of: mine)
    }
}

/// Batches of pairs: each row with its own query, and once with a query that is not its own.
///
/// A data set of matches holds no pairs that do not match; they are made here, one for each row, of kinds that are mixed
/// by weight. A query that holds all words of the row's own, or the other way round, is never taken.
public struct MatchSampler: Sendable {
    private let rows: [MatchRow]
    private let batchSize: Int
    private let mixture: [(kind: MatchPair.Negative, weight: Double)]
    private let others: Int?
    private let byHead: [String: [Int]]
    private let byLabel: [Int: [Int]]
    /// How often another query is looked for before the pair is made of another kind.
    static let tries = 20

    /// The mixture of the seed's contest: half with the same head word, the rest with shared labels and at random.
    public static let hard: [MatchPair.Negative: Double] = [
        .sameHeadWord: 0.5, .sharedLabel: 0.2, .sharedLabelExceptOthers: 0.2, .random: 0.1,
    ]

    /// A sampler of `batchSize` rows (twice as many pairs) a batch; `others` is the label of everything else.
    public init(
        rows: [MatchRow], batchSize: Int, mixture: [MatchPair.Negative: Double] = [.swapped: 1], others: Int? = nil
    ) {
        precondition(batchSize > 0, "a batch has rows")
        (self.rows, self.batchSize, self.others) = (rows, batchSize, others)
        self.mixture = MatchPair.Negative.allCases.compactMap { kind in mixture[kind].map { (kind, $0) } }
        var heads: [String: [Int]] = [:]
        var labels: [Int: [Int]] = [:]
        for (index, row) in rows.enumerated() {
            if let head = row.head { heads[head, default: []].append(index) }
            for label in row.labels { labels[label, default: []].append(index) }
        }
        (byHead, byLabel) = (heads, labels)
    }

    /// The batches of an epoch, and how many negatives of each kind they hold. A row without any query that is not its
    /// own has no negative.
    public func batches(epoch: Int, seed: UInt64) -> (batches: [[MatchPair]], counts: [MatchPair.Negative: Int]) {
        let order = ShuffleSampler(count: rows.count, batchSize: batchSize).batches(epoch: epoch, seed: seed)
        var counts: [MatchPair.Negative: Int] = [:]
        let batches = order.map { batch in
            batch.map { MatchPair(query: $0, item: $0, negative: nil) }
                + batch.compactMap { item -> MatchPair? in
                    var random = CounterRandom(seed: seed, epoch: epoch, sample: item, stage: .mixing)
                    guard let pair = negative(of: item, batch, &random) else { return nil }
                    if let kind = pair.negative { counts[kind, default: 0] += 1 }
                    return pair
                }
        }
        return (batches, counts)
    }

    private func negative(of item: Int, _ batch: [Int], _ random: inout CounterRandom) -> MatchPair? {
        let wanted = random.weighted(mixture.map(\.weight)).map { mixture[$0].kind } ?? .random
        for kind in wanted == .random ? [.random] : [wanted, .random] {
            let candidates = candidates(kind, item, batch, &random)
            guard !candidates.isEmpty else { continue }
            for _ in 0..<Self.tries {
                let query = candidates[random.below(candidates.count)]
                if query != item, !rows[item].isAnswered(by: rows[query]) {
                    return MatchPair(query: query, item: item, negative: kind)
                }
            }
        }
        return nil
    }

    private func candidates(
        _ kind: MatchPair.Negative, _ item: Int, _ batch: [Int], _ random: inout CounterRandom
    ) -> [Int] {
        switch kind {
        case .swapped: return batch
        case .sameHeadWord: return rows[item].head.flatMap { byHead[$0] } ?? []
        case .random: return (0..<Self.tries).map { _ in random.below(rows.count) }
        case .sharedLabel, .sharedLabelExceptOthers:
            let labels = rows[item].labels.filter { kind == .sharedLabel || $0 != others }.sorted()
            guard !labels.isEmpty else { return [] }
            return byLabel[labels[random.below(labels.count)]] ?? []
        }
    }
}

/// More of the training rows that are near the queries of a test, as the seed's contest allowed. It uses the test's
/// queries: off unless somebody asks for it, and no figure on that test is a fair one afterwards.
public enum QueryTargeting {
    /// How often each row is to be drawn, for ``WeightedSampler``: 1, more for rows near a test query.
    ///
    /// A test query that stands in the training set shares `copies` among its rows (rare ones come more often); for
    /// another one the `nearest` rows by shared words get `copies` each.
    public static func weights(
        rows: [MatchRow], testQueries: [String], copies: Double = 50, nearest: Int = 10
    ) -> [Double] {
        var weights = [Double](repeating: 1, count: rows.count)
        var byQuery: [[String]: [Int]] = [:]
        var byWord: [String: [Int]] = [:]
        for (index, row) in rows.enumerated() {
            byQuery[row.words, default: []].append(index)
            for word in Set(row.words) { byWord[word, default: []].append(index) }
        }
        for query in Set(testQueries).sorted() {
            let words = query.split(separator: " ").map(String.init)
            if let same = byQuery[words] {
                for index in same { weights[index] += copies / Double(same.count) }
                continue
            }
            var shared: [Int: Int] = [:]
            for word in Set(words) { for index in byWord[word] ?? [] { shared[index, default: 0] += 1 } }
            let order = shared.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            for (index, _) in order.prefix(nearest) { weights[index] += copies }
        }
        return weights
    }
}
