import Foundation
import Testing

@testable import Learning

@Suite("A training from pictures to weights")
struct TrainerTests {
    @Test("LEARN-014, SCAN-093 a weighted sum of classification and ranking losses trains, each part logged")
    func learns() async throws {
        try await withRuns { runs in
            let experiment = try SmallExperiment.make(
                epochs: 16, more: #", "evaluate": {"every": 4, "label": "class"}"#)
            let folder = try SmallExperiment.folder(runs, "one")
            let verdict = try await Trainer(experiment, GeneratedPictures.dataset(), in: folder).run()
            #expect(verdict.state == .finished)
            #expect(folder.state == .finished)
            // Four of the six held-out pictures; one of six is chance. Weights begin where other tests left the generator.
            #expect(try #require(verdict.best).value > 0.6)
            let log = try String(contentsOf: folder.file("metrics.jsonl"), encoding: .utf8)
            for tag in ["loss/arcface.class", "loss/batchHard.class", "loss/softmax.coarse", "held-out/recall@1"] {
                #expect(log.contains("\"\(tag)\""), "\(tag) is not in the log")
            }
        }
    }

    @Test("LEARN-107 best.safetensors holds the weights of the evaluation with the highest figure")
    func best() async throws {
        try await withRuns { runs in
            let experiment = try SmallExperiment.make(epochs: 3, more: #", "evaluate": {"every": 1, "label": "class"}"#)
            let folder = try SmallExperiment.folder(runs, "one")
            let verdict = try await Trainer(experiment, GeneratedPictures.dataset(), in: folder).run()
            let best = try Safetensors(contentsOf: folder.file("best.safetensors"))
            #expect(best.metadata["step"] == "\(try #require(verdict.best).step)")
            #expect(best.metadata["value"] == "\(try #require(verdict.best).value)")
        }
    }

    @Test("LEARN-107 a figure that stands still ends the training before its time")
    func early() async throws {
        try await withRuns { runs in
            let experiment = try SmallExperiment.make(
                epochs: 30, more: #", "evaluate": {"every": 1, "label": "class", "patience": 2}"#)
            let folder = try SmallExperiment.folder(runs, "one")
            let verdict = try await Trainer(experiment, GeneratedPictures.dataset(), in: folder).run()
            #expect(verdict.wasEarly)
            #expect(verdict.step < 90)
        }
    }
}
