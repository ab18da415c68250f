import Testing

@testable import VectorIndex

@Suite("Adding, replacing and removing")
struct WritingTests {
    /// What the index should hold: a dictionary.
    private struct Model {
        var items: [UInt64: VectorItem] = [:]

        func nearest(_ query: [Float], k: Int) throws -> [VectorHit] {
            var flat = try FlatIndex(dimensions: query.count)
            for item in items.values { try flat.add(id: item.id, vector: item.vector.span) }
            return try flat.search(query, k: k)
        }
    }

    @Test(
        "after any changes, flushes, merges and reopenings the index holds what a dictionary holds",
        arguments: [1, 2, 3] as [UInt64])
    func model(seed: UInt64) async throws {
        let folder = TemporaryFolder()
        let options = VectorIndexOptions(
            kind: seed == 1 ? .hnsw : seed == 2 ? .ivf : nil, memoryRows: 32, syncsWrites: false)
        var samples = Samples(seed: seed, dimensions: 8)
        var index: VectorIndex? = try VectorIndex.create(
            at: folder.path, schema: VectorSchema(dimensions: 8), options: options)
        var model = Model()
        for step in 0..<1200 {
            let current = try #require(index)
            let id = UInt64(samples.number(0..<250))
            switch samples.number(0..<100) {
            case 0..<70:
                let item = VectorItem(id: id, vector: samples.vector(), attributes: samples.attributes())
                #expect(try await current.put(item) == (model.items[id] == nil), "seed \(seed), step \(step)")
                model.items[id] = item
            case 70..<96:
                #expect(try await current.remove(id) == (model.items.removeValue(forKey: id) != nil))
            case 96: try await current.flush()
            case 97: try await current.compact()
            default:
                await current.close()
                index = try VectorIndex.open(at: folder.path, options: options)
            }
        }
        try await check(try #require(index), model, &samples)
        try await index?.compact()
        try await check(try #require(index), model, &samples)
        await index?.close()
        try await check(try VectorIndex.open(at: folder.path, options: options), model, &samples)
        #expect(VectorIndex.verify(at: folder.path).problems == [])
    }

    private func check(_ index: VectorIndex, _ model: Model, _ samples: inout Samples) async throws {
        #expect(index.count == model.items.count)
        for (id, item) in model.items {
            let stored = try #require(index.item(id))
            #expect(stored.attributes == item.attributes)
        }
        for query in samples.vectors(20) {
            let found = try index.search(query, k: 10, effort: 300)
            #expect(found.allSatisfy { model.items[$0.id] != nil })
            #expect(share(found, of: try model.nearest(query, k: 10)) >= 0.9)
        }
    }

    @Test("SCAN-125 what is added is found at once, what is replaced or removed never again")
    func atOnce() async throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 5, dimensions: 12)
        let (index, _) = try built(
            samples.vectors(500), in: folder, schema: VectorSchema(dimensions: 12),
            options: VectorIndexOptions(kind: .hnsw, memoryRows: 16, syncsWrites: false))
        for id in 1000..<1060 as Range<UInt64> {
            let vector = samples.vector()
            try await index.put(VectorItem(id: id, vector: vector))
            #expect(try index.search(vector, k: 1).first?.id == id)
            let other = vector.map { -$0 }
            try await index.put(VectorItem(id: id, vector: other))
            #expect(try index.search(other, k: 1).first?.id == id)
            #expect(try !index.search(vector, k: 1).contains { $0.id == id })
            if id % 2 == 0 {
                #expect(try await index.remove(id))
                #expect(try await !index.remove(id))
                #expect(try !index.search(other, k: 500).contains { $0.id == id })
            }
        }
        #expect(index.count == 530)
    }

    @Test("SCAN-126 after compaction no byte of a removed vector is in any file")
    func removal() async throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 6, dimensions: 12)
        let (index, _) = try built(
            samples.vectors(300), in: folder, schema: VectorSchema(dimensions: 12),
            options: VectorIndexOptions(kind: .hnsw, memoryRows: 64, syncsWrites: false))
        try await index.put(VectorItem(id: 900, vector: samples.vector()))
        for id in Array(0..<60) + [900] as [UInt64] { try await index.remove(id) }
        let before = VectorIndex.verify(at: folder.path, absent: 7)
        #expect(before.problems == ["segment-1 holds the id 7"])
        #expect(VectorIndex.verify(at: folder.path, absent: 900).problems == ["log-1 holds the id 900"])
        let size = index.statistics.bytes
        try await index.compact()
        #expect(VectorIndex.verify(at: folder.path, absent: 7).problems == [])
        #expect(VectorIndex.verify(at: folder.path, absent: 900).problems == [])
        #expect(VectorIndex.verify(at: folder.path, absent: 80).problems.count == 1)
        #expect(Double(index.statistics.bytes) <= 0.9 * Double(size))
        #expect(index.count == 240)
    }

    @Test("SCAN-128 replacing everything ten times keeps the size, finds as much, and leaves no row out of reach")
    func churn() async throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 7, dimensions: 16)
        let options = VectorIndexOptions(kind: .hnsw, memoryRows: 200, syncsWrites: false)
        let schema = try VectorSchema(dimensions: 16)
        let (index, _) = try built(samples.vectors(1500), in: folder, schema: schema, options: options)
        let size = index.statistics.bytes
        var vectors: [[Float]] = []
        for _ in 0..<10 {
            vectors = samples.vectors(1500)
            let changes = vectors.enumerated().map { VectorChange.put(VectorItem(id: UInt64($0), vector: $1)) }
            try await index.apply(changes)
        }
        try await index.compact()
        #expect(index.count == 1500)
        #expect(Double(index.statistics.bytes) <= 1.2 * Double(size))
        #expect(VectorIndex.verify(at: folder.path).problems == [])
        var flat = try FlatIndex(dimensions: 16)
        for (id, vector) in vectors.enumerated() { try flat.add(id: UInt64(id), vector: vector.span) }
        let fresh = TemporaryFolder()
        let (other, _) = try built(vectors, in: fresh, schema: schema, options: options)
        let queries = samples.vectors(60)
        let difference =
            try recall(other, flat, queries: queries, effort: 40) - recall(index, flat, queries: queries, effort: 40)
        #expect(difference <= 0.01)
    }

    @Test("the caller's counter is kept with the changes it counts")
    func sequence() async throws {
        let folder = TemporaryFolder()
        let options = VectorIndexOptions(memoryRows: 4)
        var index: VectorIndex? = try VectorIndex.create(
            at: folder.path, schema: VectorSchema(dimensions: 2), options: options)
        #expect(index?.appliedSequence == 0)
        try await index?.apply([.put(VectorItem(id: 1, vector: [1, 0]))], sequence: 41)
        try await index?.apply([], sequence: 42)
        #expect(index?.appliedSequence == 42)
        await index?.close()
        await #expect(throws: VectorIndexError.self) { try await index?.flush() }
        index = nil
        let again = try VectorIndex.open(at: folder.path, options: options)
        #expect(again.appliedSequence == 42)
        try await again.flush()
        #expect(try VectorIndex.openForReading(at: folder.path).appliedSequence == 42)
    }
}
