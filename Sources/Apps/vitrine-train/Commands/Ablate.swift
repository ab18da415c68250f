import ArgumentParser
import Basics
import Evaluation
import Foundation
import Learning

/// Trains a ladder of changes of one configuration, and tells which help.
struct Ablate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a ladder of named changes of one configuration, and tell which help, with intervals.",
        discussion: """
            The file names a base and rows; a row replaces values of the base by their paths:

              { "base": "own-catalogue.json", "target": 0.5,
                "rows": [
                  {"name": "softmax", "set": {"losses": [{"type": "softmax", "label": "item"}]}},
                  {"name": "arcface", "set": {"losses": [{"type": "arcface", "label": "item", "s": 16, "m": 0.3}]}}]}

            Every row is trained with the same seed, asked the same questions, and compared with the first row query by \
            query. With `target` the table says after how many seconds each row's held-out figure reached it. Rows that \
            are done are not trained again: a second start goes on. The same command in several processes shares the \
            rows, each under a lease; a process that is killed loses what it did after its row's last checkpoint.
            """)

    @Argument(help: "The ladder, a JSON file.")
    var ladder: String

    @Option(help: "The folder that paths in the base start from. Left out, the base's own.")
    var data: String?

    @Option(help: "The folder that runs and table are made in.")
    var to = "ablation"

    @Option(help: "The pictures that are asked with: test or validation.")
    var split: Split?

    @Option(help: "Seconds that a process may be silent before another one takes its row.")
    var lease = 60.0

    func validate() throws { try require("--lease", lease, in: 0.1...86_400) }

    func run() async throws {
        try await Outcome.told {
            let ladder = try Ladder(URL(filePath: ladder), data: data.map { URL(filePath: $0) })
            let place = URL(filePath: to)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let rows = ladder.rows
            let work = try SharedWork(place, leaseSeconds: lease)
            let ending = try await work.finish(
                kind: "ladder \(ladder.mark)", count: rows.count,
                work: { number in try await Self.train(rows[number], ladder, place) })
            await work.close()
            guard ending == .done else { return }
            var results: [LadderResult] = []
            for row in rows { results.append(try result(row, ladder, place)) }
            let table = LadderTable(results, target: ladder.target)
            Terminal.say(table.text)
            try Data((table.markdown + "\n").utf8).write(to: place.appending(path: "table.md"), options: .atomic)
            try Data(table.json.encoded() + [10]).write(to: place.appending(path: "table.json"), options: .atomic)
        }
    }

    /// Trains a row, or goes on with it where another process stopped.
    private static func train(_ row: Ladder.Row, _ ladder: Ladder, _ place: URL) async throws -> SharedWork.Ending {
        Terminal.say("== \(row.name)")
        let prepared = try PreparedExperiment(json: row.json, base: ladder.base)
        let folder = try prepared.folder(named: row.name, in: place)
        do {
            if folder.state != .finished { try await Training.run(prepared, in: folder, allowsDrift: false) }
        } catch RunError.busy {
            return .elsewhere
        }
        return folder.state == .finished ? .done : .stopped
    }

    private func result(_ row: Ladder.Row, _ ladder: Ladder, _ place: URL) throws -> LadderResult {
        let prepared = try PreparedExperiment(json: row.json, base: ladder.base)
        let folder = try prepared.folder(named: row.name, in: place)
        guard let headline = try headline(folder, prepared) else {
            throw CommandFailure("nothing can be asked of row \(row.name)", status: Outcome.data)
        }
        return LadderResult(
            name: row.name, measurement: headline,
            seconds: ladder.target.flatMap {
                TimeToTarget.seconds(folder, metric: prepared.experiment.evaluation.metric, target: $0)
            })
    }
}

extension Ablate {
    private func headline(_ folder: RunFolder, _ prepared: PreparedExperiment) throws -> Measurement? {
        if prepared.experiment.isDetector {
            let model = try TrainedDetector(folder, prepared.experiment, choice: .best)
            return try DetectorExamination(prepared, model, split: split).headline()
        }
        let model = try TrainedModel(folder, prepared.experiment, choice: .best)
        return try Examination(prepared, model, split: split).headline()
    }
}

/// A base configuration and named changes of it.
struct Ladder: Sendable {
    struct Row: Sendable {
        let name: String
        let json: JSONObject
    }

    let rows: [Row]
    let base: URL
    let target: Double?

    /// The same for the same rows.
    var mark: String {
        FileDigest(of: rows.flatMap { JSON.object($0.json).encoded() }).description
    }

    init(_ file: URL, data: URL? = nil) throws {
        let problems = ProblemList()
        var reader = ConfigurationReader(
            try ConfigurationChanges.object(file), path: "", problems: problems)
        let name = reader.text("base")
        if name == nil { problems.add("base", "the configuration that rows change") }
        target = reader.number("target", in: 0...1)
        let entries = reader.list("rows") ?? []
        if entries.isEmpty { problems.add("rows", "at least one row") }
        reader.finish()
        guard problems.problems.isEmpty, let name else { throw ExperimentError(problems.problems) }
        let original = file.deletingLastPathComponent().appending(path: name)
        base = data ?? original.deletingLastPathComponent()
        let object = try ConfigurationChanges.object(original)
        rows = entries.map { entry in
            var entry = entry
            let title = entry.text("name") ?? entry.path
            var changed = object
            for (path, value) in entry.inner("set")?.object ?? JSONObject() {
                changed = ConfigurationChanges.replaced(
                    changed, path.split(separator: ".").map(String.init)[...], value)
            }
            changed["name"] = .string(title)
            entry.finish()
            return Row(name: title, json: changed)
        }
        if Set(rows.map(\.name)).count != rows.count { problems.add("rows", "two rows have one name") }
        // Every row is looked at before the first is trained.
        for row in rows { _ = Experiment(json: row.json, problems: problems) }
        guard problems.problems.isEmpty else { throw ExperimentError(problems.problems) }
    }
}

/// When a run's held-out figure first reached a value.
enum TimeToTarget {
    static func seconds(_ folder: RunFolder, metric: String, target: Double) -> Double? {
        guard let data = try? Data(contentsOf: folder.file("metrics.jsonl")) else { return nil }
        var first: Double?
        for line in Array(data).split(separator: UInt8(ascii: "\n")) {
            guard let entry = try? JSON(parsing: line), let wall = entry["wall"]?.doubleValue else { continue }
            first = first ?? wall
            if entry["tag"]?.stringValue == "held-out/\(metric)", let value = entry["value"]?.doubleValue,
                value >= target
            {
                return wall - (first ?? wall)
            }
        }
        return nil
    }
}
