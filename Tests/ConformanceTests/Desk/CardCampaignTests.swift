import Basics
import Foundation
import Synchronization
import TestSupport
import Testing

/// Presses of cards through a line that loses, doubles and delays, while server and business are killed.
///
/// With `VITRINE_FAULT_FULL=1` ten thousand presses, with `=10` a hundred thousand, else some hundreds.
@Suite("A campaign of presses", .serialized)
struct CardCampaignTests {
    @Test(
        "DESK-15 DESK-73 every press has one effect, through lost and doubled requests, time-outs and kill -9 of either side"
    )
    func campaign() async throws {
        let size = Campaign.Size()
        let seed = UInt64.random(in: 0..<1 << 32)
        try await DeskServer.run { desk in
            let business = try await ExampleBusiness.start(flags: ["--secret", Campaign.secret])
            let line = try FaultyLine(to: business, seed: seed)
            let campaign = Campaign(desk: desk, business: business, size: size)
            try await campaign.setUp(url: line.baseURL + "/offers")
            let reports = try await withThrowingTaskGroup(of: Presser.Report.self) { group in
                for number in 0..<size.customers {
                    group.addTask { try await campaign.presser(number).run(presses: size.pressesEach) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let keys = reports.flatMap(\.keys)
            let effects = (try await business.ask("/offers")["offers"]?.arrayValue ?? []).compactMap(\.stringValue)
            #expect(keys.count == size.customers * size.pressesEach, "seed \(seed)")
            #expect(Set(keys).count == keys.count, "seed \(seed)")
            #expect(effects.count == keys.count, "seed \(seed)")
            #expect(Set(effects) == Set(keys), "seed \(seed)")
            // Each press was told once how it ended well, and nothing is left over.
            #expect(reports.allSatisfy { $0.results.values.allSatisfy { $0 == 1 } }, "seed \(seed)")
            #expect(try await desk.boss.call("GET", "/api/v1/desk/dead-letters")["dead_letters"] == [])
            #expect(line.requests > keys.count)
            campaign.say(keys.count, line.requests, reports.reduce(0) { $0 + $1.replays })
        }
    }
}

/// What all pressers share: the two sides, and who is killed when.
final class Campaign: Sendable {
    struct Size: Sendable {
        let customers: Int
        let pressesEach: Int
        let kills: Int

        init() {
            let full = ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"].map { max(1, Int($0) ?? 1) }
            customers = full.map { min(100, 50 * $0) } ?? 8
            pressesEach = full.map { 10_000 * $0 / min(100, 50 * $0) } ?? 25
            kills = full.map { 20 * $0 } ?? 4
        }
    }

    static let secret = "a secret of sixteen bytes or more"
    let desk: DeskServer
    let business: ExampleBusiness
    let size: Size
    private let done = Atomic<Int>(0)
    private let agent = Mutex<MatrixClient?>(nil)
    private let up = Gate()

    init(desk: DeskServer, business: ExampleBusiness, size: Size) {
        self.desk = desk
        self.business = business
        self.size = size
    }

    func setUp(url: String) async throws {
        try await desk.boss.call(
            "PUT", "/api/v1/desk/adapters/prices",
            [
                "secret": .string(Self.secret),
                "config": [
                    "url": .string(url), "text": "/message", "timeout_ms": 1_500, "retry_ms": 20, "breaker_ms": 200,
                    "body": ["car": "{{ref}}", "amount": "{{data.amount}}", "customer": "{{user}}"],
                ],
            ])
        let agent = try await desk.agent("anna", capacity: 1_000)
        self.agent.withLock { $0 = agent }
    }

    /// A customer with a conversation and a card in it.
    func presser(_ number: Int) async throws -> Presser {
        let visitor = try await patiently { [self] in try await desk.visitor() }
        let opened = try await patiently { try await visitor.openConversation(text: "hello") }
        let agent = try #require(agent.withLock { $0 })
        let conversation = try #require(opened["number"]?.intValue)
        let card = try await patiently { [self] in
            try await agent.command(
                conversation, "cards",
                [
                    "kind": "price.offer", "adapter": "prices", "ref": "car-881", "uses": .int(Int64(size.pressesEach)),
                    "body": "Offer a price",
                    "layout": [
                        "body": [["type": "Input.Number", "id": "amount", "isRequired": true]],
                        "actions": [["type": "Action.Execute", "verb": "offer", "title": "Offer"]],
                    ],
                ])
        }
        return Presser(
            campaign: self, visitor: visitor, room: try #require(opened["room_id"]?.stringValue),
            card: try #require(card["event_id"]?.stringValue))
    }

    /// Does something that may be done again, until the server is there for it.
    func patiently<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
        while true {
            await up.wait()
            do {
                return try await body()
            } catch let refusal as MatrixClient.Refusal where refusal.reply.status < 500 {
                throw refusal
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
    }

    /// Counts a press that has ended, and kills one of the two sides now and then.
    func ended() async throws {
        let count = done.add(1, ordering: .relaxed).newValue
        let every = max(1, size.customers * size.pressesEach / (size.kills + 1))
        guard count % every == 0, count / every <= size.kills else { return }
        if count / every % 2 == 0 { return try await business.killAndRestart() }
        up.close()
        await desk.process.kill()
        try await desk.process.restart()
        up.open()
    }

    func say(_ presses: Int, _ requests: Int, _ replays: Int) {
        guard ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"] != nil else { return }
        print("\(presses) presses, \(requests) requests, \(size.kills) kills, \(replays) dead letters replayed")
    }
}

/// One customer who presses one card again and again.
struct Presser: Sendable {
    struct Report: Sendable {
        var keys: [String] = []
        /// How often each press was said to have ended well.
        var results: [String: Int] = [:]
        var replays = 0
    }

    let campaign: Campaign
    let visitor: MatrixClient
    let room: String
    let card: String

    private var path: String {
        "/api/v1/desk/cards/\(HTTPClient.escape(room))/\(HTTPClient.escape(card))"
    }

    func run(presses: Int) async throws -> Report {
        var report = Report()
        var since = try await campaign.patiently { [visitor] in try await visitor.sync()["next_batch"]?.stringValue }
        for number in 0..<presses {
            let rev = try await campaign.patiently { [visitor, path] in try await visitor.call("GET", path)["rev"] }
            let body: JSON = [
                "verb": "offer", "rev": rev ?? 0, "data": ["amount": .int(Int64(number))],
                "txn": .string("press-\(number)"),
            ]
            // The reply may get lost with the server: the same transaction again is the same press.
            let pressed = try await campaign.patiently { [visitor, path] in
                try await visitor.call("POST", path + "/actions", body)
            }
            let key = try #require(pressed["event_id"]?.stringValue)
            report.keys.append(key)
            while report.results[key] == nil {
                let from = since
                let news = try await campaign.patiently { [visitor] in
                    try await visitor.sync(since: from, timeoutMilliseconds: 20_000)
                }
                since = news["next_batch"]?.stringValue
                for (press, outcome) in outcomes(news) {
                    if outcome == "ok" { report.results[press, default: 0] += 1 }
                    guard outcome == "dead" else { continue }
                    report.replays += 1
                    let replay = "/api/v1/desk/dead-letters/\(HTTPClient.escape(press))/replay"
                    let boss = campaign.desk.boss
                    // A replay whose reply was lost is no dead letter any more.
                    _ = try await campaign.patiently { try await boss.reply("POST", replay, .object([:])).status }
                }
            }
            try await campaign.ended()
        }
        return report
    }

    private func outcomes(_ news: JSON) -> [(String, String)] {
        let timeline = news["rooms"]?["join"]?[room]?["timeline"]?["events"]?.arrayValue ?? []
        return timeline.filter { $0["type"] == "shop.vitrine.card.result" }.compactMap { event in
            guard let press = event["content"]?["m.relates_to"]?["event_id"]?.stringValue,
                let outcome = event["content"]?["outcome"]?.stringValue
            else { return nil }
            return (press, outcome)
        }
    }
}

/// Lets through while it is open.
final class Gate: Sendable {
    private struct State {
        var isOpen = true
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    func close() { state.withLock { $0.isOpen = false } }

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { caller in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(caller) }
                return state.isOpen
            }
            if isOpen { caller.resume() }
        }
    }
}
