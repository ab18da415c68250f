import Accounts
import Basics
import Foundation
import Messaging
import Storage
import TestSupport
import Testing

@testable import ServiceDesk

/// The numbers of a real desk: followed, lost, recomputed.
@Suite("The desk's statistics")
struct StatisticsTests {
    /// Some conversations on some days, with robots, silence, cards and opinions left to chance.
    private static func work(_ test: TestDesk, days: Int, perDay: Int, seed: UInt64) async throws -> [Session] {
        var random = SeededRandom(seed: seed)
        var customers: [Session] = []
        for _ in 0..<days {
            for _ in 0..<perDay {
                let customer: Session
                if customers.count >= 6, random.next() % 2 == 0 {
                    customer = customers[Int(random.next() % UInt64(customers.count))]
                } else {
                    customer = try await test.user(nil, .visitor)
                    customers.append(customer)
                }
                try await talk(test, customer, &random)
                test.clock.advance(milliseconds: Int64(random.next() % (86_400_000 / UInt64(perDay))))
                try await test.desk.perform(.timePassed)
            }
        }
        return customers
    }

    private static func talk(_ test: TestDesk, _ customer: Session, _ random: inout SeededRandom) async throws {
        let entry = ["item.book", "item.bargain", "home"][Int(random.next() % 3)]
        let scene = try await test.desk.register(try Scene(["entry": .string(entry)]), for: customer)
        let opened = try await test.desk.open(customer, scene: scene.token, topic: "buy", text: "is it there?")
        let number = opened.conversation.number
        for _ in 0..<random.next() % 5 {
            test.clock.advance(milliseconds: Int64(random.next() % 90_000))
            let now = try await test.desk.conversation(number)
            guard now.status != .resolved, let agent = now.owner?.agent,
                let user = try await test.accounts.user(number: agent)
            else { continue }
            let staff = Session(
                userNumber: user.number, user: user.identifier, deviceNumber: user.number, deviceID: "D", kind: .staff)
            switch random.next() % 6 {
            case 0: try await test.desk.perform(.resolved(number, by: agent))
            case 1: _ = try? await test.desk.perform(.transferred(number, to: .queue(1), by: agent))
            case 2: try await test.say("still there?", customer, in: opened.room)
            default: try await test.say("yes", staff, in: opened.room)
            }
        }
        guard try await test.desk.conversation(number).status == .resolved else { return }
        _ = try await test.desk.rate(number, stars: 1 + Int64(random.next() % 5))
        if random.next() % 3 == 0 { _ = try await test.desk.rate(number, stars: 5) }
    }

    private static func shop() async throws -> TestDesk {
        let test = try TestDesk()
        _ = try await test.queue()
        for name in ["ada", "ben", "cleo"] { _ = try await test.agent(name, capacity: 3) }
        return test
    }

    @Test("DESK-23 DESK-75 a simulated week: every day's live numbers equal the recomputation from the store")
    func week() async throws {
        let seed = UInt64.random(in: 0..<1 << 32)
        let test = try await Self.shop()
        let statistics = try await test.statistics()
        let first = test.clock.now() / 86_400_000
        for day in 0..<7 as Range<UInt64> {
            _ = try await Self.work(test, days: 1, perDay: TestSize.isFull ? 100 : 6, seed: seed &+ day)
            #expect(try await statistics.follow())
        }
        #expect(statistics.watermark == test.clock.now())
        var turns = 0
        for day in first...test.clock.now() / 86_400_000 {
            let check = try await statistics.check(day: day)
            #expect(check.differences == [], "seed \(seed), day \(day)")
            turns += check.turns
        }
        #expect(turns > 0)
        #expect(try await statistics.checks(limit: 50).allSatisfy { $0["equal"] == true })
    }

    @Test("DESK-26 DESK-27 the file may be lost: reading the log again from its start gives the same numbers")
    func replay() async throws {
        let test = try await Self.shop()
        var statistics = try await test.statistics()
        _ = try await Self.work(test, days: 2, perDay: 6, seed: 5)
        try await statistics.follow()
        let minutes = 0..<test.clock.now() / 60_000 + 1
        let before = try await statistics.file.read { try FactQueries.panes(minutes: minutes, $0) }
        #expect(before.panes.keys.contains { $0.metric == .opened })
        await statistics.close()
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: "\(test.folder)/stats.db\(suffix)")
        }
        statistics = try await test.statistics()
        #expect(try await statistics.position == 0)
        // Page after page, as a server that was far behind would.
        while try await !statistics.follow(pages: 1) {}
        let after = try await statistics.file.read { try FactQueries.panes(minutes: minutes, $0) }
        #expect(after == before)
        // A second time from the start is no second time in the numbers.
        try await statistics.restart()
        try await statistics.follow()
        #expect(try await statistics.file.read { try FactQueries.panes(minutes: minutes, $0) } == before)
        await statistics.close()
    }

    @Test("DESK-75 a number that is wrong in the file is found and named with both values")
    func mismatch() async throws {
        let test = try await Self.shop()
        let statistics = try await test.statistics()
        _ = try await Self.work(test, days: 1, perDay: 4, seed: 9)
        try await statistics.follow()
        try await statistics.file.write { context in
            try context.connection.run(
                "UPDATE stat_pane SET count = count + 1 WHERE metric = ?1", .integer(StatMetric.opened.rawValue))
        }
        let day = TestDesk.start / 86_400_000
        let check = try await statistics.check(day: day)
        #expect(!check.isEqual)
        #expect(check.differences.allSatisfy { $0.hasPrefix("pane opened at ") })
        #expect(check.differences.allSatisfy { $0.contains(": kept ") && $0.contains(", computed ") })
        try await statistics.restart()
        try await statistics.follow()
        #expect(try await statistics.check(day: day).isEqual)
    }

    @Test("DESK-24 DESK-31 DESK-52 a report by queue, agent and entrance, as rows and as a table, with its watermark")
    func report() async throws {
        let test = try await Self.shop()
        let statistics = try await test.statistics()
        let customer = try await test.user("dora", .member)
        let scene = try await test.desk.register(try Scene(["entry": "item,book"]), for: customer)
        let opened = try await test.desk.open(customer, scene: scene.token, topic: "buy", text: "is it there?")
        let agent = try #require(try await test.desk.conversation(opened.conversation.number).owner?.agent)
        let user = try #require(try await test.accounts.user(number: agent))
        let staff = Session(
            userNumber: agent, user: user.identifier, deviceNumber: agent, deviceID: "D", kind: .staff)
        test.clock.advance(milliseconds: 10_000)
        try await test.say("yes", staff, in: opened.room)
        try await test.say("and the price?", customer, in: opened.room)
        test.clock.advance(milliseconds: 50_000)
        try await statistics.follow()
        let start = TestDesk.start / 3_600_000 * 3_600_000
        func rows(_ metric: StatMetric, _ by: Set<ReportRequest.Grouping> = [.queue, .agent, .scene]) async throws
            -> [ReportRow]
        {
            try await statistics.report(
                ReportRequest(metric: metric, from: start, to: start + 3_600_000, step: 60, by: by)
            ).rows
        }
        let timely = try await rows(.timely)
        #expect(timely.map(\.dimensions) == [Dimensions(queue: 1, agent: agent, scene: "item,book")])
        #expect(timely.first?.pane.sum == 10_000)
        // The second question may still be answered in time.
        #expect(timely.first?.isFinal == false)
        #expect(try await rows(.late).isEmpty)
        #expect(try await rows(.opened, []).map(\.dimensions) == [Dimensions()])
        let table = ReportCSV.text(.timely, timely)
        #expect(table.hasPrefix("metric,ts,queue,agent,scene,count,sum,p50,p90,p99,final\r\n"))
        #expect(table.contains("timely,\(start),1,\(agent),\"item,book\",1,10000,"))
        test.clock.advance(milliseconds: 20_000)
        try await statistics.follow()
        #expect(try await rows(.late).map(\.pane.count) == [1])
        let breaches = try await statistics.breaches(from: start, to: start + 3_600_000, limit: 10)
        #expect(breaches.map { $0["conversation"]?.intValue } == [opened.conversation.number])
        #expect(breaches.first?["open"] == true)
        let loads = try await statistics.loads(from: TestDesk.start, to: test.clock.now())
        #expect(loads.map(\.agent) == [agent] && loads.first?.milliseconds == 80_000)
        #expect(throws: RequestError.self) { try ReportRequest(metric: .late, from: 5, to: 5) }
        #expect(throws: RequestError.self) {
            try ReportRequest(metric: .late, from: 0, to: 86_400_000 * 365, step: 1)
        }
    }

    @Test("DESK-24 DESK-53 the live board tells who waits, who has what and how fast answers come")
    func board() async throws {
        let test = try await Self.shop()
        let statistics = try await test.statistics()
        for place in 0..<10 {
            let customer = try await test.user("c\(place)", .member)
            _ = try await test.desk.open(customer, scene: nil, topic: "buy", text: "hello")
        }
        test.clock.advance(milliseconds: 61_000)
        try await statistics.follow()
        let board = try await statistics.live()
        #expect(board["watermark_ts"]?.intValue == test.clock.now())
        let queue = board["queues"]?.arrayValue?.first
        #expect(queue?["waiting"]?.intValue == 1)
        #expect(queue?["oldest_ms"]?.intValue == 61_000)
        #expect(board["agents"]?.arrayValue?.compactMap { $0["open"]?.intValue } == [3, 3, 3])
        #expect(board["late_now"]?.intValue == 10)
        #expect(board["hour"]?["counted"]?.intValue == 10 && board["hour"]?["timely"]?.intValue == 0)
        #expect(board["hour"]?["opened"]?.intValue == 10)
        #expect(board["series"]?["opened"]?.arrayValue?.count == 60)
        #expect(board["scenes"]?.arrayValue?.first?["opened"]?.intValue == 10)
    }
}

/// Where which tables are.
@Suite("Data areas of the desk")
struct DataAreaTests {
    @Test("DESK-34 dispatch and cards have tables of their own in the store, numbers have a file of their own")
    func areas() async throws {
        let test = try TestDesk()
        let statistics = try await test.statistics()
        func tables(_ database: Database) async throws -> [String] {
            try await database.read { connection in
                try connection.rows("SELECT name FROM sqlite_master WHERE type = 'table'") { $0.text(0) }
            }
        }
        let store = try await tables(test.database)
        #expect(store.contains { $0.hasPrefix("desk_") } && store.contains { $0.hasPrefix("card_") })
        #expect(!store.contains { $0.hasPrefix("stat_") })
        let derived = try await tables(statistics.file)
        #expect(derived.contains { $0.hasPrefix("stat_") })
        #expect(!derived.contains { $0.hasPrefix("desk_") || $0.hasPrefix("card_") || $0.hasPrefix("msg_") })
        await statistics.close()
    }
}
