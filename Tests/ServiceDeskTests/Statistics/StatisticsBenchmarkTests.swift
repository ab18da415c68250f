import Accounts
import Basics
import Foundation
import Messaging
import Storage
import TestSupport
import Testing

@testable import ServiceDesk

/// What statistics cost beside the sends that cause them; prints, and asserts no time.
///
/// Run it alone and at full size: `VITRINE_FAULT_FULL=1 swift test --filter StatisticsBenchmarkTests`.
@Suite("Cost of statistics", .serialized)
struct StatisticsBenchmarkTests {
    /// Of the whole process: writers and readers have threads of their own.
    private static func processorMicroseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    @Test("DESK-35 taking in messages costs a small part of the processor time of sending them")
    func cost() async throws {
        let test = try TestDesk()
        _ = try await test.queue()
        let agent = try await test.agent("ada", capacity: 500)
        var rooms: [(room: String, customer: Session)] = []
        for place in 0..<(TestSize.isFull ? 100 : 8) {
            let customer = try await test.user("c\(place)", .member)
            let opened = try await test.desk.open(customer, scene: nil, topic: "buy", text: "hello")
            rooms.append((opened.room, customer))
        }
        let statistics = try await test.statistics()
        try await statistics.follow()
        let start = Self.processorMicroseconds()
        var messages = 0
        for _ in 0..<(TestSize.isFull ? 40 : 2) {
            for (room, customer) in rooms {
                try await test.say("is it still there?", customer, in: room)
                test.clock.advance(milliseconds: 5)
            }
            for (room, _) in rooms { try await test.say("yes, it is", agent, in: room) }
            messages += 2 * rooms.count
            test.clock.advance(milliseconds: 1_000)
        }
        let sent = Self.processorMicroseconds()
        try await statistics.follow()
        let taken = Self.processorMicroseconds()
        let minutes = 0..<test.clock.now() / 60_000 + 1
        let panes = try await statistics.file.read { try FactQueries.panes(minutes: minutes, $0) }
        #expect(panes.total(.response, minutes: minutes).count == Int64(messages / 2))
        let (send, take) = (sent - start, taken - sent)
        print(
            "\(messages) messages: \(send / Int64(messages)) us of processor time each to send, "
                + "\(take / Int64(messages)) us to take in, \(100 * take / max(1, send)) %")
    }
}
