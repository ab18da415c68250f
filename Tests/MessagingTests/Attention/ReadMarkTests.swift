import Accounts
import Basics
import Messaging
import Testing

@Suite("Read marks")
struct ReadMarkTests {
    private func conversation(
        messages: Int,
        _ body: (UserDataFixture, _ anna: Session, _ bert: Session, _ room: String, [String]) async throws -> Void
    ) async throws {
        try await UserDataFixture.run { shop in
            let anna = try await shop.user("anna")
            let bert = try await shop.user("bert")
            let room = try await shop.room(anna, bert)
            var sent: [String] = []
            for number in 0..<messages {
                sent.append(
                    try await shop.engine.send(
                        anna, room: room, type: EventType.message, transaction: "t\(number)",
                        content: ["msgtype": "m.text", "body": .string("\(number)")]))
            }
            try await body(shop, anna, bert, room, sent)
        }
    }

    @Test("MSG-44 receipts never move backwards", arguments: UInt64(1)...3)
    func monotone(seed: UInt64) async throws {
        try await conversation(messages: 10) { shop, _, bert, room, sent in
            var random = SeededRandom(seed: seed)
            var furthest: [ReadMarkKey: Int64] = [:]
            for _ in 0..<40 {
                let kind = [ReadMarkKind.read, .readPrivate, .fullyRead].randomElement(using: &random) ?? .read
                let thread = Bool.random(using: &random) ? "main" : nil
                let event = try #require(sent.randomElement(using: &random))
                try await shop.engine.markRead(bert, room: room, marks: [(kind, event)], thread: thread)
                let address = try #require(EventAddress(event))
                let key = ReadMarkKey(user: bert.userNumber, kind: kind.rawValue, thread: thread == nil ? 0 : -1)
                furthest[key] = max(furthest[key] ?? 0, address.seq)
                let state = try #require(try await shop.engine.room(address.room))
                #expect(state.marks[key]?.seq == furthest[key], "seed \(seed)")
            }
        }
    }

    @Test("MSG-44 a private receipt never leaves its owner")
    func privacy() async throws {
        try await conversation(messages: 2) { shop, anna, bert, room, sent in
            func receipts(_ session: Session, since: String) async throws -> Set<String> {
                var request = SyncRequest()
                request.since = try SyncToken(parsing: since)
                let reply = try JSON(parsing: try await shop.engine.sync(session, request), limits: .stored)
                let events = reply["rooms"]?["join"]?[room]?["ephemeral"]?["events"]?.arrayValue ?? []
                let content = events.first { $0["type"] == "m.receipt" }?["content"]?.objectValue ?? [:]
                return Set(content.flatMap { $0.value.objectValue?.map(\.key) ?? [] })
            }
            let start = try JSON(parsing: try await shop.engine.sync(anna, SyncRequest()), limits: .stored)
            let since = try #require(start["next_batch"]?.stringValue)
            let last = try #require(sent.last)
            try await shop.engine.markRead(bert, room: room, marks: [(.readPrivate, last)])
            #expect(try await receipts(anna, since: since) == [])
            #expect(try await receipts(bert, since: since) == ["m.read.private"])
            let readers = try await shop.engine.readers(anna, room: room, event: last)
            #expect(readers["read_count"] == 0)
            try await shop.engine.markRead(bert, room: room, marks: [(.read, last)], thread: "main")
            #expect(try await receipts(anna, since: since) == ["m.read"])
            let now = try await shop.engine.readers(anna, room: room, event: last)
            #expect(now["read_count"] == 1, "a receipt for the main timeline is one")
        }
    }
}
