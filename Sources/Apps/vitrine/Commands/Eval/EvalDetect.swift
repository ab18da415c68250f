import ArgumentParser
import Basics
import Foundation
import Imaging
import VisualSearch

/// Boxes of things.
struct EvalDetect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "How well the detector finds the things that people drew boxes around.",
        discussion: """
              vitrine eval detect photos/ --boxes boxes.json

            The boxes are COCO JSON, or a table (CSV, TSV) with the columns path, left, top, right, bottom in pixels of the \
            upright file and perhaps label. Paths are below the folder of pictures. Beside the detector stands what a scan \
            does without one: taking the middle. Classes do not count.
            """)

    @Argument(help: "The folder of pictures.") var folder: String
    @Option(help: "The true boxes.") var boxes: String
    @OptionGroup var flags: EvalFlags

    func run() async throws {
        let truth = try labels()
        let eyes = flags.eyes()
        let shown = ShownProgress("looking")
        var answers: [DetectionMeasure.Answer] = []
        let start = ProcessorTime.now
        for (number, picture) in truth.pictures.enumerated() {
            shown.show(Double(number) / Double(truth.pictures.count))
            do {
                let (size, found) = try await eyes.objects(in: "\(folder)/\(picture.name)")
                answers.append(.init(size: size, truth: picture.boxes, found: found))
            } catch {
                Terminal.warn("\(picture.name): \(error)")
            }
        }
        shown.finish()
        guard !answers.isEmpty else { throw Failure("No picture of '\(boxes)' can be read below '\(folder)'.") }
        let milliseconds = (ProcessorTime.now - start) * 1_000 / Double(answers.count)
        try flags.say(nil) { [answers] in
            var report = DetectionMeasure(answers, bootstrap: flags.bootstrap).report()
            report.facts = [
                ("detector", .string(eyes.finder)),
                ("processorMillisecondsAPicture", .double((milliseconds * 100).rounded() / 100)),
            ]
            return report
        }
    }

    private func labels() throws -> LabelSet {
        let bytes = try PictureFiles.read(boxes)
        do {
            return boxes.hasSuffix(".json") ? try LabelSet(coco: try JSON(parsing: bytes)) : try LabelSet(table: bytes)
        } catch let fault as LabelSet.Fault {
            throw Failure("\(boxes): \(fault)")
        }
    }
}
