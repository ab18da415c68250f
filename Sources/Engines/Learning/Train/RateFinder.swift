internal import Basics
internal import Imaging

/// Looks for a learning rate: the loss of a net while the rate rises from step to step (Smith 2017, section 3.3).
package struct RateFinder: Sendable {
    /// One step.
    package struct Point: Hashable, Sendable {
        /// The rate.
        package let rate: Double
        /// The loss, smoothed over past steps.
        package let loss: Double
    }

    /// The steps until the loss ran away.
    package let points: [Point]

    /// The rate at which the loss falls fastest; nil if it never falls.
    package var suggestion: Double? {
        let slopes = points.indices.dropFirst().map { (points[$0].loss - points[$0 - 1].loss, points[$0].rate) }
        return slopes.min { $0.0 < $1.0 }.flatMap { $0.0 < 0 ? $0.1 : nil }
    }

    /// Trains the first stage for at most `steps` steps, the rate rising from `from` to `to`, and forgets what it learnt.
    package init(_ prepared: PreparedExperiment, steps: Int = 100, from: Double = 1e-6, to: Double = 1) throws {
        let experiment = prepared.experiment
        TorchRuntime.threads = experiment.threads
        TorchRuntime.seed(experiment.seed)
        var stage = experiment.stages[0]
        stage.optimizer.rate = 1
        let data = try TrainingData(prepared.dataset, experiment, augmenters: prepared.augmenters)
        let settings = ModelSettings(experiment.model, problems: ProblemList())
        let learner = try Learner(
            stage, experiment, settings, classes: data.train.classCount, teacher: nil, before: nil)
        let math = StepMath(
            learner: learner, precision: experiment.precision, device: experiment.device, weights: [:], teacher: nil,
            teacherWeight: 0)
        let loader = try data.loader(experiment.stages[0], side: settings.side, experiment)
        var (found, smooth, least, step, epoch) = ([Point](), 0.0, Double.infinity, 0, 0)
        search: while step < steps, epoch < steps {
            let run = loader.start(at: LoaderCursor(epoch: epoch))
            defer { run.end() }
            while let batch = try run.nextBlocking() {
                guard step < steps else { break search }
                let rate = from * Scalar.pow(to / from, Double(step) / Double(max(steps - 1, 1)))
                learner.optimizer.rateFactor = rate
                learner.optimizer.zeroGrad()
                let loss = try math.backward(math.pictures(batch), parts: 1).loss
                guard loss.isFinite else { break search }
                _ = try learner.root.clipGradients(to: stage.clip)
                try learner.optimizer.step()
                step += 1
                smooth = step == 1 ? loss : 0.9 * smooth + 0.1 * loss
                least = min(least, smooth)
                found.append(Point(rate: rate, loss: smooth))
                if smooth > 4 * least { break search }
            }
            epoch += 1
        }
        points = found
    }
}
