import Testing

@testable import Learning

@Suite struct SamplerTests {
    @Test("Shuffling covers every sample once an epoch, in another order each time, and the same for the same seed")
    func shuffles() {
        let sampler = ShuffleSampler(count: 23, batchSize: 5)
        let first = sampler.batches(epoch: 0, seed: 9)
        #expect(first.map(\.count) == [5, 5, 5, 5, 3])
        #expect(first.flatMap { $0 }.sorted() == Array(0..<23))
        #expect(sampler.batches(epoch: 0, seed: 9) == first)
        #expect(sampler.batches(epoch: 1, seed: 9) != first)
        #expect(sampler.batches(epoch: 0, seed: 10) != first)
        #expect(ShuffleSampler(count: 23, batchSize: 5, keepsRest: false).batches(epoch: 0, seed: 9).count == 4)
    }

    @Test("LEARN-103 batches of P classes with K samples cover a balanced set once")
    func classes() {
        let labels = (0..<48).map { $0 % 6 }
        let batches = ClassSampler(labels: labels, classes: 3, samples: 4).batches(epoch: 2, seed: 1)
        #expect(batches.count == 4)
        for batch in batches {
            let counts = Dictionary(batch.map { (labels[$0], 1) }, uniquingKeysWith: +)
            #expect(counts.count == 3 && counts.values.allSatisfy { $0 == 4 })
        }
        #expect(Set(batches.flatMap { $0 }).count == 48)
    }

    @Test("Small classes fill their places by drawing again; samples without a label are left out")
    func smallClasses() {
        let labels = [0, 0, 0, 0, 0, 0, 1, -1]
        for batch in ClassSampler(labels: labels, classes: 2, samples: 2).batches(epoch: 0, seed: 4) {
            #expect(batch.count == 4)
            #expect(batch.filter { labels[$0] == 1 } == [6, 6])
            #expect(!batch.contains(7))
        }
        #expect(ClassSampler(labels: [-1, -1]).batches(epoch: 0, seed: 0).isEmpty)
    }

    @Test("LEARN-091 class-balanced draws follow n^(1 - power)", arguments: [(0, 0.1), (0.5, 0.25), (1, 0.5)])
    func balanced(power: Double, expected: Double) {
        let labels = (0..<1000).map { $0 < 900 ? 0 : 1 }
        let sampler = WeightedSampler.classBalanced(labels: labels, batchSize: 100, power: power)
        let drawn = (0..<10).flatMap { sampler.batches(epoch: $0, seed: 3).flatMap { $0 } }
        #expect(drawn.count == 10_000)
        let small = Double(drawn.count { labels[$0] == 1 }) / 10_000
        #expect(abs(small - expected) < 0.02, "\(small)")
    }

    @Test("Harder samples come more often; unknown losses count as the mean")
    func hardness() {
        let sampler = WeightedSampler.hardnessWeighted(losses: [0, 1, 2, nil, .nan], batchSize: 8, floor: 0.25)
        var counts = [0, 0, 0, 0, 0]
        for epoch in 0..<2000 { for index in sampler.batches(epoch: epoch, seed: 1).joined() { counts[index] += 1 } }
        let shares = counts.map { Double($0) / 10_000 }
        for (share, weight) in zip(shares, [0.25, 1.25, 2.25, 1.25, 1.25]) {
            #expect(abs(share - weight / 6.25) < 0.02, "\(shares)")
        }
    }

    @Test("A mixture has one epoch of its first source and the others by weight, going on where they stopped")
    func mixes() {
        let first = ShuffleSampler(count: 40, batchSize: 4)
        let second = ShuffleSampler(count: 12, batchSize: 4)
        let mixed = MixedSampler([
            MixedSampler.Part(first, weight: 1, offset: 0), MixedSampler.Part(second, weight: 0.2, offset: 100),
        ])
        var seen: [Int] = []
        for epoch in 0..<3 {
            let batches = mixed.batches(epoch: epoch, seed: 7)
            #expect(batches.count == 12)
            #expect(batches.allSatisfy { batch in batch.allSatisfy { $0 < 40 } || batch.allSatisfy { $0 >= 100 } })
            #expect(batches.flatMap { $0 }.filter { $0 < 40 }.sorted() == Array(0..<40))
            seen += batches.flatMap { $0 }.filter { $0 >= 100 }
        }
        // Six batches of four from twelve samples: each came twice.
        #expect(seen.sorted() == (100..<112).flatMap { [$0, $0] })
        let together = MixedSampler(
            [MixedSampler.Part(first, weight: 1, offset: 0), MixedSampler.Part(second, weight: 1, offset: 100)],
            mode: .together)
        #expect(together.batches(epoch: 0, seed: 7).allSatisfy { $0.count == 8 })
    }

    @Test("LEARN-064 a limit is proposed that leaves 99 of 100 samples whole")
    func limits() throws {
        let boxes = try #require(CountDistribution((1...1000).map { $0 % 10 + ($0 > 995 ? 80 : 0) }))
        #expect(boxes.proposedLimit == 9 && boxes.largest == 89 && boxes.percentile(50) == 5)
        #expect(abs(boxes.mean - 4.9) < 1e-9)
        #expect(CountDistribution([]) == nil && CountDistribution([0])?.proposedLimit == 1)
    }
}
