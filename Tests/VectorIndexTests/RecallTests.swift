import Testing

@testable import VectorIndex

@Suite("Each kind of index finds the neighbours")
struct RecallTests {
    @Test(
        "SCAN-123 flat, lists and graph find at least 95 of 100 true neighbours, on five seeds",
        arguments: VectorIndexKind.allCases, [1, 2, 3, 4, 5] as [UInt64])
    func kinds(kind: VectorIndexKind, seed: UInt64) throws {
        var samples = Samples(seed: seed, dimensions: 24)
        let folder = TemporaryFolder()
        let (index, flat) = try built(
            samples.vectors(3000), in: folder, schema: VectorSchema(dimensions: 24),
            options: VectorIndexOptions(kind: kind, seed: seed))
        let found = try recall(index, flat, queries: samples.vectors(100))
        #expect(found >= (kind == .flat ? 0.995 : 0.95), "seed \(seed)")
        #expect(index.statistics.segments.map(\.kind) == [kind])
    }

    @Test(
        "SCAN-123 every metric and encoding ranks as exact search does",
        arguments: VectorMetric.allCases, VectorEncoding.allCases)
    func metrics(metric: VectorMetric, encoding: VectorEncoding) throws {
        var samples = Samples(seed: 9, dimensions: 33)
        let folder = TemporaryFolder()
        let (index, flat) = try built(
            samples.vectors(2000), in: folder,
            schema: VectorSchema(dimensions: 33, metric: metric, encoding: encoding),
            options: VectorIndexOptions(kind: .hnsw))
        let queries = samples.vectors(50)
        #expect(try recall(index, flat, queries: queries, effort: 200) >= 0.97)
        let hit = try #require(try index.search(queries[0], k: 1, effort: 200).first)
        let exact = try #require(try flat.search(queries[0], k: 1).first)
        #expect(abs(hit.distance - exact.distance) <= 0.005 * max(1, abs(exact.distance)))
    }

    @Test("the kind follows from the number of vectors, and the reason is told")
    func choice() throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 3, dimensions: 8)
        let (index, _) = try built(
            samples.vectors(500), in: folder, schema: VectorSchema(dimensions: 8), options: VectorIndexOptions())
        #expect(index.statistics.segments.map(\.kind) == [.flat])
        #expect(index.statistics.choice == "flat: exact search is fast below 20000 vectors")
    }

    @Test("the same vectors and seed make the same file, another seed another")
    func deterministic() throws {
        func bytes(seed: UInt64) throws -> [UInt8] {
            let folder = TemporaryFolder()
            var samples = Samples(seed: 4, dimensions: 16)
            _ = try built(
                samples.vectors(800), in: folder, schema: VectorSchema(dimensions: 16),
                options: VectorIndexOptions(kind: .hnsw, seed: seed))
            return try #require(try IndexFolder(path: folder.path).read("segment-1"))
        }
        #expect(try bytes(seed: 5) == bytes(seed: 5))
        #expect(try bytes(seed: 5) != bytes(seed: 6))
    }

    @Test("vectors that stand twice, one vector alone and none are found as they should")
    func corners() throws {
        let schema = try VectorSchema(dimensions: 3)
        let same = [[Float]](repeating: [1, 2, 3], count: 300)
        let folder = TemporaryFolder()
        let (index, _) = try built(same, in: folder, schema: schema, options: VectorIndexOptions(kind: .hnsw))
        #expect(Set(try index.search([1, 2, 3], k: 300).map(\.id)).count == 300)
        #expect(VectorIndex.verify(at: folder.path).problems == [])
        let other = TemporaryFolder()
        let empty = try VectorIndex.create(at: other.path, schema: schema)
        #expect(try empty.search([1, 2, 3], k: 5) == [])
    }
}
