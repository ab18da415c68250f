import Synchronization

/// A progress bar that several tasks may move.
final class ShownProgress: Sendable {
    private let bar: Mutex<ProgressBar>

    init(_ title: String) { bar = Mutex(ProgressBar(title)) }

    func show(_ share: Double, _ note: String = "") { bar.withLock { $0.show(share) } }

    func finish() { bar.withLock { $0.finish() } }
}
