import Basics
import Foundation
import TestSupport
import Testing

@testable import VectorIndex

/// `vitrine index apply` is killed in the middle of its work, again and again on the same index.
///
/// With `VITRINE_FAULT_FULL=1` 200 times, else a few.
@Suite("A killed writer", .serialized)
struct KillTests {
    private static let ids = 60
    private static let memoryRows = 16

    /// What the changes up to a number leave behind: the number of the last change of each id that is there.
    private struct Model {
        var present: [UInt64: Int] = [:]

        mutating func apply(_ change: Int, seed: UInt64) {
            let (id, removes) = KillTests.change(change, seed: seed)
            present[id] = removes ? nil : change
        }
    }

    private static func change(_ number: Int, seed: UInt64) -> (id: UInt64, removes: Bool) {
        var random = SeededRandom(seed: seed &+ UInt64(number) &* 0x9E37)
        return (random.next() % UInt64(ids), random.next() % 4 == 0)
    }

    private static func line(_ number: Int, seed: UInt64) -> String {
        let (id, removes) = change(number, seed: seed)
        if removes { return "{\"remove\": \"\(id)\"}\n" }
        return "{\"put\": \"\(id)\", \"vector\": [1, \(id), \(number % 100), 2], \"price\": \(number)}\n"
    }

    @Test("SCAN-125 kill -9 at random moments loses no acknowledged change")
    func kills() async throws {
        let isLong = ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"] != nil
        let seed = UInt64.random(in: 0..<1 << 32)
        let folder = TemporaryFolder()
        var random = SeededRandom(seed: seed)
        var model = Model()
        var first = 0
        for round in 0..<(isLong ? 200 : 8) {
            let (sent, acknowledged) = try await run(
                folder.path, from: first, killAfter: Int(random.next() % 150), seed: seed)
            for number in first..<first + acknowledged { model.apply(number, seed: seed) }
            let index = try VectorIndex.open(at: folder.path, options: VectorIndexOptions(memoryRows: Self.memoryRows))
            // Nothing acknowledged may be missing; of what was under way, changes from the front may be there.
            var next = first + acknowledged
            while held(by: index) != model.present, next < first + sent {
                model.apply(next, seed: seed)
                next += 1
            }
            #expect(held(by: index) == model.present, "seed \(seed), round \(round)")
            guard held(by: index) == model.present else { return }
            #expect(VectorIndex.verify(at: folder.path).problems == [], "seed \(seed), round \(round)")
            first = next
        }
        #expect(first > 0)
    }

    private func held(by index: VectorIndex) -> [UInt64: Int] {
        var found: [UInt64: Int] = [:]
        for id in 0..<UInt64(Self.ids) { found[id] = index.item(id).map { Int($0.attributes.price) } }
        return found
    }

    /// Starts the program, sends changes and kills it after some answers; how many were sent and answered.
    private func run(
        _ path: String, from first: Int, killAfter limit: Int, seed: UInt64
    ) async throws -> (sent: Int, acknowledged: Int) {
        let sent = 240
        let child = try RunningCommand(
            [
                try Program.path(), "index", "apply", path, "--dimensions", "4", "--kind", "hnsw", "--batch", "3",
                "--memory-rows", "\(Self.memoryRows)",
            ], input: (first..<first + sent).map { Self.line($0, seed: seed) }.joined())
        let acknowledged = await onThread {
            var count = 0
            while count < limit, child.line() != nil { count += 1 }
            child.signal(SIGKILL)
            // What was answered before the kill and not read yet was acknowledged too.
            while child.line() != nil { count += 1 }
            return count
        }
        _ = await child.exitStatus()
        return (sent, acknowledged)
    }
}
