import Basics
import Storage
import Testing

@Suite("The outbox and its consumers")
struct StreamTests {
    private static let table = Migration("derived-1") { connection in
        try connection.script(
            """
            CREATE TABLE derived(n INTEGER PRIMARY KEY, pos INTEGER NOT NULL, payload BLOB NOT NULL) STRICT;
            """)
    }

    private func open(_ scratch: Scratch) throws -> Database {
        try Database.open(path: scratch.databasePath, migrations: [Self.table])
    }

    /// Writes what it sees behind what is there: order and repetition both show.
    private static let derive: @Sendable ([OutboxEntry], WriteContext) throws -> Void = { entries, context in
        for entry in entries {
            try context.run(
                "INSERT INTO derived(pos, payload) VALUES (?1, ?2)", .integer(entry.position), .blob(entry.payload))
        }
    }

    private func derived(_ database: Database) async throws -> [[Int64]] {
        try await database.read {
            try $0.rows("SELECT pos, payload FROM derived ORDER BY n") { row in
                [row.int(0)] + row.blob(1).map(Int64.init)
            }
        }
    }

    @Test("an entry and its change are one transaction, and positions are those of the database")
    func appending() async throws {
        let scratch = try Scratch()
        let database = try open(scratch)
        try await database.write { context in
            try Outbox.append(topic: "room", key: "a", payload: [1], in: context)
            let position = context.nextPosition()
            try Outbox.append(topic: "room", key: "b", payload: [2], at: position, in: context)
        }
        await #expect(throws: Refused.self) {
            try await database.write { context in
                try Outbox.append(topic: "room", key: "c", payload: [3], in: context)
                throw Refused()
            }
        }
        let entries = try await database.read { try Outbox.entries(after: 0, limit: 10, $0) }
        #expect(entries.map(\.position) == [1, 2] && entries.map(\.key) == ["a", "b"])
        #expect(entries.map(\.payload) == [[1], [2]] && entries.allSatisfy { $0.topic == "room" })
        #expect(database.position == 2)
        await database.close()
    }

    @Test("MSG-32 a consumer's effect happens once for each entry, whatever step it dies at", arguments: 1...12)
    func exactlyOnce(seed: UInt64) async throws {
        let scratch = try Scratch()
        var database = try open(scratch)
        var random = SeededRandom(seed: seed)
        var expected: [[Int64]] = []
        for round in 0..<60 {
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                let byte = UInt8.random(in: .min ... .max, using: &random)
                let draws = Int.random(in: 0...1, using: &random)
                let position = try await database.write { context in
                    for _ in 0..<draws { _ = context.nextPosition() }
                    return try Outbox.append(topic: "t", key: "k", payload: [byte], in: context)
                }
                expected.append([position, Int64(byte)])
            }
            let stream = FailingStream(
                OutboxStream(database), reads: Int.random(in: 0...3, using: &random) > 0,
                commits: Int.random(in: 0...2, using: &random) > 0)
            let effectFails = Int.random(in: 0...3, using: &random) == 0
            let consumer = Consumer(
                name: "search", source: stream, database: database, pageLimit: Int.random(in: 1...4, using: &random)
            ) { entries, context in
                try Self.derive(entries, context)
                if effectFails { throw Refused() }
            }
            // Each failure is a death: nothing of the consumer is carried on but what is in the database.
            try? await consumer.catchUp()
            if round % 7 == 3 {
                await database.close()
                database = try open(scratch)
            }
        }
        let stream = OutboxStream(database)
        let consumer = Consumer(name: "search", source: stream, database: database, effect: Self.derive)
        try await consumer.catchUp()
        #expect(try await derived(database) == expected, "seed \(seed)")
        #expect(try await consumer.position == database.position)

        // From 0 it builds the same again.
        try await consumer.restart { try $0.run("DELETE FROM derived") }
        #expect(try await derived(database) == [])
        try await consumer.catchUp()
        #expect(try await derived(database) == expected, "seed \(seed), rebuilt")
        await database.close()
    }

    @Test("two consumers of one name share the work and double nothing")
    func shared() async throws {
        let scratch = try Scratch()
        let database = try open(scratch)
        for byte in UInt8(0)..<100 {
            try await database.write { _ = try Outbox.append(topic: "t", key: "k", payload: [byte], in: $0) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let consumer = Consumer(
                        name: "one", source: OutboxStream(database), database: database, pageLimit: 3,
                        effect: Self.derive)
                    try await consumer.catchUp()
                }
            }
            try await group.waitForAll()
        }
        #expect(try await derived(database) == (0..<100).map { [$0 + 1, $0] })
        await database.close()
    }

    @Test("the effect may live in another file, and the source still learns how far it came")
    func otherDatabase() async throws {
        let scratch = try Scratch()
        let source = try scratch.open()
        let target = try Database.open(path: scratch.file("derived.db"), migrations: [Self.table])
        for byte in UInt8(0)..<10 {
            try await source.write { _ = try Outbox.append(topic: "t", key: "k", payload: [byte], in: $0) }
        }
        let consumer = Consumer(
            name: "stats", source: OutboxStream(source), database: target, pageLimit: 4, effect: Self.derive)
        try await consumer.catchUp()
        #expect(try await derived(target).count == 10)
        let known = try await source.read { try ConsumerOffset.position(of: "stats", $0) }
        #expect(known == 10)
        await source.close()
        await target.close()
    }

    @Test("trimming stops below the slowest consumer, and waits for one that never committed")
    func trimming() async throws {
        let scratch = try Scratch()
        let database = try open(scratch)
        for byte in UInt8(0)..<20 {
            try await database.write { _ = try Outbox.append(topic: "t", key: "k", payload: [byte], in: $0) }
        }
        let trim: @Sendable (WriteContext) throws -> Int = { try Outbox.trim(consumers: ["a", "b"], limit: 4, in: $0) }
        #expect(try await database.write(trim) == 0)
        try await OutboxStream(database).commit(name: "a", position: 12)
        #expect(try await database.write(trim) == 0)
        try await OutboxStream(database).commit(name: "b", position: 6)
        // Never backwards.
        try await OutboxStream(database).commit(name: "a", position: 2)
        #expect(try await database.write(trim) == 4)
        #expect(try await database.write(trim) == 2)
        #expect(try await database.write(trim) == 0)
        let left = try await database.read { try Outbox.entries(after: 0, limit: 100, $0).map(\.position) }
        #expect(left == Array(7...20))
        try await database.write { try ConsumerOffset.remove("b", in: $0) }
        #expect(try await database.write { try Outbox.trim(consumers: ["a"], in: $0) } == 6)
        await database.close()
    }
}

/// A stream whose calls may fail.
private struct FailingStream: EventStream {
    let base: OutboxStream
    let reads: Bool
    let commits: Bool

    init(_ base: OutboxStream, reads: Bool, commits: Bool) {
        self.base = base
        self.reads = reads
        self.commits = commits
    }

    func read(after position: Int64, limit: Int) async throws -> StreamPage<OutboxEntry> {
        guard reads else { throw Refused() }
        return try await base.read(after: position, limit: limit)
    }

    func commit(name: String, position: Int64) async throws {
        guard commits else { throw Refused() }
        try await base.commit(name: name, position: position)
    }
}
