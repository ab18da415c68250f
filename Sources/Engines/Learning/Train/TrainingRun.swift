internal import Basics
internal import Foundation

/// One training from its beginning, or from a checkpoint, to its end. Lives on one thread, and blocks it.
final class TrainingRun {
    /// What a run works with and tells its news to.
    struct Surroundings {
        var folder: RunFolder
        var stop: StopSignal
        var clock: any WallClock
        var report: @Sendable (TrainingProgress) -> Void
    }

    /// Where a run stands.
    struct Place: Hashable {
        var stage = 0
        var epoch = 0
        var batch = 0
        /// Steps of the stage, and of the run.
        var stageStep = 0
        var step = 0
    }

    let experiment: Experiment
    let data: TrainingData
    let around: Surroundings
    let store: CheckpointStore
    let log: RunLog
    let settings: [ModelSettings]
    let teacher: TeacherTable?

    var learners: [Learner] = []
    var place = Place()
    var best = BestFigure()
    var plateau: PlateauSchedule?
    var taskWeights: TaskWeights?
    var hardness: Hardness?
    var dropped = 0
    var scaler: LossScaler?
    var stageSteps: [Int] = []
    var pace = Pace()

    init(_ experiment: Experiment, _ data: TrainingData, _ around: Surroundings, after step: Int) throws {
        (self.experiment, self.data, self.around) = (experiment, data, around)
        store = try CheckpointStore(folder: around.folder.file("checkpoints"))
        log = try RunLog(around.folder, after: step, clock: around.clock)
        let problems = ProblemList()
        settings =
            [ModelSettings(experiment.model, problems: problems)]
            + (experiment.mutual.map { [ModelSettings($0.model, path: "mutual.model", problems: problems)] } ?? [])
        guard problems.problems.isEmpty else { throw ExperimentError(problems.problems) }
        teacher = try experiment.teacher.map {
            try TeacherTable(contentsOf: URL(filePath: $0.embeddings), for: data.train)
        }
    }

    var stage: Experiment.Stage { experiment.stages[place.stage] }

    // MARK: From beginning to end

    /// Trains. Begins at a checkpoint, if one is given.
    func run(from checkpoint: Checkpoint?) throws -> TrainingVerdict {
        TorchRuntime.threads = experiment.threads
        TorchRuntime.keepMemory()
        TorchRuntime.seed(experiment.seed)
        stageSteps = experiment.stages.map { data.batchCount($0, experiment) * $0.epochs }
        if let checkpoint { place = try Place(checkpoint.state) }
        var resumed = checkpoint
        while place.stage < experiment.stages.count {
            try begin()
            if let checkpoint = resumed { try restore(checkpoint) }
            resumed = nil
            if let verdict = try runStage() { return verdict }
            place = Place(stage: place.stage + 1, step: place.step)
        }
        return try finish(wasEarly: false)
    }

    /// Makes the learners of the stage that begins.
    private func begin() throws {
        let before = learners
        learners = try settings.enumerated().map { index, settings in
            try Learner(
                stage, experiment, settings, classes: data.train.classCount, teacher: teacher?.dimension,
                before: before.isEmpty ? nil : before[index])
        }
        if before.isEmpty, let file = experiment.initial { try load(file) }
        if case .plateau(let factor, let patience) = stage.schedule {
            plateau = PlateauSchedule(factor: factor, patience: patience)
        } else {
            plateau = nil
        }
        let followers = stage.losses.count { $0.weight == nil }
        taskWeights = followers > 0 && data.validation.count > 0 ? TaskWeights(count: followers) : nil
        hardness = stage.batch.sampler == .hard ? hardness ?? Hardness(count: data.train.count) : nil
        dropped = 0
        scaler = experiment.lossScale.map { LossScaler(scale: $0) }
    }

    /// Runs the rest of a stage; a verdict ends the run.
    private func runStage() throws -> TrainingVerdict? {
        var loader: (side: Int, made: Loader)?
        let offset = experiment.stages[..<place.stage].reduce(0) { $0 + $1.epochs }
        while place.epoch < stage.epochs {
            let side = stage.side(epoch: place.epoch) ?? settings[0].side
            if loader?.side != side { loader = (side, try data.loader(stage, side: side, experiment)) }
            guard let loader else { break }
            if place.batch == 0 { try beginEpoch(offset + place.epoch, loader.made) }
            let batches = loader.made.start(
                at: LoaderCursor(epoch: offset + place.epoch, batch: place.batch),
                sampler: hardness.map { data.sampler(stage, experiment, losses: $0.atStart) })
            defer { batches.end() }
            while let batch = try batches.nextBlocking() {
                try take(batch)
                if around.stop.wasAsked { return try stopped() }
            }
            let isOver = try endEpoch()
            (place.epoch, place.batch) = (place.epoch + 1, 0)
            if isOver { return try finish(wasEarly: true) }
        }
        return nil
    }

    // MARK: Ends

    private func stopped() throws -> TrainingVerdict {
        try keep()
        try log.close()
        return verdict(.stopped, wasEarly: false)
    }

    private func finish(wasEarly: Bool) throws -> TrainingVerdict {
        place.stage = min(place.stage, experiment.stages.count - 1)
        try keep()
        try keepServed("weights.safetensors", ["step": "\(place.step)"])
        try log.close()
        let verdict = verdict(.finished, wasEarly: wasEarly)
        var object: JSONObject = [
            "state": "finished", "steps": .int(Int64(place.step)), "early": .bool(wasEarly),
            "seconds": .double(verdict.seconds),
        ]
        if let best = verdict.best {
            object["best"] = [
                "metric": .string(experiment.evaluation.metric), "value": .double(best.value),
                "step": .int(Int64(best.step)),
            ]
        }
        try around.folder.keep("verdict.json", .object(object))
        return verdict
    }

    private func verdict(_ state: RunState, wasEarly: Bool) -> TrainingVerdict {
        TrainingVerdict(
            state: state, step: place.step, seconds: pace.seconds, wasEarly: wasEarly, bestValue: best.value,
            bestStep: best.step)
    }

    /// Starts from weights by name, and says which were missing and which were left over.
    private func load(_ path: String) throws {
        for learner in learners.prefix(1) {
            let (missing, unused) = try learner.load(path)
            try around.folder.keep(
                "initial.json",
                [
                    "file": .string(path), "missing": .array(missing.map(JSON.string)),
                    "unused": .array(unused.map(JSON.string)),
                ])
        }
    }
}

extension Experiment.Stage {
    /// The side of the pictures in an epoch, from 0; nil for the net's own.
    func side(epoch: Int) -> Int? {
        var end = 0
        for part in sides {
            end += part.epochs
            if epoch < end { return part.side }
        }
        return sides.last?.side
    }
}
