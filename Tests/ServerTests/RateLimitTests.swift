import Accounts
import Basics
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite("Rates are limited by user and class, by address before login")
struct RateLimitTests {
    private final class HandClock: Sendable {
        private let time = Atomic<Int64>(0)
        var now: Int64 { time.load(ordering: .relaxed) }
        func advance(_ milliseconds: Int64) { time.wrappingAdd(milliseconds, ordering: .relaxed) }
    }

    private func admitted(_ limiter: RateLimiter, _ party: RateLimiter.Party, _ kind: UserKind?, _ tries: Int) -> Int {
        (0..<tries).count { _ in (try? limiter.charge(party, .message, kind: kind)) != nil }
    }

    @Test(
        "messages have a burst by kind of user",
        arguments: [(UserKind.visitor, 30), (.member, 30), (.staff, 100), (.robot, 500)])
    func bursts(kind: UserKind, burst: Int) {
        let limiter = RateLimiter { 0 }
        #expect(admitted(limiter, .user(1), kind, 1_000) == burst)
        #expect(admitted(limiter, .user(2), kind, 1_000) == burst)
    }

    @Test("who is refused is told how long to wait, and that long is enough")
    func waiting() {
        let clock = HandClock()
        let limiter = RateLimiter { clock.now }
        _ = admitted(limiter, .user(1), .visitor, 30)
        let refusal = #expect(throws: RequestError.self) { try limiter.charge(.user(1), .message, kind: .visitor) }
        #expect(refusal?.retryAfterMilliseconds == 200)
        clock.advance(199)
        #expect(admitted(limiter, .user(1), .visitor, 1) == 0)
        clock.advance(1)
        #expect(admitted(limiter, .user(1), .visitor, 1) == 1)
    }

    @Test("every class of requests has a rate, but health and pages")
    func everyClass() {
        for kind in RouteClass.allCases {
            let isFree = kind == .health || kind == .page
            #expect((kind.rateClass.rate(for: .member) == nil) == isFree, "\(kind)")
        }
    }

    @Test("a flood from very many addresses does not grow without end")
    func bounded() {
        let limiter = RateLimiter(maximumBuckets: 1_600) { 0 }
        for low in 0..<20_000 as Range<UInt64> {
            try? limiter.charge(.address(ClientAddress(high: 1, low: low)), .login, kind: nil)
        }
        #expect(limiter.count <= 1_600)
    }

    @Test("a flood over HTTP meets 429 with the time to wait, and others are not touched")
    func overHTTP() async throws {
        var wishes = RunningShell.Wishes()
        wishes.limiter = RateLimiter { 0 }
        try await RunningShell.with(wishes, routes: { $0.add(SampleRoutes()) }) { shell in
            let path = "/_matrix/client/v3/login"
            func login(from address: String) async throws -> HTTPReply {
                try await shell.http.send("POST", path, headers: ["X-Forwarded-For": address], body: [])
            }
            var statuses: [Int] = []
            for _ in 0..<25 { statuses.append(try await login(from: "192.0.2.1").status) }
            #expect(statuses == Array(repeating: 200, count: 20) + Array(repeating: 429, count: 5))
            let refused = try await login(from: "192.0.2.1")
            #expect(refused.errorCode == "M_LIMIT_EXCEEDED")
            #expect(refused.json["retry_after_ms"]?.intValue == 1_000)
            #expect(refused[header: "retry-after"] == "1")
            #expect(try await login(from: "192.0.2.2").status == 200)
            #expect(try await shell.http.send("GET", "/_matrix/client/versions").status == 200)
        }
    }

    @Test("an address that shows many unknown tokens has to wait, whoever asks from there")
    func strangers() async throws {
        var wishes = RunningShell.Wishes()
        wishes.limiter = RateLimiter { 0 }
        try await RunningShell.with(wishes, routes: { $0.add(SampleRoutes()) }) { shell in
            func ask(_ token: String, from address: String) async throws -> Int {
                try await shell.http.send(
                    "GET", "/_matrix/client/v3/account/whoami",
                    headers: ["Authorization": "Bearer \(token)", "X-Forwarded-For": address]
                ).status
            }
            var statuses: [Int] = []
            for number in 0..<101 { statuses.append(try await ask("bad\(number)", from: "192.0.2.1")) }
            #expect(statuses == Array(repeating: 401, count: 100) + [429])
            #expect(try await ask("good", from: "192.0.2.1") == 429)
            #expect(try await ask("good", from: "192.0.2.2") == 200)
        }
    }
}
