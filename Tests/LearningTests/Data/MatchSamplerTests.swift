import Testing

@testable import Learning

@Suite struct MatchSamplerTests {
    private static let colours = ["red", "blue", "green", "black", "white", "pink"]
    private static let things = ["bag", "shoe", "coat", "lamp"]
    private static let rows: [MatchRow] = colours.flatMap { colour in
        things.enumerated().map { number, thing in
            MatchRow(query: "\(colour) \(thing)", labels: [number % 2, 9])
        }
    }

    @Test("LEARN-062 each row stands with its own query, and once with another row's query of its batch")
    func swaps() {
        let (batches, counts) = MatchSampler(rows: Self.rows, batchSize: 8).batches(epoch: 0, seed: 2)
        #expect(batches.count == 3)
        for batch in batches {
            let items = Set(batch.filter(\.isMatch).map(\.item))
            let negatives = batch.filter { !$0.isMatch }
            #expect(items.count == 8 && negatives.count == 8)
            #expect(Set(negatives.map(\.item)) == items)
            #expect(negatives.allSatisfy { $0.query != $0.item && items.contains($0.query) })
        }
        #expect(counts == [.swapped: 24])
    }

    @Test("LEARN-063 hard negatives come in the configured shares and are what they are called")
    func mixture() {
        let sampler = MatchSampler(rows: Self.rows, batchSize: 8, mixture: MatchSampler.hard, others: 9)
        var counts: [MatchPair.Negative: Int] = [:]
        for epoch in 0..<100 {
            let (batches, some) = sampler.batches(epoch: epoch, seed: 11)
            counts.merge(some, uniquingKeysWith: +)
            for pair in batches.joined() {
                let (query, item) = (Self.rows[pair.query], Self.rows[pair.item])
                switch pair.negative {
                case .sameHeadWord: #expect(query.words.last == item.words.last && query.words != item.words)
                case .sharedLabelExceptOthers: #expect(!query.labels.intersection(item.labels).subtracting([9]).isEmpty)
                case .sharedLabel: #expect(!query.labels.isDisjoint(with: item.labels))
                default: break
                }
                if !pair.isMatch { #expect(query.words != item.words) }
            }
        }
        let all = Double(counts.values.reduce(0, +))
        #expect(all == 2400)
        for (kind, share) in MatchSampler.hard {
            #expect(abs(Double(counts[kind] ?? 0) / all - share) < 0.04, "\(counts)")
        }
    }

    @Test("A query that asks for more or less of the same is no negative")
    func guards() {
        let rows = ["bag", "red bag", "small red bag"].map { MatchRow(query: $0) }
        let batches = MatchSampler(rows: rows, batchSize: 3).batches(epoch: 0, seed: 0).batches
        #expect(batches.joined().allSatisfy { $0.isMatch })
    }

    @Test("LEARN-068 rows near the test's queries weigh more, rare ones the most")
    func targets() {
        let rows = ["red bag", "red bag", "blue shoe", "green lamp", "old coat"].map { MatchRow(query: $0) }
        let weights = QueryTargeting.weights(
            rows: rows, testQueries: ["red bag", "blue shoe", "very green hat"], copies: 50, nearest: 10)
        #expect(weights == [26, 26, 51, 51, 1])
    }
}
