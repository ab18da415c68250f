import Basics
import Testing

@testable import Messaging

@Suite("Receipts")
struct ReceiptBookTests {
    private func receipt(_ seq: Int64, at position: Int64 = 1) -> Receipt {
        Receipt(seq: seq, counted: seq, timestamp: position, position: position)
    }

    @Test("MSG-44 receipts never move backwards", arguments: UInt64(1)...10)
    func monotone(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var book = ReceiptBook()
        var furthest: [ReceiptSlot: Int64] = [:]
        for position in Int64(1)...300 {
            let slot = ReceiptSlot(
                user: Int64.random(in: 1...3, using: &random),
                kind: ReceiptKind.allCases.randomElement(using: &random) ?? .read,
                thread: ReceiptThread(number: Int64.random(in: -1...2, using: &random)))
            let seq = Int64.random(in: 1...50, using: &random)
            let moved = book.receive(receipt(seq, at: position), for: slot)
            #expect(moved == (seq > furthest[slot] ?? 0), "seed \(seed)")
            furthest[slot] = max(furthest[slot] ?? 0, seq)
            #expect(book[slot]?.seq == furthest[slot], "seed \(seed)")
        }
    }

    @Test("The more recent of the public and the private receipt counts; threads and the fully-read marker do not")
    func readPlace() {
        var book = ReceiptBook()
        let joined = ReadPlace(seq: 3, counted: 2)
        #expect(book.readPlace(of: 1, joined: joined) == joined)
        for (kind, thread, seq) in [
            (ReceiptKind.read, ReceiptThread.room, Int64(5)), (.readPrivate, .room, 7), (.own, .room, 6),
            (.fullyRead, .room, 20), (.read, .root(4), 30),
        ] {
            book.receive(receipt(seq), for: ReceiptSlot(user: 1, kind: kind, thread: thread))
        }
        #expect(book.readPlace(of: 1, joined: joined).seq == 7)
        book.receive(receipt(9), for: ReceiptSlot(user: 1, kind: .read, thread: .main))
        #expect(book.readPlace(of: 1, joined: joined).seq == 9)
        #expect(book.readPlace(of: 1, joined: ReadPlace(seq: 12, counted: 8)).counted == 8, "after joining again")
    }

    @Test("MSG-44 a private receipt never leaves its owner")
    func privacy() {
        var book = ReceiptBook()
        for (index, kind) in ReceiptKind.allCases.enumerated() {
            book.receive(receipt(5, at: Int64(index + 1)), for: ReceiptSlot(user: 1, kind: kind))
        }
        #expect(book.changes(after: 0, reader: 1).map(\.slot.kind) == [.read, .readPrivate])
        #expect(book.changes(after: 0, reader: 2).map(\.slot.kind) == [.read])
        #expect(book.changes(after: 1, reader: 1).map(\.slot.kind) == [.readPrivate])
        #expect(book.changes(after: 2, reader: 1).isEmpty)
        #expect(book.publicRead(of: 5, in: .main, by: 1)?.timestamp == 1)
    }

    @Test("A threaded receipt reads its thread and nothing else")
    func threads() {
        var book = ReceiptBook()
        book.receive(receipt(9), for: ReceiptSlot(user: 1, kind: .read, thread: .root(2)))
        #expect(book.publicRead(of: 5, in: .root(2), by: 1) != nil)
        #expect(book.publicRead(of: 5, in: .root(3), by: 1) == nil)
        #expect(book.publicRead(of: 5, in: .main, by: 1) == nil)
        book.receive(receipt(6), for: ReceiptSlot(user: 1, kind: .read))
        #expect(book.publicRead(of: 5, in: .root(3), by: 1) != nil, "a receipt for the room reads all threads")
    }

    @Test("Words and numbers of the store go both ways", arguments: ReceiptKind.allCases)
    func forms(kind: ReceiptKind) {
        #expect(kind.name.map { ReceiptKind(name: $0) == kind } ?? true)
        for number in [Int64(-1), 0, 17] { #expect(ReceiptThread(number: number).number == number) }
        #expect(ReceiptKind(name: "m.own") == nil)
    }
}
