package import Basics
import Storage

/// The history of conversations.
enum TransitionQueries {
    /// - Parameter scene: the entrance of the conversation at this moment.
    static func insert(_ transition: Transition, scene: Int64?, in context: WriteContext) throws {
        let t = transition
        try context.connection.run(
            """
            INSERT INTO desk_transition(conv_no, n, pos, from_status, to_status, owner_kind, owner_no, queue_no, reason,
              by_no, why, at_ms, scene)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
              (SELECT entry FROM desk_scene WHERE scene_no = ?13))
            """,
            arguments: [
                .integer(t.conversation), .integer(t.n), .integer(context.nextPosition()),
                .optional(t.from?.rawValue), .integer(t.to.rawValue), .optional(t.owner?.kind),
                .optional(t.owner?.number), .integer(t.queue), .text(t.reason.rawValue), .optional(t.by),
                .optional(t.why.map { Texts.text($0.json) }), .integer(t.at), .optional(scene),
            ])
    }

    /// In SQL, that a line of history is no step: somebody looked or spoke aside.
    static let asides = "('listened', 'whispered')"

    /// Whether a conversation has gone on since its history had so many lines.
    static func moved(_ number: Int64, after n: Int64, _ connection: Connection) throws -> Bool {
        let later = try connection.first(
            "SELECT 1 FROM desk_transition WHERE conv_no = ?1 AND n > ?2 AND reason NOT IN \(asides) LIMIT 1",
            .integer(number), .integer(n)
        ) { _ in true }
        // Who names a line that is yet to come has seen something else.
        let head = try connection.first(
            "SELECT MAX(n) FROM desk_transition WHERE conv_no = ?1", .integer(number)
        ) { $0.int(0) }
        return later ?? false || n > (head ?? 0)
    }

    /// The history of a conversation as it is shown, the oldest line first.
    static func list(of number: Int64, _ connection: Connection) throws -> [JSON] {
        try connection.rows(
            """
            SELECT n, from_status, to_status, owner_kind, owner_no, queue_no, reason, by_no, why, at_ms, pos
            FROM desk_transition WHERE conv_no = ?1 ORDER BY n
            """, .integer(number)
        ) { row in
            func status(_ column: Int) -> JSON {
                row.intOrNil(column).flatMap(ConversationStatus.init(rawValue:)).map { .string($0.name) } ?? .null
            }
            return [
                "n": .int(row.int(0)), "from": status(1), "to": status(2),
                "owner": row.intOrNil(4).map(JSON.int) ?? .null, "is_robot": .bool(row.intOrNil(3) == 1),
                "queue": .int(row.int(5)), "reason": .string(row.text(6)),
                "by": row.intOrNil(7).map(JSON.int) ?? .null,
                "why": row.textOrNil(8).map(Texts.json) ?? .null, "ts": .int(row.int(9)), "pos": .int(row.int(10)),
            ]
        }
    }

    /// Conversations whose histories have gaps or broken chains, or do not end where the conversation stands.
    static func broken(_ connection: Connection) throws -> [Int64] {
        try connection.rows(
            """
            SELECT c.conv_no FROM desk_conversation c WHERE
              c.n <> (SELECT COUNT(*) FROM desk_transition t WHERE t.conv_no = c.conv_no)
              OR c.n <> (SELECT MAX(t.n) FROM desk_transition t WHERE t.conv_no = c.conv_no)
              OR c.status <> (SELECT t.to_status FROM desk_transition t WHERE t.conv_no = c.conv_no AND t.n = c.n)
              OR EXISTS (SELECT 1 FROM desk_transition a JOIN desk_transition b
                ON b.conv_no = a.conv_no AND b.n = a.n + 1
                WHERE a.conv_no = c.conv_no AND b.from_status <> a.to_status)
            ORDER BY c.conv_no
            """
        ) { $0.int(0) }
    }
}

extension Why {
    /// As it is stored and shown.
    package var json: JSON {
        var kept: JSONObject = [:]
        for (why, count) in self.kept.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            kept[why.rawValue] = .int(Int64(count))
        }
        return [
            "policy": .string(policy.name), "preferred": .bool(isPreferred), "eligible": .int(Int64(eligible)),
            "candidates": .array(
                candidates.map {
                    ["agent": .int($0.agent), "load": .int($0.load), "capacity": .int($0.capacity)]
                }), "kept": .object(kept), "waited_ms": .int(waited),
        ]
    }
}
