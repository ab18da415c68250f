import Testing

@testable import Learning

@Suite("Losses of detectors, teachers and attributes equal their oracles")
struct OtherLossTests {
    @Test("LEARN-001 focal loss")
    func focal() throws {
        var draws = Draws(41)
        let targets = [1, -1, -2, 0, 2, -1]
        try expectAgreement([draws.host(6, 3, in: -3...3)]) {
            FocalLoss()($0[0], targets: Tensor(targets))
        } oracle: { x in
            let sum = zip(Oracle.rows(x[0], 3), targets).filter { $0.1 != -2 }.reduce(0.0) { sum, pair in
                pair.0.enumerated().reduce(sum) { sum, place in
                    let isTrue = place.offset == pair.1
                    let p = Oracle.sigmoid(isTrue ? place.element : -place.element)
                    return sum - (isTrue ? 0.25 : 0.75) * (1 - p) * (1 - p) * Oracle.log(p)
                }
            }
            return [sum / 3]
        }
    }

    @Test("focal loss of nothing but background, and of scores far out, is finite")
    func focalEnds() throws {
        let logits = leaf(HostTensor([90, -90, 90, -90.0], shape: [2, 2]))
        let value = try checked {
            let value = FocalLoss()(logits, targets: Tensor([-1, -1]))
            value.backward()
            return value.item()
        }
        #expect(abs(value - 2 * 0.75 * 90) < 1e-6)
        #expect(logits.grad?.host().doubles.allSatisfy(\.isFinite) == true)
    }

    @Test("smooth L1 and generalised IoU of boxes, overlapping, inside each other and apart")
    func boxes() throws {
        var draws = Draws(42)
        try expectAgreement([draws.host(3, 4, in: -0.4...0.4), draws.host(3, 4, in: -0.4...0.4)]) {
            BoxLoss.smoothL1($0[0], $0[1])
        } oracle: { x in
            let sum = zip(x[0], x[1]).map { abs($0 - $1) }.map { $0 < 1.0 / 9 ? $0 * $0 * 4.5 : $0 - 1.0 / 18 }.reduce(
                0, +)
            return [sum / 3]
        }
        let first = HostTensor([0, 0, 2, 3, 1, 1, 2, 2, 0, 0, 1, 1], shape: [3, 4]).doubles
        let second = HostTensor([1, 1, 3, 4.5, 0.5, 0, 4, 5, 2, 3, 4, 4.5]).doubles
        try expectAgreement([HostTensor(first, shape: [3, 4]), HostTensor(second, shape: [3, 4])]) {
            BoxLoss.generalizedIoU($0[0], $0[1])
        } oracle: { x in
            [Oracle.mean(zip(Oracle.rows(x[0], 4), Oracle.rows(x[1], 4)).map { giou($0, $1) })]
        }
        #expect(BoxLoss.smoothL1(Tensor.zeros([0, 4]), Tensor.zeros([0, 4])).item() == 0)
        #expect(BoxLoss.generalizedIoU(Tensor.zeros([0, 4]), Tensor.zeros([0, 4])).item() == 0)
    }

    private func giou(_ a: [Double], _ b: [Double]) -> Double {
        func area(_ c: [Double]) -> Double { max(0, c[2] - c[0]) * max(0, c[3] - c[1]) }
        let shared = area([max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])])
        let hull = area([min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])])
        let union = area(a) + area(b) - shared
        return 1 - shared / union + (hull - union) / hull
    }

    private func divergence(_ p: [Double], _ q: [Double], _ temperature: Double) -> Double {
        Oracle.mean(
            zip(Oracle.rows(p, 3), Oracle.rows(q, 3)).map { a, b in
                let (p, q) = (
                    Oracle.logSoftmax(a.map { $0 / temperature }), Oracle.logSoftmax(b.map { $0 / temperature })
                )
                return zip(p, q).reduce(0) { $0 + Oracle.exp($1.0) * ($1.0 - $1.1) }
            })
    }

    @Test("LEARN-035 mutual learning: each net moves to the others, which stand still")
    func mutual() throws {
        var draws = Draws(43)
        let others = [draws.host(2, 3), draws.host(2, 3)]
        let loss = MutualLoss(temperature: 2, weight: 0.5)
        try expectAgreement([draws.host(2, 3)]) {
            loss($0 + others.map { Tensor($0) })[0]
        } oracle: { x in
            [2 * others.reduce(0) { $0 + divergence($1.doubles, x[0], 2) } / 2]
        }
        let (mine, other) = (leaf(others[0]), leaf(others[1]))
        try checked { loss([mine, other])[0].backward() }
        #expect(mine.grad != nil && other.grad == nil)
        #expect(loss([mine])[0].item() == 0)
    }

    @Test("LEARN-035 distillation from logits and from embeddings")
    func distillation() throws {
        var draws = Draws(44)
        let teacher = draws.host(2, 3)
        try expectAgreement([draws.host(2, 3)]) { x in
            DistillationLoss()(own: x[0].square().sum(), student: x[0], teacher: Tensor(teacher))
        } oracle: { x in
            [0.3 * Oracle.dot(x[0], x[0]) + 0.7 * 16 * divergence(teacher.doubles, x[0], 4)]
        }
        let wide = draws.host(2, 4)
        let loss = EmbeddingDistillation(student: 3, teacher: 4)
        try expectAgreement(of: loss, [draws.host(2, 3)]) {
            $0(student: $1[0], teacher: Tensor(wide))
        } oracle: { x, p in
            let own = Oracle.rows(Oracle.linear(x[0], 3, p["projection.weight"] ?? [], nil), 4)
            let cosines = zip(own, Oracle.rows(wide.doubles, 4)).map {
                Oracle.dot(Oracle.normalized($0), Oracle.normalized($1))
            }
            return [1 - Oracle.mean(cosines)]
        }
    }

    @Test("missing labels of attributes count nothing")
    func attributes() throws {
        var draws = Draws(45)
        let binary = [1, 0, -1, -1, 1, 0]
        try expectAgreement([draws.host(2, 3, in: -3...3)]) {
            AttributeLoss.binary($0[0], targets: Tensor(HostTensor(binary, shape: [2, 3])))
        } oracle: { x in
            let terms = zip(x[0], binary).filter { $0.1 >= 0 }.map { -Oracle.log(Oracle.sigmoid($1 == 1 ? $0 : -$0)) }
            return [Oracle.mean(terms)]
        }
        let values = [2, -1, 0]
        try expectAgreement([draws.host(3, 3)]) {
            AttributeLoss.categorical($0[0], targets: Tensor(values))
        } oracle: { x in
            let rows = zip(Oracle.rows(x[0], 3), values).filter { $0.1 >= 0 }
            return [Oracle.mean(rows.map { -Oracle.logSoftmax($0)[$1] })]
        }
        #expect(AttributeLoss.categorical(Tensor.ones([2, 3]), targets: Tensor([-1, -1])).item() == 0)
    }

    @Test("LEARN-021, SCAN-096 a cascade: deeper levels see the hardest pairs of the level before")
    func cascade() throws {
        var draws = Draws(46)
        let labels = [0, 0, 1, 1, 0, 2]
        var counts: [Int] = []
        try expectAgreement([draws.host(6, 3), draws.host(6, 2), draws.host(6, 4)], slope: 1e-5) { x in
            let result = CascadeLoss(margin: 2)(x, labels: Tensor(labels))
            counts = result.pairs
            return result.loss
        } oracle: { x in
            var chosen: [[(Int, Int)]] = [true, false].map { same in
                (0..<6).flatMap { i in
                    (i + 1..<6).filter { (labels[$0] == labels[i]) == same }.map { (i, $0) }
                }
            }
            var sum = 0.0
            for (values, share) in zip(x, [0.5, 0.2, 1]) {
                let pairs = PairOracle(values, labels: labels)
                func term(_ pair: (Int, Int)) -> Double {
                    let distance = pairs.distance(pair.0, pair.1)
                    return labels[pair.0] == labels[pair.1]
                        ? distance * distance / 2 : (2 - distance) * (2 - distance) / 2
                }
                sum += Oracle.mean(chosen.flatMap { $0 }.map(term))
                chosen = chosen.map { list in
                    Array(list.sorted { term($0) > term($1) }.prefix(Int((share * Double(list.count)).rounded(.up))))
                }
            }
            return [sum]
        }
        // 4 pairs of one label and 11 others; then 2 and 6; then 1 and 2.
        #expect(counts == [15, 8, 3])
    }
}
