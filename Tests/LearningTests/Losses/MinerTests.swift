import Testing

@testable import Learning

@Suite("Miners choose what their papers say")
struct MinerTests {
    private let labels = [0, 1, 0, 2, 1, 0, 2, 3]
    private var x: HostTensor {
        var draws = Draws(31)
        return draws.host(8, 4)
    }

    private func chosen(_ miner: some PairMiner) -> (positives: [[Double]], negatives: [[Double]]) {
        let pairs = miner.mine(PairMatrix(Tensor(x), labels: Tensor(labels)))
        return (Oracle.rows(pairs.positives.host().doubles, 8), Oracle.rows(pairs.negatives.host().doubles, 8))
    }

    @Test("LEARN-084 batch hard: the farthest positive and the nearest negative of each anchor that has both")
    func batchHard() {
        let oracle = PairOracle(x.doubles, labels: labels)
        let found = chosen(BatchHardMiner())
        for i in labels.indices {
            let far = oracle.positives(i).max { oracle.distance(i, $0) < oracle.distance(i, $1) }
            let near = oracle.negatives(i).min { oracle.distance(i, $0) < oracle.distance(i, $1) }
            #expect(found.positives[i] == labels.indices.map { $0 == far ? 1 : 0 })
            #expect(found.negatives[i] == labels.indices.map { $0 == near && far != nil ? 1 : 0 })
        }
    }

    @Test("LEARN-067 multi-similarity: what is harder than the other kind's hardest, with room")
    func multiSimilarity() {
        let oracle = PairOracle(x.doubles, labels: labels)
        let found = chosen(MultiSimilarityMiner(room: 0.1))
        for i in labels.indices {
            let row = oracle.similarity[i]
            let worst = oracle.positives(i).map { row[$0] }.min() ?? .infinity
            let best = oracle.negatives(i).map { row[$0] }.max() ?? -.infinity
            #expect(
                found.positives[i]
                    == labels.indices.map { oracle.positives(i).contains($0) && row[$0] < best + 0.1 ? 1 : 0 })
            #expect(
                found.negatives[i]
                    == labels.indices.map { oracle.negatives(i).contains($0) && row[$0] > worst - 0.1 ? 1 : 0 })
        }
    }

    @Test("LEARN-087 weights are one over the density of distances on the sphere")
    func density() {
        let n = 128.0
        for distance in [0.5, 0.9, 1.2, 1.4] {
            let q = Oracle.log(Oracle.pow(distance, n - 2) * Oracle.pow(1 - distance * distance / 4, (n - 3) / 2))
            #expect(agree([DistanceWeightedMiner.logWeight(distance, dimension: 128)], [-q]))
        }
        let miner = DistanceWeightedMiner()
        let found = miner.probabilities([0.1, 0.5, 1.45], dimension: 3)
        #expect(agree(found, [0.5, 0.5, 0]))
        #expect(miner.probabilities([1.5, 1.6], dimension: 3) == [0.5, 0.5])
        #expect(miner.probabilities([], dimension: 3) == [])
        let ratio = miner.probabilities([0.8, 1.2], dimension: 5)
        let wanted = Oracle.pow(1.2, 3) * (1 - 0.36) / (Oracle.pow(0.8, 3) * (1 - 0.16))
        #expect(agree([ratio[0] / ratio[1]], [wanted]))
    }

    @Test("LEARN-087 drawn distances are flat between the cut-offs")
    func flat() throws {
        // One anchor of label 0 with many partners, strangers spread over the sphere in four dimensions.
        var draws = Draws(32)
        let strangers = 3000
        let rows = (0..<strangers).flatMap { _ in Oracle.normalized(draws.gaussians(4)) }
        let miner = DistanceWeightedMiner(nearest: 0.5, farthest: 1.4, seed: 5)
        let anchor = [1.0, 0, 0, 0]
        let distances = Oracle.rows(rows, 4).map { (2 - 2 * Oracle.dot(anchor, $0)).squareRoot() }
        let weights = miner.probabilities(distances, dimension: 4)
        // Expected mass of each of nine bins of equal width between 0.5 and 1.4: one ninth of what lies there.
        var mass = Array(repeating: 0.0, count: 9)
        for (distance, weight) in zip(distances, weights) where distance > 0.5 && distance < 1.4 {
            mass[min(8, Int((distance - 0.5) * 10))] += weight
        }
        let mean = Oracle.mean(mass)
        // About 150 strangers fall into a bin: chi-square with 8 degrees stays under 26.1 in 99.9 % of draws.
        let counts = distances.filter { $0 > 0.5 && $0 < 1.4 }.count
        let chi = mass.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / mean } / mass.reduce(0, +) * Double(counts)
        #expect(chi < 26.1, "\(mass)")
    }

    @Test("one negative for each positive pair, from the same seed the same ones")
    func draws() {
        let (first, second) = (chosen(DistanceWeightedMiner(seed: 1)), chosen(DistanceWeightedMiner(seed: 1)))
        #expect(first.negatives == second.negatives)
        let oracle = PairOracle(x.doubles, labels: labels)
        for i in labels.indices {
            #expect(Int(first.negatives[i].reduce(0, +)) == oracle.positives(i).count)
            #expect(labels.indices.allSatisfy { first.negatives[i][$0] == 0 || labels[$0] != labels[i] })
        }
    }
}

extension Draws {
    /// Normal draws (Box, Muller 1958).
    mutating func gaussians(_ count: Int) -> [Double] {
        (0..<count).map { _ in
            (-2 * Oracle.log(uniform(1e-12...1))).squareRoot() * Oracle.cos(2 * .pi * uniform(0...1))
        }
    }
}
