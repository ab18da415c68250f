import Testing

@testable import Learning

@Suite("Classification losses equal their oracles, values and gradients")
struct ClassificationLossTests {
    private let labels = [0, 2, 1, 2]
    private let x = [
        0.9, -0.2, 0.4, -0.3, 0.8, 0.1, 0.5, 0.5, -0.7, -0.6, 0.2, 0.3,
    ]
    private var input: HostTensor { HostTensor(x, shape: [4, 3]) }

    /// The mean of -log softmax of logits by row, where the label's cosine is replaced.
    private func margined(
        _ x: [Double], _ weight: [Double], scale: ([Double]) -> Double, _ target: (Double) -> Double
    ) -> Double {
        let classes = Oracle.rows(weight, 3).map(Oracle.normalized)
        return Oracle.mean(
            zip(Oracle.rows(x, 3), labels).map { row, label in
                let cosines = classes.map { Oracle.dot(Oracle.normalized(row), $0) }
                let logits = cosines.enumerated().map { ($0 == label ? target($1) : $1) * scale(row) }
                return -Oracle.logSoftmax(logits)[label]
            })
    }

    private func check(
        _ loss: some MarginHead, scale: @escaping ([Double]) -> Double, _ target: @escaping (Double) -> Double
    ) throws {
        let labels = Tensor(labels)
        try expectAgreement(of: loss, [input]) {
            $0($1[0], labels: labels)
        } oracle: { x, p in
            [margined(x[0], p["weight"] ?? [], scale: scale, target)]
        }
    }

    @Test("LEARN-006 softmax with label smoothing", arguments: [0, 0.1])
    func softmax(smoothing: Double) throws {
        let loss = SoftmaxLoss(classes: 3, dimension: 3, smoothing: smoothing)
        try expectAgreement(of: loss, [input]) {
            $0($1[0], labels: Tensor(labels))
        } oracle: { x, p in
            let logits = Oracle.rows(Oracle.linear(x[0], 3, p["weight"] ?? [], p["bias"]), 3).map(Oracle.logSoftmax)
            return [
                Oracle.mean(
                    zip(logits, labels).map { row, label in
                        -(1 - smoothing) * row[label] - smoothing * Oracle.mean(row)
                    })
            ]
        }
    }

    @Test("LEARN-090 normalised softmax")
    func normalized() throws {
        try check(MarginHead(classes: 3, dimension: 3, scale: 8), scale: { _ in 8 }) { $0 }
    }

    @Test("LEARN-010, LEARN-066, LEARN-090 additive cosine margin")
    func cosFace() throws {
        try check(CosFace(classes: 3, dimension: 3, scale: 10, margin: 0.2), scale: { _ in 10 }) { $0 - 0.2 }
    }

    @Test("LEARN-010, LEARN-090 additive angular margin, and the straight line beyond pi - m", arguments: [0.3, 1.4])
    func arcFace(margin: Double) throws {
        try check(ArcFace(classes: 3, dimension: 3, scale: 6, margin: margin), scale: { _ in 6 }) { cosine in
            let angle = Oracle.acos(cosine)
            return angle > .pi - margin ? cosine - margin * Oracle.sin(margin) : Oracle.cos(angle + margin)
        }
    }

    @Test(
        "LEARN-010, LEARN-090 multiplicative angular margin, early and late in training", arguments: [0, 10, 100_000])
    func sphereFace(step: Int) throws {
        let loss = SphereFace(classes: 3, dimension: 3)
        loss.advance(step: step, of: 200_000)
        let share = step == 0 ? 1000 : step == 10 ? 1000 / 2.2 : 5
        #expect(agree([loss.share], [share]))
        try check(loss, scale: Oracle.length) { cosine in
            let angle = Oracle.acos(cosine)
            let part = Int(4 * angle / .pi)
            let psi = (part % 2 == 0 ? 1 : -1) * Oracle.cos(4 * angle) - 2 * Double(part)
            return (share * cosine + psi) / (1 + share)
        }
    }

    @Test("LEARN-013, SCAN-092 additive margins fall with the angle, and gradients at both ends are finite")
    func ends() throws {
        let angles = (0...200).map { Double($0) * .pi / 200 }
        let losses: [MarginHead] = [
            MarginHead(classes: 2, dimension: 2), CosFace(classes: 2, dimension: 2), ArcFace(classes: 2, dimension: 2),
            SphereFace(classes: 2, dimension: 2),
        ]
        for loss in losses {
            let cosines = leaf(HostTensor(angles.map(Oracle.cos)))
            let targets = try checked {
                let targets = loss.target(cosines)
                targets.sum().backward()
                return targets.host().doubles
            }
            #expect(cosines.grad?.host().doubles.allSatisfy(\.isFinite) == true)
            #expect(zip(targets, targets.dropFirst()).allSatisfy { $0 >= $1 - 1e-9 }, "\(type(of: loss))")
        }
        // Bare cos(m theta), without the sawtooth of psi, falls on [0, pi / m] only.
        #expect(Oracle.cos(4 * .pi / 4) < Oracle.cos(4 * .pi / 3))
    }

    @Test("LEARN-009, SCAN-091 with scale 1 three classes never pass 0.787, and the bound says which scale is needed")
    func scales() {
        #expect(agree([Oracle.softmax([1, -1, -1])[0]], [0.787], 1e-3))
        for (classes, scale) in [(81, 6.5), (1000, 9.1), (70_000, 13.4)] {
            let found = MarginHead.smallestScale(classes: classes, probability: 0.9)
            #expect(abs(found - scale) < 0.06, "\(classes): \(found)")
            // The weights' best arrangement: the others at -1 / (c - 1).
            let best = 1 / (1 + Double(classes - 1) * Oracle.exp(-found * Double(classes) / Double(classes - 1)))
            #expect(agree([best], [0.9], 1e-6))
        }
    }

    @Test("the angular margin rises over the first part of training")
    func ramp() {
        let loss = ArcFace(classes: 2, dimension: 2, margin: 0.4, ramp: 0.5)
        let margins = [0, 25, 50, 100].map { step in
            loss.advance(step: step, of: 100)
            return loss.margin
        }
        #expect(agree(margins, [0, 0.2, 0.4, 0.4]))
    }

    @Test("LEARN-090 centre loss, and the centres that follow")
    func centre() throws {
        let loss = CentreLoss(classes: 3, dimension: 3, weight: 0.3, rate: 0.5)
        loss.convert(to: .float64)
        loss.centres.copyInPlace(Tensor([0.1, 0, 0.2, -0.3, 0.4, 0, 0.5, 0.5, 0.5], shape: [3, 3]))
        let before = Oracle.rows(loss.centres.host().doubles, 3)
        try expectAgreement([input]) {
            loss($0[0], labels: Tensor(labels))
        } oracle: { x in
            [
                0.15
                    * Oracle.mean(
                        zip(Oracle.rows(x[0], 3), labels).map { row, label in
                            zip(row, before[label]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                        })
            ]
        }
        let rows = Oracle.rows(x, 3)
        let moved = before.enumerated().flatMap { index, centre in
            let members = labels.indices.filter { labels[$0] == index }.map { rows[$0] }
            return centre.indices.map { place in
                let sum = members.reduce(0) { $0 + centre[place] - $1[place] }
                return centre[place] - 0.5 * sum / Double(1 + members.count)
            }
        }
        #expect(agree(loss.centres.host().doubles, moved))
        loss.train(false)
        _ = loss(Tensor(input), labels: Tensor(labels))
        #expect(agree(loss.centres.host().doubles, moved))
    }
}
