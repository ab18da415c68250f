import Basics
import Foundation
import Testing

@testable import Learning

@Suite struct LoaderTests {
    private static let steps: [JSON] = [
        "background", "resizedCrop", "perspective", "colour", "camera", "randomErasing", "bernoulliErasing",
    ]

    private func loader(
        _ dataset: Dataset, tasks: Int, cache: Int = 1 << 20, steps: [JSON] = steps
    ) throws -> Loader {
        var options = LoaderOptions(side: 16, tasks: tasks, seed: 5)
        options.cacheBytes = cache
        let sampler = ClassSampler(labels: dataset.labels("kind"), classes: 2, samples: 3)
        return try Loader(
            dataset: dataset, sampler: sampler, augmenter: try AugmentationRegistry.make(steps), options: options)
    }

    private func all(_ run: LoaderRun) async throws -> [HostBatch] {
        var batches: [HostBatch] = []
        while let batch = try await run.next() { batches.append(batch) }
        return batches
    }

    @Test("LEARN-137 one, two and eight tasks give the same bytes, with and without a cache")
    func tasks() async throws {
        let dataset = try Pictures.dataset(10)
        let one = try await all(try loader(dataset, tasks: 1).start())
        #expect(one.count == 2)
        #expect(one.allSatisfy { $0.images.shape == [6, 3, 16, 16] && $0.images.dtype == .uint8 })
        for tasks in [2, 8] {
            let others = try await all(try loader(dataset, tasks: tasks, cache: 0).start())
            #expect(others == one)
        }
        let other = try await all(try loader(dataset, tasks: 2).start(at: LoaderCursor(epoch: 1)))
        #expect(other.map(\.images) != one.map(\.images))
    }

    @Test("A run that starts in the middle gets the batches that the whole run had there")
    func resumes() async throws {
        let loader = try loader(try Pictures.dataset(24), tasks: 2, steps: ["resizedCrop"])
        let whole = try await all(loader.start(at: LoaderCursor(epoch: 3)))
        let run = loader.start(at: LoaderCursor(epoch: 3, batch: 2))
        #expect(run.cursor == LoaderCursor(epoch: 3, batch: 2))
        let rest = try await all(run)
        #expect(rest == Array(whole.dropFirst(2)))
        #expect(whole.map(\.cursor.batch) == [0, 1, 2, 3])
        #expect(loader.batchCount(epoch: 3) == 4)
    }

    @Test("A thread that may block gets the same batches")
    func blocks() async throws {
        let loader = try loader(try Pictures.dataset(12), tasks: 1, steps: [])
        let waited = try await all(loader.start())
        let run = loader.start()
        let blocked = await withCheckedContinuation { continuation in
            Thread {
                var batches: [HostBatch] = []
                while let batch = try? run.nextBlocking() { batches.append(batch) }
                continuation.resume(returning: batches)
            }.start()
        }
        #expect(blocked == waited)
    }

    @Test("Batches come also when every thread of Swift's pool waits for one")
    func blocksAll() async throws {
        let loader = try loader(try Pictures.dataset(12), tasks: 1, steps: [])
        let waited = try await all(loader.start())
        try await withThrowingTaskGroup(of: [HostBatch].self) { group in
            for _ in 0..<4 * ProcessInfo.processInfo.activeProcessorCount {
                group.addTask {
                    let run = loader.start()
                    var batches: [HostBatch] = []
                    while let batch = try run.nextBlocking() { batches.append(batch) }
                    return batches
                }
            }
            for try await blocked in group { #expect(blocked == waited) }
        }
    }

    @Test("A sample that comes twice is augmented in two ways")
    func occurrences() async throws {
        let dataset = try Pictures.dataset(2, classes: 2)
        let batch = try #require(try await loader(dataset, tasks: 1, steps: ["resizedCrop"]).start().next())
        #expect(batch.indexes.sorted() == [0, 0, 0, 1, 1, 1])
        let planes = stride(from: 0, to: batch.images.bytes.count, by: 768).map {
            Array(batch.images.bytes[$0..<$0 + 768])
        }
        #expect(Set(planes).count == 6)
    }

    @Test("A broken picture is left out and counted; too many end the run")
    func broken() async throws {
        var dataset = try Pictures.dataset(12)
        dataset.samples[4].image = .bytes([0xFF, 0xD8, 1, 2, 3])
        var options = LoaderOptions(side: 16, tasks: 2)
        options.brokenShare = 0.1
        let lenient = try Loader(
            dataset: dataset, sampler: ShuffleSampler(count: 12, batchSize: 5), options: options)
        let indexes = try await all(lenient.start()).flatMap(\.indexes)
        #expect(Set(indexes) == Set(0..<12).subtracting([4]))
        #expect(lenient.brokenSamples.keys.sorted() == [4])
        options.brokenShare = 0.01
        let strict = try Loader(
            dataset: dataset, sampler: ShuffleSampler(count: 12, batchSize: 5), options: options)
        await #expect(throws: DataError.self) { try await all(strict.start()) }
    }

    @Test("Missing labels are -1, boxes follow into the pixels of the batch, sources are named")
    func content() async throws {
        var dataset = try Pictures.dataset(2, classes: 2)
        dataset.samples[0].labels = [:]
        let options = LoaderOptions(side: 24)
        let loader = try Loader(
            dataset: dataset, sampler: SequentialSampler(count: 2, batchSize: 2), options: options)
        let batch = try #require(try await loader.start().next())
        #expect(batch.labels == ["kind": [-1, 1]])
        #expect(batch.sources == ["made", "made"])
        let box = try #require(batch.boxes[1].first)
        // 48 x 36 pixels became 24 x 24.
        let differences = [box.left - 12, box.right - 18, box.top - 8, box.bottom - 16]
        #expect(differences.allSatisfy { abs($0) < 1e-3 })
        let start = 3 * 24 * 24
        #expect(batch.images.bytes[start + 12 * 24 + 15] < 60)
    }

    @Test("The cache keeps to its budget")
    func budget() async throws {
        let dataset = try Pictures.dataset(12)
        let small = try loader(dataset, tasks: 1, cache: 3000, steps: [])
        _ = try await all(small.start())
        #expect(small.cachedBytes > 0 && small.cachedBytes <= 3000)
    }
}
