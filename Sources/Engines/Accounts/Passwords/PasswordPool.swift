internal import Basics
internal import Dispatch
internal import Synchronization

/// Computes passwords on a few threads of its own, so that the tasks of requests never wait for a computation.
///
/// At most ``maximumWaiting`` computations wait; further ones are refused with 429, which also bounds the memory.
final class PasswordPool: Sendable {
    static let maximumWaiting = 64
    let cost: PasswordCost
    private let threads: [DispatchQueue]
    private let waiting: Mutex<[Int]>

    init(cost: PasswordCost, threads count: Int) {
        self.cost = cost
        let count = max(1, count)
        threads = (0..<count).map { DispatchQueue(label: "vitrine.password.\($0)") }
        waiting = Mutex(Array(repeating: 0, count: count))
    }

    /// The string to store for a password.
    func hash(_ password: String) async throws -> String {
        let hashed = try await run { [cost] in Argon2.hash(password, cost: cost) }
        guard let hashed else { throw RequestError.resourceLimit("There is no memory for the password. Try again.") }
        return hashed
    }

    /// Whether a password is the stored one. Without a stored one the answer is no, after the same time.
    func verify(_ password: String, stored: String?) async throws -> Bool {
        try await run { [cost] in
            guard let stored else {
                _ = Argon2.hash(password, cost: cost)
                return false
            }
            return Argon2.verify(password, against: stored)
        }
    }

    /// Whether a stored password was made with another cost than today's and is to be computed anew.
    func isOutdated(_ stored: String) -> Bool { Argon2.cost(of: stored) != cost }

    private func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async throws -> T {
        guard let place = reserve() else { throw RequestError.limitExceeded(retryAfterMilliseconds: 2_000) }
        return await withCheckedContinuation { continuation in
            threads[place].async { [self] in
                let result = body()
                waiting.withLock { $0[place] -= 1 }
                continuation.resume(returning: result)
            }
        }
    }

    /// The thread with the least to do.
    private func reserve() -> Int? {
        waiting.withLock { counts in
            guard counts.reduce(0, +) < Self.maximumWaiting,
                let place = counts.indices.min(by: { counts[$0] < counts[$1] })
            else { return nil }
            counts[place] += 1
            return place
        }
    }
}
