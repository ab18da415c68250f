import Basics
import Synchronization

/// How many scans are under way. Beyond that they are refused at once, which is kinder than a queue that nobody
/// outlasts.
final class ScanGate: Sendable {
    private let running = Mutex(0)
    private let limit: Int

    /// A gate for that many scans at a time.
    init(limit: Int) { self.limit = max(1, limit) }

    /// Scans under way.
    var count: Int { running.withLock { $0 } }

    /// Runs a scan.
    ///
    /// - Throws: 429 with the time to wait when too many are under way.
    func run<T>(_ body: () async throws -> T) async throws -> T {
        try running.withLock { running in
            guard running < limit else { throw RequestError.limitExceeded(retryAfterMilliseconds: 1_000) }
            running += 1
        }
        defer { running.withLock { $0 -= 1 } }
        return try await body()
    }
}
