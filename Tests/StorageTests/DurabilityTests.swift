import Storage
import Testing

@Suite("What was acknowledged")
struct DurabilityTests {
    @Test("is in the file and its log at any moment, as a crash would leave them", arguments: [20, 200])
    func crashCopies(checkpointMilliseconds: Int) async throws {
        let scratch = try Scratch()
        var options = DatabaseOptions()
        options.checkpointIntervalMilliseconds = checkpointMilliseconds / 20
        options.logLimitBytes = checkpointMilliseconds * 1_024
        let database = try scratch.open(options)
        let copies = Shared<[(name: String, notes: Int64)]>([])
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for number in 0..<60 {
                        _ = try? await database.write { context in
                            let text = "\(writer).\(number) " + String(repeating: "y", count: 3_000)
                            let position = try context.addNote(text)
                            guard position % 60 == 0 else { return }
                            // On the writer's thread right after the commit: the writer stands still, only the
                            // checkpointer goes on, whose changes of the file the log holds too.
                            context.afterCommit {
                                let name = "crash\(position)"
                                try? scratch.copy("test.db", to: "\(name).db")
                                try? scratch.copy("test.db-wal", to: "\(name).db-wal")
                                copies.withLock { $0.append((name, position)) }
                            }
                        }
                    }
                }
            }
        }
        await database.close()
        let made = copies.value
        #expect(made.count == 8)
        for copy in made {
            let opened = try scratch.open(name: "\(copy.name).db")
            let positions = try await opened.notePositions()
            #expect(opened.state == .writable && Int64(positions.count) >= copy.notes)
            #expect(positions == Array(1...opened.position))
            await opened.close()
            #expect(try Database.inspect(path: scratch.file("\(copy.name).db")).isSound)
        }
    }

    @Test("keeps the log small: checkpoints move it into the file, and the writer begins it again")
    func logSize() async throws {
        let scratch = try Scratch()
        var options = DatabaseOptions()
        options.checkpointIntervalMilliseconds = 1
        options.logLimitBytes = 256 << 10
        let database = try scratch.open(options)
        var largest = 0
        for number in 0..<400 {
            _ = try await database.addNote("\(number) " + String(repeating: "z", count: 8_000))
            largest = max(largest, database.statistics.logBytes)
        }
        // 400 commits of three to six pages are 5 to 10 MB.
        #expect(largest < 2 << 20)
        #expect(database.statistics.checkpointFailures == 0)
        await database.close()
        #expect(try scratch.names == ["test.db"])
    }

    @Test("survives a long read, which only makes the log longer meanwhile")
    func longRead() async throws {
        let scratch = try Scratch()
        var options = DatabaseOptions()
        options.checkpointIntervalMilliseconds = 1
        options.logLimitBytes = 64 << 10
        let database = try scratch.open(options)
        _ = try await database.addNote("first")
        let gate = WriterGate()
        async let seen = database.readWithoutLimit { connection in
            let before = try connection.notes
            gate.hold()
            return [before, try connection.notes]
        }
        await gate.untilHeld()
        for number in 0..<60 { _ = try await database.addNote("\(number) " + String(repeating: "z", count: 8_000)) }
        gate.open()
        #expect(try await seen == [["first"], ["first"]])
        #expect(try await database.notes().count == 61)
        await database.close()
    }
}
