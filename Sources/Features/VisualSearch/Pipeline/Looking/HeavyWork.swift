internal import Foundation

/// Threads for what keeps a processor busy: decoding, hashing, networks. A task waits here without holding a thread of
/// the others.
final class HeavyWork: Sendable {
    private let queue: OperationQueue

    /// - Parameter width: how much goes on at the same time.
    init(width: Int) {
        queue = OperationQueue()
        queue.name = "vitrine.pictures"
        queue.maxConcurrentOperationCount = max(1, width)
    }

    /// Runs the body on one of the threads.
    func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.addOperation { continuation.resume(with: Result { try body() }) }
        }
    }
}
