import ArgumentParser
import Foundation
import Learning

/// Draws how much the gradients of pairs vary with their distance.
struct Sampling: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sampling-report",
        abstract: "Draw the variance of gradients against the distance of the negatives that four samplers choose.",
        discussion: """
            Hard negatives give noisy gradients, random ones none to speak of, semi-hard ones a narrow band (Wu et al. \
            2017, section 3). The report shows it for a run's own vectors, as a page and as JSON.

              vitrine-train sampling-report runs/items-20261121T083000Z-1a2b3c
            """)

    @Argument(help: "The run's folder.")
    var folder: String

    @Option(help: "The label that makes two pictures the same thing. Left out, that of the first loss.")
    var label: String?

    @Option(help: "The folder to write to. Left out, the run's folder `sampling`.")
    var to: String?

    @Option(help: "How many pictures are looked at.")
    var pictures = 1000

    func validate() throws { try require("--pictures", pictures, in: 4...100_000) }

    func run() async throws {
        try await Outcome.told {
            let folder = RunFolder(URL(filePath: folder))
            let prepared = try PreparedExperiment(resuming: folder)
            let model = try TrainedModel(folder, prepared.experiment)
            let label = label ?? prepared.experiment.firstLabel
            let learnt = prepared.subset { $0.split == .train && $0.labels[label] != nil }
            let step = max(1, learnt.count / pictures)
            let some = Dataset(
                samples: stride(from: 0, to: learnt.count, by: step).map { learnt.samples[$0] },
                classNames: learnt.classNames)
            let set = try model.embedder(some, tasks: prepared.experiment.threads)
            let rows = (0..<set.count).map { Array(set.vector($0)) }
            guard let report = SamplingReport(embeddings: rows, labels: set.labels(label)) else {
                throw CommandFailure("there are no two classes of \(label) with two pictures", status: Outcome.data)
            }
            let place = to.map { URL(filePath: $0) } ?? folder.file("sampling")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try report.write(to: place)
            for curve in report.curves {
                Terminal.say(
                    "\(curve.sampler.rawValue.padded(to: 18)) distance \(Terminal.decimal(curve.meanDistance)) "
                        + "± \(Terminal.decimal(curve.spread)), variance of the gradient \(Terminal.decimal(curve.variance, 4))"
                )
            }
            Terminal.say("written to \(place.path)")
        }
    }
}
