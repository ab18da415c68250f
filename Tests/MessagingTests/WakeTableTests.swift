import Testing

@testable import Messaging

/// A table behind a reference, so that expectations can call its mutating members; polls are plain numbers here.
private final class Bench {
    var table: WakeTable

    init(head: Int64 = 0, remembered: Int = 64) {
        table = WakeTable(head: head, remembered: remembered)
    }

    func park(
        _ number: UInt64, user: Int64, device: Int64 = 1, after position: Int64, typing: Int64 = 0,
        deadline: Int64 = 1_000
    ) -> WakeRegistration {
        table.register(
            WaiterID(number), users: [user], device: device,
            after: WakeMark(position: position, ephemeral: typing), deadline: deadline, belongs: { _, _ in true })
    }

    func publish(_ stream: WakeStream = .positions, at place: Int64, users: [Int64]) -> [UInt64] {
        table.published(stream, at: place, users: users).map(\.number).sorted()
    }

    func expire(now: Int64) -> [UInt64] { table.expire(now: now).map(\.number).sorted() }
    func endDevice(_ device: Int64) -> [UInt64] { table.endDevice(device).map(\.number).sorted() }
    func cancel(_ number: UInt64) -> Bool { table.cancel(WaiterID(number)) }
    func close() -> [UInt64] { table.close().map(\.number).sorted() }
}

@Suite("Wake table")
struct WakeTableTests {
    private let waits = WakeRegistration.parked(displaced: [])

    @Test("MSG-79 what was published between the snapshot and the registration answers ready")
    func betweenSnapshotAndRegistration() {
        let bench = Bench(head: 10)
        #expect(bench.publish(at: 11, users: [1]) == [])
        #expect(bench.park(1, user: 1, after: 10) == .ready)
        #expect(bench.park(2, user: 2, after: 10) == waits)
        #expect(bench.park(3, user: 1, after: 11) == waits)
    }

    @Test("Typing notices wake without moving a position")
    func ephemeralStream() {
        let bench = Bench(head: 10)
        #expect(bench.park(1, user: 1, after: 10, typing: 4) == waits)
        #expect(bench.publish(.ephemeral, at: 4, users: [1]) == [])
        #expect(bench.publish(.ephemeral, at: 5, users: [1]) == [1])
        #expect(bench.park(2, user: 1, after: 10, typing: 4) == .ready)
    }

    @Test("A poll that has read the position already is not woken by its late publication")
    func lateCause() {
        let bench = Bench(head: 10)
        #expect(bench.park(1, user: 1, after: 12) == waits)
        #expect(bench.publish(at: 11, users: [1]) == [])
        #expect(bench.publish(at: 12, users: [1]) == [])
        #expect(bench.publish(at: 13, users: [1]) == [1])
    }

    @Test("A room wakes its waiting members by the shorter walk", arguments: [2, 2_000])
    func roomWalk(members: Int64) {
        let bench = Bench()
        for number in 1...UInt64(100) {
            #expect(bench.park(number, user: Int64(number) * 10, device: Int64(number), after: 0) == waits)
        }
        var asked = 0
        let woken = bench.table.publishedToRoom(.positions, at: 1, room: 7, members: 1...members) { user in
            asked += 1
            return user <= members
        }
        let expected = (1...UInt64(100)).filter { Int64($0) * 10 <= members }
        #expect(woken.map(\.number).sorted() == expected)
        #expect(asked == (members > 100 ? 100 : 0))
    }

    @Test("A poll that listens for several users is named once")
    func severalUsers() {
        let bench = Bench()
        let parked = bench.table.register(
            WaiterID(1), users: [1, 2], device: 1, after: WakeMark(position: 0, ephemeral: 0), deadline: 9,
            belongs: { _, _ in false })
        #expect(parked == waits)
        #expect(bench.publish(at: 1, users: [1, 2]) == [1])
        #expect(bench.table.count == 0)
        #expect(bench.publish(at: 2, users: [1, 2]) == [])
    }

    @Test("A device holds four polls; a fifth displaces the oldest")
    func displaced() {
        let bench = Bench()
        for number in UInt64(1)...4 { #expect(bench.park(number, user: 1, after: 0) == waits) }
        #expect(bench.park(5, user: 1, device: 2, after: 0) == waits)
        #expect(bench.park(6, user: 1, after: 0) == .parked(displaced: [WaiterID(1)]))
        #expect(bench.endDevice(1) == [2, 3, 4, 6])
        #expect(bench.table.count == 1)
    }

    @Test("Polls run out in the order of their deadlines, however they were registered")
    func deadlines() {
        let bench = Bench()
        let times: [Int64] = (0..<500).map { ($0 * 7_919) % 500 }
        for (index, time) in times.enumerated() {
            #expect(bench.park(UInt64(index), user: time, device: Int64(index), after: 0, deadline: time) == waits)
        }
        for index in stride(from: UInt64(0), to: 500, by: 3) { #expect(bench.cancel(index)) }
        for now in Int64(-1)..<500 {
            let due = times.indices.filter { $0 % 3 != 0 && times[$0] == now }.map { UInt64($0) }
            #expect(bench.expire(now: now) == due)
        }
        #expect(bench.table.count == 0)
        #expect(bench.table.nextDeadline == nil)
    }

    @Test("Memory is bounded by the polls that wait, not by those that came")
    func bounded() {
        let bench = Bench(remembered: 8)
        for round in Int64(1)...5_000 {
            #expect(bench.park(UInt64(round), user: 1, after: round - 1, deadline: 1_000_000) == waits)
            #expect(bench.publish(at: round, users: [1]) == [UInt64(round)])
        }
        #expect(bench.table.count == 0)
        #expect(bench.table.footprint <= 8 + 66)
    }

    @Test("A snapshot older than what is remembered answers ready")
    func forgotten() {
        let bench = Bench(head: 5, remembered: 2)
        #expect(bench.park(1, user: 1, after: 4) == .ready)
        for place in Int64(6)...8 { #expect(bench.publish(at: place, users: [2]) == []) }
        #expect(bench.park(2, user: 1, after: 5) == .ready)
        #expect(bench.park(3, user: 1, after: 6) == waits)
    }

    @Test("After closing nothing is parked")
    func closed() {
        let bench = Bench()
        #expect(bench.park(1, user: 1, after: 0) == waits)
        #expect(bench.close() == [1])
        #expect(bench.park(2, user: 1, after: 0) == .closed)
    }
}
