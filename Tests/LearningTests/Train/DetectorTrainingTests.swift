import Basics
import Foundation
import Imaging
import Testing

@testable import Learning

@Suite("The training of a detector")
struct DetectorTrainingTests {
    @Test(
        "LEARN-001, LEARN-003 a detector is trained until it finds the boxes of held-out pictures, each part logged",
        arguments: [DetectorOptions.Head.retina, .anchorFree])
    func learns(head: DetectorOptions.Head) async throws {
        try await withRuns { runs in
            let experiment = try DrawnShapes.experiment(head, epochs: 20)
            let folder = try SmallExperiment.folder(runs, "one")
            let verdict = try await Trainer(experiment, DrawnShapes.dataset(), in: folder).run()
            #expect(verdict.state == .finished)
            #expect(try #require(verdict.best).value > 0.6, "\(verdict)")
            let log = try String(contentsOf: folder.file("metrics.jsonl"), encoding: .utf8)
            for tag in ["loss/class", "loss/box", "count/positives", "held-out/AP50", "held-out/mainBox"] {
                #expect(log.contains("\"\(tag)\""), "\(tag) is not in the log")
            }
            let best = try Safetensors(contentsOf: folder.file("best.safetensors"))
            #expect(best.metadata["metric"] == "AP50")
        }
    }

    @Test("LEARN-038 parts of a detector's batch add up to the whole: positives, loss and gradients")
    func parts() async throws {
        TorchRuntime.threads = 1
        TorchRuntime.seed(4)
        let problems = ProblemList()
        let settings = ModelSettings(DrawnShapes.model(.retina), problems: problems)
        #expect(problems.problems.isEmpty)
        let net = try ItemDetector(settings.detectorOptions(classes: 2))
        // Running numbers, so that norms do not see the parts.
        net.train(false)
        net.unfreeze()
        let dataset = try DrawnShapes.dataset()
        var options = LoaderOptions(side: 64)
        options.servesDetector()
        let loader = try Loader(
            dataset: dataset, sampler: SequentialSampler(count: dataset.count, batchSize: 5), options: options)
        let batch = try #require(try await loader.start().next())
        let pictures = StepMath.Pictures(host: batch, all: settings.scale(Tensor(batch.images)))
        let math = DetectorMath(net: net, precision: .float32, settings: settings)
        func gradients(_ parts: Int) throws -> (StepMath.Outcome, [Float]) {
            net.zeroGrad()
            let outcome = try math.backward(pictures, parts: parts)
            return (outcome, net.trainable().flatMap { $0.tensor.grad?.host().floats ?? [] })
        }
        let (whole, parted) = (try gradients(1), try gradients(3))
        #expect(whole.0.counts.first?.value == parted.0.counts.first?.value)
        #expect((whole.0.counts.first?.value ?? 0) > 0)
        #expect(abs(whole.0.loss - parted.0.loss) < 1e-5)
        let difference = zip(whole.1, parted.1).map { abs($0 - $1) }.max() ?? 1
        #expect(difference < 1e-5, "\(difference)")
    }

    @Test(
        "LEARN-040 what does not fit a detector is named",
        arguments: [
            (#""losses": ["softmax"]"#, "losses: a detector's loss is its own"),
            (#""evaluate": {"metric": "recall@1"}"#, "evaluate.metric: one of AP50"),
            (#""teacher": {"embeddings": "x"}"#, "teacher: only embedders"),
            (#""batch": {"sampler": "balanced"}"#, "batch.sampler: a detector's batches are shuffled"),
        ])
    func refused(text: String, wanted: String) {
        let bytes = Array(#"{"model": {"kind": "detector"}, "sources": [{}], \#(text)}"#.utf8)
        let error = #expect(throws: ExperimentError.self) { try Experiment(bytes: bytes) }
        #expect(error?.problems.contains { $0.hasPrefix(wanted) } == true, "\(String(describing: error))")
    }

    @Test("a detector's side must be a multiple of what its levels need, and it has no heads")
    func sides() {
        let problems = ProblemList()
        _ = ModelSettings(
            ["kind": "detector", "input": 100, "heads": ["angle"]], problems: problems)
        #expect(problems.problems.contains("model.input: a multiple of 64"))
        #expect(problems.problems.contains { $0.hasPrefix("model.heads: ") })
    }
}
