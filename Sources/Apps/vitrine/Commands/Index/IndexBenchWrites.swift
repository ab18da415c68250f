import ArgumentParser
import Basics
import Foundation
import Synchronization
import VectorIndex

/// Measures changes of single vectors during searches, and recall after half of an index was replaced.
struct IndexBenchWrites: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-writes",
        abstract: "Measure single adds, replacements and removals during searches, then recall after churn.",
        discussion: """
              vitrine index bench-writes --vectors base.npy --queries queries.npy

            Builds an index in a temporary folder, changes one vector a call while another task searches, and prints \
            the milliseconds until each change was durable and searchable. Then it removes half of the vectors, adds \
            them again, compacts, and compares recall with a fresh index.
            """)

    @Option(help: "A .npy file of vectors.") var vectors: String
    @Option(help: "A .npy file of queries.") var queries: String
    @Option(help: "Changes of each sort.") var changes = 1000
    @Option(help: "The search effort at which recall is compared.") var effort = 24
    @OptionGroup var flags: IndexBuildFlags

    func run() async throws {
        let folder = NSTemporaryDirectory() + "/vitrine-bench-writes-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await explained { try await measure(folder) }
    }

    private func measure(_ folder: String) async throws {
        let matrix = try NumpyMatrix(path: vectors)
        let asked = try NumpyMatrix(path: queries)
        let rows = (0..<asked.rows).map { asked[$0] }
        try build(matrix, at: folder)
        let index = try VectorIndex.open(at: folder, options: flags.options)
        let truth = try ExactNeighbours(metric: flags.metric, k: 10).find(rows, in: matrix)
        let fresh = try recall(index, rows, truth)
        try await single(index, matrix, rows, folder)
        let started = ContinuousClock.now
        try await replaceHalf(index, matrix)
        let replaced = started.duration(to: .now)
        let before = try recall(index, rows, truth)
        try await index.compact()
        let compacted = started.duration(to: .now) - replaced
        report([
            "fresh_recall": .double(fresh), "recall_after_churn": .double(before),
            "recall_after_compaction": .double(try recall(index, rows, truth)),
            "replace_half_s": .double(Double(replaced.components.seconds)),
            "compaction_s": .double(Double(compacted.components.seconds)), "vectors": .int(Int64(index.count)),
        ])
        await index.close()
    }

    private func build(_ matrix: NumpyMatrix, at folder: String) throws {
        var builder = try VectorIndexBuilder(schema: flags.schema(dimensions: matrix.columns), options: flags.options)
        for row in 0..<matrix.rows { try builder.add(VectorItem(id: UInt64(row), vector: matrix[row])) }
        var bar = ProgressBar("building")
        try builder.finish(at: folder) { share in
            bar.show(share)
            return true
        }
        bar.finish()
    }

    private func report(_ row: JSONObject) { Terminal.say(JSON.object(row).text) }

    // MARK: One at a time

    private func single(
        _ index: VectorIndex, _ matrix: NumpyMatrix, _ queries: [[Float]], _ folder: String
    ) async throws {
        let flag = Flag()
        let searching = Task.detached {
            var searches = 0
            while !flag.isSet.load(ordering: .relaxed) {
                _ = try index.search(queries[searches % queries.count], k: 10)
                searches += 1
                if searches % 64 == 0 { await Task.yield() }
            }
            return searches
        }
        let plain = try PlainFile(in: folder)
        var times: [String: [Double]] = [:]
        for change in 0..<changes {
            let vector = matrix[change * 7919 % matrix.rows]
            times["(plain write and sync)", default: []].append(try await timed { try plain.append(vector) })
            let fresh = UInt64(matrix.rows + change)
            let known = UInt64(change * 104_729 % matrix.rows)
            times["add", default: []].append(
                try await timed { try await index.put(VectorItem(id: fresh, vector: vector)) })
            times["replace", default: []].append(
                try await timed { try await index.put(VectorItem(id: known, vector: matrix[Int(known)])) })
            times["remove", default: []].append(try await timed { try await index.remove(fresh) })
        }
        flag.isSet.store(true, ordering: .relaxed)
        let searches = try await searching.value
        for (name, values) in times.sorted(by: { $0.key < $1.key }) {
            let sorted = values.sorted()
            report([
                "change": .string(name), "p50_ms": .double(Self.quantile(sorted, 0.5)),
                "p99_ms": .double(Self.quantile(sorted, 0.99)), "max_ms": .double(sorted.last ?? 0),
                "searches_meanwhile": .int(Int64(searches)),
            ])
        }
    }

    /// What the disk takes for the same bytes in the same minute, without an index.
    private final class PlainFile: Sendable {
        private let file: FileHandle

        init(in folder: String) throws {
            let path = folder + "/plain"
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let file = FileHandle(forWritingAtPath: path)
            else { throw Failure("Cannot write to \(folder).") }
            self.file = file
        }

        func append(_ vector: [Float]) throws -> Bool {
            try file.write(contentsOf: vector.withUnsafeBytes { Data($0) })
            return fdatasync(file.fileDescriptor) == 0
        }
    }

    private final class Flag: Sendable {
        let isSet = Atomic<Bool>(false)
    }

    private func timed(_ body: () async throws -> Bool) async throws -> Double {
        let started = ContinuousClock.now
        _ = try await body()
        let passed = started.duration(to: .now).components
        return Double(passed.seconds) * 1e3 + (Double(passed.attoseconds) / 1e12).rounded() / 1e3
    }

    private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    // MARK: Churn

    private func replaceHalf(_ index: VectorIndex, _ matrix: NumpyMatrix) async throws {
        let half = stride(from: 0, to: matrix.rows, by: 2).map { UInt64($0) }
        var bar = ProgressBar("replacing")
        defer { bar.finish() }
        for (step, start) in stride(from: 0, to: half.count, by: 1000).enumerated() {
            try await index.apply(half[start..<min(half.count, start + 1000)].map { .remove($0) })
            bar.show(Double(step) * 500 / Double(half.count))
        }
        for (step, start) in stride(from: 0, to: half.count, by: 1000).enumerated() {
            let items = half[start..<min(half.count, start + 1000)].map { VectorItem(id: $0, vector: matrix[Int($0)]) }
            try await index.apply(items.map { .put($0) })
            bar.show(0.5 + Double(step) * 500 / Double(half.count))
        }
    }

    private func recall(_ index: VectorIndex, _ queries: [[Float]], _ truth: [[UInt64]]) throws -> Double {
        var hits = 0
        for (query, ids) in zip(queries, truth) {
            hits += Set(try index.search(query, k: 10, effort: effort).map(\.id)).intersection(ids).count
        }
        return (Double(hits) / Double(10 * queries.count) * 1e4).rounded() / 1e4
    }
}
