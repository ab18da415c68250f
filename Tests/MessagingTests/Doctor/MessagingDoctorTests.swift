import Accounts
import Basics
import Messaging
import Storage
import Testing

@Suite("The doctor of conversations")
struct MessagingDoctorTests {
    /// A shop with some of everything: two members, edits, a recalled message, receipts, a member who left.
    private func withHistory(_ body: (UserDataFixture) async throws -> Void) async throws {
        try await UserDataFixture.run { shop in
            let anna = try await shop.user("anna")
            let bert = try await shop.user("bert")
            let room = try await shop.room(anna, bert)
            var sent: [String] = []
            for number in 0..<6 {
                sent.append(
                    try await shop.engine.send(
                        anna, room: room, type: EventType.message, transaction: "t\(number)",
                        content: ["msgtype": "m.text", "body": .string("message \(number)")]))
            }
            _ = try await shop.engine.redact(anna, room: room, event: sent[2], transaction: "r", reason: nil)
            try await shop.engine.markRead(bert, room: room, marks: [(.read, sent[3])])
            try await shop.engine.setMembership(bert, room: room, userID: bert.user.text, to: .leave)
            try await body(shop)
        }
    }

    private func check(_ shop: UserDataFixture) async throws -> [MessagingFinding] {
        let doctor = MessagingDoctor(serverName: shop.engine.serverName)
        return try await shop.database.readWithoutLimit { try doctor.check($0) }
    }

    @Test("MSG-80 a sound history has no finding")
    func clean() async throws {
        try await withHistory { shop in
            let found = try await check(shop)
            #expect(found == [])
        }
    }

    /// A way to break a database, and the rule that finds it.
    struct Corruption: Sendable, CustomTestStringConvertible {
        let rule: MessagingFinding.Rule
        let sql: String
        var isRepairable = false
        var testDescription: String { "\(rule): \(sql)" }
    }

    static let corruptions: [Corruption] = [
        .init(rule: .sequence, sql: "DELETE FROM msg_event WHERE seq = (SELECT MAX(seq) - 4 FROM msg_event)"),
        .init(
            rule: .sequence,
            sql:
                "INSERT INTO msg_event SELECT 900, 7, 1, sender_no, device_no, type_no, state_key, ts_ms, recv_ms, counted, flags, redacted_by, redacts, replaces, txn, content FROM msg_event LIMIT 1"
        ),
        .init(
            rule: .counts,
            sql: "UPDATE msg_event SET counted = counted + 1 WHERE seq = (SELECT MAX(seq) - 4 FROM msg_event)"),
        .init(rule: .positions, sql: "UPDATE msg_event SET pos = -1 WHERE seq = (SELECT MAX(seq) - 4 FROM msg_event)"),
        .init(rule: .positions, sql: "UPDATE msg_receipt SET pos = (SELECT MIN(pos) FROM msg_event) WHERE kind = 1"),
        .init(rule: .positions, sql: "UPDATE msg_event SET pos = 1000000 WHERE pos = (SELECT MAX(pos) FROM msg_event)"),
        .init(
            rule: .spans,
            sql:
                "INSERT INTO msg_member_span SELECT room_no, user_no, from_seq + 1, membership, 1, user_id FROM msg_member_span"
        ),
        .init(rule: .spans, sql: "UPDATE msg_member_span SET membership = 3 WHERE membership = 0"),
        .init(rule: .spans, sql: "UPDATE msg_member_span SET visible_from = 4000"),
        .init(rule: .memberships, sql: "UPDATE msg_membership SET membership = 3", isRepairable: true),
        .init(rule: .memberships, sql: "DELETE FROM msg_membership", isRepairable: true),
        .init(
            rule: .memberships, sql: "INSERT INTO msg_membership SELECT 77, room_no, 1, 1, 0 FROM msg_room",
            isRepairable: true),
        .init(rule: .receipts, sql: "UPDATE msg_receipt SET seq = 4000", isRepairable: true),
        .init(rule: .receipts, sql: "UPDATE msg_receipt SET counted = counted + 2", isRepairable: true),
        .init(
            rule: .redaction, sql: "UPDATE msg_event SET content = '{\"body\":\"still here\"}' WHERE redacted_by > 0"),
        .init(rule: .state, sql: "DELETE FROM msg_state WHERE seq = 1"),
        .init(rule: .state, sql: "UPDATE msg_state SET seq = 4000 WHERE seq = 1"),
        .init(
            rule: .media,
            sql:
                "INSERT INTO msg_media(media_id, user_no, sha256, created_ms, state, kind) VALUES ('lost', 1, X'00', 1, 1, 0)"
        ),
        .init(rule: .consumers, sql: "INSERT INTO consumer(name, pos, updated_ms) VALUES ('ahead', 1000000, 1)"),
        .init(rule: .room, sql: "UPDATE msg_room SET head_seq = head_seq - 1", isRepairable: true),
        .init(rule: .room, sql: "UPDATE msg_room SET head_pos = 1", isRepairable: true),
        .init(rule: .room, sql: "UPDATE msg_room SET counted = counted + 7", isRepairable: true),
        .init(rule: .room, sql: "UPDATE msg_room SET last_seq = 1, last_ms = 1", isRepairable: true),
        .init(rule: .room, sql: "UPDATE msg_room SET receipt_pos = 0", isRepairable: true),
    ]

    @Test(
        "MSG-80 every seeded corruption is found, and what follows from the events is repaired", arguments: corruptions)
    func corrupted(corruption: Corruption) async throws {
        try await withHistory { shop in
            try await shop.database.write { context in
                _ = try context.connection.run(corruption.sql)
            }
            let found = try await check(shop)
            #expect(found.contains { $0.rule == corruption.rule }, "\(found.map(\.sentence))")
            guard corruption.isRepairable else { return }
            let rest = found.filter { !$0.isRepairable }
            #expect(rest == [], "\(found.map(\.sentence))")
            let doctor = MessagingDoctor(serverName: shop.engine.serverName)
            try await shop.database.write { try doctor.repair(in: $0) }
            let left = try await check(shop)
            #expect(left == [])
        }
    }
}
