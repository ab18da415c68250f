import ArgumentParser
import Basics
import Foundation
import Learning

/// Trains what a file describes.
struct Fit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train what a configuration file describes.",
        discussion: """
            Makes a folder for the run and prints its name. Everything is checked first; a file with faults starts \
            nothing, and every fault is named with its place.

              vitrine-train fit Examples/items/own-catalogue.json
              vitrine-train fit items.json --set epochs=5 --set optimizer.lr=0.001

            Paths in the file are relative to the file, or to the folder that --data names.
            """)

    @Argument(help: "The configuration, a JSON file.")
    var configuration: String

    @Option(help: "The folder that paths in the file start from. Left out, the file's own.")
    var data: String?

    @Option(help: "The folder that runs are made in.")
    var runs = "runs"

    @Option(name: .customLong("set"), help: "Replace one value of the file: path=JSON, such as batch.K=2. Repeatable.")
    var changes: [String] = []

    @Option(help: "Only `final`: learn from the held-out pictures too, without any figure to tell (the last step).")
    var stage: String?

    @Flag(help: "Check the configuration and the pictures, and train nothing.")
    var dryRun = false

    @Flag(help: "Write a line of JSON to standard output after every step, for other programs.")
    var json = false

    @Flag(help: "Look at every number of every operation; slow, but names the operation that makes the first bad one.")
    var detectAnomaly = false

    func run() async throws {
        try await Outcome.told {
            let file = URL(filePath: configuration)
            var prepared = try PreparedExperiment(
                json: ConfigurationChanges.object(file, changes),
                base: data.map { URL(filePath: $0) } ?? file.deletingLastPathComponent())
            try useAll(&prepared)
            Summary.say(prepared)
            if dryRun { return }
            let folder = try prepared.makeFolder(in: URL(filePath: runs), isFinal: stage != nil)
            Terminal.say("run: \(folder.url.path)")
            AnomalySearch.isOn = detectAnomaly
            try await Training.run(prepared, in: folder, allowsDrift: false, tellsSteps: json)
        }
    }

    private func useAll(_ prepared: inout PreparedExperiment) throws {
        guard let stage else { return }
        guard stage == "final" else { throw CommandFailure("--stage: only `final` is known") }
        prepared.learnFromHeldOut()
        Terminal.say("no held-out figure: every held-out picture is learnt from")
    }
}

/// Goes on with a run.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go on with a run that was stopped or killed, as if nothing had happened.",
        discussion: """
            The same configuration, pictures, threads and libtorch give the same weights as a run without a break, bit \
            for bit; anything else is refused, unless --allow-drift says that it does not matter.
            """)

    @Argument(help: "The run's folder.")
    var folder: String

    @Flag(help: "Write a line of JSON to standard output after every step, for other programs.")
    var json = false

    @Flag(help: "Go on though something is not what it was; the run's folder tells what.")
    var allowDrift = false

    func run() async throws {
        try await Outcome.told {
            let folder = RunFolder(URL(filePath: folder))
            let prepared = try PreparedExperiment(resuming: folder)
            switch folder.state {
            case nil: throw CommandFailure("\(folder.url.path) is no run's folder")
            case .finished: throw CommandFailure("this run is finished; fit a file with other settings instead")
            case .running: throw RunError.busy(folder.url.path)
            default: break
            }
            try await Training.run(prepared, in: folder, allowsDrift: allowDrift, tellsSteps: json)
        }
    }
}

/// A training with its line of news and its signals.
enum Training {
    static func run(
        _ prepared: PreparedExperiment, in folder: RunFolder, allowsDrift: Bool, tellsSteps: Bool = false
    ) async throws {
        let signals = StopSignals()
        let line = ProgressLine(metric: prepared.experiment.evaluation.metric)
        let trainer = Trainer(
            prepared.experiment, prepared.dataset, augmenters: prepared.augmenters, in: folder, stop: signals.signal,
            allowsDrift: allowsDrift)
        defer { line.finish() }
        let verdict = try await trainer.run { progress in
            if tellsSteps { Terminal.say(Training.text(progress)) } else { line.show(progress) }
        }
        line.finish()
        let best = verdict.best.map {
            ", best \(prepared.experiment.evaluation.metric) \(Terminal.decimal($0.value)) at step \($0.step)"
        }
        let early = verdict.wasEarly ? " before its time" : ""
        Terminal.say(
            "\(verdict.state.rawValue)\(early) after \(verdict.step) steps, \(Terminal.clock(verdict.seconds))"
                + (best ?? ""))
        Terminal.say(
            verdict.state == .stopped
                ? "go on: vitrine-train resume \(folder.url.path)"
                : "next: vitrine-train eval \(folder.url.path) and vitrine-train export \(folder.url.path)")
    }

    private static func text(_ progress: TrainingProgress) -> String {
        var object: JSONObject = [
            "step": .int(Int64(progress.step)), "steps": .int(Int64(progress.steps)), "stage": .string(progress.stage),
            "picturesPerSecond": .double(progress.picturesPerSecond),
        ]
        if let loss = progress.loss { object["loss"] = .double(loss) }
        if let figure = progress.figure { object["figure"] = .double(figure) }
        return JSON.object(object).text
    }
}
