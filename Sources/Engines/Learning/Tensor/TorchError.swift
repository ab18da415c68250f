internal import Foundation
internal import Synchronization

/// An operation that failed: which one, on what shapes, and why.
public struct TorchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The operator or function, as `aten::matmul`.
    public let operation: String
    /// The shapes of its tensor arguments, in order.
    public let shapes: [[Int]]
    /// What libtorch, or the check before it, says.
    public let message: String

    /// One line for a log.
    public var description: String {
        let arguments = shapes.map { "[" + $0.map(String.init).joined(separator: ", ") + "]" }
        return "\(operation)(\(arguments.joined(separator: ", "))): \(message)"
    }
}

/// Runs a body whose tensor operations may fail, and throws the first failure.
///
/// After a failure the operations that use its result do nothing, so the body may run to its end; nothing it returns is
/// handed out then. Outside of `checked` a failed operation writes the same text to standard error and ends the process
/// with status 70, because there is nobody who could go on with a wrong number.
public func checked<Result>(_ body: () throws -> Result) throws -> Result {
    let latch = ErrorLatch()
    let outcome = ErrorLatch.$current.withValue(latch) { Swift.Result { try body() } }
    if let first = latch.first { throw first }
    return try outcome.get()
}

/// Keeps the first failure of a `checked` body.
final class ErrorLatch: Sendable {
    @TaskLocal static var current: ErrorLatch?

    private let error = Mutex<TorchError?>(nil)

    var first: TorchError? { error.withLock { $0 } }

    func report(_ failure: TorchError) {
        error.withLock { if $0 == nil { $0 = failure } }
    }

    /// Where every failure of an operation ends.
    static func report(_ failure: TorchError) {
        if let current { return current.report(failure) }
        FileHandle.standardError.write(Data("tensor operation failed: \(failure)\n".utf8))
        exit(70)
    }
}
