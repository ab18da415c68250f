import Basics
import Testing

@testable import Accounts

@Suite("The limit on failed logins")
struct LoginThrottleTests {
    private let limit = LoginLimit(failures: 5, windowMilliseconds: 900_000)

    @Test("The sixth try within 15 minutes waits until the first failure is 15 minutes old")
    func sixthWaits() {
        var throttle = LoginThrottle(limit: limit)
        for second in 0..<5 {
            #expect(throttle.attempt(account: "a", address: nil, at: Int64(second) * 1_000) == nil)
        }
        #expect(throttle.attempt(account: "a", address: nil, at: 10_000) == 890_000)
        #expect(throttle.attempt(account: "b", address: nil, at: 10_000) == nil)
        #expect(throttle.attempt(account: "a", address: nil, at: 899_999) == 1)
        #expect(throttle.attempt(account: "a", address: nil, at: 900_000) == nil)
        #expect(throttle.attempt(account: "a", address: nil, at: 900_500) == 500)
    }

    @Test("One address cannot try many accounts")
    func perAddress() {
        var throttle = LoginThrottle(limit: limit)
        for number in 0..<5 { #expect(throttle.attempt(account: "a\(number)", address: "1.2.3.4", at: 0) == nil) }
        #expect(throttle.attempt(account: "a9", address: "1.2.3.4", at: 1) != nil)
        #expect(throttle.attempt(account: "a9", address: "1.2.3.5", at: 1) == nil)
    }

    @Test("A success clears the account and gives the address its try back, but forgives it nothing else")
    func success() {
        var throttle = LoginThrottle(limit: limit)
        for _ in 0..<4 { _ = throttle.attempt(account: "a", address: "x", at: 0) }
        #expect(throttle.attempt(account: "a", address: "x", at: 1) == nil)
        throttle.succeeded(account: "a", address: "x")
        #expect(throttle.attempt(account: "a", address: "y", at: 2) == nil)
        #expect(throttle.attempt(account: "b", address: "x", at: 2) == nil)
        #expect(throttle.attempt(account: "c", address: "x", at: 2) != nil)
    }

    @Test("Any number of tries passes when there is no limit")
    func unlimited() {
        var throttle = LoginThrottle(limit: nil)
        for _ in 0..<100 { #expect(throttle.attempt(account: "a", address: "x", at: 0) == nil) }
    }

    @Test("In every window of 15 minutes at most five tries of an account pass, whatever the times")
    func property() {
        for seed in UInt64(1)...30 {
            var random = SeededRandom(seed: seed)
            var throttle = LoginThrottle(limit: limit)
            var now: Int64 = 0
            var passed: [Int64] = []
            for _ in 0..<300 {
                now += Int64.random(in: 0..<300_000, using: &random)
                if throttle.attempt(account: "a", address: nil, at: now) == nil { passed.append(now) }
                #expect(passed.count { now - $0 < 900_000 } <= 5, "seed \(seed)")
            }
            #expect(passed.count > 100, "seed \(seed)")
        }
    }
}
