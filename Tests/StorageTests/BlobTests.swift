import Basics
import Foundation
import Storage
import TestSupport
import Testing

@Suite("Blobs")
struct BlobTests {
    private func open(_ scratch: Scratch, clock: any WallClock = SystemWallClock()) throws -> (Database, BlobStore) {
        let database = try scratch.open(clock: clock)
        return (database, try BlobStore(directory: scratch.file("media"), database: database))
    }

    @Test("are found under the SHA-256 of their content, whole and in ranges", arguments: [0, 1, 1_000, 700_000])
    func roundTrip(size: Int) async throws {
        let scratch = try Scratch()
        let (database, store) = try open(scratch)
        var random = SeededRandom(seed: UInt64(size))
        let content = random.bytes(size)
        let writer = try await store.makeWriter(limit: 1 << 20)
        var at = 0
        while at < size {
            let count = min(Int.random(in: 0...90_000, using: &random), size - at)
            try await writer.write(Array(content[at..<at + count]))
            at += count
        }
        let blob = try await writer.finish()
        #expect(blob.size == Int64(size) && writer.size == Int64(size))
        let digits = blob.hash.hex
        #expect(scratch.exists("media/\(digits.prefix(2))/\(digits.dropFirst(2).prefix(2))/\(digits)"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.file("media/tmp")) == [])
        #expect(BlobHash(hex: digits) == blob.hash && BlobHash(hex: digits.uppercased()) == nil)
        #expect(BlobHash(hex: String(digits.dropLast())) == nil && BlobHash([1, 2]) == nil)

        let reader = try await store.reader(of: blob.hash)
        #expect(reader.size == Int64(size))
        #expect(try await reader.readAll() == content)
        for _ in 0..<20 {
            let from = Int64.random(in: -5...Int64(size) + 5, using: &random)
            let to = from + Int64.random(in: 0...Int64(size) + 5, using: &random)
            var bytes: [UInt8] = []
            let chunkSize = Int.random(in: 1...70_000, using: &random)
            for try await chunk in reader.chunks(from..<to, chunkSize: chunkSize) {
                #expect(chunk.count <= chunkSize)
                bytes += chunk
            }
            let range = (Int(from)..<Int(to)).clamped(to: 0..<size)
            #expect(bytes == Array(content[range]))
        }
        #expect(try await reader.read(at: .max, count: 5) == [])
        #expect(try await reader.read(at: -1, count: 5) == [])
        await database.close()
    }

    @Test("a known vector of SHA-256 (FIPS 180-4) names its file")
    func vector() async throws {
        let scratch = try Scratch()
        let (database, store) = try open(scratch)
        let blob = try await store.store(Array("abc".utf8))
        #expect(blob.hash.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        await database.close()
    }

    @Test("larger than the limit are refused, and leave nothing")
    func limit() async throws {
        let scratch = try Scratch()
        let (database, store) = try open(scratch)
        let writer = try await store.makeWriter(limit: 10)
        try await writer.write([UInt8](repeating: 1, count: 10))
        let error = await #expect(throws: StorageError.self) { try await writer.write([1]) }
        #expect(error?.kind == .tooLarge && error?.requestError.status == 413)
        await writer.abandon()
        await writer.abandon()
        await #expect(throws: StorageError.self) { try await writer.write([1]) }
        await #expect(throws: StorageError.self) { try await writer.finish() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.file("media/tmp")) == [])
        do {
            let forgotten = try await store.makeWriter(limit: 10)
            try await forgotten.write([1])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.file("media")) == ["tmp"])
        await database.close()
    }

    @Test("are referred to in the transaction of the row that points at them")
    func references() async throws {
        let scratch = try Scratch()
        let (database, store) = try open(scratch)
        let writer = try await store.makeWriter(limit: 10)
        try await writer.write([1, 2, 3])
        let blob = try await writer.finish { blob, context in
            try BlobStore.retain(blob.hash, in: context)
            try context.addNote(blob.hash.hex)
            return blob
        }
        #expect(try await database.read { try BlobStore.record(blob.hash, $0)?.references } == 1)
        await #expect(throws: Refused.self) {
            try await database.write { context in
                try BlobStore.release(blob.hash, in: context)
                throw Refused()
            }
        }
        #expect(try await database.read { try BlobStore.record(blob.hash, $0)?.references } == 1)
        try await database.write { try BlobStore.release(blob.hash, in: $0) }
        let below = await #expect(throws: StorageError.self) {
            try await database.write { try BlobStore.release(blob.hash, in: $0) }
        }
        #expect(below?.kind == .misuse)
        let unknown = try #require(BlobHash([UInt8](repeating: 9, count: 32)))
        let missing = await #expect(throws: StorageError.self) {
            try await database.write { try BlobStore.retain(unknown, in: $0) }
        }
        #expect(missing?.kind == .missing)
        let absent = await #expect(throws: StorageError.self) { _ = try await store.reader(of: unknown) }
        #expect(absent?.kind == .missing && absent?.requestError.status == 404)
        await database.close()
    }

    @Test("stored while the body of their transaction fails leave a file that the sweep removes")
    func failedBody() async throws {
        let scratch = try Scratch()
        let clock = MockWallClock(SystemWallClock().now())
        let (database, store) = try open(scratch, clock: clock)
        let writer = try await store.makeWriter(limit: 10)
        try await writer.write([1, 2, 3])
        await #expect(throws: Refused.self) { try await writer.finish { _, _ in throw Refused() } }
        await writer.abandon()
        #expect(try await store.sweep(graceMilliseconds: 60_000) == BlobCollection())
        // What a crash leaves: a temporary file of a process that is gone.
        try scratch.write([1], to: "media/tmp/left-over")
        clock.advance(milliseconds: 120_000)
        #expect(try await store.sweep(graceMilliseconds: 180_000) == BlobCollection())
        clock.advance(milliseconds: 36_000_000)
        let swept = try await store.sweep(graceMilliseconds: 60_000)
        #expect(swept.files == 1 && swept.drafts == 1 && swept.rows == 0)
        #expect(try await store.sweep(graceMilliseconds: 60_000) == BlobCollection())
        await database.close()
    }

    @Test("a damaged file is replaced when the same content is stored again")
    func replaced() async throws {
        let scratch = try Scratch()
        let (database, store) = try open(scratch)
        let blob = try await store.store([1, 2, 3, 4])
        let digits = blob.hash.hex
        let name = "media/\(digits.prefix(2))/\(digits.dropFirst(2).prefix(2))/\(digits)"
        try scratch.write([1, 2], to: name)
        #expect(try await store.store([1, 2, 3, 4]) == blob)
        #expect(try await store.reader(of: blob.hash).readAll() == [1, 2, 3, 4])
        await database.close()
    }

    @Test("being read go on to be readable while the collector removes them")
    func readWhileCollected() async throws {
        let scratch = try Scratch()
        let (database, store) = try open(scratch)
        let content = [UInt8](repeating: 5, count: 300_000)
        let blob = try await store.store(content)
        let reader = try await store.reader(of: blob.hash)
        #expect(try await store.collectGarbage(graceMilliseconds: -1).files == 1)
        #expect(try await reader.readAll() == content)
        await #expect(throws: StorageError.self) { _ = try await store.reader(of: blob.hash) }
        await database.close()
    }
}
