import Foundation
@_spi(Fuzzing) import VectorIndex

extension Targets {
    /// The files of a vector index. Checksums are put right before parsing.
    static let vectors: [String: Target] = [
        "vector-segment": Target(seeds: segments, run: VectorFileParsers.segment),
        "vector-log": Target(seeds: { [try sample(.flat).log] }, run: VectorFileParsers.log),
        "vector-manifest": Target(seeds: { [try sample(.flat).manifest] }, run: VectorFileParsers.manifest),
        "vector-removed": Target(run: VectorFileParsers.removed),
        "vector-numpy": Target(seeds: { [numpy] }, run: VectorFileParsers.numpy),
    ]

    @Sendable private static func segments() throws -> [[UInt8]] {
        try VectorIndexKind.allCases.map { try sample($0).segment }
    }

    /// The files of a small index.
    private static func sample(
        _ kind: VectorIndexKind
    ) throws -> (segment: [UInt8], log: [UInt8], manifest: [UInt8], removed: [UInt8]) {
        let folder = NSTemporaryDirectory() + "/fuzz-vectors-\(getpid())-\(kind.rawValue)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let options = VectorIndexOptions(kind: kind, degree: 3, groundDegree: 4, buildEffort: 8)
        var builder = try VectorIndexBuilder(schema: VectorSchema(dimensions: 4), options: options)
        for id in 0..<40 as Range<UInt64> {
            let vector = (0..<4).map { Float((Int(id) * 7 + $0 * 3) % 11) - 4.5 }
            let attributes = VectorAttributes(tenant: UInt32(id % 3), category: 1, flags: 2, price: UInt32(id))
            try builder.add(VectorItem(id: id * 2, vector: vector, attributes: attributes))
        }
        try builder.finish(at: folder)
        return try VectorFileParsers.seeds(of: folder)
    }

    private static let numpy: [UInt8] = {
        let text = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n".utf8)
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count), 0] + text
    }()
}
