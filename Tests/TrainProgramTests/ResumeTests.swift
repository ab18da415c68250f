import Basics
import Foundation
import Synchronization
import Testing

@Suite("A training that is killed")
struct ResumeTests {
    @Test(
        "LEARN-105, LEARN-039 a run that is killed at drawn steps and gone on with ends with the weights of a whole run"
    )
    func killed() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration()
            let whole = try await program.run(["fit", "run.json", "--runs", "whole", "--json"])
            #expect(whole.status == 0, "\(whole.errors)")
            let wanted = try Data(contentsOf: program.run(in: "whole").appending(path: "weights.safetensors"))

            var random = SeededRandom(seed: 11)
            var arguments = ["fit", "run.json", "--runs", "parts", "--json"]
            var ends: [Int32] = []
            for _ in 0..<2 {
                let left = Mutex(Int(random.next() % 4) + 1)
                let end = try await program.run(arguments) { line in
                    guard line.hasPrefix("{") else { return false }
                    return left.withLock { left in
                        left -= 1
                        return left == 0
                    }
                }
                ends.append(end.status)
                arguments = ["resume", try program.run(in: "parts").path, "--json"]
            }
            #expect(ends.allSatisfy { $0 == -SIGKILL }, "\(ends)")
            let last = try await program.run(arguments)
            #expect(last.status == 0, "\(last.errors)")
            let found = try Data(contentsOf: program.run(in: "parts").appending(path: "weights.safetensors"))
            #expect(found == wanted)
        }
    }

    @Test("a full disk ends the run with status 74, and it goes on from the checkpoint before when there is room")
    func full() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration()
            let first = try await program.run(["fit", "run.json", "--json"]) { $0.hasPrefix(#"{"step":3,"#) }
            #expect(first.status == -SIGKILL, "\(first.errors)")
            let folder = try program.run()
            // Files may grow to 60 KiB: the logs fit, the weights do not.
            let full = try await program.run(
                ["resume", folder.path], launcher: ["bash", "-c", #"ulimit -f 60; exec "$0" "$@""#])
            #expect(full.status == 74)
            #expect(full.errors.contains("no space"), "\(full.errors)")
            let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/checkpoints")
            #expect(kept.sorted() == ["latest", "step-2"])
            let last = try await program.run(["resume", folder.path])
            #expect(last.status == 0, "\(last.errors)")
        }
    }

    @Test("SIGTERM ends after the step with status 0, and the run says that it was stopped")
    func terminated() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration(epochs: 200)
            let end = try await program.run(["fit", "run.json", "--json"], signal: SIGTERM) {
                $0.hasPrefix(#"{"step":2,"#)
            }
            #expect(end.status == 0, "\(end.errors)")
            #expect(end.output.contains("stopped after"))
            let state = try String(contentsOf: program.run().appending(path: "run.json"), encoding: .utf8)
            #expect(state.contains(#""state":"stopped""#))
        }
    }
}
