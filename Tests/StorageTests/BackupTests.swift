import Basics
import Foundation
import Storage
import Testing

@Suite("Backups")
struct BackupTests {
    /// A note that refers to a blob, or to none.
    private func add(_ number: Int, _ database: Database, _ store: BlobStore) async throws {
        if number % 4 == 0 {
            let writer = try await store.makeWriter(limit: 1_000)
            try await writer.write(Array("content \(number)".utf8))
            try await writer.finish { blob, context in
                try BlobStore.retain(blob.hash, in: context)
                try context.addNote(blob.hash.hex)
            }
        } else {
            _ = try await database.addNote("n\(number) " + String(repeating: "q", count: 500))
        }
    }

    @Test("made while others write hold one moment: every row up to a position, and every blob of these rows")
    func underLoad() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let store = try BlobStore(directory: scratch.file("media"), database: database)
        let isOver = Shared(false)
        for number in 0..<40 { try await add(number, database, store) }
        let manifests = try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 1...3 {
                group.addTask {
                    var number = writer * 1_000_000
                    while !isOver.value {
                        try await add(number, database, store)
                        number += 1
                        if number % 8 == 0 { _ = try await store.collectGarbage(graceMilliseconds: -1_000_000) }
                    }
                }
            }
            var manifests: [BackupManifest] = []
            for number in 0..<4 {
                manifests.append(
                    try await Backup.make(of: database, blobs: store, to: scratch.file("backup\(number)")))
            }
            isOver.withLock { $0 = true }
            try await group.waitForAll()
            return manifests
        }
        #expect(manifests.map(\.position) == manifests.map(\.position).sorted())
        #expect(manifests.allSatisfy { $0.generation == database.generation && $0.position >= 40 })
        let all = try await database.notes()
        for (number, manifest) in manifests.enumerated() {
            #expect(try await Backup.verify(scratch.file("backup\(number)")) == manifest)
            let target = DataDirectory(scratch.file("restored\(number)"))
            #expect(try await Backup.restore(scratch.file("backup\(number)"), to: target) == manifest)
            let restored = try Database.open(path: target.databasePath, migrations: Scratch.migrations)
            #expect(restored.position == manifest.position)
            #expect(restored.generation != database.generation)
            let notes = try await restored.notes()
            #expect(notes == Array(all.prefix(Int(manifest.position))))
            let media = try BlobStore(directory: target.blobPath, database: restored)
            for hash in notes.compactMap({ BlobHash(hex: $0) }) {
                #expect(try await media.reader(of: hash).readAll().starts(with: Array("content ".utf8)))
            }
            #expect(notes.compactMap { BlobHash(hex: $0) }.count == Int(manifest.blobCount))
            #expect(try await restored.addNote("goes on") == manifest.position + 1)
            await restored.close()
        }
        await database.close()
    }

    /// A backup of ten notes in `backup`, of a database that is closed again.
    private func small(_ scratch: Scratch) async throws {
        let database = try scratch.open()
        let store = try BlobStore(directory: scratch.file("media"), database: database)
        for number in 0..<10 { try await add(number, database, store) }
        _ = try await Backup.make(of: database, blobs: store, to: scratch.file("backup"))
        await database.close()
    }

    @Test("with one changed, missing or shortened file are found out, and are not restored")
    func tampering() async throws {
        let scratch = try Scratch()
        try await small(scratch)
        try await Backup.verify(scratch.file("backup"))
        let files = try #require(FileManager.default.subpaths(atPath: scratch.file("backup"))).filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: scratch.file("backup/\($0)"), isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        #expect(files.count == 5)
        var random = SeededRandom(seed: 3)
        for file in files {
            let name = "backup/\(file)"
            let sound = try scratch.bytes(name)
            for change in 0..<3 {
                var bytes = sound
                let at = Int.random(in: 0..<bytes.count, using: &random)
                if change == 0 { bytes[at] ^= 0x81 } else { bytes = Array(bytes.prefix(at)) }
                // A new file, since a blob shares its content with the store it was linked from.
                try FileManager.default.removeItem(atPath: scratch.file(name))
                if change < 2 { try scratch.write(bytes, to: name) }
                await #expect(throws: StorageError.self, "\(name) \(change)") {
                    try await Backup.verify(scratch.file("backup"))
                }
                let target = DataDirectory(scratch.file("target"))
                await #expect(throws: StorageError.self, "\(name) \(change)") {
                    try await Backup.restore(scratch.file("backup"), to: target)
                }
                #expect(!scratch.exists("target/vitrine.db"))
                if change == 2 || change < 2 {
                    try? FileManager.default.removeItem(atPath: scratch.file(name))
                    try scratch.write(sound, to: name)
                }
            }
        }
        try await Backup.verify(scratch.file("backup"))
    }

    @Test("are not restored over data unless forced, and then the old files are kept")
    func occupied() async throws {
        let scratch = try Scratch()
        try await small(scratch)
        let target = DataDirectory(scratch.file("target"))
        _ = try await Backup.restore(scratch.file("backup"), to: target)
        let first = try Database.open(path: target.databasePath, migrations: Scratch.migrations)
        let generation = first.generation
        _ = try await first.addNote("newer than the backup")
        await first.close()

        let refusal = await #expect(throws: StorageError.self) {
            try await Backup.restore(scratch.file("backup"), to: target)
        }
        #expect(refusal?.message.contains("not empty") == true)
        _ = try await Backup.restore(scratch.file("backup"), to: target, force: true)
        let second = try Database.open(path: target.databasePath, migrations: Scratch.migrations)
        #expect(second.generation != generation)
        #expect(try await second.notes().count == 10)
        await second.close()
        let kept = try #require(
            FileManager.default.contentsOfDirectory(atPath: target.path).first { $0.hasPrefix("vitrine.db.replaced-") })
        let old = try Database.open(path: "\(target.path)/\(kept)", migrations: Scratch.migrations)
        #expect(try await old.notes().last == "newer than the backup")
        await old.close()
    }

    @Test("are not restored into a folder that a server uses, and not made over something else")
    func locked() async throws {
        let scratch = try Scratch()
        try await small(scratch)
        let target = DataDirectory(scratch.file("target"))
        var lock: DirectoryLock? = try target.lock()
        #expect(throws: StorageError.self) { _ = try target.lock() }
        let busy = await #expect(throws: StorageError.self) {
            try await Backup.restore(scratch.file("backup"), to: target, force: true)
        }
        #expect(busy?.kind == .busy && lock != nil)
        lock = nil
        _ = try await Backup.restore(scratch.file("backup"), to: target)

        let database = try scratch.open()
        let store = try BlobStore(directory: scratch.file("media"), database: database)
        await #expect(throws: StorageError.self) {
            try await Backup.make(of: database, blobs: store, to: scratch.file("backup"))
        }
        let without = await #expect(throws: StorageError.self) {
            try await Backup.make(of: database, blobs: nil, to: scratch.file("no-blobs"))
        }
        #expect(without?.kind == .misuse && !scratch.exists("no-blobs"))
        await database.close()
    }

    @Test("an inspection tells what is in the file, while a server runs on it and after")
    func inspection() async throws {
        let scratch = try Scratch()
        let database = try scratch.open()
        let store = try BlobStore(directory: scratch.file("media"), database: database)
        for number in 0..<10 { try await add(number, database, store) }
        try await OutboxStream(database).commit(name: "search", position: 3)
        _ = try await Jobs(database: database).enqueue(JobRequest(kind: "a", input: []))
        let running = try Database.inspect(path: scratch.databasePath)
        #expect(running.isSound && running.logBytes > 0)
        await database.close()
        let report = try Database.inspect(path: scratch.databasePath)
        #expect(report.isSound && report.logBytes == 0 && report.position == 10)
        #expect(report.migrations == ["storage-1", "test-1"] && report.generation == database.generation)
        #expect(report.consumers.map(\.name) == ["search"] && report.jobs == [.waiting: 1])
        #expect(report.blobCount == 3 && report.blobBytes == 27)
        #expect(report.tables.first { $0.name == "note" }?.rows == 10)
        #expect(report.fileBytes == report.pages * 4_096)
        #expect(try scratch.names == ["media", "test.db"])
        #expect(throws: StorageError.self) { _ = try Database.inspect(path: scratch.file("absent.db")) }
        #expect(!scratch.exists("absent.db"))
    }
}
