import Basics
import Foundation
import Testing

@testable import Learning

@Suite("Ways to train")
struct WaysTests {
    private func run(
        _ change: (inout Experiment) -> Void = { _ in }, epochs: Int = 2, more: String = "", losses: String? = nil,
        data: Dataset? = nil, check: (RunFolder, TrainingVerdict) throws -> Void
    ) async throws {
        try await withRuns { runs in
            var text = SmallExperiment.text(epochs: epochs, more: more)
            if let losses {
                let start = try #require(text.range(of: #""losses": ["#)), end = try #require(text.range(of: "0.5}],"))
                text.replaceSubrange(start.lowerBound..<end.upperBound, with: #""losses": [\#(losses)],"#)
            }
            var experiment = try Experiment(bytes: Array(text.utf8))
            change(&experiment)
            let folder = try SmallExperiment.folder(runs, "one")
            let verdict = try await Trainer(experiment, data ?? GeneratedPictures.dataset(), in: folder).run()
            #expect(verdict.state == .finished)
            try check(folder, verdict)
        }
    }

    private func values(_ folder: RunFolder, _ tag: String) throws -> [Double] {
        let lines = try String(contentsOf: folder.file("metrics.jsonl"), encoding: .utf8).split(separator: "\n")
        return lines.filter { $0.contains("\"tag\":\"\(tag)\"") }.compactMap { line in
            line.split(separator: "\"value\":").last.flatMap { Double($0.dropLast()) }
        }
    }

    @Test("LEARN-083 softmax first, then a ranking loss without the classifier, on the same weights")
    func stages() async throws {
        let stages = """
            , "stages": [{"name": "classes", "losses": [{"type": "softmax", "label": "class"}]},
                         {"name": "ranks", "epochs": 1, "losses": [{"type": "batchHard", "label": "class"}],
                          "optimizer": {"lr": 0.0005}, "freeze": ["backbone.conv1"]}]
            """
        try await run(more: stages) { folder, verdict in
            #expect(verdict.step == 9)
            let found1 = try values(folder, "loss/softmax.class")
            #expect(found1.count == 6)
            let found2 = try values(folder, "loss/batchHard.class")
            #expect(found2.count == 3)
        }
    }

    @Test(
        "LEARN-067, LEARN-066 fine-tuning by multi-similarity and cross entropy, and by a cosine margin of two classes")
    func fineTuning() async throws {
        let losses =
            #"{"type": "multiSimilarity", "label": "class", "miner": "multiSimilarity"}, "#
            + #"{"type": "softmax", "label": "class"}, {"type": "cosface", "label": "coarse", "s": 10, "m": 0.2}"#
        let data = try GeneratedPictures.dataset(classes: 4)
        try await run(epochs: 6, losses: losses, data: data) { folder, _ in
            let all = try values(folder, "loss")
            #expect(try #require(all.last) < #require(all.first))
        }
    }

    @Test("LEARN-022, LEARN-035, SCAN-097 two nets teach each other, and the weights to serve are those of one")
    func mutual() async throws {
        let more = #", "mutual": {"model": {"backbone": "resnet-s", "width": 0.0625, "input": 16, "embedding": 8}}"#
        try await run(epochs: 3, more: more) { folder, _ in
            let found3 = try values(folder, "loss/mutual")
            #expect(found3.count == 9)
            let found4 = try values(folder, "second/loss/mutual")
            #expect(found4.count == 9)
            let served = try Safetensors(contentsOf: folder.file("weights.safetensors")).tensors
            let alone = try Learner.Root.size(SmallExperiment.make(), GeneratedPictures.dataset())
            #expect(served.filter { $0.key.hasPrefix("model.") }.count == alone)
        }
    }

    @Test("LEARN-035 a teacher's vectors are learnt where it has some")
    func teacher() async throws {
        try await withRuns { runs in
            let data = try GeneratedPictures.dataset()
            let known = data.samples.prefix(40)
            let vectors = known.flatMap { sample in (0..<24).map { Float($0 % 6 == sample.labels["class"] ? 1 : 0) } }
            let ids = "[" + known.map { "\"made/\($0.id)\"" }.joined(separator: ",") + "]"
            let file = runs.appending(path: "teacher.safetensors")
            try Safetensors(
                ["embeddings": HostTensor(vectors, shape: [known.count, 24])], metadata: ["ids": ids]
            ).write(to: file)
            try await run({ $0.teacher = Experiment.Teacher(embeddings: file.path, weight: 2) }, epochs: 6) {
                folder, _ in
                let taught = try values(folder, "loss/teacher")
                #expect(try #require(taught.last) < #require(taught.first) - 0.1)
            }
        }
    }

    @Test("LEARN-018 factors that follow validation losses are logged while the main one stands as it was set")
    func trend() async throws {
        let losses =
            #"{"type": "softmax", "label": "class", "weight": 4}, "#
            + #"{"type": "softmax", "label": "coarse", "weight": "trend"}"#
        try await run(epochs: 3, losses: losses) { folder, _ in
            let found5 = try values(folder, "weight/softmax.coarse")
            #expect(found5.count == 2)
            let found6 = try values(folder, "weight/softmax.class")
            #expect(found6.isEmpty)
        }
    }

    @Test("LEARN-065 training starts from weights by name, and tells which were missing and which were left over")
    func initial() async throws {
        try await withRuns { runs in
            let file = runs.appending(path: "first.safetensors")
            let net = try EmbeddingNet(EmbeddingOptions(backbone: BackboneOptions(width: 0.125), dimension: 16))
            var weights = net.weights()
            weights["neck.0.fc.weight"] = nil
            weights["classifier.weight"] = HostTensor([Float(1)])
            try Safetensors(weights).write(to: file)
            try await run({ $0.initial = file.path }, epochs: 1) { folder, _ in
                let told = try String(contentsOf: folder.file("initial.json"), encoding: .utf8)
                #expect(told.contains(#""missing":["neck.0.fc.weight"]"#), "\(told)")
                #expect(told.contains(#""unused":["classifier.weight"]"#), "\(told)")
            }
        }
    }

    @Test("LEARN-046 a step in bfloat16 has the loss and the gradients of one in 32 bits, within 5 and 20 %")
    func precision() throws {
        let experiment = try SmallExperiment.make()
        let data = try TrainingData(GeneratedPictures.dataset(), experiment, augmenters: [])
        let learner = try Learner(
            experiment.stages[0], experiment, ModelSettings(experiment.model, problems: ProblemList()),
            classes: data.train.classCount, teacher: nil, before: nil)
        let batch = try #require(try data.loader(experiment.stages[0], side: 16, experiment).start().nextBlocking())
        var (losses, norms) = ([Double](), [Double]())
        for precision in Experiment.Precision.allCases {
            let math = StepMath(
                learner: learner, precision: precision, device: .cpu, weights: [:], teacher: nil, teacherWeight: 0)
            learner.root.zeroGrad()
            losses.append(try math.backward(math.pictures(batch), parts: 1).loss)
            norms.append(try learner.root.clipGradients(to: 1e9))
        }
        #expect(abs(losses[0] - losses[1]) < 0.05 * losses[0], "\(losses)")
        #expect(abs(norms[0] - norms[1]) < 0.2 * norms[0], "\(norms)")
    }

    @Test("a batch may go through the net in parts")
    func parts() async throws {
        var firsts: [Double] = []
        for parts in [1, 3] {
            try await run({ $0.stages[0].batch.parts = parts }, epochs: 1) { folder, _ in
                firsts.append(contentsOf: try values(folder, "loss"))
            }
        }
        #expect(firsts.allSatisfy(\.isFinite) && firsts.count == 6)
    }

    @Test("a mixture of pictures counts for both of its labels")
    func mixture() async throws {
        try await withRuns { runs in
            let text = SmallExperiment.text(epochs: 3).replacingOccurrences(
                of: #"{"type": "batchHard", "label": "class", "weight": 0.5},"#, with: "")
            let experiment = try Experiment(bytes: Array(text.utf8))
            let mixer = try AugmentationRegistry.make(["mixUp"])
            let folder = try SmallExperiment.folder(runs, "one")
            let trainer = Trainer(experiment, try GeneratedPictures.dataset(), augmenters: [mixer], in: folder)
            #expect(try await trainer.run().state == .finished)
        }
    }
}

extension Learner.Root {
    /// How many tensors the net of an experiment has.
    static func size(_ experiment: Experiment, _ data: Dataset) throws -> Int {
        let settings = ModelSettings(experiment.model, problems: ProblemList())
        return try EmbeddingNet(settings.options(classes: data.classCount)).flattened().count
    }
}
