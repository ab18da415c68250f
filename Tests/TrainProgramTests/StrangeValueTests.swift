import Foundation
import Testing

@Suite("Values that no command expects")
struct StrangeValueTests {
    private static let isLong = ProcessInfo.processInfo.environment["VITRINE_FAULT_FULL"] != nil

    /// Ends with a sentence and a status of its own, and never by a signal.
    private func isRefused(_ program: TrainProgram, _ arguments: [String]) async throws {
        let end = try await program.run(arguments)
        #expect([64, 65, 69, 70, 74].contains(end.status), "\(arguments): \(end.status)\n\(end.errors)")
        #expect(!end.errors.isEmpty && !end.errors.contains("Fatal error"), "\(arguments): \(end.errors)")
    }

    @Test("LEARN-040 flags that are 0, negative, huge, no numbers or name nothing end in a sentence")
    func flags() async throws {
        try await TrainProgram.inFolder { program in
            let numbers = ["0", "-1", "99999999999999999999", "nan", "x"]
            let flags = [
                ["bench", "step", "--width"], ["bench", "step", "--px"], ["bench", "step", "--batch"],
                ["bench", "step", "--steps"], ["bench", "step", "--threads"], ["bench", "losses", "--batch"],
                ["bench", "losses", "--dimension"], ["bench", "losses", "--rounds"],
                ["bench", "loader", "--photos", ".", "--side"], ["bench", "loader", "--photos", ".", "--count"],
                ["inspect", "none.json", "--steps"], ["embed", "none", "--to", "v", "--shard"],
                ["export", "none", "--compare"], ["export", "none", "--side"], ["export", "none", "--calibrate"],
                ["sampling-report", "none", "--pictures"],
            ]
            for (place, flag) in flags.enumerated() {
                // All of them at night, one of each else: a start of the program takes a second.
                for (turn, number) in numbers.enumerated() where Self.isLong || turn == place % numbers.count {
                    try await isRefused(program, flag + [number])
                }
            }
            let files = [
                ["fit", "none.json"], ["resume", "none"], ["eval", "none"], ["eval", "none.onnx", "--on", "none.json"],
                ["embed", "none", "--to", "v"], ["export", "none"], ["ablate", "none.json"], ["inspect", "/dev/null"],
                ["bench", "step", "--net", "none"], ["bench", "loader", "--photos", "/nowhere"],
                ["eval", "none", "--split", "tset"], ["export", "none", "--precision", "f8"],
            ]
            for (place, arguments) in files.enumerated() where Self.isLong || place % 3 == 0 {
                try await isRefused(program, arguments)
            }
        }
    }

    @Test("LEARN-040 a hostile configuration ends in a sentence")
    func hostile() async throws {
        try await TrainProgram.inFolder { program in
            try program.writePictures(classes: 2, each: 4)
            let sources =
                #""sources": [{"root": "pictures", "labels": ["item"]}], "losses": [{"type": "softmax", "label": "item"}]"#
            var texts = [
                "", "{", "[]", "null", "\u{0}", String(repeating: "[", count: 100_000),
                #"{"epochs": 1e400, \#(sources)}"#, #"{"epochs": -9223372036854775808, \#(sources)}"#,
                #"{"batch": {"P": 99999999, "K": 99999999}, \#(sources)}"#, #"{"sources": {}, "losses": 3}"#,
                #"{"model": {"width": 1e308, "input": 9007199254740993}, \#(sources)}"#,
                #"{"sources": [{"root": "/dev/zero", "reader": "table", "table": "/dev/null"}], "losses": ["softmax"]}"#,
                #"{"sources": [{"root": "..", "reader": "voc", "file": "pictures"}], "losses": ["triplet"]}"#,
                #"{"split": {"validation": 100, "test": 100}, \#(sources)}"#, #"{"initFrom": "pictures", \#(sources)}"#,
                #"{"augment": [{"type": "scene", "most": -1}, null, 7], \#(sources)}"#,
                #"{"stages": [{"losses": []}, 4], "schedule": {"type": "step", "at": "x"}, \#(sources)}"#,
            ]
            if !Self.isLong { texts = texts.enumerated().filter { $0.offset % 3 == 0 }.map(\.element) }
            for (place, text) in texts.enumerated() {
                try Data(text.utf8).write(to: program.folder.appending(path: "\(place).json"))
                try await isRefused(program, ["fit", "\(place).json", "--dry-run"])
            }
        }
    }
}
