import Basics
import Foundation
import Testing

@testable import Learning

@Suite("Trouble in a training")
struct TroubleTests {
    @Test("three losses in a row that are no number end the run, and their pictures are written down")
    func divergence() async throws {
        try await withRuns { runs in
            var experiment = try SmallExperiment.make(epochs: 20)
            experiment.stages[0].optimizer.rate = 1e30
            experiment.stages[0].schedule = .planned(.constant)
            let folder = try SmallExperiment.folder(runs, "one")
            await #expect(throws: RunError.self) {
                try await Trainer(experiment, GeneratedPictures.dataset(), in: folder).run()
            }
            #expect(folder.state == .failed)
            #expect(try #require(folder.reason).contains("diverged at step"))
            let bad = try String(contentsOf: folder.file("bad_batches.jsonl"), encoding: .utf8)
            #expect(bad.split(separator: "\n").count == 3)
            #expect(bad.contains("made/"))
        }
    }

    @Test("a step that is put back leaves buffers and memories as they were")
    func putBack() throws {
        let experiment = try SmallExperiment.make()
        let learner = try Learner(
            experiment.stages[0], experiment, ModelSettings(experiment.model, problems: ProblemList()),
            classes: { _ in 4 }, teacher: nil, before: nil)
        let before = learner.root.buffers().map { $0.tensor.host() }
        let moment = StepMoment([learner])
        _ = learner.embedder(.randn([4, 3, 16, 16]))
        #expect(learner.root.buffers().map { $0.tensor.host() } != before)
        moment.putBack(draws: true)
        #expect(learner.root.buffers().map { $0.tensor.host() } == before)
    }

    @Test("a checkpoint that is damaged is passed over for the one before")
    func damage() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "checkpoints-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        let store = try CheckpointStore(folder: place)
        for step in 1...3 {
            try store.write(
                Checkpoint(step: step, tensors: ["weights": ["a": HostTensor([Float(step)])]], state: [:]), keeping: 2)
        }
        #expect(store.steps == [2, 3])
        let file = place.appending(path: "step-3/weights.safetensors")
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: file)
        let newest = try #require(try store.newest())
        #expect(newest.checkpoint.step == 2)
        #expect(newest.checkpoint.tensors["weights"]?["a"]?.floats == [2])
        #expect(newest.damaged.count == 1)
    }

    @Test("what a killed process left half done is taken away")
    func halfDone() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "checkpoints-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        let store = try CheckpointStore(folder: place)
        try store.write(Checkpoint(step: 1, tensors: [:], state: [:]), keeping: 2)
        try FileManager.default.createDirectory(
            at: place.appending(path: ".unfinished-2"), withIntermediateDirectories: true)
        #expect(try store.newest()?.checkpoint.step == 1)
        store.clean(after: 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == ["latest", "step-1"])
    }

    @Test("LEARN-009 a scale with which a classifier cannot become sure is warned of")
    func scale() throws {
        #expect(MarginHead.smallestScale(classes: 65, probability: 0.9) > 6)
        #expect(MarginHead.smallestScale(classes: 65, probability: 0.9) < 7)
    }
}
