import Foundation
import Learning
import Synchronization

/// How far a training is: one line that is written over on a terminal, and a line now and then elsewhere.
final class ProgressLine: Sendable {
    private let state = Mutex((shown: ContinuousClock.now - .seconds(60), epoch: 0))
    private let metric: String

    init(metric: String) { self.metric = metric }

    /// Shows where a training stands.
    func show(_ progress: TrainingProgress) {
        let pause: Duration = Terminal.isWatched ? .milliseconds(200) : .seconds(15)
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            let isLast = progress.step == progress.steps
            guard now - state.shown > pause || isLast else { return false }
            state.shown = now
            return true
        }
        guard isDue else { return }
        if Terminal.isWatched { Terminal.overwrite(text(progress)) } else { Terminal.warn(text(progress)) }
    }

    /// Leaves the line.
    func finish() {
        if Terminal.isWatched { Terminal.warn("") }
    }

    private func text(_ progress: TrainingProgress) -> String {
        let share = progress.steps > 0 ? 100 * progress.step / progress.steps : 0
        let loss = progress.loss.map { Terminal.decimal($0) } ?? "dropped"
        let figure = progress.figure.map { "  \(metric) \(Terminal.decimal($0))" } ?? ""
        let best = progress.best.map { " (best \(Terminal.decimal($0)))" } ?? ""
        return
            "\(progress.stage) \(progress.epoch)/\(progress.epochs)  step \(progress.step)/\(progress.steps) \(share) %  "
            + "loss \(loss)  \(Terminal.decimal(progress.picturesPerSecond, 0)) img/s  "
            + "\(Terminal.clock(progress.secondsLeft)) left" + figure + best
    }
}
