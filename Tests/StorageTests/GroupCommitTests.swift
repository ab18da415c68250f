import Basics
import Storage
import Testing

@Suite("Group commit")
struct GroupCommitTests {
    @Test("commands that wait together share one commit")
    func grouping() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let before = database.statistics.commits
        let bodies = (1...50).map { number in { @Sendable (context: WriteContext) in try context.addNote("n\(number)") }
        }
        let results = await database.inOneBatch(bodies)
        #expect(try results.map { try $0.get() } == Array(1...50))
        // One for the command that held the writer, one for the fifty.
        #expect(database.statistics.commits - before == 2)
        #expect(try await database.notes().count == 50)
        let (sizes, times) = (database.commandsPerCommit, database.commitSeconds)
        #expect(sizes.counts.reduce(0, +) == UInt64(database.statistics.commits))
        #expect(sizes.sum == Double(database.statistics.commands))
        #expect(zip(sizes.bounds, sizes.counts).contains { $0 == 64 && $1 == 1 })
        #expect(times.counts.reduce(0, +) == UInt64(database.statistics.commits))
        #expect(times.sum > 0)
        await database.close()
    }

    @Test("a batch never holds more commands than its limit")
    func batchLimit() async throws {
        let scratch = try Scratch()
        var options = DatabaseOptions()
        options.batchLimit = 8
        let database = try scratch.open(options)
        let before = database.statistics.commits
        let bodies = (1...20).map { number in { @Sendable (context: WriteContext) in try context.addNote("n\(number)") }
        }
        _ = await database.inOneBatch(bodies)
        #expect(database.statistics.commits - before == 4)
        await database.close()
    }

    @Test("a caller is answered only after the commit of its batch, and after all hooks")
    func answerAfterCommit() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let gate = WriterGate()
        let second = WriterGate()
        let events = Shared<[String]>([])
        async let held: Void = database.write { _ in gate.hold() }
        await gate.untilHeld()
        async let first: Void = {
            try await database.write { context in
                try context.addNote("first")
                context.afterCommit { events.withLock { $0.append("hook 1") } }
            }
            events.withLock { $0.append("answer 1") }
        }()
        while database.statistics.waitingCommands < 1 { await Task.yield() }
        async let last: Void = database.write { context in
            context.afterCommit { events.withLock { $0.append("hook 2") } }
            second.hold()
        }
        while database.statistics.waitingCommands < 2 { await Task.yield() }
        gate.open()
        await second.untilHeld()
        // The first command has run; the second of its batch has not ended, so nothing may be visible or answered.
        #expect(events.value == [])
        #expect(try await database.notes() == [])
        #expect(database.position == 0)
        second.open()
        _ = try await (held, first, last)
        #expect(events.value == ["hook 1", "hook 2", "answer 1"])
        #expect(try await database.notes() == ["first"])
        #expect(database.position == 1)
        await database.close()
    }

    @Test("hooks run in the order of the commands, and see the new position")
    func hookOrder() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let seen = Shared<[Int64]>([])
        let positions = Shared<Set<Int64>>([])
        let bodies = (1...30).map { number in
            { @Sendable (context: WriteContext) in
                let position = try context.addNote("n\(number)")
                context.afterCommit { [database] in
                    seen.withLock { $0.append(position) }
                    positions.withLock { _ = $0.insert(database.position) }
                }
            }
        }
        _ = await database.inOneBatch(bodies)
        #expect(seen.value == Array(1...30))
        #expect(positions.value == [30])
        await database.close()
    }

    @Test("positions have no gaps under many writers, some of whom fail")
    func manyWriters() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let stored = await withTaskGroup(of: [Int64].self) { group in
            for writer in 0..<20 {
                group.addTask {
                    var positions: [Int64] = []
                    for number in 0..<50 {
                        let answer = try? await database.write { context in
                            let position = try context.addNote("\(writer).\(number)")
                            if (writer + number) % 3 == 0 { throw Refused() }
                            return position
                        }
                        if let answer { positions.append(answer) }
                    }
                    // One writer's positions grow: order of positions is order of commits.
                    #expect(positions == positions.sorted())
                    return positions
                }
            }
            var all: [Int64] = []
            for await positions in group { all += positions }
            return all.sorted()
        }
        #expect(stored == Array(1...Int64(stored.count)))
        #expect(try await database.notePositions() == stored)
        #expect(database.position == Int64(stored.count))
        await database.close()
    }

    @Test("a full queue refuses with 503 and a time to come back")
    func fullQueue() async throws {
        let scratch = try Scratch()
        var options = DatabaseOptions()
        options.queueLimit = 2
        let database = try scratch.open(options)
        let gate = WriterGate()
        async let held: Void = database.write { _ in gate.hold() }
        await gate.untilHeld()
        async let one = database.addNote("one")
        async let two = database.addNote("two")
        while database.statistics.waitingCommands < 2 { await Task.yield() }
        let refusal = await #expect(throws: RequestError.self) { try await database.addNote("three") }
        #expect(refusal?.status == 503 && refusal?.retryAfterMilliseconds == 1_000)
        gate.open()
        try await held
        _ = try await (one, two)
        #expect(try await Set(database.notes()) == ["one", "two"])
        await database.close()
    }

    @Test("closing finishes what waits and refuses what comes later")
    func closing() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let gate = WriterGate()
        async let held: Void = database.write { _ in gate.hold() }
        await gate.untilHeld()
        async let waiting = database.addNote("waiting")
        while database.statistics.waitingCommands < 1 { await Task.yield() }
        async let closed: Void = database.close()
        while database.state != .closed { await Task.yield() }
        await #expect(throws: RequestError.self) { try await database.addNote("late") }
        gate.open()
        try await held
        #expect(try await waiting == 1)
        await closed
        await #expect(throws: (any Error).self) { try await database.notes() }
        #expect(try scratch.names == ["test.db"])
        let again = try scratch.open()
        #expect(try await again.notes() == ["waiting"])
        await again.close()
        await again.close()
    }
}
