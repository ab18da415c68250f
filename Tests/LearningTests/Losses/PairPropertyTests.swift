import Basics
import Testing

@testable import Learning

@Suite("What holds for every pair loss")
struct PairPropertyTests {
    static let names = ["contrastive", "triplet", "batchHard", "lifted", "margin", "multiSimilarity"]

    private func make(_ name: String, _ options: JSONObject = JSONObject()) throws -> PairLoss {
        var options = options
        options["type"] = .string(name)
        let loss = try LossRegistry.make(options, LossContext(classes: 4, dimension: 3))
        return try #require(loss as? PairLoss)
    }

    private func values(_ loss: EmbeddingLoss, _ x: HostTensor, _ labels: [Int]) throws -> (Double, [Double]) {
        loss.convert(to: .float64)
        let x = leaf(x)
        let value = try checked {
            let value = loss(x, labels: Tensor(labels))
            value.backward()
            return value.item()
        }
        return (value, x.grad?.host().doubles ?? [])
    }

    @Test("the order of the batch does not matter", arguments: names)
    func permutation(name: String) throws {
        var draws = Draws(21)
        let (x, labels) = (draws.host(8, 3), [0, 1, 1, 0, 2, 2, 3, 0])
        let order = [3, 1, 7, 0, 2, 6, 5, 4]
        let moved = HostTensor(order.flatMap { Oracle.rows(x.doubles, 3)[$0] }, shape: [8, 3])
        let first = try values(make(name), x, labels)
        let second = try values(make(name), moved, order.map { labels[$0] })
        #expect(agree([first.0], [second.0]))
        #expect(agree(order.flatMap { Oracle.rows(first.1, 3)[$0] }, second.1, 1e-8))
    }

    @Test("the length of embeddings does not matter", arguments: names)
    func scale(name: String) throws {
        var draws = Draws(22)
        let (x, labels) = (draws.host(6, 3), [0, 1, 1, 0, 2, 2])
        let longer = HostTensor(x.doubles.map { $0 * 7 }, shape: [6, 3])
        let (first, second) = (try values(make(name), x, labels), try values(make(name), longer, labels))
        #expect(agree([first.0], [second.0]))
        #expect(agree(first.1, second.1.map { $0 * 7 }, 1e-8))
    }

    @Test(
        "batches of one label, of one sample a label, of one sample and of equal samples are finite",
        arguments: names, [[0, 0, 0], [0, 1, 2], [0], [0, 0, 1, 1]])
    func degenerate(name: String, labels: [Int]) throws {
        var draws = Draws(23)
        let row = draws.doubles(3)
        let equal = HostTensor(labels.flatMap { _ in row }, shape: [labels.count, 3])
        for x in [draws.host(labels.count, 3), equal] {
            let (value, gradient) = try values(make(name), HostTensor(x.doubles, shape: [labels.count, 3]), labels)
            #expect(value.isFinite && gradient.allSatisfy(\.isFinite), "\(name) \(labels): \(value) \(gradient)")
        }
    }

    @Test("LEARN-085 the gradient stays finite as the distance goes to 0", arguments: names)
    func near(name: String) throws {
        for step in [1e-3, 1e-6, 1e-9, 0] {
            let x = HostTensor([1, 0, 0, 1, step, 0, 0, 1, 0, step, 1, 0], shape: [4, 3])
            let (value, gradient) = try values(make(name), x, [0, 0, 1, 1])
            let (hard, steep) = try values(make(name), x, [0, 1, 0, 1])
            #expect(
                (gradient + steep + [value, hard]).allSatisfy { $0.isFinite && abs($0) < 1e3 }, "\(step): \(steep)")
        }
    }

    @Test("LEARN-102 every miner goes with every pair loss", arguments: names, LossRegistry.minerNames)
    func miners(name: String, miner: String) throws {
        var draws = Draws(24)
        let (x, labels) = (draws.host(8, 3), [0, 1, 1, 0, 2, 2, 3, 3])
        let loss = try make(name, ["miner": .string(miner)].json)
        let (value, gradient) = try values(loss, x, labels)
        #expect(value.isFinite && value >= 0 && gradient.allSatisfy(\.isFinite))
        #expect((loss.statistics["positives"]?.item() ?? 1) > 0)
    }

    @Test(
        "LEARN-108 past embeddings are negatives and positives of later batches, oldest ones leave",
        arguments: ["contrastive", "triplet", "batchHard", "margin", "multiSimilarity"])
    func memory(name: String) throws {
        var draws = Draws(25)
        let loss = try make(name)
        let memory = CrossBatchMemory(capacity: 6, startsAfter: 1)
        loss.memory = memory
        let batches = (0..<4).map { _ in draws.host(4, 3) }
        let counts = try batches.map { batch in
            _ = try values(loss, batch, [0, 0, 1, 1])
            return memory.count
        }
        #expect(counts == [0, 4, 6, 6])
        let kept = try #require(memory.contents)
        #expect(kept.labels.host().ints == [1, 1, 0, 0, 1, 1])
        let rows = Oracle.rows(batches[3].doubles, 3).flatMap(Oracle.normalized)
        #expect(agree(Array(kept.embeddings.host().doubles.suffix(12)), rows))
        // Without the memory the same batch gives another number; with it, the number of the joined batch's first rows.
        let pairs = PairMatrix(Tensor(batches[0]), labels: Tensor([0, 0, 1, 1]), memory: kept)
        #expect(pairs.distance.shape == [4, 10] && pairs.positives.sum().item() == 4 + 2 * 2 + 2 * 4)
        #expect(try checked { loss(pairs).item() }.isFinite)
    }
}

extension Dictionary where Key == String, Value == JSON {
    var json: JSONObject {
        var object = JSONObject()
        for (key, value) in self { object[key] = value }
        return object
    }
}
