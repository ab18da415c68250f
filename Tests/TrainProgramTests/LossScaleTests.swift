import Foundation
import Synchronization
import Testing

@Suite("A loss that is scaled")
struct LossScaleTests {
    private static let weights = "weights.safetensors"

    private func fit(_ program: TrainProgram, _ name: String, _ changes: String...) async throws -> Data {
        let sets = changes.flatMap { ["--set", $0] }
        let end = try await program.run(["fit", "run.json", "--runs", name] + sets)
        #expect(end.status == 0, "\(end.errors)")
        return try Data(contentsOf: program.run(in: name).appending(path: Self.weights))
    }

    @Test("LEARN-046 in 32 bits a scale that is a power of two changes no bit of the weights")
    func exact() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration()
            let plain = try await fit(program, "plain")
            let scaled = try await fit(program, "scaled", "lossScale=1024")
            #expect(plain == scaled)
        }
    }

    @Test(
        "LEARN-046 gradients that overflow leave steps out until the scale fits, blame no picture, and a killed run goes on to the same weights"
    )
    func overflow() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration()
            // 2 to the power of 127: gradients above one are infinite.
            let scale = "lossScale=1.7014118346046923e38"
            let whole = try await fit(program, "whole", scale)
            let folder = try program.run(in: "whole")
            let metrics = try String(contentsOf: folder.appending(path: "metrics.jsonl"), encoding: .utf8)
            let lines = metrics.split(separator: "\n")
            let steps = lines.count { $0.contains(#""tag":"loss""#) }
            let dropped = lines.count { $0.contains(#""tag":"dropped""#) }
            #expect(dropped > 0 && dropped < steps, "\(dropped) of \(steps)")
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "bad_batches.jsonl").path))

            let left = Mutex(3)
            let killed = try await program.run(["fit", "run.json", "--runs", "parts", "--json", "--set", scale]) {
                line in
                guard line.hasPrefix("{") else { return false }
                return left.withLock { left in
                    left -= 1
                    return left == 0
                }
            }
            #expect(killed.status == -SIGKILL, "\(killed.errors)")
            let last = try await program.run(["resume", try program.run(in: "parts").path])
            #expect(last.status == 0, "\(last.errors)")
            #expect(try Data(contentsOf: program.run(in: "parts").appending(path: Self.weights)) == whole)
        }
    }
}
