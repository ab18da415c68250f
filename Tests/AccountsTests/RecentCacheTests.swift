import Basics
import Testing

@testable import Accounts

@Suite("The bounded cache")
struct RecentCacheTests {
    @Test("It never holds more than its capacity and never a value that was not put in last")
    func boundedAndTrue() {
        for seed in UInt64(1)...20 {
            var random = SeededRandom(seed: seed)
            var cache = RecentCache<Int, Int>(capacity: 16)
            var model: [Int: Int] = [:]
            for step in 0..<2_000 {
                let key = Int.random(in: 0..<40, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    cache.insert(step, for: key)
                    model[key] = step
                case 1:
                    cache.remove(key)
                    model[key] = nil
                default:
                    if let value = cache.value(key) { #expect(value == model[key], "seed \(seed)") }
                }
                #expect(cache.count <= 16, "seed \(seed)")
            }
        }
    }

    @Test("What is asked for again and again stays while others come and go")
    func keepsWhatIsUsed() {
        var cache = RecentCache<Int, String>(capacity: 10)
        cache.insert("kept", for: -1)
        for key in 0..<1_000 {
            cache.insert("passing", for: key)
            #expect(cache.value(-1) == "kept")
        }
    }

    @Test("What was read before a change is not remembered after it")
    func staleReads() {
        var caches = AccountCaches(capacity: 10)
        let before = caches.epoch
        let user = UserRecord(
            number: 1, identifier: UserIdentifier(localpart: "a", serverName: "s"), kind: .member, displayName: nil,
            avatarURL: nil, state: [], isAdmin: false, hasPassword: false, createdMilliseconds: 0, service: nil)
        caches.forget(users: [1])
        caches.remember(user, readAt: before)
        #expect(caches.user(number: 1) == nil)
        caches.remember(user, readAt: caches.epoch)
        #expect(caches.user(localpart: "a") == user)
    }
}
