import Foundation
import Kernels
import Testing

@testable import VectorIndex

@Suite("Files that were cut, flipped or come from elsewhere")
struct DurabilityTests {
    /// An index with a segment that has removed rows, and three changes in its log.
    private func sample(_ folder: TemporaryFolder, kind: VectorIndexKind = .flat) async throws {
        var samples = Samples(seed: 21, dimensions: 3)
        let (index, _) = try built(
            samples.vectors(12), in: folder, schema: VectorSchema(dimensions: 3),
            options: VectorIndexOptions(kind: kind, degree: 4, groundDegree: 4, buildEffort: 8),
            attributes: (0..<12).map { VectorAttributes(tenant: UInt32($0), category: 2, flags: 3, price: 4) })
        try await index.remove(3)
        try await index.flush()
        try await index.put(VectorItem(id: 100, vector: [1, 0, 0]))
        try await index.put(VectorItem(id: 101, vector: [0, 1, 0]))
        try await index.remove(100)
        await index.close()
    }

    private func ids(_ path: String) throws -> Set<UInt64> {
        Set(try VectorIndex.openForReading(at: path).search([1, 1, 1], k: 100).map(\.id))
    }

    private func log(_ folder: TemporaryFolder) throws -> String {
        try #require(IndexFolder(path: folder.path).names().first { $0.hasPrefix("log-") })
    }

    @Test("SCAN-125 a log that was cut at any byte opens with what was written whole before the cut")
    func cutLog() async throws {
        let folder = TemporaryFolder()
        try await sample(folder)
        let name = try log(folder)
        let path = folder.path + "/" + name
        let whole = try Data(contentsOf: URL(filePath: path))
        let base = Set<UInt64>(0..<12).subtracting([3])
        let record = 8 + 29 + 12
        for length in 0...whole.count {
            try whole.prefix(length).write(to: URL(filePath: path))
            let records = max(0, length - LogFormat.headerSize)
            var expected = base
            if records >= record { expected.insert(100) }
            if records >= 2 * record { expected.insert(101) }
            if records >= 2 * record + 25 { expected.remove(100) }
            #expect(try ids(folder.path) == expected, "cut at \(length)")
        }
        // Opening for writing takes the torn end off and goes on behind it.
        try whole.prefix(whole.count - 1).write(to: URL(filePath: path))
        var index: VectorIndex? = try VectorIndex.open(at: folder.path)
        try await index?.put(VectorItem(id: 102, vector: [0, 0, 1]))
        await index?.close()
        index = nil
        #expect(try ids(folder.path) == base.union([100, 101, 102]))
    }

    @Test("SCAN-125 a flipped bit in the log is an error, or ends it where nothing follows; never a wrong vector")
    func flippedLog() async throws {
        let folder = TemporaryFolder()
        try await sample(folder)
        let path = folder.path + "/" + (try log(folder))
        let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let base = Set<UInt64>(0..<12).subtracting([3])
        for bit in whole.indices.map({ $0 * 8 + $0 % 8 }) {
            var bytes = whole
            bytes[bit / 8] ^= 1 << (bit % 8)
            try Data(bytes).write(to: URL(filePath: path))
            do throws(any Error) {
                let found = try ids(folder.path)
                // Only the last record, which nothing sound follows, can be taken for one that was torn.
                #expect(bit / 8 >= whole.count - 25, "bit \(bit)")
                #expect(found == base.union([100, 101]), "bit \(bit)")
            } catch let error as VectorIndexError {
                switch error {
                case .damaged, .futureVersion: break
                default: Issue.record("bit \(bit): \(error)")
                }
            }
        }
    }

    @Test(
        "SCAN-129 verify finds any flipped bit and any cut of a segment, of the removed rows and of the manifest",
        arguments: VectorIndexKind.allCases)
    func flippedFiles(kind: VectorIndexKind) async throws {
        let folder = TemporaryFolder()
        try await sample(folder, kind: kind)
        let files = IndexFolder(path: folder.path).names().filter { !["lock", try? log(folder)].contains($0) }
        #expect(files.count == 3)
        for name in files {
            let url = URL(filePath: folder.path + "/" + name)
            let whole = [UInt8](try Data(contentsOf: url))
            for at in whole.indices {
                var bytes = whole
                bytes[at] ^= 1 << (at % 8)
                try Data(bytes).write(to: url)
                #expect(!VectorIndex.verify(at: folder.path).problems.isEmpty, "\(name), byte \(at)")
                if at % 3 == 0 {
                    try Data(whole.prefix(at)).write(to: url)
                    #expect(!VectorIndex.verify(at: folder.path).problems.isEmpty, "\(name) cut at \(at)")
                }
            }
            try Data(whole + [0]).write(to: url)
            #expect(!VectorIndex.verify(at: folder.path).problems.isEmpty, "\(name) with a byte more")
            try Data(whole).write(to: url)
        }
        #expect(VectorIndex.verify(at: folder.path).problems == [])
    }

    @Test("SCAN-129 a newer format is refused politely, with the file's name and version")
    func future() async throws {
        var header = SegmentFormat.Header(
            dimensions: 3, kind: .cosine, encoding: .int12, structure: .flat, count: 0, seed: 1, tunedEffort: 1,
            lists: 0, entries: [])
        header.entries = []
        var bytes = Array(SegmentFormat.bytes(header).dropLast(4))
        bytes[8] = 3
        var writer = LittleEndianWriter()
        writer.put(bytes: bytes)
        writer.put(crc(bytes))
        #expect(throws: VectorIndexError.futureVersion(file: "segment-1", version: 3)) {
            try SegmentFormat.header(writer.bytes, file: "segment-1", fileSize: writer.bytes.count)
        }
        var log = Array(LogFormat.header(dimensions: 3).dropLast(4))
        log[8] = 7
        var logWriter = LittleEndianWriter()
        logWriter.put(bytes: log)
        logWriter.put(crc(log))
        #expect(throws: VectorIndexError.futureVersion(file: "log-1", version: 7)) {
            try LogFormat.read(logWriter.bytes, file: "log-1", dimensions: 3)
        }
        let text = "{\"format\":2}\n"
        let sum = String(crc(Array(text.utf8)), radix: 16)
        #expect(throws: VectorIndexError.futureVersion(file: "MANIFEST", version: 2)) {
            try Manifest(Array("\(text)crc32c \(sum)\n".utf8))
        }
        #expect(VectorIndexError.futureVersion(file: "MANIFEST", version: 2).description.contains("newer program"))
    }

    @Test("files of a write that did not end are taken away, what the manifest names stays")
    func leftovers() async throws {
        let folder = TemporaryFolder()
        try await sample(folder)
        let before = IndexFolder(path: folder.path).names()
        for name in ["segment-99", "log-99", "removed-9-9", "segment-3.new"] {
            try Data([1, 2, 3]).write(to: URL(filePath: folder.path + "/" + name))
        }
        try Data([1]).write(to: URL(filePath: folder.path + "/notes.txt"))
        var index: VectorIndex? = try VectorIndex.open(at: folder.path)
        #expect(index?.count == 12)
        index = nil
        #expect(IndexFolder(path: folder.path).names() == (before + ["notes.txt"]).sorted())
    }
}

private func crc(_ bytes: [UInt8]) -> UInt32 { CRC32C.of(bytes.span.bytes) }
