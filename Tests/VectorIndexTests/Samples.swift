import Basics
import Foundation
import VectorIndex

/// Vectors that lie in clusters, as those of pictures do. The same seed gives the same ones.
struct Samples {
    private var random: SeededRandom
    private let centres: [[Float]]

    init(seed: UInt64, dimensions: Int, clusters: Int = 40) {
        var random = SeededRandom(seed: seed)
        centres = (0..<clusters).map { _ in (0..<dimensions).map { _ in Float.random(in: -1...1, using: &random) } }
        self.random = random
    }

    mutating func vector() -> [Float] {
        let centre = centres[Int.random(in: 0..<centres.count, using: &random)]
        return centre.map { $0 + Float.random(in: -0.6...0.6, using: &random) }
    }

    mutating func vectors(_ count: Int) -> [[Float]] { (0..<count).map { _ in vector() } }

    mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func attributes() -> VectorAttributes {
        VectorAttributes(
            tenant: UInt32(number(0..<3)), category: UInt16(number(0..<100)), flags: 1 << UInt16(number(0..<16)),
            price: UInt32(number(0..<10_000)))
    }
}

/// A folder that is removed with its last owner.
final class TemporaryFolder {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "/vector-index-\(UInt64.random(in: .min ... .max))"
    }

    deinit {
        // A merge in the background may write its file while the folder is being emptied.
        for _ in 0..<100 where FileManager.default.fileExists(atPath: path) {
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}

/// The share of `truth` that stands in `found`.
func share(_ found: [VectorHit], of truth: [VectorHit]) -> Double {
    truth.isEmpty ? 1 : Double(Set(truth.map(\.id)).intersection(found.map(\.id)).count) / Double(truth.count)
}

/// The mean recall of an index against exact search.
func recall(_ index: VectorIndex, _ flat: FlatIndex, queries: [[Float]], k: Int = 10, effort: Int? = nil) throws
    -> Double
{
    var sum = 0.0
    for query in queries {
        sum += share(try index.search(query, k: k, effort: effort), of: try flat.search(query.span, k: k))
    }
    return sum / Double(queries.count)
}

/// An index of vectors with the ids 0, 1, 2 …, and exact search over the same.
func built(
    _ vectors: [[Float]], in folder: TemporaryFolder, schema: VectorSchema, options: VectorIndexOptions,
    attributes: [VectorAttributes] = []
) throws -> (VectorIndex, FlatIndex) {
    var builder = try VectorIndexBuilder(schema: schema, options: options)
    var flat = try FlatIndex(dimensions: schema.dimensions, metric: schema.metric)
    for (id, vector) in vectors.enumerated() {
        let own = attributes.isEmpty ? VectorAttributes() : attributes[id]
        try builder.add(VectorItem(id: UInt64(id), vector: vector, attributes: own))
        try flat.add(id: UInt64(id), vector: vector.span)
    }
    try builder.finish(at: folder.path)
    return (try VectorIndex.open(at: folder.path, options: options), flat)
}
