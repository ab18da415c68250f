import Kernels
import Testing

@testable import VectorIndex

@Suite("Codes of four bits")
struct FewBitTests {
    @Test(
        "SCAN-130 looking through codes of 4 bits and ranking 30 finds nearly all that is nearest, on five seeds",
        arguments: [1, 2, 3, 4, 5] as [UInt64])
    func recall(seed: UInt64) throws {
        var samples = Samples(seed: seed, dimensions: 128)
        let folder = TemporaryFolder()
        let schema = try VectorSchema(dimensions: 128, encoding: .int4)
        let (index, flat) = try built(
            samples.vectors(3000), in: folder, schema: schema, options: VectorIndexOptions(kind: .flat))
        let queries = samples.vectors(100)
        #expect(try VectorIndexTests.recall(index, flat, queries: queries, k: 1) >= 0.97, "seed \(seed)")
        #expect(try VectorIndexTests.recall(index, flat, queries: queries, k: 10) >= 0.97, "seed \(seed)")
    }

    @Test("SCAN-130 what a search through all rows reads is half of what codes of 8 bits take")
    func size() {
        for dimensions in [128, 256, 320, 512] {
            let (few, many) = (CodeEncoding.int4, CodeEncoding.int12)
            #expect(few.stride(dimensions: dimensions) * 2 <= many.stride(dimensions: dimensions) + 64)
            let whole = [few, many].map { encoding in
                let counts = CodeTable.columnCounts(encoding, .cosine, dimensions: dimensions, count: 1)
                return counts.codes + counts.rests
            }
            // What ranks is in the file, and the file is as large.
            #expect(whole[0] <= whole[1] + 128)
        }
        #expect(CodeEncoding.int4.stride(dimensions: 128) == 64 && CodeEncoding.int12.stride(dimensions: 128) == 128)
    }

    @Test(
        "SCAN-130 adds, removals, merges and opening again keep codes of 4 bits, of every kind",
        arguments: VectorIndexKind.allCases)
    func life(kind: VectorIndexKind) async throws {
        let folder = TemporaryFolder()
        let schema = try VectorSchema(dimensions: 40, encoding: .int4)
        let options = VectorIndexOptions(kind: kind, memoryRows: 64)
        var samples = Samples(seed: 8, dimensions: 40)
        let vectors = samples.vectors(400)
        var flat = try FlatIndex(dimensions: 40)
        do {
            let index = try VectorIndex.create(at: folder.path, schema: schema, options: options)
            for (id, vector) in vectors.enumerated() {
                try await index.put(VectorItem(id: UInt64(id), vector: vector))
                if id % 4 != 0 { try flat.add(id: UInt64(id), vector: vector.span) }
            }
            for id in stride(from: 0, to: 400, by: 4) { try await index.remove(UInt64(id)) }
            try await index.compact()
            await index.close()
        }
        #expect(VectorIndex.verify(at: folder.path).problems == [])
        let index = try VectorIndex.open(at: folder.path, options: options)
        #expect(index.count == 300 && index.schema.encoding == .int4)
        #expect(index.statistics.segments.map(\.kind) == [kind])
        #expect(try VectorIndexTests.recall(index, flat, queries: samples.vectors(50), effort: 100) >= 0.97)
        let stored = try #require(index.item(7)?.vector)
        let given = vectors[7]
        let length = given.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(zip(stored, given).allSatisfy { abs($0 - $1 / length) <= 0.001 })
        await index.close()
    }
}
