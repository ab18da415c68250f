/// A SKU as far as merging is concerned.
public struct MergeSubject: Sendable, Hashable {
    /// The SKU.
    public var sku: String
    /// Its code, if it has one.
    public var barcode: String?
    /// Its brand, if it has one.
    public var brand: String?
    /// Its size, if it has one.
    public var size: String?

    /// A SKU with what tells it from others.
    public init(sku: String, barcode: String? = nil, brand: String? = nil, size: String? = nil) {
        self.sku = sku
        self.barcode = barcode
        self.brand = brand
        self.size = size
    }

    /// Whether both say something, and not the same, in a column that parts items.
    func contradicts(_ other: MergeSubject) -> Bool {
        func differ(_ a: String?, _ b: String?) -> Bool {
            guard let a, let b else { return false }
            return a.lowercased() != b.lowercased()
        }
        return differ(barcode, other.barcode) || differ(brand, other.brand) || differ(size, other.size)
    }
}

/// Two groups of SKUs that may be one style.
public struct MergeProposal: Sendable, Hashable {
    /// What speaks for it.
    public enum Evidence: Sendable, Hashable {
        /// Both have the same code.
        case barcode
        /// Pictures of one are taken for the other's; the symmetric score.
        case confusion(Double)
        /// Few pictures, but their mean cosine is over the bound.
        case meanCosine(Double)
    }

    /// The places of the SKUs on one side.
    public let left: [Int]
    /// The places of those on the other.
    public let right: [Int]
    /// Why they may be one.
    public let evidence: Evidence
    /// Whether the group would be so large that only a person may decide.
    public let needsPerson: Bool

    /// How strong the evidence is; a common code counts as 1.
    public var score: Double {
        switch evidence {
        case .barcode: 1
        case .confusion(let score), .meanCosine(let score): score
        }
    }
}

/// When SKUs are proposed to be one style.
public struct MergeRules: Sendable, Hashable {
    /// The least scores of the rounds, high to low; the last one is the floor.
    public var thresholds = [0.5, 0.4, 0.3, 0.2]
    /// How many neighbours vote for a picture.
    public var voters = 5
    /// Groups with fewer pictures are not judged by confusion.
    public var fewest = 3
    /// The least mean cosine at which those are proposed; nil for never.
    public var meanCosine: Double?
    /// Groups of more SKUs need a person.
    public var largest = 8

    /// The rules.
    public init() {}
}

/// Finds SKUs that are one style by what their pictures are taken for, from clear cases to doubtful ones.
///
/// A round proposes; whoever decides accepts or refuses; what was accepted counts as one in the next round.
public struct ConfusionMerge: Sendable {
    /// What a round came to.
    public struct Round: Sendable, Hashable {
        /// The least score that was proposed.
        public let threshold: Double
        /// How many proposals there were.
        public let proposed: Int
        /// How many were accepted.
        public let accepted: Int
        /// Share of the pictures that were taken for their own group before the round.
        public let accuracy: Double
    }

    /// The SKUs.
    public let subjects: [MergeSubject]
    /// The groups so far.
    public private(set) var groups: StyleGroups
    /// The confusion of the SKUs as they came.
    public let confusion: Confusion
    private let owners: [Int]
    /// The pictures of each SKU.
    private let pictures: [[Int]]
    private let vectors: UnitVectors
    private let neighbours: [[UnitVectors.Neighbour]]
    private let rules: MergeRules
    private var refused: Set<Confusion.Pair> = []
    private var overridden: Set<Confusion.Pair> = []

    /// Looks for styles among SKUs.
    ///
    /// - Parameters:
    ///   - owners: The place of the SKU that each picture belongs to.
    ///   - vectors: The pictures.
    ///   - neighbours: The nearest other pictures of each, nearest first, some times more than vote; nil to look at all
    ///     pairs.
    public init(
        subjects: [MergeSubject], owners: [Int], vectors: UnitVectors,
        neighbours: [[UnitVectors.Neighbour]]? = nil, rules: MergeRules = MergeRules()
    ) {
        precondition(owners.count == vectors.count, "one owner a picture")
        precondition(owners.allSatisfy(subjects.indices.contains), "an owner that is none")
        self.subjects = subjects
        self.owners = owners
        var pictures = [[Int]](repeating: [], count: subjects.count)
        for (picture, owner) in owners.enumerated() { pictures[owner].append(picture) }
        self.pictures = pictures
        self.vectors = vectors
        self.neighbours = (neighbours ?? vectors.nearest(4 * rules.voters)).map { list in
            list.filter { owners.indices.contains($0.place) }
        }
        self.rules = rules
        groups = StyleGroups(count: subjects.count)
        confusion = Confusion(
            owners: owners, classes: subjects.count, neighbours: self.neighbours, voters: rules.voters)
    }

    /// What is to be decided at a threshold, the strongest first. Refused pairs do not come again.
    public func proposals(threshold: Double) -> [MergeProposal] {
        let groups = groups.groups
        var index = [Int](repeating: 0, count: subjects.count)
        for (number, skus) in groups.enumerated() { for sku in skus { index[sku] = number } }
        let now = Confusion(
            owners: owners.map { index[$0] }, classes: groups.count, neighbours: neighbours, voters: rules.voters)
        var evidence: [Confusion.Pair: MergeProposal.Evidence] = [:]
        for pair in now.confused {
            evidence[pair] = judge(pair, now, groups, threshold: threshold)
        }
        for pair in coded(index) { evidence[pair] = .barcode }
        return evidence.compactMap { pair, evidence in
            let (left, right) = (groups[pair.a], groups[pair.b])
            let isFine = allowed(left, right) && (evidence == .barcode || isNoChain(left, right, threshold: threshold))
            guard isFine else { return nil }
            return MergeProposal(
                left: left, right: right, evidence: evidence, needsPerson: left.count + right.count > rules.largest)
        }
        .sorted { ($0.score, $1.left[0], $1.right[0]) > ($1.score, $0.left[0], $0.right[0]) }
    }

    private func judge(
        _ pair: Confusion.Pair, _ now: Confusion, _ groups: [[Int]], threshold: Double
    ) -> MergeProposal.Evidence? {
        guard now.sizes[pair.a] >= rules.fewest, now.sizes[pair.b] >= rules.fewest else {
            let mean = meanCosine(groups[pair.a], groups[pair.b])
            return rules.meanCosine.map { mean >= $0 } ?? false ? .meanCosine(mean) : nil
        }
        let score = now.score(pair.a, pair.b)
        return score >= threshold ? .confusion(score) : nil
    }

    /// Pairs of groups that hold the same code.
    private func coded(_ index: [Int]) -> Set<Confusion.Pair> {
        var first: [String: Int] = [:]
        var pairs: Set<Confusion.Pair> = []
        for (sku, subject) in subjects.enumerated() {
            guard let barcode = subject.barcode, !barcode.isEmpty else { continue }
            let known = first[barcode] ?? sku
            first[barcode] = known
            if index[known] != index[sku] { pairs.insert(Confusion.Pair(index[known], index[sku])) }
        }
        return pairs
    }

    /// The mean of the cosines of all pictures of one side to all of the other.
    private func meanCosine(_ left: [Int], _ right: [Int]) -> Double {
        let ours = left.flatMap { pictures[$0] }
        let theirs = right.flatMap { pictures[$0] }
        guard !ours.isEmpty, !theirs.isEmpty else { return 0 }
        let products = zip(vectors.sum(of: ours), vectors.sum(of: theirs)).reduce(0) { $0 + $1.0 * $1.1 }
        return products / Double(ours.count * theirs.count)
    }

    /// No pair was refused, and none contradicts the other unless a person said that it does not matter.
    private func allowed(_ left: [Int], _ right: [Int]) -> Bool {
        left.allSatisfy { a in
            right.allSatisfy { b in
                let pair = Confusion.Pair(a, b)
                return !refused.contains(pair)
                    && (overridden.contains(pair) || !subjects[a].contradicts(subjects[b]))
            }
        }
    }

    /// A~B and B~C join only if A~C passes half the threshold by itself: measured without the others of the group to be,
    /// which would draw the votes of both to themselves.
    private func isNoChain(_ left: [Int], _ right: [Int], threshold: Double) -> Bool {
        if left.count == 1 && right.count == 1 { return true }
        return left.allSatisfy { a in
            right.allSatisfy { b in
                let areFew = confusion.sizes[a] < rules.fewest || confusion.sizes[b] < rules.fewest
                if areFew, let bound = rules.meanCosine { return meanCosine([a], [b]) >= bound }
                let others = Set(left + right).subtracting([a, b])
                return score(a, b, without: others) >= threshold / 2
            }
        }
    }

    private func score(_ a: Int, _ b: Int, without others: Set<Int>) -> Double {
        var crossed = 0
        for place in pictures[a] + pictures[b] {
            let near = neighbours[place].lazy.filter { $0.place != place && !others.contains(owners[$0.place]) }
            let taken = Confusion.vote(near.prefix(rules.voters), owners: owners)
            if let taken, taken != owners[place], taken == a || taken == b { crossed += 1 }
        }
        return Double(crossed) / Double(max(1, confusion.sizes[a] + confusion.sizes[b]))
    }

    // MARK: Deciding

    /// Joins the two groups of a proposal; false when they are no longer as they were proposed.
    @discardableResult
    public mutating func accept(_ proposal: MergeProposal) -> Bool {
        guard isCurrent(proposal.left), isCurrent(proposal.right) else { return false }
        return groups.join(proposal.left[0], proposal.right[0]) != nil
    }

    /// Remembers that they are two.
    public mutating func refuse(_ proposal: MergeProposal) {
        for a in proposal.left { for b in proposal.right { refused.insert(Confusion.Pair(a, b)) } }
    }

    /// Lets two SKUs be proposed although their columns differ.
    public mutating func override(_ a: Int, _ b: Int) { overridden.insert(Confusion.Pair(a, b)) }

    /// Takes back the last join of a SKU's group.
    @discardableResult
    public mutating func split(_ sku: Int) -> Bool { groups.split(sku) }

    private func isCurrent(_ skus: [Int]) -> Bool {
        guard let first = skus.first else { return false }
        return groups.skus(of: groups.group(of: first)) == skus
    }

    /// All rounds, from the highest threshold to the floor, until nothing is left to decide.
    public mutating func run(decide: (MergeProposal) -> Bool) -> [Round] {
        var rounds: [Round] = []
        for threshold in rules.thresholds.sorted(by: >) {
            while true {
                let accuracy = accuracy
                let open = proposals(threshold: threshold)
                var accepted = 0
                for proposal in open where isCurrent(proposal.left) && isCurrent(proposal.right) {
                    if decide(proposal) {
                        accepted += accept(proposal) ? 1 : 0
                    } else {
                        refuse(proposal)
                    }
                }
                rounds.append(.init(threshold: threshold, proposed: open.count, accepted: accepted, accuracy: accuracy))
                if accepted == 0 { break }
            }
        }
        return rounds
    }

    /// Share of the pictures that are taken for their own group.
    public var accuracy: Double {
        var index = [Int](repeating: 0, count: subjects.count)
        let all = groups.groups
        for (number, skus) in all.enumerated() { for sku in skus { index[sku] = number } }
        return Confusion(
            owners: owners.map { index[$0] }, classes: all.count, neighbours: neighbours, voters: rules.voters
        ).accuracy
    }
}

/// Whether a shop's decisions allow a machine to make the next one of their kind.
public struct MergeTrust: Sendable, Hashable {
    /// How many of the last decisions have to agree.
    public static let decisions = 200
    /// Share that has to.
    public static let agreement = 0.98

    private let thresholds: [Double]
    private var past: [Int: [Bool]] = [:]

    /// No decision yet.
    public init(rules: MergeRules = MergeRules()) { thresholds = rules.thresholds.sorted(by: >) }

    /// Remembers what a person decided about a score.
    public mutating func add(score: Double, isAccepted: Bool) {
        past[band(score), default: []].append(isAccepted)
        let extra = past[band(score), default: []].count - Self.decisions
        if extra > 0 { past[band(score), default: []].removeFirst(extra) }
    }

    /// Whether a proposal may be accepted without a person.
    public func allows(_ proposal: MergeProposal) -> Bool {
        let last = past[band(proposal.score), default: []]
        return !proposal.needsPerson && last.count >= Self.decisions
            && Double(last.count { $0 }) >= Self.agreement * Double(last.count)
    }

    /// Scores between the same two thresholds are one kind.
    private func band(_ score: Double) -> Int { thresholds.firstIndex { score >= $0 } ?? thresholds.count }
}
