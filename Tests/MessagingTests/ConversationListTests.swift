import Basics
import Testing

@testable import Messaging

/// A user's rooms living through random events; the list by looking at everything.
private struct Shop {
    struct Message {
        let milliseconds: Int64
        let seq: Int64
        let mentions: Bool
    }

    struct Room {
        var messages: [Message] = []
        var readSeq: Int64 = 0
        var changed: Int64 = 0
    }

    var rooms: [Int64: Room] = [:]
    var removed: [Int64: Int64] = [:]
    var position: Int64 = 0
    /// What was read is committed: the next change has a higher position.
    private var isSealed = true
    private var clock: Int64 = 1_000

    mutating func seal() { isSealed = true }

    mutating func step(_ random: inout SeededRandom) {
        let room = Int64.random(in: 1...12, using: &random)
        // Some steps share a position, as when one commit changes several rooms.
        if isSealed || Int.random(in: 0..<4, using: &random) > 0 { position += 1 }
        isSealed = false
        if Bool.random(using: &random) { clock += 1 }
        switch Int.random(in: 0..<8, using: &random) {
        case 0 where rooms[room] != nil:
            rooms[room] = nil
            removed[room] = position
        case 1 where rooms[room] != nil:
            let last = rooms[room]?.messages.last?.seq ?? 0
            rooms[room]?.readSeq = last
            rooms[room]?.changed = position
        default:
            let seq = (rooms[room]?.messages.last?.seq ?? 0) + 1
            let message = Message(milliseconds: clock, seq: seq, mentions: seq % 5 == 0)
            rooms[room, default: Room()].messages.append(message)
            rooms[room]?.changed = position
            removed[room] = nil
        }
    }

    var summaries: [ConversationSummary] {
        rooms.map { number, room in
            let unread = room.messages.filter { $0.seq > room.readSeq }
            return ConversationSummary(
                room: number, lastMilliseconds: room.messages.last?.milliseconds ?? 0,
                lastSeq: room.messages.last?.seq ?? 0, unread: Int64(unread.count),
                highlight: Int64(unread.filter(\.mentions).count), changedPosition: room.changed)
        }
    }

    func delta(since: Int64, limit: Int) -> ConversationList.Delta {
        ConversationList.delta(
            of: summaries, removed: removed.map { (room: $0.key, position: $0.value) }, since: since, head: position,
            limit: limit)
    }
}

@Suite("Conversation list")
struct ConversationListTests {
    private func rank(_ summary: ConversationSummary) -> Int {
        summary.highlight > 0 ? 2 : summary.unread > 0 ? 1 : 0
    }

    @Test(
        "MSG-22 the order comes from the last messages alone, ties broken the same way every time",
        arguments: UInt64(1)...10)
    func order(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var shop = Shop()
        for _ in 0..<80 {
            shop.step(&random)
            let all = shop.summaries.shuffled(using: &random)
            let recent = ConversationList.page(of: all, order: .recent, below: nil, limit: 100).conversations
            for (upper, lower) in zip(recent, recent.dropFirst()) {
                #expect((upper.lastMilliseconds, upper.room) > (lower.lastMilliseconds, lower.room), "seed \(seed)")
            }
            let unread = ConversationList.page(of: all, order: .unread, below: nil, limit: 100).conversations
            #expect(Set(unread) == Set(recent))
            #expect(unread.map(rank) == unread.map(rank).sorted(by: >), "seed \(seed)")
            for level in 0...2 { #expect(unread.filter { rank($0) == level } == recent.filter { rank($0) == level }) }
        }
    }

    @Test("Pages of any size join to the whole list", arguments: UInt64(1)...10, ConversationOrder.allCases)
    func pages(seed: UInt64, order: ConversationOrder) {
        var random = SeededRandom(seed: seed)
        var shop = Shop()
        for _ in 0..<60 { shop.step(&random) }
        let whole = ConversationList.page(of: shop.summaries, order: order, below: nil, limit: 1_000)
        #expect(whole.more == nil)
        for limit in [1, 2, 5, 11, 12] {
            var joined: [ConversationSummary] = []
            var place: ConversationPlace?
            repeat {
                let page = ConversationList.page(of: shop.summaries, order: order, below: place, limit: limit)
                #expect(page.conversations.count <= limit)
                joined += page.conversations
                place = page.more
            } while place != nil
            #expect(joined == whole.conversations, "seed \(seed), limit \(limit)")
        }
    }

    @Test(
        "MSG-23 a client that applies deltas holds the list as it is computed from the raw events",
        arguments: UInt64(1)...20)
    func deltas(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var shop = Shop()
        var client: [Int64: ConversationSummary] = [:]
        var position: Int64 = 0
        for _ in 0..<40 {
            for _ in 0..<Int.random(in: 0...15, using: &random) { shop.step(&random) }
            shop.seal()
            let limit = Int.random(in: 1...6, using: &random)
            var hasMore = true
            while hasMore {
                let delta = shop.delta(since: position, limit: limit)
                for room in delta.removed { client[room] = nil }
                for summary in delta.changed { client[summary.room] = summary }
                #expect(delta.position > position || !delta.hasMore, "seed \(seed): it must go on")
                position = delta.position
                hasMore = delta.hasMore
            }
            #expect(Set(client.values) == Set(shop.summaries), "seed \(seed)")
            #expect(position == shop.position)
            #expect(shop.delta(since: position, limit: 5).changed.isEmpty)
        }
    }

    @Test(
        "A conversation that moves while pages are read is in the delta since the first page", arguments: UInt64(1)...10
    )
    func movingWhilePaging(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var shop = Shop()
        for _ in 0..<60 { shop.step(&random) }
        shop.seal()
        let start = shop.position
        var client: [Int64: ConversationSummary] = [:]
        var place: ConversationPlace?
        repeat {
            let page = ConversationList.page(of: shop.summaries, order: .recent, below: place, limit: 3)
            for summary in page.conversations { client[summary.room] = summary }
            place = page.more
            for _ in 0..<3 { shop.step(&random) }
        } while place != nil
        let delta = shop.delta(since: start, limit: 1_000)
        for room in delta.removed { client[room] = nil }
        for summary in delta.changed { client[summary.room] = summary }
        #expect(Set(client.values) == Set(shop.summaries), "seed \(seed)")
    }

    @Test("Marked unread counts as unread for the order")
    func markedUnread() {
        func summary(_ room: Int64, marked: Bool) -> ConversationSummary {
            ConversationSummary(
                room: room, lastMilliseconds: 10 - room, lastSeq: 1, unread: 0, highlight: 0, isMarkedUnread: marked,
                changedPosition: 1)
        }
        let all = [summary(1, marked: false), summary(2, marked: true)]
        #expect(
            ConversationList.page(of: all, order: .unread, below: nil, limit: 9).conversations.map(\.room) == [2, 1])
        #expect(
            ConversationList.page(of: all, order: .recent, below: nil, limit: 9).conversations.map(\.room) == [1, 2])
    }

    @Test("Tokens survive their text form, and no text stops the decoder", arguments: UInt64(1)...6)
    func tokens(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let place = ConversationPlace(
                rank: UInt8.random(in: 0...2, using: &random), lastMilliseconds: Int64(bitPattern: random.next()),
                room: Int64(bitPattern: random.next()))
            let page = ConversationToken.PageStart(order: .unread, place: place)
            let token = ConversationToken(
                generation: UInt32(truncatingIfNeeded: random.next()), position: Int64(random.next() >> 11),
                page: Bool.random(using: &random) ? page : nil)
            #expect(try ConversationToken(parsing: token.text) == token, "seed \(seed)")
            let noise = "c1_" + Base64URL.encode(random.bytes(Int.random(in: 0...30, using: &random)))
            if let read = try? ConversationToken(parsing: noise) { #expect(read.text == noise) }
        }
        for text in ["", "c1_", "v1_AAAA", "c1_é", "c1_" + String(repeating: "A", count: 90)] {
            #expect(throws: RequestError.self) { try ConversationToken(parsing: text) }
        }
    }
}
