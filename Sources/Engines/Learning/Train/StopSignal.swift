internal import Synchronization

/// Asks a training from any thread to end after its step.
public final class StopSignal: Sendable {
    private let isAsked = Atomic(false)

    /// A signal that nobody has given.
    public init() {}

    /// Asks.
    public func ask() { isAsked.store(true, ordering: .relaxed) }

    /// Whether somebody asked.
    public var wasAsked: Bool { isAsked.load(ordering: .relaxed) }
}

/// How far a training is.
public struct TrainingProgress: Hashable, Sendable {
    /// Steps done and steps in all stages.
    public var step: Int
    /// Steps in all stages.
    public var steps: Int
    /// The stage's name.
    public var stage: String
    /// The epoch in the stage, from 1.
    public var epoch: Int
    /// Epochs of the stage.
    public var epochs: Int
    /// The loss of the last step; nil if it was dropped.
    public var loss: Double?
    /// Pictures a second since this process began.
    public var picturesPerSecond: Double
    /// Seconds until the end, if it goes on like this.
    public var secondsLeft: Double
    /// The last evaluated figure that decides.
    public var figure: Double?
    /// The best one.
    public var best: Double?
}

/// How a training ended.
public struct TrainingVerdict: Hashable, Sendable {
    /// Finished or stopped.
    public var state: RunState
    /// Steps done.
    public var step: Int
    /// The best figure and its step, if any was evaluated.
    public var best: (value: Double, step: Int)? { bestValue.map { ($0, bestStep) } }
    /// Seconds that this process spent in steps and evaluations.
    public var seconds: Double
    /// Whether it ended before its time because the figure stood still.
    public var wasEarly: Bool

    var bestValue: Double?
    var bestStep = 0
}
