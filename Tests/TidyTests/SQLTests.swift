import Testing

@Suite("SQL stands in its own rooms")
struct SQLTests {
    private func file(_ text: String, _ path: String = "Sources/Features/Messaging/Store/A.swift") -> TextFile {
        TextFile(path: path, text: text)
    }

    @Test("MSG-30, MSG-31 tables are named only where they belong")
    func foreignTables() {
        #expect(Repository.swiftFiles.flatMap(SQLRules.foreignTables) == [])
    }

    @Test(
        "a foreign table is found",
        arguments: [
            ("Sources/Server/Sync/A.swift", "run(\"SELECT 1 FROM msg_room\")"),
            ("Sources/Features/Messaging/Pipeline/A.swift", "run(\"\"\"\n  DELETE FROM msg_txn\n  \"\"\")"),
            ("Sources/Features/Messaging/Store/A.swift", "run(\"SELECT 1 FROM acc_user\")"),
            ("Sources/Engines/Accounts/A.swift", "run(\"SELECT 1 FROM msg_room\")"),
        ])
    func foreign(path: String, text: String) {
        #expect(SQLRules.foreignTables(file(text, path)).count == 1)
    }

    @Test(
        "a table in its own folder, in a comment or in a test is no finding",
        arguments: [
            ("Sources/Features/Messaging/Store/A.swift", "run(\"SELECT 1 FROM msg_room\")"),
            ("Sources/Features/Messaging/Media/A.swift", "run(\"SELECT 1 FROM msg_media\")"),
            ("Sources/Engines/Accounts/Store/A.swift", "run(\"SELECT 1 FROM acc_user\")"),
            ("Sources/Server/A.swift", "// msg_room is read elsewhere"),
            ("Tests/MessagingTests/A.swift", "run(\"SELECT 1 FROM msg_room\")"),
        ])
    func own(path: String, text: String) {
        #expect(SQLRules.foreignTables(file(text, path)) == [])
    }

    @Test("MSG-29 no index stands on a flag, since a rare value makes a useless index and slows every write")
    func flagIndexes() {
        #expect(Repository.swiftFiles.flatMap(SQLRules.flagIndexes) == [])
    }

    @Test(
        "an index on a flag is found",
        arguments: [
            "CREATE INDEX a ON msg_event(flags)",
            "create unique index a on msg_event(redacted_by, pos)",
            "CREATE INDEX a ON msg_event(pos) WHERE recalled = 1",
            "CREATE INDEX IF NOT EXISTS a ON acc_user(\n  state)",
        ])
    func flag(statement: String) {
        #expect(SQLRules.flagIndexes(file("script(\"\"\"\n\(statement)\n\"\"\")")).count == 1)
    }

    @Test(
        "an index on a key is no finding",
        arguments: [
            "CREATE UNIQUE INDEX msg_event_room ON msg_event(room_no, seq);",
            "CREATE INDEX msg_membership_room ON msg_membership(room_no, membership, user_no);",
            "CREATE INDEX msg_state_seq ON msg_state(room_no, seq); CREATE TABLE t(flags INTEGER)",
            "CREATE INDEX job_waiting ON job(kind, due_ms) WHERE state = 0;",
        ])
    func key(statement: String) {
        #expect(SQLRules.flagIndexes(file("script(\"\(statement)\")")) == [])
    }

    @Test("features write the SQL that SQLite and PostgreSQL share")
    func shared() {
        #expect(Repository.swiftFiles.flatMap(SQLRules.unsharedSQL) == [])
    }

    @Test(
        "what only SQLite understands is found",
        arguments: [
            "INSERT OR REPLACE INTO msg_a VALUES (?1)", "SELECT 1 FROM msg_a WHERE b = ?",
            "SELECT IFNULL(a, 1) FROM msg_a",
            "PRAGMA user_version", "SELECT a FROM msg_a WHERE b GLOB ?1",
        ])
    func unshared(sql: String) {
        #expect(SQLRules.unsharedSQL(file("run(\"\(sql)\")")).count == 1)
    }

    @Test(
        "shared SQL and plain text are no finding",
        arguments: [
            "INSERT INTO msg_a VALUES (?1, ?2) ON CONFLICT(a) DO UPDATE SET b = ?2 RETURNING a", "is it so (?)",
        ])
    func sharedSample(sql: String) {
        #expect(SQLRules.unsharedSQL(file("run(\"\(sql)\")")) == [])
    }
}
