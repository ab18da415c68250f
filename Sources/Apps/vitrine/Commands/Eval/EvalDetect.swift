import ArgumentParser
import Basics
import Foundation
import Imaging
import VisualSearch

/// Boxes of things.
struct EvalDetect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "How well detectors find the things that people drew boxes around.",
        discussion: """
              vitrine eval detect photos/ --boxes boxes.json
              vitrine eval detect photos/ --boxes boxes.json --beside other-models/ --found selective-search=found.csv

            The boxes are COCO JSON, or a table (CSV, TSV) with the columns path, left, top, right, bottom in pixels of the \
            upright file and perhaps label. Paths are below the folder of pictures. Beside the detector stand others: those \
            of further folders of models, what any program wrote into a table with the columns of the boxes and `score`, \
            and what a scan does without one: taking the middle. Classes do not count.
            """)

    @Argument(help: "The folder of pictures.") var folder: String
    @Option(help: "The true boxes.") var boxes: String
    @Option(help: "A folder with another detector; may be given several times.") var beside: [String] = []
    @Option(help: "NAME=TABLE: what another program found; may be given several times.") var found: [String] = []
    @OptionGroup var flags: EvalFlags

    func run() async throws {
        let truth = try labels()
        let eyes = flags.eyes()
        var (answers, pictures): ([DetectionMeasure.Answer], [LabelSet.Picture]) = ([], [])
        let own = try await look(truth.pictures, with: eyes) { picture, size, found in
            pictures.append(picture)
            answers.append(.init(size: size, truth: picture.boxes, found: found))
        }
        guard !answers.isEmpty else { throw Failure("No picture of '\(boxes)' can be read below '\(folder)'.") }
        var others: [DetectionMeasure.Other] = []
        for place in beside {
            var other = flags
            other.modelFolders = [place]
            let eyes = other.eyes()
            var found: [[Detection]] = []
            let cost = try await look(pictures, with: eyes) { _, _, boxes in found.append(boxes) }
            guard found.count == answers.count else { throw Failure("\(place): a picture could not be looked at.") }
            others.append(.init(name: eyes.finder, found: found, milliseconds: cost))
        }
        for source in found { others.append(try table(source, pictures, answers)) }
        try flags.say(nil) { [answers, others] in
            var report = DetectionMeasure(
                answers, milliseconds: own, others: others, bootstrap: flags.bootstrap
            ).report()
            report.facts = [("detector", .string(eyes.finder))]
            return report
        }
    }

    /// Looks at pictures; what cannot be read is said and left out.
    ///
    /// - Returns: Processor time in milliseconds a picture.
    private func look(
        _ pictures: [LabelSet.Picture], with eyes: PictureEyes,
        _ take: (LabelSet.Picture, ImageSize, [Detection]) -> Void
    ) async throws -> Double {
        let shown = ShownProgress(eyes.finder)
        let start = ProcessorTime.now
        for (number, picture) in pictures.enumerated() {
            shown.show(Double(number) / Double(pictures.count))
            do {
                let (size, found) = try await eyes.objects(in: "\(folder)/\(picture.name)")
                take(picture, size, found)
            } catch {
                Terminal.warn("\(picture.name): \(error)")
            }
        }
        shown.finish()
        let milliseconds = (ProcessorTime.now - start) * 1_000 / Double(max(1, pictures.count))
        return (milliseconds * 100).rounded() / 100
    }

    /// What another program found, `NAME=TABLE`.
    private func table(
        _ source: String, _ pictures: [LabelSet.Picture], _ answers: [DetectionMeasure.Answer]
    ) throws -> DetectionMeasure.Other {
        let parts = source.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw Failure("--found takes NAME=TABLE, not '\(source)'.") }
        let set: LabelSet
        do {
            set = try LabelSet(table: try PictureFiles.read(parts[1]), label: "score")
        } catch let fault as LabelSet.Fault {
            throw Failure("\(parts[1]): \(fault)")
        }
        let known = Dictionary(set.pictures.map { ($0.name, $0.boxes) }, uniquingKeysWith: +)
        return .init(
            name: parts[0],
            found: zip(pictures, answers).map { picture, answer in
                (known[picture.name] ?? []).compactMap { box in
                    guard let score = Double(box.category), let unit = box.unit(in: answer.size) else { return nil }
                    return Detection(box: unit, score: score)
                }
            })
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
