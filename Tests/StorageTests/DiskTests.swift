import Basics
import Foundation
import Storage
import Testing

@Suite("A disk that fails", .serialized)
struct DiskTests {
    private func fastProbe() -> DatabaseOptions {
        var options = DatabaseOptions()
        options.probeIntervalMilliseconds = 5
        options.checkpointIntervalMilliseconds = 60_000
        return options
    }

    @Test("when full, rolls the batch back, refuses writes with 503, goes on reading, and recovers by itself")
    func full() async throws {
        let scratch = try Scratch()
        let database = try scratch.open(fastProbe())
        _ = try await database.addNote("kept")
        let big = String(repeating: "b", count: 300_000)
        _ = try await database.addNote(big)
        try await database.write { context in
            let pages = try context.first("PRAGMA page_count") { $0.int(0) } ?? 0
            _ = try context.first("PRAGMA max_page_count = \(pages + 2)") { $0.int(0) }
        }
        let rolledBack = Shared(0)
        let commands: [PositionCommand] = [
            { context in
                context.onRollback { rolledBack.withLock { $0 += 1 } }
                return try context.addNote("small")
            },
            { try $0.addNote(String(repeating: "l", count: 100_000)) },
            { context in
                // Swallowing the error does not save the batch: SQLite has given the transaction up.
                _ = try? context.addNote(String(repeating: "m", count: 100_000))
                return 0
            },
        ]
        let results = await database.inOneBatch(commands)
        for result in results {
            let error = #expect(throws: RequestError.self) { try result.get() }
            #expect(error?.status == 503 && error?.code == "M_RESOURCE_LIMIT_EXCEEDED")
        }
        #expect(rolledBack.value == 1)
        #expect(database.state == .readOnly(.diskFull))
        let refusal = await #expect(throws: RequestError.self) { try await database.addNote("later") }
        #expect(refusal?.status == 503 && refusal?.retryAfterMilliseconds == 5_000)
        #expect(try await database.notes() == ["kept", big])
        #expect(database.position == 2)

        // Another process makes room.
        let changes = database.stateChanges
        let other = try scratch.open()
        #expect(try await other.write { try $0.run("DELETE FROM note WHERE pos = 2") } == 1)
        for await state in changes where state == .writable { break }
        #expect(try await database.addNote("after") == 3)
        #expect(try await database.notes() == ["kept", "after"])
        await other.close()
        await database.close()
    }

    @Test("with a file size limit (a real EFBIG) loses nothing that was acknowledged")
    func fileSizeLimit() async throws {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let scratch = try Scratch()
            var options = DatabaseOptions()
            options.probeIntervalMilliseconds = 5
            let database = try scratch.open(options)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let unlimited = limit
            limit.rlim_cur = 400_000
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let changes = database.stateChanges
            var kept: [String] = []
            var refusal: RequestError?
            for number in 0..<1_000 where refusal == nil {
                let text = "\(number) " + String(repeating: "n", count: 5_000)
                do {
                    _ = try await database.addNote(text)
                    kept.append(text)
                } catch let error as RequestError {
                    refusal = error
                }
            }
            #expect(refusal?.status == 503 && !kept.isEmpty)
            #expect(try await database.notes() == kept)
            limit = unlimited
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            // Emptying the log may already have made room, and the probe noticed.
            var seen: [DatabaseState] = []
            for await state in changes {
                seen.append(state)
                if seen.count > 1, state == .writable { break }
            }
            #expect(seen.contains(.readOnly(.diskFull)))
            _ = try await database.addNote("after")
            #expect(try await database.notes() == kept + ["after"])
            await database.close()
            #expect(try Database.inspect(path: scratch.databasePath).isSound)
        }
    }

    @Test("whose fsync fails makes the callers uncertain, opens the file again and verifies it")
    func failedSync() async throws {
        let scratch = try Scratch()
        let database = try scratch.open(fastProbe())
        for number in 0..<10 { _ = try await database.addNote("n\(number)") }
        let changes = database.stateChanges
        // Writes to /dev/null succeed and its fsync fails: what the kernel does when it drops dirty pages.
        try replaceOpenFile(scratch.databasePath + "-wal", by: "/dev/null")
        let error = await #expect(throws: RequestError.self) { try await database.addNote("lost") }
        #expect(error?.status == 503)
        var seen: [DatabaseState] = []
        for await state in changes {
            seen.append(state)
            if seen.count > 1, state == .writable { break }
        }
        #expect(Set(seen).isSubset(of: [.writable, .readOnly(.recovering)]))
        #expect(try await database.addNote("after") == 11)
        #expect(try await database.notes() == (0..<10).map { "n\($0)" } + ["after"])
        await database.close()
        #expect(try Database.inspect(path: scratch.databasePath).isSound)
    }

    @Test("that lost an acknowledged commit ends the program instead of going on")
    func lostCommit() async throws {
        let scratch = try Scratch()
        let fatal = AsyncStream<StorageError>.makeStream()
        var options = fastProbe()
        options.onFatal = { fatal.continuation.yield($0) }
        let database = try scratch.open(options)
        for number in 0..<10 { _ = try await database.addNote("n\(number)") }
        let log = scratch.databasePath + "-wal"
        try replaceOpenFile(log, by: "/dev/null")
        truncate(log, 0)
        await #expect(throws: RequestError.self) { try await database.addNote("lost") }
        var errors = fatal.stream.makeAsyncIterator()
        let error = await errors.next()
        #expect(error?.message.contains("10") == true, "\(String(describing: error))")
        guard case .failed = database.state else {
            Issue.record("\(database.state)")
            return
        }
        await #expect(throws: (any Error).self) { try await database.addNote("never") }
        await #expect(throws: (any Error).self) { try await database.notes() }
        await database.close()
    }

    /// Points every descriptor of this process that is open on `path` at another file.
    private func replaceOpenFile(_ path: String, by other: String) throws {
        let replacement = open(other, O_RDWR)
        defer { close(replacement) }
        var count = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
            if target == path, let descriptor = Int32(name), dup2(replacement, descriptor) >= 0 { count += 1 }
        }
        try #require(count == 1)
    }
}
