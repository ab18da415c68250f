import Basics
import Storage
import TestSupport
import Testing

@Suite("Opening a database")
struct OpeningTests {
    private func migration(_ name: String, _ sql: String) -> Migration {
        Migration(name) { try $0.script(sql) }
    }

    @Test("keeps rows, position and generation across a restart")
    func restart() async throws {
        let scratch = try Scratch()
        let first = try scratch.open()
        _ = try await first.addNote("a")
        _ = try await first.addNote("b")
        let generation = first.generation
        await first.close()
        let second = try scratch.open()
        #expect(second.position == 2 && second.generation == generation && second.state == .writable)
        #expect(try await second.addNote("c") == 3)
        #expect(try await second.notes() == ["a", "b", "c"])
        await second.close()
        let other = try scratch.open(name: "other.db")
        #expect(other.generation != generation)
        await other.close()
    }

    @Test("migrates forward, with a copy of the old file made first")
    func forward() async throws {
        let scratch = try Scratch()
        let one = migration("one", "CREATE TABLE a(x INTEGER) STRICT; INSERT INTO a VALUES (1)")
        let two = migration("two", "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1")
        let old = try Database.open(path: scratch.databasePath, migrations: [one])
        try await old.write { _ = try $0.run("INSERT INTO a VALUES (5)") }
        await old.close()
        #expect(try scratch.names == ["test.db"])

        let new = try Database.open(path: scratch.databasePath, migrations: [one, two])
        let rows = try await new.read { try $0.rows("SELECT x, y FROM a ORDER BY x") { [$0.int(0), $0.int(1)] } }
        #expect(rows == [[1, 2], [5, 6]])
        await new.close()
        #expect(try scratch.names == ["test.db", "test.db.before-two"])

        let copy = try Database.open(path: scratch.file("test.db.before-two"), migrations: [one])
        #expect(try await copy.read { try $0.rows("SELECT x FROM a ORDER BY x") { $0.int(0) } } == [1, 5])
        await copy.close()
        // Opening again migrates nothing and copies nothing.
        await (try Database.open(path: scratch.databasePath, migrations: [one, two])).close()
        #expect(try scratch.names.count == 2)
    }

    @Test("leaves the file as it was when a migration fails, and says where the copy is")
    func failing() async throws {
        let scratch = try Scratch()
        let one = migration("one", "CREATE TABLE a(x INTEGER) STRICT")
        let bad = Migration("bad") { connection in
            try connection.script("CREATE TABLE b(x INTEGER)")
            throw Refused()
        }
        await (try Database.open(path: scratch.databasePath, migrations: [one])).close()
        for _ in 0..<2 {
            let error = #expect(throws: StorageError.self) {
                _ = try Database.open(path: scratch.databasePath, migrations: [one, bad])
            }
            #expect(error?.message.contains("bad") == true && error?.message.contains(".before-bad") == true)
        }
        let again = try Database.open(path: scratch.databasePath, migrations: [one])
        let tables = try await again.read {
            try $0.first("SELECT COUNT(*) FROM sqlite_master WHERE name = 'b'") { $0.int(0) }
        }
        #expect(tables == 0)
        await again.close()
    }

    @Test("refuses a file of a newer program and names both versions")
    func newer() async throws {
        let scratch = try Scratch()
        let known = migration("messaging-1", "CREATE TABLE a(x INTEGER) STRICT")
        let unknown = migration("messaging-2", "CREATE TABLE b(x INTEGER) STRICT")
        await (try Database.open(path: scratch.databasePath, migrations: [known, unknown])).close()
        let before = try scratch.bytes("test.db")
        let error = #expect(throws: StorageError.self) {
            _ = try Database.open(path: scratch.databasePath, migrations: [known])
        }
        #expect(error?.kind == .schemaTooNew)
        #expect(error?.message.contains("messaging-2") == true && error?.message.contains("messaging-1") == true)
        #expect(try scratch.bytes("test.db") == before)
    }

    @Test("refuses two migrations of one name")
    func twice() throws {
        let scratch = try Scratch()
        let one = migration("one", "CREATE TABLE a(x INTEGER)")
        let error = #expect(throws: StorageError.self) {
            _ = try Database.open(path: scratch.databasePath, migrations: [one, one])
        }
        #expect(error?.kind == .misuse)
        #expect(try scratch.names == [])
    }

    @Test("a failing first migration leaves no file behind")
    func failingFirst() throws {
        let scratch = try Scratch()
        #expect(throws: StorageError.self) {
            _ = try Database.open(path: scratch.databasePath, migrations: [migration("one", "CREATE NONSENSE")])
        }
        #expect(try scratch.names == [])
    }

    @Test("the time of commits never goes back, not even across a restart with a clock set back")
    func clock() async throws {
        let scratch = try Scratch()
        let clock = MockWallClock(1_000_000)
        let first = try scratch.open(clock: clock)
        #expect(try await first.write { $0.now } == 1_000_000)
        clock.advance(milliseconds: 500)
        #expect(
            try await first.write {
                try $0.addNote("a"); return $0.now
            } == 1_000_500)
        clock.advance(milliseconds: -400_000)
        #expect(
            try await first.write {
                try $0.addNote("b"); return $0.now
            } == 1_000_500)
        await first.close()
        let second = try scratch.open(clock: clock)
        #expect(second.now == 1_000_500)
        #expect(try await second.write { $0.now } == 1_000_500)
        clock.set(2_000_000)
        #expect(try await second.write { $0.now } == 2_000_000)
        await second.close()
    }

    @Test("two processes may write to one file: positions stay gapless")
    func twoWriters() async throws {
        let scratch = try Scratch()
        let one = try scratch.open()
        let two = try scratch.open()
        for number in 0..<20 {
            let database = number % 2 == 0 ? one : two
            #expect(try await database.addNote("n\(number)") == Int64(number + 1))
        }
        #expect(try await one.notePositions() == Array(1...20))
        await one.close()
        await two.close()
    }
}
