import Basics
import Foundation
import Testing

@testable import Learning

@Suite("Which pictures come, and what of them is shown")
struct ChosenPicturesTests {
    private func values(_ folder: RunFolder, _ tag: String) throws -> [Double] {
        try String(contentsOf: folder.file("metrics.jsonl"), encoding: .utf8).split(separator: "\n").compactMap {
            line in
            let entry = try JSON(parsing: Array(line.utf8))
            return entry["tag"]?.stringValue == tag ? entry["value"]?.doubleValue : nil
        }
    }

    private func trained(_ text: String, _ check: (RunFolder) throws -> Void) async throws {
        try await withRuns { runs in
            let experiment = try Experiment(bytes: Array(text.utf8))
            let folder = try SmallExperiment.folder(runs, "one")
            let augmenter = try AugmentationRegistry.make(experiment.stages[0].augment)
            let trainer = Trainer(experiment, try GeneratedPictures.dataset(), augmenters: [augmenter], in: folder)
            _ = try await trainer.run()
            try check(folder)
        }
    }

    @Test("LEARN-025 a training looks where its net looks every few epochs, and erases there")
    func erasing() async throws {
        let more = #", "augment": ["colour", {"type": "adversarialErasing", "p": 1, "every": 2}]"#
        try await trained(SmallExperiment.text(epochs: 5, more: more)) { folder in
            // Before the third and the fifth epoch, at all pictures that are learnt from.
            #expect(try values(folder, "erasing/maps") == [36, 36])
            let losses = try values(folder, "loss")
            #expect(losses.count == 15 && losses.allSatisfy(\.isFinite), "\(losses)")
        }
    }

    @Test("LEARN-025 maps are asked of the class that a picture is of, and only nets that make vectors have them")
    func asked() throws {
        let term = Experiment.Term(name: "s", label: "class", weight: 1, path: "", json: ["type": "softmax"])
        let sum = try LossSum([term], classes: { _ in 3 }, dimension: 4, seed: 1)
        let x = Tensor.randn([2, 4])
        let logits = try #require(sum.opinion(x)).logits.host().floats
        let scores = sum.score(x, labels: ["class": [2, -1]]).host().floats
        #expect(scores == [logits[2], logits[3...].max() ?? 0])
        let detector = #"{"sources": [], "model": {"kind": "detector"}, "augment": ["adversarialErasing"]}"#
        #expect(throws: ExperimentError.self) { try Experiment(bytes: Array(detector.utf8)) }
    }

    @Test("LEARN-025 the example ladder has a row for each kind of erasing, and its augmentations are known")
    func ladder() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = try Data(contentsOf: root.appending(path: "Examples/items/erasing.json"))
        let rows = try JSON(parsing: Array(file))["rows"]?.arrayValue ?? []
        #expect(rows.compactMap { $0["name"]?.stringValue }.last == "adversarial-erasing")
        for row in rows {
            let list = row["set"]?["augment"]?.arrayValue ?? []
            let augmenter = try AugmentationRegistry.make(list)
            #expect((augmenter.adversarial != nil) == (row["name"]?.stringValue == "adversarial-erasing"))
        }
    }

    @Test("LEARN-103 pictures with a large loss at their last visit come more often, those not seen yet as the mean")
    func hard() async throws {
        let text = SmallExperiment.text(epochs: 3).replacingOccurrences(of: "shuffle", with: "hard")
        let experiment = try Experiment(bytes: Array(text.utf8))
        let data = try TrainingData(GeneratedPictures.dataset(), experiment, augmenters: [])
        var hardness = Hardness(count: data.train.count)
        hardness.received([8] + [Float](repeating: 0.1, count: 20) + [.nan], of: Array(0..<22))
        let start = hardness.atStart.filter { !$0.isNaN }
        #expect(start.isEmpty)
        hardness.beginEpoch()
        var counts = [Int](repeating: 0, count: data.train.count)
        for epoch in 0..<40 {
            let sampler = data.sampler(experiment.stages[0], experiment, losses: hardness.atStart)
            for index in sampler.batches(epoch: epoch, seed: 1).flatMap({ $0 }) { counts[index] += 1 }
        }
        // Easy pictures, then those that were not seen yet.
        let (easy, unseen) = (counts[1..<21].reduce(0, +), counts[21..<36].reduce(0, +))
        #expect(counts[0] > 4 * (counts[21..<36].max() ?? 0), "\(counts)")
        #expect(easy * 15 < unseen * 20, "\(counts)")
        var again = Hardness(count: data.train.count)
        again.restore(hardness.saved)
        #expect(again.atStart.map(\.bitPattern) == hardness.atStart.map(\.bitPattern))
        try await trained(text) { folder in
            let losses = try values(folder, "loss")
            #expect(losses.count == 9 && losses.allSatisfy(\.isFinite), "\(losses)")
        }
    }

    @Test("LEARN-103 without a classifier a row is hard whose own are far and whose others are near")
    func pairs() throws {
        let term = Experiment.Term(name: "b", label: "class", weight: 1, path: "", json: ["type": "batchHard"])
        let sum = try LossSum([term], classes: { _ in 2 }, dimension: 2, seed: 1)
        let x = Tensor([1, 0, 0.9, 0.1, 0, 1, 0.95, 0.05, 1, 1] as [Float], shape: [5, 2])
        let found = try #require(sum.hardness(x, labels: ["class": [0, 0, 1, 1, -1]])).host().floats
        #expect(found[3] > found[0] && found[2] > found[0], "\(found)")
        #expect(found[4].isNaN)
    }

    @Test("LEARN-021, LEARN-103 a configuration asks for a cascade, and the log says how many pairs reach each level")
    func cascade() async throws {
        let text = SmallExperiment.text(epochs: 2).replacingOccurrences(
            of: #""embedding": 16"#, with: #""embedding": 18, "cascade": true"#
        )
        .replacingOccurrences(
            of: #"{"type": "batchHard", "label": "class", "weight": 0.5}"#,
            with: #"{"type": "cascade", "label": "class", "h": [0.5, 0.2]}"#)
        try await trained(text) { folder in
            let levels = try (1...3).map { try values(folder, "count/cascade.class/pairs\($0)") }
            #expect(levels.allSatisfy { $0.count == 6 })
            for step in 0..<6 { #expect(levels[0][step] > levels[1][step] && levels[1][step] > levels[2][step]) }
        }
        let flat = text.replacingOccurrences(of: #", "cascade": true"#, with: "")
        #expect(throws: ExperimentError(["losses[1].type: a cascade needs levels: set model.cascade to true"])) {
            try Experiment(bytes: Array(flat.utf8))
        }
    }

    @Test("LEARN-068 rows near the queries of the test come more often, and nothing else changes without being asked")
    func targeted() throws {
        var dataset = try GeneratedPictures.dataset()
        for index in dataset.samples.indices {
            dataset.samples[index].text = index % 8 == 2 ? "red velvet bag" : "plain shoe \(index)"
        }
        dataset.samples[0].split = .test
        dataset.samples[0].text = "velvet bag"
        func drawn(_ order: String) throws -> Double {
            let text = SmallExperiment.text().replacingOccurrences(of: "shuffle", with: order)
            let experiment = try Experiment(bytes: Array(text.utf8))
            let data = try TrainingData(dataset, experiment, augmenters: [])
            let all = data.sampler(experiment.stages[0], experiment).batches(epoch: 1, seed: 3).flatMap { $0 }
            return Double(all.count { data.train.samples[$0].text == "red velvet bag" }) / Double(all.count)
        }
        #expect(try drawn("queryTargeted") > 0.8)
        #expect(try drawn("shuffle") < 0.2)
    }

    @Test(
        "LEARN-010 margins rise from nothing to all of themselves over a training whose loss is finite at every step",
        arguments: [
            (#""type": "arcface", "s": 16, "m": 0.5, "ramp": 0.5"#, "arcface.class/margin", 0.0, 0.5),
            (#""type": "cosface", "s": 16, "m": 0.35, "ramp": 0.5"#, "cosface.class/margin", 0.0, 0.35),
            (#""type": "sphereface", "m": 4"#, "sphereface.class/share", 1000.0, 1000 / (1 + 0.12 * 17)),
        ])
    func ramps(loss: String, tag: String, first: Double, last: Double) async throws {
        let start = #"{"type": "arcface", "label": "class", "s": 16, "m": 0.2, "ramp": 0.5}"#
        let text = SmallExperiment.text(epochs: 6).replacingOccurrences(
            of: start, with: #"{"label": "class", \#(loss)}"#)
        try await trained(text) { folder in
            let margins = try values(folder, "count/\(tag)")
            #expect(margins.count == 18 && abs(margins[0] - first) < 1e-6, "\(margins)")
            #expect(abs(margins[17] - last) < 1e-3 * max(1, last), "\(margins)")
            let steps = zip(margins, margins.dropFirst())
            #expect(steps.allSatisfy { first < last ? $0 <= $1 : $0 >= $1 })
            let losses = try values(folder, "loss")
            #expect(losses.allSatisfy(\.isFinite) && losses.count == 18, "\(losses)")
        }
    }
}
