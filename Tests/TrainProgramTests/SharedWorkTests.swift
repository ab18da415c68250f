import Basics
import Foundation
import Synchronization
import Testing

/// Several processes on one folder.
@Suite("Work that processes share")
struct SharedWorkTests {
    /// Lines of a process, as it writes them.
    private final class Lines: Sendable {
        private let lines = Mutex<[Int]>([])
        var shards: [Int] { lines.withLock { $0 } }

        /// Takes a line; how many shards were told of until then.
        func take(_ line: String) -> Int {
            guard let shard = try? JSON(parsing: Array(line.utf8))["shard"]?.intValue else { return shards.count }
            return lines.withLock { lines in
                lines.append(Int(shard))
                return lines.count
            }
        }
    }

    private static func shardFiles(_ folder: URL) throws -> [String: Int] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".safetensors")
        }
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                let facts = try FileManager.default.attributesOfItem(atPath: folder.appending(path: name).path)
                return (name, (facts[.systemFileNumber] as? NSNumber)?.intValue ?? 0)
            })
    }

    @Test(
        "LEARN-052 of three processes that embed one folder one is killed; what it had finished stays, the others do the rest, once"
    )
    func embedding() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration(epochs: 1)
            let fit = try await program.run(["fit", "run.json"])
            #expect(fit.status == 0, "\(fit.errors)")
            let run = try program.run().path
            let alone = try await program.run(["embed", run, "--to", "alone", "--shard", "2"])
            #expect(alone.status == 0, "\(alone.errors)")

            let order = ["embed", run, "--to", "together", "--shard", "2", "--lease", "2", "--json"]
            let first = Lines()
            let killed = try await program.run(order) { first.take($0) == 3 }
            #expect(killed.status == -SIGKILL, "\(killed.errors)")
            let shards = program.folder.appending(path: "together/shards")
            let finished = try Self.shardFiles(shards)
            #expect(first.shards.count >= 3 && finished.count >= 3)

            let others = [Lines(), Lines()]
            let ends = try await withThrowingTaskGroup(of: TrainProgram.End.self) { group in
                for lines in others {
                    group.addTask {
                        try await program.run(order) { line in
                            _ = lines.take(line)
                            return false
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ends.allSatisfy { $0.status == 0 }, "\(ends.map(\.errors))")
            // Nothing that was finished was made again.
            let after = try Self.shardFiles(shards)
            #expect(after.count == 16 && finished.allSatisfy { after[$0.key] == $0.value }, "\(finished) \(after)")
            // What the first one told of was not taken up again, and every other shard by one of the two.
            let told = others.flatMap(\.shards)
            let there = finished.keys.compactMap { Int($0.split(separator: ".")[0]) }
            #expect(Set(told).isDisjoint(with: first.shards) && Set(told).union(there) == Set(0..<16), "\(told)")
            #expect(Set(told).count == told.count, "\(told)")
            for name in ["vectors.npy", "ids.json", "confusion.json"] {
                let files = try ["alone", "together"].map {
                    try Data(contentsOf: program.folder.appending(path: "\($0)/\(name)"))
                }
                #expect(files[0] == files[1])
            }
        }
    }

    @Test("LEARN-052 rows of a ladder are shared; a killed process's row is gone on with by another one")
    func ladder() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration()
            let text = """
                { "base": "run.json", "rows": [
                    {"name": "one", "set": {"losses": [{"type": "softmax", "label": "item"}]}},
                    {"name": "two", "set": {}}, {"name": "three", "set": {"epochs": 2}}] }
                """
            try Data(text.utf8).write(to: program.folder.appending(path: "ladder.json"))
            let order = ["ablate", "ladder.json", "--data", program.folder.path, "--lease", "5"]
            // Killed as soon as it has begun its second row.
            let killed = try await program.run(order) { $0 == "== two" }
            #expect(killed.status == -SIGKILL, "\(killed.errors)")
            let first = program.folder.appending(path: "ablation/one/weights.safetensors")
            let weights = try Data(contentsOf: first)
            let ends = try await withThrowingTaskGroup(of: TrainProgram.End.self) { group in
                for _ in 0..<2 { group.addTask { try await program.run(order) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ends.allSatisfy { $0.status == 0 }, "\(ends.map(\.errors))")
            let begun = ends.flatMap { $0.output.split(separator: "\n").filter { $0.hasPrefix("== ") } }
            #expect(Set(begun) == ["== three", "== two"], "\(begun)")
            #expect(try Data(contentsOf: first) == weights)
            let table = try JSON(
                parsing: Array(Data(contentsOf: program.folder.appending(path: "ablation/table.json"))))
            #expect(table.arrayValue?.count == 3)
        }
    }
}
