package import Accounts
package import Basics
import Synchronization

/// Token buckets by user and class, by address and class before login, in bounded memory.
package final class RateLimiter: Sendable {
    /// Whom a bucket belongs to.
    package enum Party: Hashable, Sendable {
        /// A user by number.
        case user(Int64)
        /// An address, IPv6 by its network.
        case address(ClientAddress)
    }

    private struct Key: Hashable {
        let party: Party
        let rateClass: RateClass
    }

    private final class Shard: Sendable {
        let buckets = Mutex<[Key: TokenBucket]>([:])
    }

    private let shards: [Shard]
    private let bucketsPerShard: Int
    private let now: @Sendable () -> Int64

    /// A limiter that keeps at most about `maximumBuckets` buckets; `now` is a clock in milliseconds that never
    /// jumps.
    package init(maximumBuckets: Int = 200_000, now: @escaping @Sendable () -> Int64) {
        shards = (0..<16).map { _ in Shard() }
        bucketsPerShard = max(16, maximumBuckets / 16)
        self.now = now
    }

    private func shard(of key: Key) -> Shard { shards[Int(UInt(bitPattern: key.hashValue) % UInt(shards.count))] }

    /// Throws what ``charge(_:_:kind:)`` would throw, and charges nothing.
    package func check(_ party: Party, _ rateClass: RateClass) throws(RequestError) {
        let key = Key(party: party, rateClass: rateClass)
        guard var bucket = shard(of: key).buckets.withLock({ $0[key] }) else { return }
        if case .refused(let wait) = bucket.take(at: now()) { throw .limitExceeded(retryAfterMilliseconds: wait) }
    }

    /// Charges one request.
    ///
    /// - Throws: `M_LIMIT_EXCEEDED` with the time to wait when the bucket is empty.
    package func charge(_ party: Party, _ rateClass: RateClass, kind: UserKind?) throws(RequestError) {
        guard let rate = rateClass.rate(for: kind) else { return }
        let key = Key(party: party, rateClass: rateClass)
        let time = now()
        let verdict = shard(of: key).buckets.withLock { buckets in
            if buckets[key] == nil, buckets.count >= bucketsPerShard { Self.makeRoom(in: &buckets, at: time) }
            let fresh = TokenBucket(ratePerSecond: rate.perSecond, burst: rate.burst)
            return buckets[key, default: fresh].take(at: time)
        }
        if case .refused(let wait) = verdict { throw .limitExceeded(retryAfterMilliseconds: wait) }
    }

    /// Forgets buckets that are full again; if there are none, a quarter of all, which lets a flood from very many
    /// addresses through rather than growing without end.
    private static func makeRoom(in buckets: inout [Key: TokenBucket], at time: Int64) {
        let before = buckets.count
        buckets = buckets.filter { !$0.value.isFull(at: time) }
        guard buckets.count > before * 3 / 4 else { return }
        for key in buckets.keys.prefix(before / 4) { buckets[key] = nil }
    }

    /// How many buckets there are.
    package var count: Int { shards.reduce(0) { $0 + $1.buckets.withLock { $0.count } } }
}
