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

    /// The seed's own measure: killed 200 times, some of them while a checkpoint is being written.
    @Test(
        "LEARN-105 two hundred kills at drawn moments, and the weights are those of a whole run",
        .enabled(if: ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"] != nil))
    func killedOften() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            // Longer than the kills can eat up: each of them comes a step or two after the last checkpoint.
            try program.writeConfiguration(epochs: 240)
            let whole = try await program.run(["fit", "run.json", "--runs", "whole"])
            #expect(whole.status == 0, "\(whole.errors)")
            let name = "weights.safetensors"
            let wanted = try Data(contentsOf: program.run(in: "whole").appending(path: name))
            var random = SeededRandom(seed: 13)
            var arguments = ["fit", "run.json", "--runs", "parts", "--json"]
            for round in 0..<200 {
                let left = Mutex(Int(random.next() % 3) + 2)
                let end = try await program.run(arguments) { line in
                    guard line.hasPrefix("{") else { return false }
                    return left.withLock { left in
                        left -= 1
                        return left == 0
                    }
                }
                // The last rounds may find it finished.
                guard end.status == -SIGKILL else {
                    #expect(end.status == 0 && round > 100, "round \(round): \(end.status) \(end.errors)")
                    break
                }
                arguments = ["resume", try program.run(in: "parts").path, "--json"]
            }
            if try state(program) != "finished" {
                let last = try await program.run(arguments)
                #expect(last.status == 0, "\(last.errors)")
            }
            #expect(try Data(contentsOf: program.run(in: "parts").appending(path: name)) == wanted)
        }
    }

    private func state(_ program: TrainProgram) throws -> String? {
        let file = try program.run(in: "parts").appending(path: "run.json")
        return try JSON(parsing: Array(Data(contentsOf: file)))["state"]?.stringValue
    }

    @Test(
        "LEARN-105, LEARN-025, LEARN-103 a run that draws by hardness and erases where its net looks goes on after a kill as if nothing had happened"
    )
    func watching() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures()
            try program.writeConfiguration()
            let order = [
                "--set", #"batch={"size": 5, "sampler": "hard"}"#, "--set",
                #"augment=["resizedCrop", {"type": "adversarialErasing", "p": 1, "every": 1}]"#, "--json",
            ]
            let whole = try await program.run(["fit", "run.json", "--runs", "whole"] + order)
            #expect(whole.status == 0, "\(whole.errors)")
            // Twenty-three pictures in batches of five: the eighth step is in the middle of the second epoch.
            let part = try await program.run(["fit", "run.json", "--runs", "parts"] + order) {
                $0.hasPrefix(#"{"step":8,"#)
            }
            #expect(part.status == -SIGKILL, "\(part.errors)")
            let rest = try await program.run(["resume", program.run(in: "parts").path])
            #expect(rest.status == 0, "\(rest.errors)")
            let name = "weights.safetensors"
            let wanted = try Data(contentsOf: program.run(in: "whole").appending(path: name))
            #expect(try Data(contentsOf: program.run(in: "parts").appending(path: name)) == wanted)
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
