import Imaging
import Kernels
import Testing
import VisualSearch

@Suite("Duplicates of a collection")
struct DuplicateReportTests {
    private struct Collection {
        var analyses: [PictureAnalysis] = []

        mutating func add(_ bytes: [UInt8]) throws { analyses.append(try PictureAnalysis(bytes)) }

        func report() -> DuplicateReport {
            let views = analyses.map(\.views)
            let near = FingerprintIndex.pairs(views: analyses.map(\.hashes)) { _ in true }
            return DuplicateReport(
                pictures: analyses.map(\.picture), views: views,
                candidates: near, worth: analyses.map(\.worth))
        }
    }

    @Test("SCAN-040 byte-equal files are told apart from equal pixels by SHA-256")
    func bytes() throws {
        let photo = try Photos.photo(seed: 1)
        var collection = Collection()
        let file = try photo.encoded(as: .png)
        try collection.add(file)
        try collection.add(file)
        let report = collection.report()
        #expect(report.aliases.map(\.evidence.kind) == [.bytes])
        #expect(PictureAnalysis.md5(Array("abc".utf8)).map { Int($0) }.prefix(4) == [0x90, 0x01, 0x50, 0x98])
    }

    @Test("SCAN-047 a file with other metadata has the same pixels")
    func metadata() throws {
        let file = try Photos.photo(seed: 2).encoded(as: .jpeg(quality: 90))
        let comment: [UInt8] = [0xFF, 0xFE, 0, 9] + Array("edited\0".utf8)
        var collection = Collection()
        try collection.add(file)
        try collection.add(file[..<2] + comment + file[2...])
        #expect(collection.report().aliases.map(\.evidence.kind) == [.pixels])
        #expect(
            try PictureAnalysis.exactPixelDigest(file)
                == PictureAnalysis.exactPixelDigest(file[..<2] + comment + file[2...]))
    }

    @Test("SCAN-043, SCAN-045 a collection keeps one of each, the largest, and all distinct ones")
    func collection() throws {
        var collection = Collection()
        for seed in UInt64(1)...5 {
            let photo = try Photos.photo(seed: seed)
            try collection.add(try photo.resized(width: 100, height: 75).encoded(as: .png))
            try collection.add(try photo.encoded(as: .png))
            try collection.add(try photo.mirrored().encoded(as: .jpeg(quality: 60)))
        }
        try collection.add(try Photos.photo(seed: 77).encoded(as: .png))
        let report = collection.report()
        #expect(report.count == 16)
        #expect(report.aliases.map(\.picture) == [0, 2, 3, 5, 6, 8, 9, 11, 12, 14])
        #expect(report.aliases.allSatisfy { $0.kept == $0.picture / 3 * 3 + 1 })
        #expect(report.pairs.count == 15)
    }

    @Test("copies of copies are not followed")
    func chain() throws {
        let photo = try PictureFingerprint(of: Photos.photo(seed: 8))
        func print(_ bits: Int) -> PictureFingerprint {
            PictureFingerprint(
                difference64: photo.difference64, difference256: Hash256Bits(bits).flipped(photo.difference256),
                signature: photo.signature)
        }
        // First and second, second and third are 20 bits apart, first and third 40.
        let prints = [print(0), print(20), print(40)]
        let pictures = prints.enumerated().map {
            KnownPicture(fileDigest: [UInt8($0)], pixelDigest: [UInt8($0)], fingerprint: $1)
        }
        let report = DuplicateReport(
            pictures: pictures, views: prints.map { [PictureFingerprint](repeating: $0, count: 8) },
            candidates: [(1, 0), (2, 1), (2, 0)], worth: [3, 2, 1])
        #expect(report.aliases.map { [$0.picture, $0.kept] } == [[1, 0]])
        #expect(report.pairs.count == 3)
    }

    @Test("a broken picture is refused when more than a tenth is missing, and marked when less")
    func damaged() throws {
        let file = try Photos.photo(seed: 6).encoded(as: .jpeg(quality: 95))
        #expect(try PictureAnalysis(file).isDamaged == false)
        #expect(try PictureAnalysis(Array(file[..<(file.count * 98 / 100)])).isDamaged)
        #expect(throws: ImageError.self) { try PictureAnalysis(Array(file[..<(file.count / 2)])) }
    }
}
