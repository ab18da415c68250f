import Accounts
import Basics
import Messaging
import Storage
import Synchronization
import TestSupport
import Testing

@testable import ServiceDesk

/// When somebody is told, and that it is once.
@Suite("Alerts")
struct AlertTests {
    @Test("DESK-25 an alert begins and ends only after a while, tells once each time, and reminds every hour")
    func machine() {
        let rule = AlertRule(
            name: "rate", source: .timelyRate, isAbove: false, threshold: 90, clear: 93, hold: 120_000)
        var machine = AlertMachine()
        var told: [String] = []
        let values: [(Int64, Double?)] = [
            (0, 95), (60_000, 89), (120_000, 91), (130_000, 80), (240_000, 85), (250_000, 85), (260_000, nil),
            // Between the thresholds nothing ends.
            (300_000, 92), (400_000, 94), (450_000, 91), (500_000, 95), (619_999, 95), (620_000, 96), (700_000, 95),
        ]
        for (at, value) in values {
            if let notice = machine.look(value, rule, at: at) { told.append("\(notice.rawValue) \(at)") }
        }
        #expect(told == ["fired 250000", "cleared 620000"])
        var lasting = AlertMachine()
        let times = stride(from: 0, through: 2 * AlertMachine.reminderInterval + 120_000, by: 60_000)
        let notices = times.compactMap { lasting.look(50, rule, at: Int64($0)) }
        #expect(notices == [.fired, .reminder, .reminder])
    }

    @Test("DESK-25 a rule with a fault is refused with a sentence, a good one reads back as it was written")
    func rules() throws {
        let good: JSON = [
            "source": "timelyRate", "when": "below", "threshold": 90, "clear": 93, "hold_seconds": 120, "minimum": 20,
            "webhook": "https://example.org/hook", "queue": 2, "window_minutes": 5,
        ]
        let rule = try AlertRule(name: "rate", good)
        #expect(try AlertRule(name: "rate", rule.json) == rule)
        for (key, value) in [
            ("source", "weather"), ("when", "sometimes"), ("threshold", "much"), ("clear", 80), ("hold_seconds", -1),
            ("webhook", "ftp://example.org"), ("window_minutes", 0),
        ] as [(String, JSON)] {
            var bad = good.objectValue ?? [:]
            bad[key] = value
            #expect(throws: RequestError.self, "\(key)") { try AlertRule(name: "rate", .object(bad)) }
        }
    }

    private final class Hook: Sendable {
        private let taken = Mutex<[(key: String, body: JSON)]>([])
        private let refusals = Mutex(0)

        init(refusals: Int) { self.refusals.withLock { $0 = refusals } }

        func take(_ key: String, _ body: JSON) -> Bool {
            let refuses = refusals.withLock { left in
                left -= 1
                return left >= 0
            }
            if !refuses { taken.withLock { $0.append((key, body)) } }
            return !refuses
        }

        var told: [String] { taken.withLock { $0.map { $0.body["what"]?.stringValue ?? "" } } }
    }

    @Test("DESK-25 DESK-76 an alert waits for final numbers, is told once through a restart, and clears by itself")
    func alerts() async throws {
        let test = try TestDesk()
        _ = try await test.queue()
        let agent = try await test.agent("ada", capacity: 50)
        var statistics = try await test.statistics()
        try await statistics.setAlert(
            AlertRule(
                name: "rate", source: .timelyRate, window: 60, isAbove: false, threshold: 90, clear: 93, minimum: 4,
                webhook: "https://example.org/hook"))
        var rooms: [String] = []
        for place in 0..<4 {
            let customer = try await test.user("c\(place)", .member)
            rooms.append(try await test.desk.open(customer, scene: nil, topic: "buy", text: "hello").room)
        }
        func look() async throws -> [String] {
            try await statistics.follow()
            try await statistics.lookAtAlerts()
            return try await statistics.alertNotices(limit: 10).map { $0["what"]?.stringValue ?? "" }
        }
        // Half of them were answered late by now, but the others may still be answered in time.
        test.clock.advance(milliseconds: 59_000)
        #expect(try await look() == [])
        for room in rooms { try await test.say("yes", agent, in: room) }
        test.clock.advance(milliseconds: 61_000)
        #expect(try await look() == [])
        for place in 0..<4 {
            let customer = try await test.user("d\(place)", .member)
            _ = try await test.desk.open(customer, scene: nil, topic: "buy", text: "hello")
        }
        test.clock.advance(milliseconds: 60_000)
        #expect(try await look() == [])
        test.clock.advance(milliseconds: 61_000)
        #expect(try await look() == ["fired"])
        #expect(try await look() == ["fired"])
        await statistics.close()
        try await test.restart()
        statistics = try await test.statistics()
        #expect(try await look() == ["fired"])
        // An hour later those numbers have left the window, and all that came since is good.
        test.clock.advance(milliseconds: 3_700_000)
        for place in 0..<4 {
            let customer = try await test.user("e\(place)", .member)
            let room = try await test.desk.open(customer, scene: nil, topic: "buy", text: "hello").room
            try await test.say("yes", agent, in: room)
        }
        test.clock.advance(milliseconds: 120_000)
        #expect(try await look() == ["cleared", "fired"])
        let hook = Hook(refusals: 1)
        let courier = AlertCourier(statistics, policy: JobPolicy(firstRestMilliseconds: 1_000)) { letter in
            hook.take(letter.key, letter.body)
        }
        #expect(try await courier.step())
        while try await courier.step() {}
        test.clock.advance(milliseconds: 2_000)
        while try await courier.step() {}
        #expect(Set(hook.told) == ["fired", "cleared"] && hook.told.count == 2)
        #expect(try await courier.step() == false)
    }
}
