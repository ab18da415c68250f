import Synchronization
import Testing

@testable import VectorIndex

@Suite("Searching while writing")
struct ConcurrencyTests {
    /// How far the writer is.
    private final class Progress: Sendable {
        let newest = Atomic<Int>(0)
        let isDone = Atomic<Bool>(false)
    }

    @Test("searches of many tasks see whole changes, in their order, while rows are flushed and merged")
    func searching() async throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 31, dimensions: 8)
        let options = VectorIndexOptions(kind: .hnsw, memoryRows: 20, syncsWrites: false)
        let (index, _) = try built(
            samples.vectors(300), in: folder, schema: VectorSchema(dimensions: 8), options: options)
        let progress = Progress()
        let vectors = samples.vectors(400)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for reader in 0..<4 {
                group.addTask {
                    var searches = 0
                    while !progress.isDone.load(ordering: .acquiring) || searches == 0 {
                        // What was acknowledged before the search began must be found by it.
                        let known = progress.newest.load(ordering: .acquiring)
                        let hits = try index.search(vectors[known], k: 20, effort: 60)
                        #expect(Set(hits.map(\.id)).count == hits.count, "an id twice")
                        if known > 0 { #expect(index.item(1_000_000)?.attributes.price ?? 0 >= UInt32(known)) }
                        if reader == 0 { #expect(index.count >= 300) }
                        searches += 1
                        await Task.yield()
                    }
                    return searches
                }
            }
            for (step, vector) in vectors.enumerated() {
                // One id that always exists, with a growing price, beside ids that come and go.
                let marked = VectorItem(
                    id: 1_000_000, vector: vector, attributes: VectorAttributes(price: UInt32(step)))
                try await index.apply([
                    .put(marked), .put(VectorItem(id: UInt64(2000 + step % 50), vector: vector)),
                    .remove(UInt64(2000 + (step + 25) % 50)),
                ])
                progress.newest.store(step, ordering: .releasing)
                if step % 150 == 149 { try await index.compact() }
            }
            progress.isDone.store(true, ordering: .releasing)
            for try await searches in group { #expect(searches > 0) }
        }
        #expect(VectorIndex.verify(at: folder.path).problems == [])
    }

    @Test("many writers at once share syncs, and each change is there")
    func writing() async throws {
        let folder = TemporaryFolder()
        let index = try VectorIndex.create(
            at: folder.path, schema: VectorSchema(dimensions: 4), options: VectorIndexOptions(memoryRows: 64))
        var samples = Samples(seed: 32, dimensions: 4)
        let vectors = samples.vectors(200)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (id, vector) in vectors.enumerated() {
                group.addTask { try await index.put(VectorItem(id: UInt64(id), vector: vector)) }
            }
            try await group.waitForAll()
        }
        #expect(index.count == 200)
        try await index.settle()
        #expect(index.count == 200)
        #expect(VectorIndex.verify(at: folder.path).vectors == 200)
    }

    @Test("readers of a snapshot cell see snapshots in the order in which they were stored")
    func cell() async throws {
        let schema = try VectorSchema(dimensions: 1)
        let memory = MemoryTable(schema, capacity: 1)
        func snapshot(_ number: Int) -> Snapshot {
            Snapshot(
                segments: [], memory: memory, memoryCount: 0, memoryRemoved: RemovedRows(), applied: UInt64(number))
        }
        let cell = SnapshotCell(snapshot(0))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var last: UInt64 = 0
                    while last < 3_000 {
                        let now = cell.load().applied
                        if now < last { Issue.record("\(now) after \(last)") }
                        last = now
                        await Task.yield()
                    }
                }
            }
            for number in 1...3_000 {
                cell.store(snapshot(number))
                if number % 10 == 0 {
                    cell.forgetOld()
                    await Task.yield()
                }
            }
        }
    }
}
