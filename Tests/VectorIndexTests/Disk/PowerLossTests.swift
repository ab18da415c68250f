import Basics
import Foundation
import Synchronization
import Testing

@testable import VectorIndex

@Suite("Loss of power on a disk that reorders, tears and forgets what was not synced")
struct PowerLossTests {
    /// What is wrong with the index of some files; nil if all is well.
    private func problem(
        _ files: [String: [UInt8]], _ work: RecordedWork, acknowledged: Int, sent: Int
    ) async throws -> String? {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: folder.path + "/" + name)) }
        let index: VectorIndex
        do {
            index = try VectorIndex.open(
                in: IndexFolder(path: folder.path, watch: DiskWatch { _ in }), options: RecordedWork.options)
        } catch {
            // Before `create` returned there may be no index, and nothing in between.
            return acknowledged == 0 && files[Manifest.name] == nil ? nil : error.description
        }
        let held = RecordedWork.held(by: index)
        guard let count = (acknowledged...sent).first(where: { work.model(after: $0) == held }) else {
            return "it holds \(held)"
        }
        let found = try index.search([Float](repeating: 1, count: 8), k: 100).map(\.id)
        guard Set(found) == Set(held.keys), found.count == held.count else { return "\(count): it finds \(found)" }
        // It can be written to, and holds the same and the new one when it is opened again.
        try await index.put(VectorItem(id: 1000, vector: [Float](repeating: 1, count: 8)))
        await index.close()
        let again = try VectorIndex.openForReading(at: folder.path)
        guard RecordedWork.held(by: again) == held, again.item(1000) != nil else { return "\(count): it forgot" }
        let problems = VectorIndex.verify(at: folder.path).problems
        return problems.isEmpty ? nil : problems.joined(separator: "; ")
    }

    /// Loses power after each step; what was wrong then.
    private func losses(
        _ work: RecordedWork, _ disk: UnkindDisk, total: Int, every: Int, seed: UInt64
    ) async throws -> (tried: Int, problems: [String]) {
        var (disk, random) = (disk, SeededRandom(seed: seed))
        var (acknowledged, tried) = (0, 0)
        var problems: [String] = []
        for (number, event) in work.events.enumerated() {
            switch event {
            case .acknowledged(let count): acknowledged = count
            case .step(let step): disk.apply(step)
            }
            guard number % every == 0 else { continue }
            tried += 1
            let sent = min(total, acknowledged + 20)
            let files = disk.afterLossOfPower(&random)
            if let problem = try await problem(files, work, acknowledged: acknowledged, sent: sent) {
                problems.append("seed \(seed), after event \(number) (\(event)): \(problem)")
            }
        }
        return (tried, problems)
    }

    @Test(
        "SCAN-125 after a loss of power at any step every acknowledged change is there, whatever the disk did to the rest",
        arguments: ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"] == nil ? [1, 2, 3] : Array(1...60))
    func reordered(seed: UInt64) async throws {
        let folder = TemporaryFolder()
        let work = RecordedWork(seed: seed)
        try await work.run(300, in: folder.path)
        let disk = UnkindDisk(folder: folder.path)
        let (tried, problems) = try await losses(work, disk, total: 300, every: 2, seed: seed)
        #expect(problems.isEmpty, "\(problems.count) of \(tried)")
        #expect(tried > 150)
    }

    @Test("a disk that lies about syncs loses changes, so that these tests can fail")
    func liar() async throws {
        let folder = TemporaryFolder()
        let work = RecordedWork(seed: 4)
        try await work.run(120, in: folder.path)
        let disk = UnkindDisk(folder: folder.path, lies: true)
        #expect(try await losses(work, disk, total: 120, every: 5, seed: 4).problems.count > 5)
    }

    @Test("the names of a new index's folder and of the folders above it are synced")
    func folders() throws {
        let folder = TemporaryFolder()
        let work = RecordedWork(seed: 5)
        _ = try VectorIndex.create(
            in: IndexFolder(path: folder.path + "/a/b", watch: work.watch), schema: RecordedWork.schema,
            options: RecordedWork.options)
        let synced = work.events.compactMap { event -> String? in
            if case .step(.syncFolder(let path)) = event { path } else { nil }
        }
        let base = URL(filePath: folder.path).standardizedFileURL
        let expected = [base.deletingLastPathComponent().path, base.path, base.path + "/a"]
        #expect(Set(synced).isSuperset(of: expected))
        #expect(synced.contains(folder.path + "/a/b"))
    }
}
