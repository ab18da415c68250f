import Accounts
import Basics
import TestSupport
import Testing

@testable import ServiceDesk

/// How long agents were there.
@Suite("The time that agents were there")
struct PresenceTests {
    private static func sums(_ statistics: Statistics, _ metric: StatMetric) async throws -> [Int64: Int64] {
        let day = TestDesk.start / 86_400_000 * 86_400_000
        let request = try ReportRequest(metric: metric, from: day, to: day + 2 * 86_400_000, step: 1_440, by: [.agent])
        let rows = try await statistics.report(request).rows
        return rows.reduce(into: [:]) { $0[$1.dimensions.agent, default: 0] += $1.pane.sum }
    }

    @Test("DESK-24 DESK-75 the time that agents were there is counted as it passes, and equals the recomputation")
    func counted() async throws {
        let test = try TestDesk()
        _ = try await test.queue()
        let statistics = try await test.statistics()
        let ada = try await test.agent("ada").userNumber
        let ben = try await test.agent("ben").userNumber
        test.clock.advance(milliseconds: 90_500)
        try await test.desk.perform(.agentStatus(ada, .away))
        // The same state again is no change.
        try await test.desk.perform(.agentStatus(ada, .away))
        test.clock.advance(milliseconds: 29_500)
        try await test.desk.perform(.agentStatus(ada, .offline))
        test.clock.advance(milliseconds: 1_000)
        try await statistics.follow()
        // Ben is still there: what has passed counts by now.
        #expect(try await Self.sums(statistics, .available) == [ada: 90_500, ben: 121_000])
        #expect(try await Self.sums(statistics, .away) == [ada: 29_500])
        let board = try await statistics.live()["presence"]?.arrayValue ?? []
        #expect(
            board == [
                ["agent": .int(ada), "available_ms": 90_500, "away_ms": 29_500],
                ["agent": .int(ben), "available_ms": 121_000, "away_ms": 0],
            ])
        let day = TestDesk.start / 86_400_000
        #expect(try await statistics.check(day: day).differences == [])

        // Over midnight each day has its part; from the log alone comes the same.
        test.clock.advance(milliseconds: 86_400_000)
        try await test.desk.perform(.agentStatus(ben, .offline))
        test.clock.advance(milliseconds: 60_000)
        for _ in 0..<2 {
            try await statistics.follow()
            #expect(try await Self.sums(statistics, .available) == [ada: 90_500, ben: 86_521_000])
            for each in [day, day + 1] {
                let check = try await statistics.check(day: each)
                #expect(check.differences == [] && check.panes > 0)
            }
            try await statistics.restart()
        }
        await statistics.close()
    }

    @Test("DESK-24 a step of the report holds the time within it, as rows and as a table")
    func steps() async throws {
        let test = try TestDesk()
        _ = try await test.queue()
        let statistics = try await test.statistics()
        let ada = try await test.agent("ada").userNumber
        test.clock.advance(milliseconds: 150_000)
        try await test.desk.perform(.agentStatus(ada, .offline))
        try await statistics.follow()
        let start = TestDesk.start
        let request = try ReportRequest(
            metric: .available, from: start, to: start + 300_000, step: 1, by: [.agent])
        let rows = try await statistics.report(request).rows
        #expect(rows.map(\.start) == [start, start + 60_000, start + 120_000])
        #expect(rows.map(\.pane.sum) == [60_000, 60_000, 30_000])
        #expect(rows.map(\.isFinal) == [true, true, false])
        let table = ReportCSV.text(.available, rows)
        #expect(table.contains("\r\navailable,\(start),0,\(ada),,1,60000,"))
        await statistics.close()
    }
}
