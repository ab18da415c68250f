import ArgumentParser
import Basics
import Evaluation
import Foundation
import VisualSearch

/// Foreign pictures of items.
struct EvalDenoise: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "denoise",
        abstract: "How many foreign pictures are found among an item's own, and how many of its own are lost.",
        discussion: """
              vitrine eval denoise photos/ --fit others/

            Truth is planted: each item with four pictures or more gets pictures of other items, until 10, 20, 30 % are \
            foreign. Four ways to cluster stand side by side. The radii are chosen with the pictures of --fit, planted alike; \
            without it the built-in ones are used.
            """)

    @Argument(help: "Pictures with their items.") var pictures: String
    @Option(help: "Other pictures to choose the radii with.") var fit: String?
    @Flag(help: "They are merchants' pictures, to be looked at whole; otherwise customers' photos.") var whole = false
    @OptionGroup var flags: EvalFlags

    func run() async throws {
        let eyes = flags.eyes()
        let kind: PictureEyes.Kind = whole ? .merchant : .customer
        let seen = try await flags.see(pictures, as: kind, with: eyes, title: "pictures")
        var fitted: [SeenPicture] = []
        if let fit { fitted = try await flags.see(fit, as: kind, with: eyes, title: "pictures to fit") }
        try flags.say(eyes) {
            try DenoiseMeasure(seen, fitted: fitted, seed: flags.seed, bootstrap: flags.bootstrap).report()
        }
    }
}

/// SKUs of one style.
struct EvalMerge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "How well SKUs that are one style are found.",
        discussion: """
              vitrine eval merge photos/

            Truth is planted: two of three items with six pictures or more are dealt to two SKUs each. Printed are, from the \
            highest threshold down, how many proposals are right, and how many of the parted items come together.
            """)

    @Argument(help: "Pictures with their items.") var pictures: String
    @Flag(help: "They are merchants' pictures, to be looked at whole; otherwise customers' photos.") var whole = false
    @OptionGroup var flags: EvalFlags

    func run() async throws {
        let eyes = flags.eyes()
        let seen = try await flags.see(pictures, as: whole ? .merchant : .customer, with: eyes, title: "pictures")
        try flags.say(eyes) { try MergeMeasure(seen, seed: flags.seed).report() }
    }
}

/// Edited copies of pictures.
struct EvalDedup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dedup",
        abstract: "Which edited copies of pictures are found, by the kind of edit.",
        discussion: """
              vitrine eval dedup photos/ --sample 400

            Each picture is edited in twelve ways and looked up again. The pictures themselves must all be different: the \
            last row counts their pairs that are taken for copies. No model is needed.
            """)

    @Argument(help: "A folder of pictures, all of them different.") var folder: String
    @Option(help: "How many pictures, drawn evenly from all.") var sample = 400
    @Option(help: "How often is drawn for the intervals.") var draws = 1_000
    @Flag(help: "Write one JSON object instead of a table.") var json = false

    func run() async throws {
        let all = try PictureFiles.list([folder])
        guard !all.isEmpty, sample > 0 else { throw Failure("'\(folder)' holds no pictures.") }
        let step = max(1, all.count / sample)
        let paths = stride(from: 0, to: all.count, by: step).prefix(sample).map { all[$0] }
        var measure = DuplicateMeasure()
        let shown = ShownProgress("editing")
        for (number, path) in paths.enumerated() {
            shown.show(Double(number) / Double(paths.count))
            do {
                try measure.add(try PictureFiles.read(path), name: path)
            } catch {
                Terminal.warn("\(path): \(error)")
            }
        }
        shown.finish()
        let report = measure.report(bootstrap: .init(resamples: draws))
        if json { Terminal.say(report.json.text) } else { report.lines.forEach(Terminal.say) }
    }
}
