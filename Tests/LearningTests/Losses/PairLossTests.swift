import Testing

@testable import Learning

@Suite("Pair losses equal their oracles, values and gradients")
struct PairLossTests {
    private let labels = [0, 1, 0, 2, 1, 0, 2]
    private var x: HostTensor {
        var draws = Draws(11)
        return draws.host(7, 3)
    }

    private func check(
        _ loss: PairLoss, _ oracle: @escaping (PairOracle) -> Double, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try expectAgreement([x], slope: 1e-5) {
            loss($0[0], labels: Tensor(labels))
        } oracle: { values in
            [oracle(PairOracle(values[0], labels: labels))]
        }
    }

    @Test("LEARN-080 contrastive, alone and beside identification")
    func contrastive() throws {
        func oracle(_ pairs: PairOracle) -> Double {
            Oracle.mean(
                pairs.indices.flatMap { i in
                    pairs.positives(i).map { pairs.squared(i, $0) / 2 }
                        + pairs.negatives(i).map { max(0, 1 - pairs.distance(i, $0)) }.map { $0 * $0 / 2 }
                })
        }
        try check(ContrastiveLoss(), oracle)
        let (identify, verify) = (SoftmaxLoss(classes: 3, dimension: 3), ContrastiveLoss())
        try expectAgreement(of: identify, [x]) { loss, x in
            loss(x[0], labels: Tensor(labels)) + 0.05 * verify(x[0], labels: Tensor(labels))
        } oracle: { x, p in
            let logits = Oracle.rows(Oracle.linear(x[0], 3, p["weight"] ?? [], p["bias"]), 3).map(Oracle.logSoftmax)
            let named = zip(logits, labels).map { -0.9 * $0[$1] - 0.1 * Oracle.mean($0) }
            return [Oracle.mean(named) + 0.05 * oracle(PairOracle(x[0], labels: labels))]
        }
    }

    @Test("LEARN-082 triplets with semi-hard, hardest and all negatives", arguments: TripletLoss.Negatives.allCases)
    func triplet(choice: TripletLoss.Negatives) throws {
        let loss = TripletLoss(margin: 0.5, negatives: choice)
        try check(loss) { pairs in
            Oracle.mean(
                pairs.indices.flatMap { a in
                    pairs.positives(a).flatMap { p -> [Double] in
                        let far = pairs.negatives(a).map { pairs.squared(a, $0) }
                        let near = pairs.squared(a, p)
                        let met: [Double] =
                            switch choice {
                            case .semiHard: [far.filter { $0 > near }.min() ?? far.max() ?? 0]
                            case .hardest: [far.min() ?? 0]
                            case .all: far
                            }
                        return met.map { max(0, near - $0 + 0.5) }
                    }
                })
        }
        let active = loss.statistics["active"]?.item() ?? -1
        #expect((0...1).contains(active))
    }

    @Test("LEARN-084, LEARN-085 batch hard with hard and soft margin, on true distances", arguments: [true, false])
    func batchHard(isSoft: Bool) throws {
        try check(BatchHardLoss(margin: 0.3, isSoft: isSoft)) { pairs in
            Oracle.mean(
                pairs.indices.map { a in
                    let far = pairs.positives(a).map { pairs.distance(a, $0) }.max() ?? 0
                    let near = pairs.negatives(a).map { pairs.distance(a, $0) }.min() ?? 0
                    return isSoft ? Oracle.log(1 + Oracle.exp(far - near)) : max(0, 0.3 + far - near)
                })
        }
    }

    private func lifted(_ pairs: PairOracle, isSmooth: Bool) -> Double {
        let chosen = pairs.indices.flatMap { i in pairs.positives(i).filter { $0 > i }.map { (i, $0) } }
        return Oracle.mean(
            chosen.map { i, j in
                let room = [i, j].flatMap { one in pairs.negatives(one).map { 1 - pairs.distance(one, $0) } }
                let hardest = isSmooth ? Oracle.logSumExp(room) : room.max() ?? 0
                let term = max(0, pairs.distance(i, j) + hardest)
                return term * term / 2
            })
    }

    @Test("LEARN-086 lifted structure and its smooth bound", arguments: [true, false])
    func lifted(isSmooth: Bool) throws {
        try check(LiftedStructureLoss(isSmooth: isSmooth)) { lifted($0, isSmooth: isSmooth) }
    }

    @Test("LEARN-086 the smooth bound is never below", arguments: 1...20)
    func bound(seed: Int) throws {
        var draws = Draws(UInt64(seed))
        let (x, labels) = (Tensor(draws.host(9, 4)), Tensor(draws.ints(9, below: 3)))
        let values = try checked {
            [true, false].map { LiftedStructureLoss(isSmooth: $0)(x, labels: labels).item() }
        }
        #expect(values[0] >= values[1])
    }

    @Test("LEARN-088 margin-based: the boundary learns globally, by class and by sample")
    func marginBased() throws {
        let loss = MarginBasedLoss(boundary: 1.2, classes: 3, samples: 10, pull: 0.1)
        let samples = [4, 9, 0, 1, 2, 3, 5]
        try expectAgreement(of: loss, [x], parameters: 0.3...0.6) { loss, x in
            loss(x[0], labels: Tensor(labels), samples: Tensor(samples))
        } oracle: { x, p in
            let pairs = PairOracle(x[0], labels: labels)
            let boundaries = pairs.indices.map { i in
                (p["beta"] ?? [])[0] + (p["beta_class"] ?? [])[labels[i]] + (p["beta_sample"] ?? [])[samples[i]]
            }
            let terms = pairs.indices.flatMap { i in
                pairs.positives(i).map { max(0, 0.2 + pairs.distance(i, $0) - boundaries[i]) }
                    + pairs.negatives(i).map { max(0, 0.2 - pairs.distance(i, $0) + boundaries[i]) }
            }
            return [terms.reduce(0, +) / Double(max(1, terms.count { $0 > 0 })) + 0.1 * Oracle.mean(boundaries)]
        }
    }

    @Test("LEARN-067 multi-similarity with its miner")
    func multiSimilarity() throws {
        try check(MultiSimilarityLoss(room: 0.1)) { pairs in
            Oracle.mean(
                pairs.indices.map { i in
                    let (near, far) = (pairs.positives(i), pairs.negatives(i))
                    let worst = near.map { pairs.similarity[i][$0] }.min() ?? .infinity
                    let best = far.map { pairs.similarity[i][$0] }.max() ?? -.infinity
                    let kept = near.map { pairs.similarity[i][$0] }.filter { $0 < best + 0.1 }
                    let other = far.map { pairs.similarity[i][$0] }.filter { $0 > worst - 0.1 }
                    return Oracle.log(1 + kept.reduce(0) { $0 + Oracle.exp(-2 * ($1 - 0.5)) }) / 2
                        + Oracle.log(1 + other.reduce(0) { $0 + Oracle.exp(50 * ($1 - 0.5)) }) / 50
                })
        }
    }

    @Test(
        "partners among all others, in both directions, with pairs of one label left out or counted",
        arguments: InfoNCELoss.SameLabel.allCases)
    func infoNCE(sameLabel: InfoNCELoss.SameLabel) throws {
        var draws = Draws(12)
        let labels = [0, 1, 0, 2]
        let loss = InfoNCELoss(sameLabel: sameLabel)
        try expectAgreement(of: loss, [draws.host(4, 3), draws.host(4, 3)], parameters: 1...1.5) { loss, x in
            loss(x[0], x[1], labels: Tensor(labels))
        } oracle: { x, p in
            let scale = Oracle.exp((p["logit_scale"] ?? [])[0])
            let sides = x.map { Oracle.rows($0, 3).map(Oracle.normalized) }
            func direction(_ from: [[Double]], _ to: [[Double]]) -> Double {
                Oracle.mean(
                    from.indices.map { i in
                        let kept = to.indices.filter { $0 == i || sameLabel == .counted || labels[$0] != labels[i] }
                        let logs = Oracle.logSoftmax(kept.map { scale * Oracle.dot(from[i], to[$0]) })
                        let named = zip(kept, logs).filter {
                            sameLabel == .counted ? labels[$0.0] == labels[i] : $0.0 == i
                        }
                        return -Oracle.mean(named.map(\.1))
                    })
            }
            return [(direction(sides[0], sides[1]) + direction(sides[1], sides[0])) / 2]
        }
    }

    @Test("a learnt scale stops at 100")
    func scale() throws {
        let loss = InfoNCELoss(temperature: 0.001)
        let (value, gradients) = try valueAndGrad(loss) { loss(Tensor.randn([4, 3]), labels: Tensor([0, 0, 1, 1])) }
        #expect(value.item().isFinite && gradients["logit_scale"]?.item() == 0)
    }
}
