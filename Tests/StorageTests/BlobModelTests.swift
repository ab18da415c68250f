import Basics
import Storage
import TestSupport
import Testing

@Suite("Blobs against a plain model")
struct BlobModelTests {
    private struct Entry {
        var references = 0
        var touched: Int64
    }

    @Test("references, rows and files agree after every step of random work", arguments: 1...8)
    func random(seed: UInt64) async throws {
        let scratch = try Scratch()
        let clock = MockWallClock(SystemWallClock().now())
        var database = try scratch.open(clock: clock)
        var store = try BlobStore(directory: scratch.file("media"), database: database)
        var random = SeededRandom(seed: seed)
        var model: [Int: Entry] = [:]
        // Contents and their hashes; stored once to learn the names, then collected.
        let contents = (0..<6).map { [UInt8](repeating: UInt8($0), count: $0 * 1_000 + 1) }
        var hashes: [BlobHash] = []
        for content in contents { hashes.append(try await store.store(content).hash) }
        #expect(try await store.collectGarbage(graceMilliseconds: -1).files == 6)

        for step in 0..<150 {
            let which = Int.random(in: 0..<6, using: &random)
            let hash = hashes[which]
            switch Int.random(in: 0..<16, using: &random) {
            case 0..<4:
                #expect(try await store.store(contents[which]).hash == hash)
                model[which, default: Entry(touched: 0)].touched = clock.now()
            case 4..<7:
                let answer: Void? = try? await database.write { try BlobStore.retain(hash, in: $0) }
                #expect((answer != nil) == (model[which] != nil), "seed \(seed) step \(step)")
                model[which]?.references += 1
                model[which]?.touched = clock.now()
            case 7..<10:
                let answer: Void? = try? await database.write { try BlobStore.release(hash, in: $0) }
                let can = (model[which]?.references ?? 0) > 0
                #expect((answer != nil) == can, "seed \(seed) step \(step)")
                if can {
                    model[which]?.references -= 1
                    model[which]?.touched = clock.now()
                }
            case 10..<12:
                clock.advance(milliseconds: Int64.random(in: 1...1_000, using: &random))
            case 12..<14:
                let grace = Int64.random(in: 0...1_500, using: &random)
                let gone = model.filter { $0.value.references == 0 && $0.value.touched < clock.now() - grace }
                let removed = try await store.collectGarbage(graceMilliseconds: grace)
                #expect(removed.rows == gone.count && removed.files == gone.count, "seed \(seed) step \(step)")
                for key in gone.keys { model[key] = nil }
            case 14:
                // Finds nothing: no step leaves a file without a row.
                let swept = try await store.sweep(graceMilliseconds: -60_000)
                #expect(swept == BlobCollection(), "seed \(seed) step \(step)")
            default:
                await database.close()
                database = try scratch.open(clock: clock)
                store = try BlobStore(directory: scratch.file("media"), database: database)
            }
            for (number, hash) in hashes.enumerated() {
                let record = try await database.read { try BlobStore.record(hash, $0) }
                #expect(record?.references == model[number].map { Int64($0.references) }, "seed \(seed) step \(step)")
                #expect(record?.touchedMilliseconds == model[number]?.touched, "seed \(seed) step \(step)")
                let bytes = try? await store.reader(of: hash).readAll()
                #expect(bytes == (model[number] == nil ? nil : contents[number]), "seed \(seed) step \(step)")
            }
        }
        await database.close()
    }

    @Test("what is stored and referred to in one step survives a collector that spares nothing, in two processes")
    func race() async throws {
        let scratch = try Scratch()
        let one = try scratch.open()
        let two = try scratch.open()
        let stores = try [one, two].map { try BlobStore(directory: scratch.file("media"), database: $0) }
        let contents = (0..<3).map { [UInt8](repeating: UInt8($0), count: 50) }
        let kept = Shared<[BlobHash: Int]>([:])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    var random = SeededRandom(seed: UInt64(worker))
                    for _ in 0..<25 {
                        let writer = try await stores[worker % 2].makeWriter(limit: 100)
                        try await writer.write(contents[Int.random(in: 0..<3, using: &random)])
                        let hash = try await writer.finish { blob, context in
                            try BlobStore.retain(blob.hash, in: context)
                            return blob.hash
                        }
                        let bytes = try await stores[1 - worker % 2].reader(of: hash).readAll()
                        #expect(bytes.count == 50)
                        if Int.random(in: 0..<12, using: &random) == 0 {
                            kept.withLock { $0[hash, default: 0] += 1 }
                        } else {
                            try await [one, two][worker % 2].write { try BlobStore.release(hash, in: $0) }
                        }
                    }
                }
            }
            for collector in 0..<2 {
                group.addTask {
                    for round in 0..<30 {
                        _ = try await stores[collector].collectGarbage(graceMilliseconds: -1_000_000)
                        if round % 10 == 0 { _ = try await stores[collector].sweep(graceMilliseconds: -1_000_000) }
                    }
                }
            }
            try await group.waitForAll()
        }
        _ = try await stores[0].collectGarbage(graceMilliseconds: -1_000_000)
        let expected = kept.value
        for (hash, count) in expected {
            #expect(try await one.read { try BlobStore.record(hash, $0)?.references } == Int64(count))
            #expect(try await stores[0].reader(of: hash).readAll().count == 50)
        }
        let rows = try await one.read { try $0.first("SELECT COUNT(*) FROM blob") { $0.int(0) } }
        #expect(rows == Int64(expected.count))
        await one.close()
        await two.close()
    }
}
