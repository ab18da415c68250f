import Basics
import Testing

@_spi(Fuzzing) @testable import VectorIndex

@Suite("Parsers under mutated bytes")
struct MutationTests {
    @Test("SCAN-129 a file that was changed and given right checksums again is refused or read, and never traps")
    func mutations() async throws {
        var random = SeededRandom(seed: 77)
        for kind in VectorIndexKind.allCases {
            var samples = Samples(seed: 51, dimensions: 4)
            let folder = TemporaryFolder()
            let (index, _) = try built(
                samples.vectors(40), in: folder, schema: VectorSchema(dimensions: 4),
                options: VectorIndexOptions(kind: kind, degree: 3, groundDegree: 4, buildEffort: 8),
                attributes: (0..<40).map { VectorAttributes(tenant: UInt32($0), price: 3) })
            try await index.put(VectorItem(id: 99, vector: samples.vector()))
            try await index.remove(99)
            let seeds = try VectorFileParsers.seeds(of: folder.path)
            #expect(try SegmentReader.read(seeds.segment, name: "whole").count == 40)
            for _ in 0..<400 {
                VectorFileParsers.segment(Self.mutated(seeds.segment, &random))
                VectorFileParsers.log(Self.mutated(seeds.log, &random))
                VectorFileParsers.manifest(Self.mutated(seeds.manifest, &random))
                VectorFileParsers.removed(Self.mutated([UInt8](repeating: 0, count: 44), &random))
            }
        }
    }

    /// A few bytes changed, most of them near the front where the numbers stand, sometimes an end cut off.
    private static func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !changed.isEmpty {
            let limit = Bool.random(using: &random) ? min(changed.count, 700) : changed.count
            let at = Int.random(in: 0..<limit, using: &random)
            changed[at] = [0, 255, 127, UInt8(truncatingIfNeeded: random.next())].randomElement(using: &random) ?? 0
        }
        if Int.random(in: 0..<8, using: &random) == 0 {
            changed = Array(changed.prefix(Int.random(in: 0...changed.count, using: &random)))
        }
        return changed
    }
}
