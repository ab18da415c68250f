internal import Basics
internal import Foundation

extension TrainingRun {
    private static func prefix(_ index: Int) -> String { index == 0 ? "" : "second." }

    /// Keeps everything that the run goes on from.
    func keep() throws {
        try log.flush()
        var tensors: [String: [String: HostTensor]] = ["random": ["state": TorchRuntime.randomState]]
        for (index, learner) in learners.enumerated() {
            tensors.merge(learner.saved(Self.prefix(index))) { first, _ in first }
        }
        if let hardness { tensors["hardness"] = hardness.saved }
        if let maps = attention, maps.count > 0 { tensors["attention"] = maps.saved() }
        var state = place.json
        state["dropped"] = .int(Int64(dropped))
        state["averageSteps"] = .array(learners.map { .int(Int64($0.average?.steps ?? 0)) })
        state["best"] = best.json
        if let taskWeights { state["taskWeights"] = taskWeights.json }
        if let plateau { state["plateau"] = plateau.json }
        if let scaler { state["lossScale"] = scaler.json }
        try store.write(
            Checkpoint(step: place.step, tensors: tensors, state: state), keeping: experiment.checkpoints.kept)
        try around.folder.set(
            .running, step: place.step, of: stageSteps.reduce(0, +), reason: nil, clock: around.clock)
    }

    /// Goes on from a checkpoint of the stage that has begun.
    func restore(_ checkpoint: Checkpoint) throws {
        let steps = checkpoint.state["averageSteps"]?.arrayValue?.map { Int($0.intValue ?? 0) } ?? []
        for (index, learner) in learners.enumerated() {
            try learner.restore(
                Self.prefix(index), checkpoint.tensors, averageSteps: steps.indices.contains(index) ? steps[index] : 0)
        }
        hardness?.restore(checkpoint.tensors["hardness"] ?? [:])
        attention?.restore(checkpoint.tensors["attention"] ?? [:])
        dropped = Int(checkpoint.state["dropped"]?.intValue ?? 0)
        best = BestFigure(checkpoint.state["best"])
        if let kept = checkpoint.state["taskWeights"], taskWeights?.restore(kept) == false {
            throw RunError.damaged("checkpoint", reason: "its task weights are not of this run")
        }
        if let kept = checkpoint.state["plateau"] { plateau?.restore(kept) }
        if let kept = checkpoint.state["lossScale"] { scaler?.restore(kept) }
        guard let random = checkpoint.tensors["random"]?["state"] else {
            throw RunError.damaged("checkpoint", reason: "the state of the random generator is missing")
        }
        TorchRuntime.randomState = random
    }

    /// Keeps the weights as they would be served, with what stands in the file's metadata.
    func keepServed(_ name: String, _ metadata: [String: String]) throws {
        guard let learner = learners.first else { return }
        let weights = learner.average.flatMap { $0.steps > 0 ? $0.weights() : nil } ?? learner.root.weights()
        try DurableFile.replace(
            around.folder.file(name).path, with: Safetensors(weights, metadata: metadata).encoded())
    }
}

extension TrainingRun.Place {
    var json: JSONObject {
        [
            "stage": .int(Int64(stage)), "epoch": .int(Int64(epoch)), "batch": .int(Int64(batch)),
            "stageStep": .int(Int64(stageStep)),
        ]
    }

    init(_ state: JSONObject) throws {
        func number(_ key: String) throws -> Int {
            guard let value = state[key]?.intValue, value >= 0 else {
                throw RunError.damaged("checkpoint", reason: "\(key) is missing")
            }
            return Int(value)
        }
        self.init(
            stage: try number("stage"), epoch: try number("epoch"), batch: try number("batch"),
            stageStep: try number("stageStep"), step: try number("step"))
    }
}

extension PlateauSchedule {
    /// What a checkpoint keeps.
    var json: JSON {
        ["current": .double(current), "waited": .int(Int64(waited)), "best": best.map(JSON.double) ?? .null]
    }

    /// Goes on from what was kept.
    mutating func restore(_ json: JSON) {
        current = json["current"]?.doubleValue ?? 1
        waited = Int(json["waited"]?.intValue ?? 0)
        best = json["best"]?.doubleValue
    }
}

/// The best evaluation so far, and how long nothing was better.
struct BestFigure: Hashable {
    private(set) var value: Double?
    private(set) var step = 0
    private(set) var waited = 0
    private(set) var last: Double?

    init() {}

    /// Takes in a figure; true if it is the best so far. What is no number is no better figure.
    mutating func received(_ figure: Double, step: Int) -> Bool {
        last = figure.isFinite ? figure : last
        guard figure.isFinite, value.map({ figure > $0 }) ?? true else {
            waited += 1
            return false
        }
        (value, self.step, waited) = (figure, step, 0)
        return true
    }

    var json: JSON {
        [
            "value": value.map(JSON.double) ?? .null, "step": .int(Int64(step)), "waited": .int(Int64(waited)),
            "last": last.map(JSON.double) ?? .null,
        ]
    }

    init(_ json: JSON?) {
        value = json?["value"]?.doubleValue
        step = Int(json?["step"]?.intValue ?? 0)
        waited = Int(json?["waited"]?.intValue ?? 0)
        last = json?["last"]?.doubleValue
    }
}
