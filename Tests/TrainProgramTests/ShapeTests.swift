import Basics
import Foundation
import Imaging
import Testing

@Suite("What an evaluation asks beside retrieval")
struct ShapeTests {
    @Test(
        "LEARN-026, LEARN-016, LEARN-005, LEARN-007 things in another's texture, strangers in the gallery, category by judge, and weights by size of class"
    )
    func questions() async throws {
        try await TrainProgram.inFolder { program in
            try writeThings(program)
            let more = """
                , "evaluate": {"every": 2, "protocol": "user-merchant", "gallery": "shop", "strangers": "others", \
                "label": "item"}
                """
            try program.writeConfiguration(
                epochs: 2, more: more,
                sources: #", {"name": "shop", "root": "shop", "labels": ["item"], "split": "test"}, "#
                    + #"{"name": "others", "root": "others", "labels": ["item"]}"#)
            let fit = try await program.run([
                "fit", "run.json", "--set", "model.input=32", "--set", "model.width=0.0625",
            ])
            #expect(fit.status == 0, "\(fit.errors)")
            let run = try program.run()
            let eval = try await program.run([
                "eval", run.path, "--split", "validation", "--strangers", "others", "--json", "figures.json",
            ])
            #expect(eval.status == 0, "\(eval.errors)")
            for part in [
                "with 6 strangers in the gallery", "lengths of the class weights of softmax.item",
                "correlation with the size",
                "lengths of the class weights of arcface.item: 1.00 to 1.00, not tied",
                "things in the texture of another",
            ] {
                #expect(eval.output.contains(part), "\(part) is not in:\n\(eval.output)")
            }
            let figures = try JSON(parsing: Array(Data(contentsOf: program.folder.appending(path: "figures.json"))))
            let all = figures.arrayValue ?? []
            let probes = all.first { $0["question"]?.stringValue?.hasPrefix("things in the texture") == true }
            for name in ["shape", "texture", "untouched"] { #expect(probes?[name]?["n"] != nil, "\(eval.output)") }
            let judges = all.first { $0["question"]?.stringValue?.contains("by judge") == true }
            for name in ["head", "vote", "head + vote"] { #expect(judges?[name]?["n"] != nil, "\(eval.output)") }
            // Strangers can only stand in the way.
            let asked = all.prefix(2).compactMap { $0["top-1"]?["value"]?.doubleValue }
            #expect(asked.count == 2 && asked[0] <= asked[1], "\(eval.output)")
            let without = try await program.run(["eval", run.path, "--split", "validation", "--probes", "0"])
            #expect(!without.output.contains("texture of another"))
            #expect(without.output.contains("with 3 strangers in the gallery"), "\(without.output)")
        }
    }

    /// Things of four shapes, each in a texture of its own, on white; one of each shape in the shop; strangers.
    private func writeThings(_ program: TrainProgram) throws {
        var random = SeededRandom(seed: 9)
        for label in 0..<4 {
            // Classes of several sizes.
            for number in 0..<(10 + 4 * label) {
                try write(thing(label, &random), program, "pictures/class\(label)/\(number).png")
            }
            try write(thing(label, &random), program, "shop/class\(label)/shop.png")
        }
        for number in 0..<3 { try write(thing(4, &random), program, "others/else/\(number).png") }
    }

    private func write(_ bytes: [UInt8], _ program: TrainProgram, _ path: String) throws {
        let file = program.folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(Image(width: 32, height: 32, format: .rgb8, bytes: bytes).encoded(as: .png)).write(to: file)
    }

    private func thing(_ shape: Int, _ random: inout SeededRandom) -> [UInt8] {
        let colour = (0..<3).map { _ in 20 + Int(random.next() % 120) }
        return (0..<32 * 32).flatMap { at -> [UInt8] in
            let (x, y) = (at % 32 - 16, at / 32 - 16)
            let isInside =
                switch shape {
                case 0: abs(x) < 9 && abs(y) < 9
                case 1: abs(x) < 14 && abs(y) < 6
                case 2: abs(x) < 6 && abs(y) < 14
                case 3: x * x + y * y < 120
                default: abs(x) + abs(y) < 13
                }
            return colour.map { isInside ? UInt8(clamping: $0 + Int(random.next() % 40)) : 250 }
        }
    }
}
