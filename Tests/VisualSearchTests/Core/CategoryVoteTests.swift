import Testing
import VisualSearch

@Suite("Category by detector and neighbours")
struct CategoryVoteTests {
    private let categories = ["bags", "books", "food", "shoes", "toys"]

    /// The formula written down once more, as slowly as can be.
    private func oracle(_ detector: [String: Double], _ near: [CategoryVote.Neighbour]) -> [String: Double] {
        var votes: [String: Double] = [:]
        for neighbour in near where neighbour.similarity > 0 {
            var weight = 1.0
            for _ in 0..<8 { weight *= neighbour.similarity }
            votes[neighbour.category, default: 0] += weight
        }
        let all = votes.values.reduce(0, +)
        let seen = detector.values.reduce(0, +)
        let trust = 0.9 * all / (all + 2)
        var products: [String: Double] = [:]
        for category in categories {
            let d = detector[category, default: 0] / max(seen, 1) + max(0, 1 - seen) / 5
            let v = all > 0 ? votes[category, default: 0] / all : 0.2
            products[category] = (0.75 * d + 0.25 / 5) * (trust * v + (1 - trust) / 5)
        }
        let sum = products.values.reduce(0, +)
        return products.mapValues { $0 / sum }
    }

    @Test(
        "SCAN-085 the joint probabilities are those of the formula and sum to 1",
        arguments: 1...20 as ClosedRange<UInt64>)
    func formula(seed: UInt64) {
        var planted = Planted(seed: seed)
        var detector: [String: Double] = [:]
        for category in categories where planted.share() < 0.7 { detector[category] = planted.share() }
        let near = (0..<planted.number(below: 20)).map { _ in
            CategoryVote.Neighbour(category: categories[planted.number(below: 5)], similarity: planted.share() * 2 - 1)
        }
        let vote = CategoryVote(detector: detector, neighbours: near, categories: categories)
        let expected = oracle(detector, near)
        #expect(abs(vote.shares.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
        for share in vote.shares { #expect(abs(share.probability - expected[share.category, default: 9]) < 1e-9) }
        #expect(vote.shares.map(\.probability) == vote.shares.map(\.probability).sorted(by: >))
    }

    @Test("SCAN-085 a detector and a vote that err at different pictures are right more often together")
    func planted() {
        var planted = Planted(seed: 7)
        var right = (detector: 0, vote: 0, both: 0)
        for _ in 0..<2000 {
            let truth = categories[planted.number(below: 5)]
            let seen = planted.share() < 0.75 ? truth : categories[planted.number(below: 5)]
            var detector = Dictionary(uniqueKeysWithValues: categories.map { ($0, 0.25 * planted.share()) })
            detector[seen] = 0.3 + 0.7 * planted.share()
            let isHelpful = planted.share() < 0.4
            let near = (0..<20).map { _ in
                let isTrue = planted.share() < (isHelpful ? 0.6 : 0.2)
                return CategoryVote.Neighbour(
                    category: isTrue ? truth : categories[planted.number(below: 5)],
                    similarity: 0.8 + 0.15 * planted.share())
            }
            let vote = CategoryVote(detector: detector, neighbours: near, categories: categories)
            right.detector += vote.detector.first?.category == truth ? 1 : 0
            right.vote += vote.votes.first?.category == truth ? 1 : 0
            right.both += vote.final?.category == truth ? 1 : 0
        }
        #expect(right.both > right.detector + 60 && right.both > right.vote + 20, "\(right)")
    }

    @Test("SCAN-085 far neighbours do not outvote the detector, near ones do")
    func distance() {
        func final(_ similarity: Double) -> String? {
            let near = (0..<20).map { _ in CategoryVote.Neighbour(category: "shoes", similarity: similarity) }
            return CategoryVote(detector: ["bags": 0.6, "shoes": 0.1], neighbours: near, categories: categories).final?
                .category
        }
        #expect(final(0.5) == "bags" && final(0.9) == "shoes")
    }

    @Test("SCAN-084 what the detector and the neighbours said stays visible beside the outcome")
    func sides() {
        let near = (0..<20).map { _ in CategoryVote.Neighbour(category: "shoes", similarity: 0.9) }
        let vote = CategoryVote(detector: ["bags": 0.6, "shoes": 0.3], neighbours: near, categories: categories)
        #expect(vote.detector.first?.category == "bags" && vote.votes.first?.category == "shoes")
        #expect(vote.final?.category == "shoes")
    }

    @Test("SCAN-085 an uncertain category brings the second one into the search")
    func searched() {
        let sure = CategoryVote(
            detector: ["bags": 1], neighbours: [.init(category: "bags", similarity: 1)], categories: categories)
        #expect(sure.searched == ["bags"])
        let torn = CategoryVote(
            detector: ["bags": 0.5, "toys": 0.5], neighbours: [.init(category: "bags", similarity: 0.5)],
            categories: ["bags", "toys"],
            rules: {
                var rules = CategoryVote.Rules(); rules.certain = 0.99; return rules
            }())
        #expect(torn.searched == ["bags", "toys"])
        let silent = CategoryVote(detector: [:], neighbours: [], categories: categories)
        #expect(silent.final == .init(category: "bags", probability: 0.2) && silent.searched == ["bags", "books"])
        #expect(CategoryVote(detector: ["x": 1], neighbours: [], categories: []).final == nil)
    }

    @Test("SCAN-085 only the nearest twenty vote, and numbers that are none do not")
    func limits() {
        let near = (0..<20).map { _ in CategoryVote.Neighbour(category: "bags", similarity: 0.9) }
        let far = (0..<500).map { _ in CategoryVote.Neighbour(category: "toys", similarity: 0.8) }
        let odd = [CategoryVote.Neighbour(category: "food", similarity: .nan)]
        let vote = CategoryVote(detector: ["bags": .infinity], neighbours: far + odd + near, categories: categories)
        #expect(vote.votes == [.init(category: "bags", probability: 1)] && vote.detector.isEmpty)
    }
}
