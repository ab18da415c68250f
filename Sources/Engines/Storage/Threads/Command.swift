/// A piece of work for one of the engine's threads, with somebody waiting for its result.
protocol Command<Context>: AnyObject, Sendable {
    associatedtype Context
    /// Does the work and keeps the result.
    func run(_ context: Context) throws
    /// Hands the result to the caller.
    func succeed()
    /// Hands an error to the caller.
    func fail(_ error: any Error)
}

/// A closure and the task that waits for it. Touched by one thread at a time: the caller before it is queued, then the
/// thread that took it off the queue.
final class TypedCommand<Context, Value: Sendable>: Command, @unchecked Sendable {
    private let body: @Sendable (Context) throws -> Value
    private let caller: CheckedContinuation<Value, any Error>
    private var value: Value?

    init(caller: CheckedContinuation<Value, any Error>, body: @escaping @Sendable (Context) throws -> Value) {
        self.caller = caller
        self.body = body
    }

    func run(_ context: Context) throws { value = try body(context) }

    func succeed() {
        if let value {
            caller.resume(returning: value)
        } else {
            caller.resume(throwing: StorageError(.other, "The command did not run."))
        }
    }

    func fail(_ error: any Error) { caller.resume(throwing: error) }
}

typealias WriteCommand = any Command<WriteContext>
typealias ReadCommand = any Command<Connection>
