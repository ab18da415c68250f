import Basics
import Testing

@testable import Messaging

/// A room's log with everything that moves an unread count, and the count by looking at every event.
private struct Log {
    struct Entry {
        let sender: Int64
        let isCounted: Bool
        var isRecalled = false
    }

    let users: ClosedRange<Int64> = 1...4
    var entries: [Entry] = []
    var room: RoomState
    /// Everything that was ever given as read, kept apart from the room.
    var given: [Int64: Int64] = [:]
    var publicTimes: [Int64: [(seq: Int64, timestamp: Int64)]] = [:]
    private var clock: Int64 = 0

    init() throws {
        let number = try #require(RoomNumber(value: 1))
        room = RoomState(number: number, version: "11", creator: 1, creatorID: "@a:shop.test", created: 0)
        room.segments.append(from: 1, mode: .joined)
    }

    var head: Int64 { Int64(entries.count) }
    func counted(upTo seq: Int64) -> Int64 { Int64(entries.prefix(Int(seq)).filter(\.isCounted).count) }

    mutating func step(_ random: inout SeededRandom) {
        clock += 1
        let user = Int64.random(in: users, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case ..<4:
            entries.append(Entry(sender: user, isCounted: Bool.random(using: &random)))
            receive(.own, user, head)
        case 4 where head > 0: recall(Int64.random(in: 1...head, using: &random))
        case 5:
            // Who joins has nothing unread.
            entries.append(Entry(sender: 0, isCounted: false))
            receive(.own, user, head)
        case 6 where head > 0: receive(.fullyRead, user, Int64.random(in: 1...head, using: &random))
        case 7 where head > 0: receive(.readPrivate, user, Int64.random(in: 1...head, using: &random))
        case 8 where head > 0: receive(.read, user, Int64.random(in: 1...head, using: &random), thread: -1)
        case _ where head > 0: receive(.read, user, Int64.random(in: 1...head, using: &random))
        default: break
        }
        room.headSeq = head
        room.counted = counted(upTo: head)
    }

    private mutating func recall(_ seq: Int64) {
        guard !entries[Int(seq - 1)].isRecalled else { return }
        entries[Int(seq - 1)].isRecalled = true
        guard entries[Int(seq - 1)].isCounted else { return }
        room.recalled.append(seq)
        room.recalled.sort()
    }

    private mutating func receive(_ kind: ReadMarkKind, _ user: Int64, _ seq: Int64, thread: Int64 = 0) {
        let key = ReadMarkKey(user: user, kind: kind.rawValue, thread: thread)
        guard seq > room.marks[key]?.seq ?? 0 else { return }
        room.marks[key] = ReadMark(seq: seq, counted: counted(upTo: seq), timestamp: clock, pos: clock)
        if kind != .fullyRead { given[user] = max(given[user] ?? 0, seq) }
        if kind == .read || kind == .own { publicTimes[user, default: []].append((seq, clock)) }
    }

    func slowUnread(of user: Int64) -> Int64 {
        let read = given[user] ?? 0
        return Int64(entries.enumerated().filter { Int64($0 + 1) > read && $1.isCounted && !$1.isRecalled }.count)
    }
}

@Suite("Unread counts and readers")
struct UnreadCountTests {
    @Test("MSG-24 the unread count by subtraction equals counting every message", arguments: UInt64(1)...30)
    func subtraction(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var log = try Log()
        for step in 0..<120 {
            log.step(&random)
            for user in log.users {
                #expect(
                    log.room.attention(of: user).unread == log.slowUnread(of: user),
                    "seed \(seed), step \(step), user \(user)")
            }
        }
    }

    @Test(
        "MSG-28 readers are those whose public receipt or own message stands at or after the event",
        arguments: UInt64(1)...20)
    func readers(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var log = try Log()
        for _ in 0..<80 { log.step(&random) }
        for user in log.users {
            let from = Int64.random(in: 1...20, using: &random)
            log.room.spans[user, default: MembershipSpans()].append(from: from, membership: .join)
        }
        for seq in 1...log.head {
            let sender = log.entries[Int(seq - 1)].sender
            let readers = log.room.readers(of: seq, sender: sender)
            let maySee = log.users.filter { $0 != sender && log.room.visible(to: $0).contains(seq) }
            let haveRead = maySee.filter { user in log.publicTimes[user]?.contains { $0.seq >= seq } ?? false }
            #expect(Set(readers.read.map(\.user)) == Set(haveRead), "seed \(seed), seq \(seq)")
            #expect(readers.unread == maySee.filter { !haveRead.contains($0) }, "seed \(seed), seq \(seq)")
            #expect(readers.read.map(\.timestamp) == readers.read.map(\.timestamp).sorted())
        }
    }

    @Test("An unread count is never negative, whatever the numbers in the store")
    func neverNegative() throws {
        var room = try Log().room
        room.counted = 4
        room.marks[ReadMarkKey(user: 1, kind: ReadMarkKind.read.rawValue)] = ReadMark(
            seq: 5, counted: 9, timestamp: 1, pos: 1)
        #expect(room.attention(of: 1).unread == 0)
        room.counted = 10
        room.recalled = [6, 7, 8]
        #expect(room.attention(of: 1).unread == 0)
    }
}
