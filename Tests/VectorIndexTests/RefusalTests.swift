import Foundation
import Testing

@testable import VectorIndex

@Suite("What is refused, and how")
struct RefusalTests {
    @Test("vectors that cannot be stored or searched are refused with the reason")
    func vectors() async throws {
        let folder = TemporaryFolder()
        let index = try VectorIndex.create(at: folder.path, schema: VectorSchema(dimensions: 3))
        let wrong: [([Float], VectorIndexError)] = [
            ([1, 2], .wrongDimensions(expected: 3, found: 2)), ([1, .nan, 2], .notFinite(index: 1)),
            ([.infinity, 0, 0], .notFinite(index: 0)), ([0, 0, 0], .zeroVector), ([1e-20, 0, 0], .zeroVector),
            ([1e16, 0, 0], .tooLarge(limit: 1e15)),
        ]
        for (vector, error) in wrong {
            await #expect(throws: error) { try await index.put(VectorItem(id: 1, vector: vector)) }
            #expect(throws: error) { try index.search(vector, k: 1) }
        }
        #expect(index.count == 0)
        try await index.put(VectorItem(id: 1, vector: [1e15, 1e15, 1e15]))
        try await index.put(VectorItem(id: 2, vector: [1e-14, -1e-14, 1e-14]))
        #expect(try index.search([1, 1, 1], k: 2).map(\.id) == [1, 2])
    }

    @Test("arguments that make no sense are refused")
    func arguments() throws {
        let folder = TemporaryFolder()
        let schema = try VectorSchema(dimensions: 2)
        #expect(throws: VectorIndexError.self) { try VectorSchema(dimensions: 0) }
        #expect(throws: VectorIndexError.self) { try VectorSchema(dimensions: 16_385) }
        #expect(throws: VectorIndexError.self) { try VectorIndex.open(at: folder.path) }
        for options in [
            VectorIndexOptions(degree: 1), VectorIndexOptions(degree: 20, groundDegree: 19),
            VectorIndexOptions(buildEffort: 1), VectorIndexOptions(targetRecall: 1), VectorIndexOptions(memoryRows: 0),
        ] {
            #expect(throws: VectorIndexError.self) {
                try VectorIndex.create(at: folder.path, schema: schema, options: options)
            }
        }
        let index = try VectorIndex.create(at: folder.path, schema: schema)
        #expect(throws: VectorIndexError.self) { try index.search([1, 2], k: 0) }
        #expect(throws: VectorIndexError.self) { try index.search([1, 2], k: 1, effort: 0) }
        #expect(throws: VectorIndexError.self) { try VectorIndex.create(at: folder.path, schema: schema) }
    }

    @Test("a second writer is refused, readers are not, and readers write nothing")
    func locks() async throws {
        let folder = TemporaryFolder()
        let index = try VectorIndex.create(at: folder.path, schema: VectorSchema(dimensions: 2))
        try await index.put(VectorItem(id: 1, vector: [1, 2]))
        #expect(throws: VectorIndexError.locked(folder.path)) { try VectorIndex.open(at: folder.path) }
        let reader = try VectorIndex.openForReading(at: folder.path)
        #expect(try reader.search([1, 2], k: 1).map(\.id) == [1])
        await #expect(throws: VectorIndexError.self) { try await reader.remove(1) }
        #expect(index.count == 1)
    }

    @Test("building can be stopped")
    func cancelling() throws {
        let folder = TemporaryFolder()
        var builder = try VectorIndexBuilder(
            schema: VectorSchema(dimensions: 4), options: VectorIndexOptions(kind: .hnsw))
        var samples = Samples(seed: 1, dimensions: 4)
        for id in 0..<50 as Range<UInt64> { try builder.add(VectorItem(id: id, vector: samples.vector())) }
        let filled = builder
        #expect(throws: VectorIndexError.cancelled) { try filled.finish(at: folder.path) { _ in false } }
        #expect(throws: VectorIndexError.self) { try VectorIndex.open(at: folder.path) }
    }

    @Test("NumPy files of two dimensions are read, others are refused")
    func numpy() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        func matrix(_ header: String, _ body: [UInt8]) throws -> NumpyMatrix {
            let path = folder.path + "/a.npy"
            let text = Array(header.utf8)
            let length = [UInt8(text.count & 255), UInt8(text.count >> 8)]
            try Data([0x93] + Array("NUMPY".utf8) + [1, 0] + length + text + body).write(to: URL(filePath: path))
            return try NumpyMatrix(path: path)
        }
        let two = try matrix(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n", [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
        #expect((0..<2).map { two[$0] } == [[1], [-2]])
        let halves = try matrix("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2), }\n", [0, 0x3C, 0, 0xC0])
        #expect(halves[0] == [1, -2])
        for (header, body) in [
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }", 8),
            ("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }", 4),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", 16),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }", 7),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1), }", 7),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }", 7),
            ("", 0),
        ] {
            #expect(throws: VectorIndexError.self) { try matrix(header, [UInt8](repeating: 0, count: body)) }
        }
    }
}
