internal import Synchronization

/// Counts the multiplications (each with its addition) of convolutions, linear layers and attention.
public enum OperationCount {
    @TaskLocal private static var counter: Counter?

    private final class Counter: Sendable {
        let count = Mutex(0)
    }

    /// How many multiplications a body's layers make; everything else that they compute is not counted.
    public static func multiplications(_ body: () throws -> Void) rethrows -> Int {
        let counter = Counter()
        try $counter.withValue(counter) { try body() }
        return counter.count.withLock { $0 }
    }

    /// Called by layers: adds what `count` says, if somebody counts.
    static func add(_ count: @autoclosure () -> Int) {
        guard let counter else { return }
        let more = count()
        counter.count.withLock { $0 += more }
    }
}

extension Module {
    /// The multiplications of one picture [1, channels, height, width], with the running numbers of batch norms.
    public func multiplications(_ forward: (Tensor) -> Void, channels: Int = 3, height: Int, width: Int) -> Int {
        let wasTraining = isTraining
        train(false)
        defer { train(wasTraining) }
        return OperationCount.multiplications {
            withoutGrad { forward(.zeros([1, channels, height, width])) }
        }
    }
}
