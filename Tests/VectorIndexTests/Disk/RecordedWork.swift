import Basics
import Foundation
import Synchronization

@testable import VectorIndex

/// Changes of an index with everything that they did to its files.
final class RecordedWork: Sendable {
    enum Event: Sendable {
        case step(DiskStep)
        /// This many changes were acknowledged.
        case acknowledged(Int)
    }

    static let ids = 40
    static let schema = VectorSchema.ofTests
    static let options = VectorIndexOptions(
        kind: .hnsw, degree: 4, groundDegree: 4, buildEffort: 8, memoryRows: 24)

    private let recorded = Mutex<[Event]>([])
    private let seed: UInt64

    init(seed: UInt64) { self.seed = seed }

    var events: [Event] { recorded.withLock { $0 } }

    var watch: DiskWatch {
        DiskWatch { [self] step throws(VectorIndexError) in record(.step(step)) }
    }

    private func record(_ event: Event) { recorded.withLock { $0.append(event) } }

    /// The change of a number; each put carries it as a price.
    func change(_ number: Int) -> VectorChange {
        var random = SeededRandom(seed: seed &+ UInt64(number) &* 0x9E37)
        let id = random.next() % UInt64(Self.ids)
        if random.next() % 4 == 0 { return .remove(id) }
        let vector = (0..<8).map { _ in Float.random(in: -1...1, using: &random) }
        return .put(VectorItem(id: id, vector: vector, attributes: VectorAttributes(price: UInt32(number))))
    }

    /// What the first changes leave behind: the number of the last put of each id that is there.
    func model(after count: Int) -> [UInt64: Int] {
        var present: [UInt64: Int] = [:]
        for number in 0..<count {
            switch change(number) {
            case .put(let item): present[item.id] = number
            case .remove(let id): present[id] = nil
            }
        }
        return present
    }

    /// Makes an index and changes it: small groups and large ones, flushes, merges, a compaction, an opening.
    func run(_ total: Int, in path: String) async throws {
        let folder = IndexFolder(path: path, watch: watch)
        var index = try VectorIndex.create(in: folder, schema: Self.schema, options: Self.options)
        var random = SeededRandom(seed: seed)
        var next = 0
        while next < total {
            let end = min(total, next + [1, 2, 7, 20].randomElement(using: &random, or: 1))
            try await index.apply((next..<end).map(change))
            next = end
            record(.acknowledged(next))
            switch Int.random(in: 0..<24, using: &random) {
            case 0: try await index.flush()
            case 1: try await index.compact()
            case 2: try await index.settle()
            case 3:
                await index.close()
                index = try VectorIndex.open(in: folder, options: Self.options)
            default: break
            }
        }
        await index.close()
    }

    /// What an index holds, in the form of `model`.
    static func held(by index: VectorIndex) -> [UInt64: Int] {
        var found: [UInt64: Int] = [:]
        for id in 0..<UInt64(ids) { found[id] = index.item(id).map { Int($0.attributes.price) } }
        return found
    }
}

extension Array {
    func randomElement(using random: inout SeededRandom, or other: Element) -> Element {
        randomElement(using: &random) ?? other
    }
}

extension VectorSchema {
    /// Eight dimensions.
    static let ofTests: VectorSchema = {
        guard let schema = try? VectorSchema(dimensions: 8) else { preconditionFailure("8 dimensions are allowed") }
        return schema
    }()
}
