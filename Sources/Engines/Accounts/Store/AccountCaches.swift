/// What the server remembers of users and sessions so that a request needs no look at the database.
///
/// A reader notes ``epoch`` before its snapshot and offers what it found with that epoch. Every change raises the epoch
/// right after its commit, so what was read before a change is never remembered after it.
struct AccountCaches: Sendable {
    /// A session as its access token finds it.
    struct Entry: Sendable, Hashable {
        var userNumber: Int64
        var deviceNumber: Int64
        var deviceID: String
        var generation: Int64
        var expiresMilliseconds: Int64?
        /// Whether this token was used before; its first use ends the tokens that it replaced.
        var isUsed: Bool
        var lastUsedMilliseconds: Int64
    }

    private(set) var epoch: UInt64 = 0
    private var users: RecentCache<Int64, UserRecord>
    private var numbers: RecentCache<String, Int64>
    private var entries: RecentCache<[UInt8], Entry>

    init(capacity: Int = 100_000) {
        users = RecentCache(capacity: capacity)
        numbers = RecentCache(capacity: capacity)
        entries = RecentCache(capacity: capacity)
    }

    mutating func user(number: Int64) -> UserRecord? { users.value(number) }

    mutating func user(localpart: String) -> UserRecord? { numbers.value(localpart).flatMap { users.value($0) } }

    mutating func entry(hash: [UInt8]) -> Entry? { entries.value(hash) }

    mutating func remember(_ user: UserRecord, readAt epoch: UInt64) {
        guard epoch == self.epoch else { return }
        users.insert(user, for: user.number)
        numbers.insert(user.number, for: user.identifier.localpart)
    }

    mutating func remember(_ entry: Entry, hash: [UInt8], readAt epoch: UInt64) {
        guard epoch == self.epoch else { return }
        entries.insert(entry, for: hash)
    }

    /// Notes that a token was used, which keeps the sessions of visitors alive.
    mutating func touch(hash: [UInt8], at now: Int64) {
        guard var entry = entries.value(hash), entry.lastUsedMilliseconds < now else { return }
        entry.lastUsedMilliseconds = now
        entries.insert(entry, for: hash)
    }

    mutating func forget(users changed: [Int64] = [], hashes: [[UInt8]] = []) {
        epoch &+= 1
        for number in changed { users.remove(number) }
        for hash in hashes { entries.remove(hash) }
    }
}
