import Basics
import Storage
import Testing

@Suite("A command that fails")
struct CommandFailureTests {
    @Test("is rolled back alone, gives its positions back and tells nobody")
    func alone() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let events = Shared<[String]>([])
        let commands: [PositionCommand] = [
            { try $0.addNote("a") },
            { context in
                try context.addNote("b")
                try context.addNote("c")
                context.afterCommit { events.withLock { $0.append("commit") } }
                context.onRollback { events.withLock { $0.append("outer") } }
                context.onRollback { events.withLock { $0.append("inner") } }
                throw Refused()
            },
            { try $0.addNote("d") },
        ]
        let results = await database.inOneBatch(commands)
        #expect(try results[0].get() == 1)
        #expect(throws: Refused.self) { try results[1].get() }
        #expect(try results[2].get() == 2)
        #expect(events.value == ["inner", "outer"])
        #expect(try await database.notes() == ["a", "d"])
        #expect(database.position == 2)
        await database.close()
    }

    @Test("because of a constraint is told which kind, and may be caught inside")
    func constraint() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        _ = try await database.addNote("a")
        let error = await #expect(throws: StorageError.self) { try await database.addNote("a") }
        #expect(error?.kind == .uniqueConstraint)
        let null = await #expect(throws: StorageError.self) {
            try await database.write { try $0.run("INSERT INTO note(pos, text) VALUES (9, ?1)", nil) }
        }
        #expect(null?.kind == .constraint)
        let kept = try await database.write { context in
            do { try context.addNote("a") } catch let error as StorageError where error.kind == .uniqueConstraint {}
            return try context.addNote("b")
        }
        #expect(kept == 3)
        #expect(try await database.notes() == ["a", "b"])
        await database.close()
    }

    @Test("by ending the transaction itself takes its batch along and leaves the writer usable")
    func ownTransaction() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let rolledBack = Shared(0)
        let commands: [PositionCommand] = [
            { context in
                context.onRollback { rolledBack.withLock { $0 += 1 } }
                return try context.addNote("a")
            },
            { context in
                try context.run("ROLLBACK")
                return 0
            },
            { try $0.addNote("b") },
        ]
        let results = await database.inOneBatch(commands)
        for result in results { #expect(throws: RequestError.self) { try result.get() } }
        #expect(rolledBack.value == 1)
        #expect(try await database.notes() == [])
        #expect(try await database.addNote("c") == 1)
        await database.close()
    }

    @Test("with wrong SQL or a wrong number of arguments is our own fault, and stays an error")
    func misuse() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        for sql in ["SELEC 1", "SELECT ?1", "SELECT 1 FROM nowhere", "", "-- nothing"] {
            let error = await #expect(throws: StorageError.self) { try await database.write { try $0.run(sql) } }
            #expect(error?.kind == .misuse)
        }
        #expect(try await database.addNote("fine") == 1)
        await database.close()
    }
}
