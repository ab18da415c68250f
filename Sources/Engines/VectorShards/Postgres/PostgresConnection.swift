internal import Dispatch
internal import Synchronization

/// A connection that is opened when it is needed, and again after it broke. Statements run one after the other, on a thread
/// that may block.
final class PostgresConnection: Sendable {
    private let session: Mutex<PostgresSession>
    private let queue = DispatchQueue(label: "vitrine.postgres")

    init(_ address: PostgresAddress, opening: [PostgresStatement], seconds: Int) {
        session = Mutex(PostgresSession(address, opening: opening, seconds: seconds))
    }

    deinit { session.withLock { $0.close() } }

    /// Runs statements that take effect together or not at all; returns the rows of each.
    func run(_ statements: [PostgresStatement]) async throws -> [[[String?]]] {
        try await withCheckedThrowingContinuation { caller in
            queue.async { [self] in
                caller.resume(with: Result { try session.withLock { try $0.run(statements) } })
            }
        }
    }
}
