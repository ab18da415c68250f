import Accounts
import Basics
import Messaging
import Storage
import Testing

@Suite struct WriteCostTests {
    /// A room with so many members besides its owner.
    private func room(_ fixture: UserDataFixture, members: Int) async throws -> (owner: Session, room: String) {
        let owner = try await fixture.user("owner\(members)")
        let room = try await fixture.engine.createRoom(owner, try RoomCreation(["preset": "public_chat"]))
        for index in 0..<members {
            let member = try await fixture.user("m\(members)-\(index)")
            _ = try await fixture.engine.join(member, roomOrAlias: room)
        }
        return (owner, room)
    }

    /// How many rows the writer's connection has changed so far.
    private func changes(_ fixture: UserDataFixture) async throws -> Int64 {
        try await fixture.database.write { context in
            try context.connection.first("SELECT total_changes()") { $0.int(0) } ?? 0
        }
    }

    private func rowsPerMessage(_ fixture: UserDataFixture, _ owner: Session, _ room: String) async throws -> Int64 {
        func say(_ number: Int) async throws {
            let content: JSONObject = ["msgtype": "m.text", "body": "hello"]
            _ = try await fixture.engine.send(
                owner, room: room, type: EventType.message, transaction: "cost\(number)", content: content)
        }
        try await say(0)
        let before = try await changes(fixture)
        for number in 1...10 { try await say(number) }
        return try await changes(fixture) - before
    }

    @Test("MSG-08 MSG-18 MSG-22 MSG-72 a message changes the same few rows in a group of 3 and of 150")
    func rowsDoNotGrow() async throws {
        try await UserDataFixture.run { fixture in
            let small = try await room(fixture, members: 2)
            let big = try await room(fixture, members: 149)
            let few = try await rowsPerMessage(fixture, small.owner, small.room)
            let many = try await rowsPerMessage(fixture, big.owner, big.room)
            #expect(few == many)
            // A room, an event, the sender's own mark, a transaction id; and the writer's own stand once a commit.
            #expect(many <= 10 * 6 + 2)
            let copies = try await fixture.database.read { connection in
                try connection.first("SELECT COUNT(*) FROM msg_event WHERE content LIKE '%hello%'") { $0.int(0) }
            }
            #expect(copies == 22)
        }
    }

    @Test("MSG-15 MSG-16 events are found by primary key or by range in a room, without a scan or a sort")
    func plans() async throws {
        let queries = [
            "SELECT content FROM msg_event e WHERE room_no = ?1 AND seq = ?2",
            "SELECT content FROM msg_event e WHERE room_no = ?1 AND seq <= ?2 AND seq >= ?3 ORDER BY seq DESC LIMIT ?4",
            "SELECT content FROM msg_event e WHERE room_no = ?1 AND seq >= ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4",
            "SELECT content FROM msg_event e WHERE pos > ?1 ORDER BY pos LIMIT ?2",
        ]
        try await UserDataFixture.run { fixture in
            for query in queries {
                let plan = try await fixture.database.read { connection in
                    try connection.rows("EXPLAIN QUERY PLAN " + query.replacing(/\?[0-9]/, with: "1")) { $0.text(3) }
                        .joined(separator: "; ")
                }
                #expect(
                    plan.contains("USING INDEX msg_event_room") || plan.contains("USING INTEGER PRIMARY KEY"), "\(plan)"
                )
                #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
            }
        }
    }

    @Test("MSG-29 no index stands on a flag")
    func noFlagIndex() async throws {
        try await UserDataFixture.run { fixture in
            let columns = try await fixture.database.read { connection in
                try connection.rows(
                    """
                    SELECT i.name FROM sqlite_schema s JOIN pragma_index_list(s.name) l JOIN pragma_index_info(l.name) i
                    WHERE s.type = 'table' AND s.name LIKE 'msg_%'
                    """
                ) { $0.text(0) }
            }
            #expect(!columns.isEmpty)
            #expect(!columns.contains { ["flags", "redacted_by", "counted", "state"].contains($0) })
        }
    }
}
