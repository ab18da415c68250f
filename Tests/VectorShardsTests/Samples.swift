import Basics
import Foundation
import VectorIndex

@testable import VectorShards

/// Clustered vectors with attributes; the same seed gives the same ones.
struct Samples {
    private var random: SeededRandom
    private let centres: [[Float]]

    init(seed: UInt64, dimensions: Int) {
        var random = SeededRandom(seed: seed)
        centres = (0..<20).map { _ in (0..<dimensions).map { _ in Float.random(in: -1...1, using: &random) } }
        self.random = random
    }

    mutating func vector() -> [Float] {
        let centre = centres[Int.random(in: 0..<centres.count, using: &random)]
        return centre.map { $0 + Float.random(in: -0.5...0.5, using: &random) }
    }

    mutating func item(_ id: UInt64) -> VectorItem {
        VectorItem(
            id: id, vector: vector(),
            attributes: VectorAttributes(
                tenant: UInt32(id % 3), category: UInt16(id % 50), flags: 1 << UInt16(id % 16),
                price: id % 7 == 0 ? .max : UInt32(id % 1000) * 10))
    }

    mutating func items(_ ids: Range<UInt64>) -> [VectorItem] { ids.map { item($0) } }
}

/// What a store holds, looked at one by one in full precision.
struct Oracle {
    var items: [UInt64: VectorItem] = [:]
    let schema: VectorSchema

    mutating func apply(_ changes: [VectorChange]) {
        for change in changes {
            switch change {
            case .put(let item): items[item.id] = item
            case .remove(let id): items[id] = nil
            }
        }
    }

    func search(_ query: [Float], k: Int, filter: VectorFilter? = nil) throws -> [VectorHit] {
        var flat = try FlatIndex(dimensions: schema.dimensions, metric: schema.metric)
        for item in items.values where filter?.matches(item.attributes) ?? true {
            try flat.add(id: item.id, vector: item.vector.span)
        }
        return try flat.search(query, k: k)
    }

    /// The mean share of true neighbours that a search finds, and the largest difference of a distance.
    func recall(
        _ queries: [[Float]], k: Int, filter: VectorFilter? = nil, _ search: ([Float]) async throws -> [VectorHit]
    ) async throws -> (share: Double, apart: Float, counts: [Int]) {
        var (hits, total, apart, counts) = (0, 0, Float(0), [Int]())
        for query in queries {
            let truth = try self.search(query, k: k, filter: filter)
            let found = try await search(query)
            let distances = Dictionary(uniqueKeysWithValues: truth.map { ($0.id, $0.distance) })
            for hit in found {
                guard let distance = distances[hit.id] else { continue }
                hits += 1
                apart = max(apart, abs(distance - hit.distance))
            }
            total += truth.count
            counts.append(found.count - truth.count)
        }
        return (total > 0 ? Double(hits) / Double(total) : 1, apart, counts)
    }
}

/// A folder that is removed with its last owner.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "/vector-shards-\(UInt64.random(in: .min ... .max))"

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
