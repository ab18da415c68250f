import Testing

@testable import Learning

@Suite struct CounterRandomTests {
    @Test("Philox gives the numbers that its authors publish", arguments: 0..<3)
    func known(number: Int) {
        let all = UInt32.max
        let inputs = [
            PhiloxBlock(0, 0, 0, 0), PhiloxBlock(all, all, all, all),
            PhiloxBlock(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        ]
        let keys: [UInt64] = [0, .max, 0x299f_31d0_a409_3822]
        let outputs = [
            PhiloxBlock(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8),
            PhiloxBlock(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd),
            PhiloxBlock(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1),
        ]
        #expect(inputs[number].mixed(key: keys[number]) == outputs[number])
    }

    @Test("Each seed, epoch, sample and stage has a sequence of its own")
    func separate() {
        let stage = CounterRandom.Stage(1)
        var sequences: Set<[UInt32]> = []
        for (seed, epoch, sample, number) in [
            (0, 0, 0, 1), (1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1), (0, 0, 0, 2),
        ] as [(UInt64, Int, Int, UInt32)] {
            var random = CounterRandom(seed: seed, epoch: epoch, sample: sample, stage: .init(number))
            sequences.insert((0..<9).map { _ in random.next32() })
        }
        #expect(sequences.count == 5)
        var (first, second) = (CounterRandom(seed: 3, stage: stage), CounterRandom(seed: 3, stage: stage))
        #expect(first.next() == second.next())
    }

    @Test("Draws lie where they should and are spread as they should")
    func spread() {
        var random = CounterRandom(seed: 12, stage: .sampling)
        let count = 4000
        let normals = (0..<count).map { _ in random.normal() }
        let mean = normals.reduce(0, +) / Double(count)
        let variance = normals.reduce(0) { $0 + $1 * $1 } / Double(count)
        #expect(abs(mean) < 0.06 && abs(variance - 1) < 0.1)
        let places = (0..<count).map { _ in random.below(7) }
        #expect(Set(places) == Set(0..<7))
        #expect((0..<count).allSatisfy { _ in (2...3).contains(random.uniform(2...3)) })
        let betas = (0..<count).map { _ in random.beta(0.2) }
        #expect(abs(betas.reduce(0, +) / Double(count) - 0.5) < 0.03)
        #expect(betas.count { $0 < 0.05 || $0 > 0.95 } > count / 2)
        #expect(random.weighted([0, 0]) == nil)
        #expect(random.weighted([0, 2, 0]) == 1)
        #expect(random.shuffled(Array(0..<50)).sorted() == Array(0..<50))
    }
}
