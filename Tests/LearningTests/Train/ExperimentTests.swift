import Basics
import Foundation
import Testing

@testable import Learning

@Suite("Experiments as JSON")
struct ExperimentTests {
    private func problems(_ text: String) -> [String] {
        do {
            _ = try Experiment(bytes: Array(text.utf8))
            return []
        } catch let error as ExperimentError {
            return error.problems
        } catch {
            return ["\(error)"]
        }
    }

    @Test("the example configurations have no fault", arguments: ["own-catalogue", "user-merchant"])
    func examples(name: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let experiment = try Experiment(contentsOf: root.appending(path: "Examples/items/\(name).json"))
        #expect(experiment.name == name)
        #expect(try AugmentationRegistry.make(experiment.stages[0].augment).steps.count == 4)
    }

    @Test("LEARN-046 half precision scales the loss, and is refused by name where this libtorch cannot compute in it")
    func halfPrecision() throws {
        let text = SmallExperiment.text(more: #", "precision": "fp16""#)
        if TorchRuntime.computes(.float16, on: .cpu) {
            #expect(try Experiment(bytes: Array(text.utf8)).lossScale == 65_536)
        } else {
            let said = problems(text)
            #expect(said.contains { $0.hasPrefix("precision: ") && $0.contains("fp16") }, "\(said)")
        }
    }

    @Test("a stage has its own keys and takes the others from the whole")
    func stages() throws {
        let experiment = try SmallExperiment.make(
            more: #", "stages": [{"name": "a"}, {"epochs": 7, "optimizer": {"lr": 0.1}, "losses": ["softmax"]}]"#)
        #expect(experiment.stages.map(\.name) == ["a", "stages[1]"])
        #expect(experiment.stages.map(\.epochs) == [2, 7])
        #expect(experiment.stages.map(\.optimizer.rate) == [0.005, 0.1])
        #expect(experiment.stages.map(\.optimizer.weightDecay) == [0.05, 0.05])
        #expect(experiment.stages.map(\.losses.count) == [3, 1])
    }

    @Test("comments are passed over, an unknown key is told with the nearest that is known")
    func keys() {
        let found = problems(
            #"{"//": "why", "sources": [], "losses": ["softmax"], "optimizer": {"//1": "a", "lerning": 1, "momentun": 0.9}}"#
        )
        #expect(found == ["optimizer.lerning: unknown key", "optimizer.momentun: unknown key (is momentum meant?)"])
    }

    @Test("text that is no JSON is told with its line")
    func syntax() {
        #expect(problems("{\n\"a\": 1,\n oops }").first?.hasPrefix("line 3:") == true)
        #expect(problems("[]") == ["the file must hold one JSON object"])
    }

    @Test(
        "a value out of its range is refused with the range",
        arguments: [
            (#""epochs": 0"#, "epochs: a whole number"), (#""batch": {"P": 1}"#, "batch.P: a whole number"),
            (#""precision": "f8""#, "precision: one of f32, bf16"), (#""device": "gpu""#, "device: cpu or cuda:0"),
            (#""name": "a/b""#, "name: at most 64"),
            (#""schedule": {"type": "step", "at": [2]}"#, "schedule.at: a list"),
            (#""evaluate": {"metric": "luck"}"#, "evaluate.metric: one of"), (#""teacher": {}"#, "teacher.embeddings"),
            (#""stages": []"#, "stages: at least one"), (#""freeze": [1]"#, "freeze: a list of texts"),
        ])
    func ranges(text: String, place: String) {
        let found = problems(#"{"sources": [], "losses": ["softmax"], \#(text)}"#)
        #expect(found.count == 1 && found[0].hasPrefix(place), "\(found)")
    }

    @Test("smaller pictures come for the epochs that they are told for, and the last side stays")
    func sides() throws {
        let experiment = try SmallExperiment.make(
            more: #", "sides": [{"epochs": 2, "side": 8}, {"epochs": 1, "side": 16}]"#)
        #expect((0..<5).map { experiment.stages[0].side(epoch: $0) } == [8, 8, 16, 16, 16])
        #expect(try SmallExperiment.make().stages[0].side(epoch: 0) == nil)
    }
}
