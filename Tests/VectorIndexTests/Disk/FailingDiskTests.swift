import Basics
import Foundation
import Synchronization
import Testing

@testable import VectorIndex

@Suite("A disk that refuses one step")
struct FailingDiskTests {
    /// Lets one step fail: the number of steps so far, and the step that fails.
    private final class Fault: Sendable {
        private let steps = Atomic<Int>(0)
        private let failing: Int

        init(at failing: Int) { self.failing = failing }

        var watch: DiskWatch {
            DiskWatch { [self] _ throws(VectorIndexError) in
                let number = steps.wrappingAdd(1, ordering: .relaxed).oldValue
                if number == failing { throw .system("refused for a test", code: ENOSPC) }
            }
        }

        var wasReached: Bool { steps.load(ordering: .relaxed) > failing }
    }

    /// For each id the numbers of the puts that it may hold; nil for none.
    private typealias Possible = [UInt64: Set<Int?>]

    /// Changes an index one by one while a step fails.
    private func work(_ path: String, _ changes: RecordedWork, _ fault: Fault) async throws -> Possible {
        let folder = IndexFolder(path: path, watch: fault.watch)
        var index = try? VectorIndex.create(in: folder, schema: RecordedWork.schema, options: RecordedWork.options)
        var possible: Possible = [:]
        var left = 4
        for number in 0..<60 where left > 0 {
            // It ends soon after the fault: later flushes would set right what went wrong.
            if fault.wasReached { left -= 1 }
            if index == nil, let opened = try? VectorIndex.open(in: folder, options: RecordedWork.options) {
                index = opened
            } else if index == nil {
                index = try? VectorIndex.create(
                    in: folder, schema: RecordedWork.schema, options: RecordedWork.options)
            }
            let change = changes.change(number)
            let (id, outcome): (UInt64, Int?) =
                switch change {
                case .put(let item): (item.id, number)
                case .remove(let id): (id, nil)
                }
            do {
                try await index?.apply([change])
                possible[id] = [outcome]
            } catch {
                possible[id, default: [nil]].insert(outcome)
                // The same index is used on unless it says that it must be opened again.
                if case VectorIndexError.closed = error {
                    await index?.close()
                    index = nil
                }
            }
            if number % 40 == 39 { try? await index?.compact() } else if number % 7 == 3 { try? await index?.flush() }
        }
        await index?.close()
        return possible
    }

    @Test("SCAN-125 whichever step the disk refuses, what was acknowledged before and after is there")
    func refused() async throws {
        let changes = RecordedWork(seed: 9)
        var failing = 0
        while true {
            let folder = TemporaryFolder()
            let fault = Fault(at: failing)
            let possible = try await work(folder.path, changes, fault)
            guard fault.wasReached else { break }
            let index = try VectorIndex.openForReading(at: folder.path)
            let held = RecordedWork.held(by: index)
            for (id, allowed) in possible {
                #expect(
                    allowed.contains(held[id]), "step \(failing) refused: \(id) holds \(String(describing: held[id]))")
            }
            #expect(VectorIndex.verify(at: folder.path).problems.filter { !$0.contains("left over") } == [])
            failing += 1
        }
        #expect(failing > 200)
    }
}
