import ArgumentParser
import Basics
import Foundation
import Imaging
import Server
import VisualSearch

/// Trains a detector on the boxes and lets it draw the rest.
struct LabelsTrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "One round in one command: boxes out, a detector trained on them, its boxes in.",
        discussion: """
            Writes the boxes to FOLDER/round-N, starts `vitrine-train` (a program of its own: this one has no training in \
            it), puts the model that came out into the data folder's `models`, and lets it draw on what nobody has \
            finished. Then people answer what it is unsure of on the page /review, and the next round is the same \
            command again.

              vitrine labels train rounds/
              vitrine labels train rounds/ --fit detector.json

            Each step is kept: a command that was broken off, or killed, goes on where it stopped, the training at its \
            last checkpoint. Paths in the configuration are relative to the boxes: sources `training` and `held-out`, \
            each with `labels.json`. While the detector trains nothing of the catalogue is held, and the shop may be \
            served.
            """)

    @Argument(help: "The folder that rounds are kept in.") var folder: String
    @Option(name: .long, help: "The configuration of the training; without: one for boxes of a few thousand pictures.")
    var fit: String?
    @Option(name: .customLong("set"), help: "Replace one value of the configuration: path=JSON. Repeatable.")
    var changes: [String] = []
    @Option(name: .long, help: "The trainer; without: `vitrine-train` beside this program, else of the PATH.")
    var trainer: String?
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        let round = try LabelTrainingRound(in: URL(filePath: folder))
        Terminal.say("round \(round.number): \(round.folder.path)")
        try await round.once("boxes") { place in
            try await flags.work { catalogue, _ in
                try await LabelsExport.write(catalogue, to: place, .coco, pictures: true)
            }
        }
        try await train(round)
        try install(round)
        try await flags.work { catalogue, jobs in
            try await LabelsPropose.propose(catalogue, jobs, again: false)
        }
        try round.end()
        Terminal.say("next: answer what is unsure on the page /review, then the same command again.")
    }

    // MARK: Training

    private func train(_ round: LabelTrainingRound) async throws {
        let program = try trainerPath()
        let runs = round.folder.appending(path: "runs")
        let known = try? FileManager.default.contentsOfDirectory(atPath: runs.path).sorted().last
        if let known, let state = round.state(of: runs.appending(path: known)) {
            if state != "finished" { try await call([program, "resume", runs.appending(path: known).path]) }
        } else {
            let file = round.folder.appending(path: "detector.json")
            let text = try fit.map { try Data(contentsOf: URL(filePath: $0)) } ?? Data(Self.usual.utf8)
            try text.write(to: file, options: .atomic)
            try await call(
                [program, "fit", file.path, "--data", round.folder.appending(path: "boxes").path, "--runs", runs.path]
                    + changes.flatMap { ["--set", $0] })
        }
        guard let run = try FileManager.default.contentsOfDirectory(atPath: runs.path).sorted().last,
            round.state(of: runs.appending(path: run)) == "finished"
        else { throw Failure("The training has not ended. The same command again goes on with it.") }
        try await call([
            program, "export", runs.appending(path: run).path, "--id", Self.model, "--model-version",
            "1.0.\(round.number)", "--to", round.folder.appending(path: "model").path,
        ])
    }

    /// Puts the model where the shop looks for it, the manifest last.
    private func install(_ round: LabelTrainingRound) throws {
        let models = URL(filePath: try flags.data.load().data).appending(path: "models")
        try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
        for ending in ["onnx", "json"] {
            let name = "\(Self.model).\(ending)"
            let bytes = try Data(contentsOf: round.folder.appending(path: "model/\(name)"))
            try bytes.write(to: models.appending(path: name), options: .atomic)
        }
    }

    private static let model = "label-detector"

    /// Boxes of a few thousand pictures, in an hour on two cores.
    private static let usual = """
        {
            "name": "boxes", "epochs": 30, "batch": {"sampler": "shuffle", "size": 16},
            "model": {
                "kind": "detector", "oneClass": true, "backbone": "resnet-s", "width": 0.375, "pyramid": 48,
                "head": "retina", "input": 256
            },
            "sources": [
                {"name": "training", "reader": "coco", "root": "training", "file": "labels.json", "split": "train"},
                {"name": "held-out", "reader": "coco", "root": "held-out", "file": "labels.json", "split": "validation"}
            ],
            "augment": ["colour"], "optimizer": {"lr": 0.002}, "schedule": {"type": "oneCycle"},
            "evaluate": {"every": 2}
        }

        """

    private func trainerPath() throws -> String {
        if let trainer { return trainer }
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folders =
            [URL(filePath: own).deletingLastPathComponent().path]
            + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/vitrine-train") {
            return "\(folder)/vitrine-train"
        }
        throw Failure(
            "There is no vitrine-train beside this program. `make train` builds it (Documentation/Training.md); --trainer "
                + "names it elsewhere.")
    }

    /// Runs a program to its end; it writes to the same terminal.
    private func call(_ command: [String]) async throws {
        let child = Process()
        child.executableURL = URL(filePath: command[0])
        child.arguments = Array(command.dropFirst())
        let status = try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Int32, any Error>) in
            child.terminationHandler = { caller.resume(returning: $0.terminationStatus) }
            do {
                try child.run()
            } catch {
                child.terminationHandler = nil
                caller.resume(throwing: Failure("\(command[0]) cannot be started: \(error.localizedDescription)"))
            }
        }
        guard status == 0 else {
            throw Failure(
                "\(command.prefix(2).joined(separator: " ")) ended with status \(status). Nothing is lost: the "
                    + "same command again goes on.")
        }
    }
}

/// The folder of one round, and which of its steps are done.
struct LabelTrainingRound {
    let number: Int
    let folder: URL

    private static let mark = "done"

    /// The first round that has not come to its end.
    init(in rounds: URL) throws {
        var number = 1
        while FileManager.default.fileExists(atPath: rounds.appending(path: "round-\(number)/\(Self.mark)").path) {
            number += 1
        }
        self.number = number
        folder = rounds.appending(path: "round-\(number)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Makes a folder of the round, unless it is there: it appears when it is whole.
    func once(_ name: String, _ body: (URL) async throws -> Void) async throws {
        let place = folder.appending(path: name)
        guard !FileManager.default.fileExists(atPath: place.path) else { return }
        let fresh = folder.appending(path: name + ".new")
        try? FileManager.default.removeItem(at: fresh)
        try await body(fresh)
        try FileManager.default.moveItem(at: fresh, to: place)
    }

    /// Where a training stands; nil when there is none.
    func state(of run: URL) -> String? {
        guard let data = FileManager.default.contents(atPath: run.appending(path: "run.json").path) else { return nil }
        return try? JSON(parsing: Array(data))["state"]?.stringValue
    }

    func end() throws { try Data().write(to: folder.appending(path: Self.mark)) }
}
