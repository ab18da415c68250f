internal import Basics
internal import Foundation

/// Trains what an experiment describes, on a thread of its own, in a folder of its own.
///
/// ```swift
/// let trainer = try Trainer(experiment, dataset, in: folder)
/// let verdict = try await trainer.run()
/// ```
public actor Trainer {
    private let executor = TrainingExecutor()
    private let experiment: Experiment
    private let dataset: Dataset
    private let augmenters: [Augmenter]
    private let folder: RunFolder
    private let stop: StopSignal
    private let drifts: Bool

    /// The thread that steps run on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// A trainer of samples that know their split. There is one augmenter a stage.
    ///
    /// A folder that holds checkpoints is gone on with; `allowsDrift` does so too when data, configuration, threads or
    /// libtorch are not what they were.
    public init(
        _ experiment: Experiment, _ dataset: Dataset, augmenters: [Augmenter] = [], in folder: RunFolder,
        stop: StopSignal = StopSignal(), allowsDrift: Bool = false
    ) {
        (self.experiment, self.dataset, self.augmenters) = (experiment, dataset, augmenters)
        (self.folder, self.stop, drifts) = (folder, stop, allowsDrift)
    }

    /// Trains to the end, or until the stop signal is given; then the run can be gone on with.
    ///
    /// Throws ``RunError``, ``TorchError`` or what reading pictures throws. The folder says how it ended in every case.
    public func run(report: @escaping @Sendable (TrainingProgress) -> Void = { _ in }) throws -> TrainingVerdict {
        let lock = try folder.lock()
        defer { withExtendedLifetime(lock) {} }
        let clock = SystemWallClock()
        let store = try CheckpointStore(folder: folder.file("checkpoints"))
        let newest = try store.newest()
        store.clean(after: newest?.checkpoint.step ?? -1)
        let prints = RunFingerprint(experiment, dataset)
        try prints.check(folder, allowsDrift: drifts, isResumed: newest != nil)
        try folder.set(.running, step: newest?.checkpoint.step ?? 0, clock: clock)
        do {
            let around = TrainingRun.Surroundings(folder: folder, stop: stop, clock: clock, report: report)
            let data = try TrainingData(dataset, experiment, augmenters: augmenters)
            let run = try TrainingRun(experiment, data, around, after: newest?.checkpoint.step ?? 0)
            let verdict = try run.run(from: newest?.checkpoint)
            try folder.set(verdict.state, step: verdict.step, clock: clock)
            return verdict
        } catch {
            try? folder.set(.failed, step: store.steps.last ?? 0, reason: "\(error)", clock: clock)
            throw error
        }
    }
}
