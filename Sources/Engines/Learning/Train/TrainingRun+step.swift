internal import Basics
internal import Foundation

extension TrainingRun {
    /// Losses in a row that may be no number.
    static let patience = 3
    /// Steps between looks at the validation losses that task weights follow, and pictures in such a look.
    static let (lookEvery, lookSize) = (4, 16)

    /// One step with a batch: all of it, or nothing but the count.
    func take(_ batch: HostBatch) throws {
        let started = ContinuousClock.now
        let moment = StepMoment(learners)
        let outcomes: [StepMath.Outcome]
        do {
            outcomes = try gradients(batch)
        } catch {
            // Whatever failed, such as memory, the state is that of the last full step, and is kept.
            moment.putBack(draws: true)
            try? keep()
            throw error
        }
        unscale()
        let norms = try learners.map { try $0.root.clipGradients(to: stage.clip) }
        let isNumber = outcomes.allSatisfy(\.loss.isFinite)
        let isFine = isNumber && norms.allSatisfy(\.isFinite)
        // A loss that is a number and gradients that are none: the scale was too large, which is no fault of the pictures.
        let verdict = isNumber ? scaler?.received(areFinite: isFine) : nil
        if isFine {
            for learner in learners {
                try learner.optimizer.step()
                try learner.average?.update()
            }
            dropped = 0
            if let first = outcomes.first { hardness?.received(first.hardness, of: batch.indexes) }
        } else {
            moment.putBack(draws: false)
            if verdict != .skip { try drop(batch) }
        }
        (place.step, place.stageStep, place.batch) = (place.step + 1, place.stageStep + 1, batch.cursor.batch + 1)
        pace.add(pictures: batch.count, ContinuousClock.now - started)
        try write(outcomes, norms, isFine)
        try followTrends()
        tell(isFine ? outcomes.first?.loss : nil)
        if dropped >= Self.patience || verdict == .stop { throw RunError.diverged(step: place.step) }
        if place.step % experiment.checkpoints.everySteps == 0 { try keep() }
    }

    private func gradients(_ batch: HostBatch) throws -> [StepMath.Outcome] {
        let factor = rateFactor
        for learner in learners {
            learner.optimizer.rateFactor = factor
            learner.optimizer.zeroGrad()
            learner.root.zeroGrad()
            learner.root.losses.advance(step: place.stageStep, of: max(stageSteps[place.stage], 1))
        }
        if let mutual = experiment.mutual { return try MutualMath(maths, mutual).backward(batch) }
        return try maths.map { math in try math.backward(math.pictures(batch), parts: stage.batch.parts) }
    }

    /// Divides gradients by what the loss was multiplied with.
    private func unscale() {
        guard let scale = scaler?.scale, scale != 1 else { return }
        let gradients = learners.flatMap { $0.root.trainable() }.compactMap(\.tensor.grad)
        if !gradients.isEmpty { withoutGrad { Each.multiply(gradients, by: 1 / scale) } }
    }

    var maths: [StepMath] {
        let names = stage.losses.filter { $0.weight == nil }.map(\.name)
        let weights = Dictionary(zip(names, taskWeights?.weights ?? []), uniquingKeysWith: { first, _ in first })
        return learners.map {
            StepMath(
                learner: $0, precision: experiment.precision, device: experiment.device, weights: weights,
                teacher: teacher, teacherWeight: experiment.teacher?.weight ?? 0, tellsHardness: hardness != nil,
                recomputes: stage.batch.recomputes, lossScale: scaler?.scale ?? 1)
        }
    }

    /// What the learning rate is multiplied with at this step.
    var rateFactor: Double {
        switch stage.schedule {
        case .planned(let schedule): schedule.factor(step: place.stageStep, of: max(stageSteps[place.stage], 1))
        case .plateau: plateau?.current ?? 1
        }
    }

    /// Leaves a step out, and writes down whose pictures it had.
    private func drop(_ batch: HostBatch) throws {
        dropped += 1
        let names = batch.indexes.map { data.train.samples[$0] }.map { "\($0.source)/\($0.id)" }
        let line = JSON.object(["step": .int(Int64(place.step)), "ids": .array(names.map(JSON.string))]).encoded()
        let path = around.folder.file("bad_batches.jsonl").path
        let old = FileManager.default.contents(atPath: path).map { Array($0) } ?? []
        try DurableFile.replace(path, with: old + line + [UInt8(ascii: "\n")])
    }

    // MARK: News

    private func write(_ outcomes: [StepMath.Outcome], _ norms: [Double], _ isFine: Bool) throws {
        for (index, outcome) in outcomes.enumerated() {
            let prefix = index == 0 ? "" : "second/"
            try log.add(prefix + "loss", outcome.loss, step: place.step)
            for (name, value) in outcome.terms { try log.add(prefix + "loss/\(name)", value, step: place.step) }
            try log.add(prefix + "gradient", norms[index], step: place.step)
            for (name, value) in outcome.counts { try log.add(prefix + "count/\(name)", value, step: place.step) }
            for (key, tensor) in learners[index].root.losses.counts {
                try log.add(prefix + "count/\(key)", tensor.item(), step: place.step)
            }
        }
        try log.add("rate", rateFactor * stage.optimizer.rate, step: place.step)
        if let scaler { try log.add("lossScale", scaler.scale, step: place.step) }
        if !isFine { try log.add("dropped", 1, step: place.step) }
    }

    private func tell(_ loss: Double?) {
        let steps = stageSteps.reduce(0, +)
        around.report(
            TrainingProgress(
                step: place.step, steps: steps, stage: stage.name, epoch: place.epoch + 1, epochs: stage.epochs,
                loss: loss, picturesPerSecond: pace.picturesPerSecond,
                secondsLeft: pace.secondsPerStep * Double(max(steps - place.step, 0)), figure: best.last,
                best: best.value))
    }

    /// Looks at validation losses now and then, for the factors that follow their trends.
    private func followTrends() throws {
        guard taskWeights != nil, place.stageStep % Self.lookEvery == 0, let math = maths.first,
            let batch = try data.look(place.stageStep / Self.lookEvery, size: Self.lookSize, experiment)
        else { return }
        let random = TorchRuntime.randomState
        math.learner.root.train(false)
        let outcome = try checked {
            withoutGrad {
                let pictures = math.pictures(batch)
                return math.loss(math.learner.vectors(pictures.all, math.precision), batch.rows(0..<batch.count))
                    .outcome
            }
        }
        math.learner.root.train()
        TorchRuntime.randomState = random
        let names = stage.losses.filter { $0.weight == nil }.map(\.name)
        taskWeights?.received(names.map { name in outcome.terms.first { $0.name == name }?.value ?? .nan })
        for (name, weight) in zip(names, taskWeights?.weights ?? []) {
            try log.add("weight/\(name)", weight, step: place.step)
        }
    }
}

/// What a step changes before it is sure to be taken: buffers, memories, and where draws stand.
struct StepMoment {
    private let buffers: [(tensor: Tensor, kept: Tensor)]
    private let memories: [(memory: CrossBatchMemory, kept: CrossBatchMemory.State)]
    private let random: HostTensor

    init(_ learners: [Learner]) {
        buffers = withoutGrad {
            learners.flatMap { $0.root.buffers() }.map { ($0.tensor, $0.tensor.detached().clone()) }
        }
        memories = learners.flatMap(\.pairLosses).compactMap { named in
            named.loss.memory.map { ($0, $0.state) }
        }
        random = TorchRuntime.randomState
    }

    /// Makes it as if the step had not been tried. Draws go on where they are unless they too are put back.
    func putBack(draws: Bool) {
        for (tensor, kept) in buffers { tensor.copyInPlace(kept) }
        for (memory, kept) in memories { memory.state = kept }
        if draws { TorchRuntime.randomState = random }
    }
}

/// How fast a run goes in this process.
struct Pace {
    private(set) var seconds = 0.0
    private var pictures = 0
    private var steps = 0
    private let started = ContinuousClock.now

    mutating func add(pictures: Int, _ duration: Duration) {
        self.pictures += pictures
        steps += 1
        let parts = (ContinuousClock.now - started).components
        seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }

    var picturesPerSecond: Double { seconds > 0 ? Double(pictures) / seconds : 0 }
    var secondsPerStep: Double { steps > 0 ? seconds / Double(steps) : 0 }
}
