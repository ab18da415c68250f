import Basics
import Testing

@testable import Learning

/// What a new loss takes: this class, and one row in the registry.
private final class SpreadLoss: EmbeddingLoss {
    let weight: Double

    init(weight: Double = 1) {
        self.weight = weight
        super.init()
    }

    override func callAsFunction(_ x: Tensor, labels: Tensor) -> Tensor {
        weight * x.normalized().mean(0).square().sum()
    }
}

@Suite("Losses by name")
struct RegistryTests {
    private func make(_ text: String, classes: Int = 5) throws -> EmbeddingLoss {
        let object = try #require(try JSON(parsing: text).objectValue)
        return try LossRegistry.make(
            object, LossContext(classes: classes, dimension: 8), path: "losses[1].", passed: ["weight"])
    }

    private func problems(_ text: String) -> [String] {
        #expect(throws: LossConfigurationError.self) { try make(text) }?.problems ?? []
    }

    @Test(
        "every registered loss is made from its name alone, and teaches a small net to tell photos apart",
        arguments: LossRegistry.names)
    func learning(name: String) throws {
        let loss = try make(#"{"type": "\#(name)"}"#)
        var draws = Draws(50)
        // Two noisy views of four things; partners stand side by side.
        let labels = [0, 0, 1, 1, 2, 2, 3, 3]
        let things = (0..<4).map { _ in draws.doubles(6) }
        let photos = labels.flatMap { label in things[label].map { $0 + draws.uniform(-0.3...0.3) } }
        let (x, y) = (Tensor(photos.map { Float($0) }, shape: [8, 6]), Tensor(labels))
        let net = Linear(6, 8)
        let start = HostTensor(draws.doubles(48).map { Float($0) }, shape: [8, 6])
        try net.update(["weight": start], verify: .lenient)
        var (first, last) = (Double.nan, Double.nan)
        for step in 0..<40 {
            loss.advance(step: step, of: 40)
            loss.zeroGrad()
            let (value, gradients) = try valueAndGrad(net) { loss(net(x), labels: y) }
            if step == 0 { first = value.item() }
            last = value.item()
            for (key, tensor) in net.parameters() {
                if let gradient = gradients[key] { tensor.addInPlace(gradient, times: -0.05) }
            }
            for (_, tensor) in loss.parameters() {
                if let gradient = tensor.grad { tensor.addInPlace(gradient, times: -0.05) }
            }
        }
        #expect(last.isFinite && (last < first || first == 0), "\(name): \(first) -> \(last)")
    }

    @Test("options are taken from the configuration")
    func options() throws {
        let arc = try #require(
            try make(#"{"type": "arcface", "s": 16, "m": 0.3, "ramp": 0.4, "weight": 0.5, "//": "items"}"#) as? ArcFace)
        #expect((arc.scale, arc.fullMargin, arc.ramp, arc.weight.shape) == (16, 0.3, 0.4, [5, 8]))
        let triplet = try #require(
            try make(#"{"type": "triplet", "negatives": "all", "miner": "distanceWeighted", "memory": 64}"#)
                as? TripletLoss)
        #expect(triplet.choice == .all && triplet.miner is DistanceWeightedMiner && triplet.memory?.capacity == 64)
        let margin = try #require(try make(#"{"type": "margin", "byClass": true}"#) as? MarginBasedLoss)
        #expect(margin.parameters().map(\.key) == ["beta", "beta_class"])
    }

    @Test("every problem is named with its path, all at once")
    func problems() {
        #expect(
            problems(#"{"type": "arcfaces"}"#).first?.hasPrefix("losses[1].type: one of arcface, batchHard") == true)
        #expect(
            problems(#"{"type": "arcface", "s": 0, "m": "big", "scale": 3}"#) == [
                "losses[1].s: a number from 0.1 to 1000.0", "losses[1].m: a number from 0.0 to 1.5",
                "losses[1].scale: unknown key",
            ])
        #expect(
            problems(#"{"type": "triplet", "negatives": 1, "miner": "easy", "soft": true}"#) == [
                "losses[1].negatives: one of semiHard, hardest, all",
                "losses[1].miner: one of batchHard, distanceWeighted, multiSimilarity", "losses[1].soft: unknown key",
            ])
        #expect(problems(#"{"type": "batchHard", "soft": 1}"#) == ["losses[1].soft: true or false"])
        #expect(problems("{}").count == 1)
    }

    @Test("LEARN-041 a new loss is one small class, and its oracle one line")
    func template() throws {
        var draws = Draws(51)
        try expectAgreement([draws.host(4, 3)]) {
            SpreadLoss(weight: 2)($0[0], labels: Tensor([0, 0, 1, 1]))
        } oracle: { x in
            let rows = Oracle.rows(x[0], 3).map(Oracle.normalized)
            let mean = (0..<3).map { place in Oracle.mean(rows.map { $0[place] }) }
            return [2 * Oracle.dot(mean, mean)]
        }
    }
}
