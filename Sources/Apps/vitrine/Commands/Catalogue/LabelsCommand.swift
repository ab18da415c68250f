import ArgumentParser
import Basics
import Foundation
import Imaging
import VisualSearch

/// The set of boxes that detectors learn from.
struct LabelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels",
        abstract: "Boxes around things in pictures: files of other tools in and out, rounds of labelling by a model.",
        discussion: """
            Boxes are drawn on the page /label, or come from VOC, COCO, YOLO or labelme files:

              vitrine labels import fruit/ --source fruit-set

            A detector labels the rest. Sure boxes become labels, unsure ones become questions on the page /review, two of \
            a hundred sure ones are asked too. One picture in five that people finished is held out: it measures, and \
            never trains. The loop:

              vitrine labels train rounds/             # boxes out, a detector trained, its boxes in; again after /review

            or step by step:

              vitrine labels propose
              vitrine labels export boxes/ --pictures
              vitrine-train fit detector.json          # sources: coco, boxes/training
              vitrine labels propose                   # with the new model: goes on, stops, or takes the round back

            Rounds are listed and can be taken back:

              vitrine labels rounds
              vitrine labels rollback 3
            """,
        subcommands: [
            LabelsImport.self, LabelsExport.self, LabelsPropose.self, LabelsTrain.self, LabelsRounds.self,
            LabelsRollback.self,
        ])
}

/// Reads files of labels with their pictures.
struct LabelsImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take boxes of VOC, COCO, YOLO or labelme files into the set.")

    @Argument(help: "A folder with files of labels, or one such file.") var path: String
    @Option(name: .long, help: "Where the pictures are; without: beside the labels.") var pictures: String?
    @Option(name: .long, help: "Where the labels come from, kept with each box.") var source = "public"
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        let folder = LabelFolder(labels: path, pictures: pictures)
        let files = try folder.labelFiles()
        guard !files.isEmpty else { throw Failure("There are no files of labels (.xml, .json, .txt) in \(path).") }
        var problems: [String] = []
        let labels = LabelSet(reading: files, picture: { folder.picture(stem: $0) }, problems: &problems)
        let report = try await flags.work(creates: true) { catalogue, _ in
            try await catalogue.importLabels(labels, source: source, by: "command line") { try folder.file(named: $0) }
        }
        for problem in problems + report.problems { Terminal.warn(problem) }
        Terminal.say(
            "\(report.pictures) pictures and \(report.boxes) boxes are new; \(report.known) pictures had boxes already."
        )
    }
}

/// Writes files of labels, with their pictures if wanted.
struct LabelsExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the boxes as files: what trains into `training`, what measures into `held-out`.")

    @Argument(help: "The folder to write into.") var folder: String
    @Option(name: .long, help: "coco, voc, yolo or labelme.") var format = "coco"
    @Flag(name: .long, help: "Write the pictures too.") var pictures = false
    @OptionGroup var flags: CatalogueFlags

    func validate() throws {
        guard LabelFormat(rawValue: format) != nil else {
            throw ValidationError("The format is coco, voc, yolo or labelme, not '\(format)'.")
        }
    }

    func run() async throws {
        let format = LabelFormat(rawValue: format) ?? .coco
        try await flags.work { catalogue, _ in
            try await Self.write(catalogue, to: URL(filePath: folder), format, pictures: pictures)
        }
    }

    /// Writes both parts of the set below a folder.
    static func write(
        _ catalogue: Catalogue, to folder: URL, _ format: LabelFormat, pictures: Bool
    ) async throws {
        for part in [LabelPart.training, .heldOut] {
            let (labels, numbers) = try await catalogue.exportLabels(part)
            let place = folder.appending(path: part.rawValue)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            for file in labels.files(as: format) {
                try Data(file.bytes).write(to: place.appending(path: file.name))
            }
            if pictures {
                for (picture, number) in zip(labels.pictures, numbers) {
                    try Data(try await catalogue.labelFile(number)).write(to: place.appending(path: picture.name))
                }
            }
            let boxes = labels.pictures.reduce(0) { $0 + $1.boxes.count }
            Terminal.say("\(part.rawValue): \(labels.pictures.count) pictures, \(boxes) boxes")
        }
    }
}

/// Lets the installed detector draw.
struct LabelsPropose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Run the installed detector over all pictures that nobody has finished.",
        discussion: """
            Before it draws, the model is measured on held-out pictures. When boxes that would have been accepted before \
            are right less often than 95 of 100, the last round is taken back; when AP50 rose by less than half a point \
            twice, the loop ends. Both say why.
            """)

    @Flag(name: .long, help: "Let the model of the last round draw again, and go on after the end.") var again = false
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, jobs in try await Self.propose(catalogue, jobs, again: again) }
    }

    /// Asks for a round, carries it out and tells what came of it.
    static func propose(_ catalogue: Catalogue, _ jobs: CatalogueJobs, again: Bool) async throws {
        let job = try await jobs.requestLabelRound(of: catalogue.name, by: "command line", again: again)
        let result = try await JobProgress.finish(job, "drawing", jobs)
        func count(_ name: String) -> Int64 { result[name]?.intValue ?? 0 }
        guard result["step"]?.stringValue == "proposed" else {
            Terminal.say(result["why"]?.stringValue ?? "Nothing was proposed.")
            return
        }
        Terminal.say(
            """
            Round \(count("round")) of \(result["model"]?.stringValue ?? "") on \(count("pictures")) pictures: \
            \(count("accepted")) boxes accepted, \(count("queued")) are questions on the page /review, \
            \(count("audited")) accepted ones are asked too, \(count("masked")) masked, \(count("waiting")) wait for \
            the next round.
            """)
        let measured = result["ap50"]?.doubleValue.map { "AP50 on \(count("held_out")) held-out pictures: \($0)" }
        Terminal.say(measured ?? "No picture is held out yet, so the model was not measured.")
    }
}

/// Lists rounds.
struct LabelsRounds: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rounds", abstract: "List the rounds of labelling.")

    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, _ in
            func text(_ value: Double?) -> String { value.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? "-" }
            for round in try await catalogue.labelRounds() {
                Terminal.say(
                    "\(round.number)  \(round.state.rawValue)  \(round.model)  AP50 \(text(round.averagePrecision))  "
                        + "precision \(text(round.precision))  \(round.figures.text)")
            }
            let figures = try await catalogue.labelFigures()
            Terminal.say(
                "\(figures.pictures) pictures, \(figures.done) finished, \(figures.heldOut) held out, "
                    + "\(figures.boxes.values.reduce(0, +)) boxes; wrong by the audit: \(text(figures.errorRate))")
        }
    }
}

/// Takes a round back.
struct LabelsRollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Take back what the last round proposed and nobody confirmed.")

    @Argument(help: "The number of the round.") var round: Int64
    @OptionGroup var flags: CatalogueFlags

    func run() async throws {
        try await flags.work { catalogue, _ in
            let count = try await catalogue.rollBackLabels(round, by: "command line")
            Terminal.say("\(count) boxes are taken back.")
        }
    }
}
