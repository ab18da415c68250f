import Foundation
import Testing

@testable import Learning

@Suite("A training in smaller numbers")
struct PrecisionCurveTests {
    /// The mean loss of every twenty of 200 steps, from the same weights on.
    private func curve(_ precision: Experiment.Precision, from weights: [String: HostTensor]?) throws -> (
        curve: [Double], start: [String: HostTensor]
    ) {
        let text = SmallExperiment.text(epochs: 67).replacingOccurrences(
            of: #"{"type": "arcface", "label": "class", "s": 16, "m": 0.2, "ramp": 0.5}"#,
            with: #"{"type": "softmax", "label": "class", "smoothing": 0.2}"#)
        let experiment = try Experiment(bytes: Array(text.utf8))
        let stage = experiment.stages[0]
        let data = try TrainingData(GeneratedPictures.dataset(), experiment, augmenters: [])
        let settings = ModelSettings(experiment.model, problems: ProblemList())
        let learner = try Learner(
            stage, experiment, settings, classes: data.train.classCount, teacher: nil, before: nil)
        if let weights { try learner.root.update(weights) }
        let start = learner.root.weights()
        let scale = precision == .float16 ? 1024.0 : 1
        let math = StepMath(
            learner: learner, precision: precision, device: .cpu, weights: [:], teacher: nil, teacherWeight: 0,
            lossScale: scale)
        let loader = try data.loader(stage, side: settings.side, experiment)
        var losses: [Double] = []
        for epoch in 0..<67 {
            let run = loader.start(at: LoaderCursor(epoch: epoch))
            defer { run.end() }
            while losses.count < 200, let batch = try run.nextBlocking() {
                learner.optimizer.rateFactor = Schedule.oneCycle().factor(step: losses.count, of: 200)
                learner.optimizer.zeroGrad()
                losses.append(try math.backward(math.pictures(batch), parts: 1).loss)
                Each.multiply(learner.root.trainable().compactMap(\.tensor.grad), by: 1 / scale)
                _ = try learner.root.clipGradients(to: stage.clip)
                try learner.optimizer.step()
            }
        }
        let windows = stride(from: 0, to: 200, by: 20).map { losses[$0..<$0 + 20].reduce(0, +) / 20 }
        return (windows, start)
    }

    @Test(
        "LEARN-046 over 200 steps the loss in fewer bits follows that in 32 bits, and ends within two percent of it",
        arguments: [Experiment.Precision.bfloat16, .float16].filter {
            TorchRuntime.computes($0.narrow ?? .float32, on: .cpu)
        })
    func curves(precision: Experiment.Precision) throws {
        let whole = try curve(.float32, from: nil)
        let half = try curve(precision, from: whole.start)
        let gaps = zip(whole.curve, half.curve).map { abs($0 - $1) / $0 }
        #expect(whole.curve.count == 10 && gaps.allSatisfy { $0 < 0.1 }, "\(whole.curve) \(half.curve)")
        #expect(try #require(gaps.last) < 0.02, "\(whole.curve) \(half.curve)")
        #expect(try #require(whole.curve.last) < whole.curve[0] * 0.8)
    }
}
