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
    var joined: [Int64: ReadPlace] = [:]
    var receipts = ReceiptBook()
    var recalled: [Int64] = []
    /// Everything that was ever given as read, kept apart from the book.
    var given: [Int64: Int64] = [:]
    var privateGiven: [Int64: Set<Int64>] = [:]
    var publicTimes: [Int64: [(seq: Int64, timestamp: Int64)]] = [:]
    private var clock: Int64 = 0

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
            entries.append(Entry(sender: 0, isCounted: false))
            joined[user] = ReadPlace(seq: head, counted: counted(upTo: head))
        case 6 where head > 0: receive(.fullyRead, user, Int64.random(in: 1...head, using: &random))
        case 7 where head > 0: receive(.readPrivate, user, Int64.random(in: 1...head, using: &random))
        case _ where head > 0: receive(.read, user, Int64.random(in: 1...head, using: &random))
        default: break
        }
    }

    private mutating func recall(_ seq: Int64) {
        guard !entries[Int(seq - 1)].isRecalled else { return }
        entries[Int(seq - 1)].isRecalled = true
        guard entries[Int(seq - 1)].isCounted else { return }
        recalled.append(seq)
        recalled.sort()
    }

    private mutating func receive(_ kind: ReceiptKind, _ user: Int64, _ seq: Int64) {
        let receipt = Receipt(seq: seq, counted: counted(upTo: seq), timestamp: clock, position: clock)
        _ = receipts.receive(receipt, for: ReceiptSlot(user: user, kind: kind))
        if kind != .fullyRead { given[user] = max(given[user] ?? 0, seq) }
        if kind == .read || kind == .own { publicTimes[user, default: []].append((seq, clock)) }
    }

    func start(of user: Int64) -> ReadPlace { joined[user] ?? ReadPlace(seq: 0, counted: 0) }

    func slowUnread(of user: Int64) -> Int64 {
        let read = max(start(of: user).seq, given[user] ?? 0)
        return Int64(entries.enumerated().filter { Int64($0 + 1) > read && $1.isCounted && !$1.isRecalled }.count)
    }

    func unread(of user: Int64) -> Int64 {
        UnreadCount.unread(
            counted: counted(upTo: head), read: receipts.readPlace(of: user, joined: start(of: user))
        ) { (seq: Int64) in UnreadCount.count(of: recalled, above: seq) }
    }
}

@Suite("Unread counts and readers")
struct UnreadCountTests {
    @Test("MSG-24 the unread count by subtraction equals counting every message", arguments: UInt64(1)...30)
    func subtraction(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var log = Log()
        for step in 0..<120 {
            log.step(&random)
            for user in log.users {
                #expect(log.unread(of: user) == log.slowUnread(of: user), "seed \(seed), step \(step), user \(user)")
            }
        }
    }

    @Test(
        "MSG-28 readers are those whose public receipt or own message stands at or after the event",
        arguments: UInt64(1)...20)
    func readers(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var log = Log()
        for _ in 0..<80 { log.step(&random) }
        let members = log.users.map { user in
            (user: user, visible: VisibleRanges(intervals: [(Int64.random(in: 1...20, using: &random), log.head)]))
        }
        for seq in 1...log.head {
            let sender = log.entries[Int(seq - 1)].sender
            let readers = EventReaders(of: seq, sender: sender, members: members, receipts: log.receipts)
            let maySee = members.filter { $0.user != sender && $0.visible.contains(seq) }.map(\.user)
            let haveRead = maySee.filter { user in log.publicTimes[user]?.contains { $0.seq >= seq } ?? false }
            #expect(Set(readers.read.map(\.user)) == Set(haveRead), "seed \(seed), seq \(seq)")
            #expect(readers.unread == maySee.filter { !haveRead.contains($0) }, "seed \(seed), seq \(seq)")
            #expect(readers.read.map(\.timestamp) == readers.read.map(\.timestamp).sorted())
        }
    }

    @Test("An unread count is never negative, whatever the numbers in the store")
    func neverNegative() {
        let place = ReadPlace(seq: 5, counted: 9)
        #expect(UnreadCount.unread(counted: 4, read: place) { (_: Int64) in 0 } == 0)
        #expect(UnreadCount.unread(counted: 10, read: place) { (_: Int64) in 3 } == 0)
    }
}
