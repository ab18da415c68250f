import Basics
import Testing

@testable import Learning

@Suite("How long the weights of classes are")
struct ClassWeightTests {
    private static let sizes = [60, 30, 12, 6, 3]

    /// Trains one head on points around five corners, most of them around the first.
    private func trained(_ type: String) throws -> ClassWeights {
        var random = SeededRandom(seed: 5)
        let labels = Self.sizes.enumerated().flatMap { [Int](repeating: $0, count: $1) }
        let points = labels.flatMap { label in
            (0..<8).map { axis in Float(axis == label ? 1 : 0) + Float(random.next() % 1000) / 1000 - 0.5 }
        }
        let (x, y) = (Tensor(points, shape: [labels.count, 8]), Tensor(labels))
        let term = Experiment.Term(name: "head", label: "kind", weight: 1, path: "", json: ["type": .string(type)])
        let loss = try LossRegistry.make(term.json, LossContext(classes: Self.sizes.count, dimension: 8))
        // All weights begin at the same place, so that only the pictures make a difference.
        for (_, tensor) in loss.parameters() { tensor.fillInPlace(0.1) }
        let optimizer = SGD(loss.trainable(), learningRate: 0.5)
        for _ in 0..<150 {
            _ = try valueAndGrad(loss) { loss(x, labels: y) }
            try optimizer.step()
        }
        var tensors: [String: HostTensor] = [:]
        for (key, tensor) in loss.weights() { tensors["losses.head.\(key)"] = tensor }
        var experiment = try SmallExperiment.make()
        experiment.stages[0].losses = [term]
        return try #require(ClassWeights.all(of: experiment, in: tensors).first)
    }

    @Test("LEARN-007 with a plain softmax classes with many pictures get long weights")
    func plain() throws {
        let weights = try trained("softmax")
        let correlation = try #require(weights.correlation(sizes: Self.sizes))
        #expect(correlation > 0.5, "\(correlation): \(weights.norms)")
    }

    @Test("LEARN-007 a normalised head meets all classes with one length")
    func normalised() throws {
        let weights = try trained("normalized")
        #expect(Set(weights.norms) == [1])
        #expect(weights.correlation(sizes: Self.sizes) == nil)
    }
}
