public import ArgumentParser
import Basics
import Evaluation
import Foundation
public import Learning

extension Split: ExpressibleByArgument {}

/// Measures a run's net on pictures that it did not learn from.
struct Eval: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a run's net on held-out pictures, each figure with its 95 % interval.",
        discussion: """
            Intervals come from drawing the pictures again, those of one group (session, seller) together.

              vitrine-train eval runs/items-20261121T083000Z-1a2b3c
              vitrine-train eval runs/items-20261121T083000Z-1a2b3c --split validation --json figures.json

            If the configuration names a gallery (evaluate.gallery), held-out photos are asked against it: that is the \
            figure to tell. Photos against photos of the same session are far too good, and are not.
            """)

    @Argument(help: "The run's folder.")
    var folder: String

    @Option(help: "The pictures that are asked with: test or validation.")
    var split: Split?

    @Option(help: "Which weights: best or last.")
    var weights = TrainedModel.Choice.best

    @Option(help: "Show the figures by the classes of this label too.")
    var by: String?

    @Option(help: "Write all figures to this file.")
    var json: String?

    func run() async throws {
        try await Outcome.told {
            let folder = RunFolder(URL(filePath: folder))
            let prepared = try PreparedExperiment(resuming: folder)
            if prepared.experiment.isDetector { return try sayDetector(folder, prepared) }
            let model = try TrainedModel(folder, prepared.experiment, choice: weights)
            let examination = try Examination(prepared, model, split: split, comparesMetrics: true)
            let all = try examination.measurements(by: by)
            Terminal.say("\(model.file.path) on \(examination.split.rawValue)")
            for measurement in all { Terminal.say(measurement.text) }
            for line in examination.remarks() { Terminal.say(line) }
            try write(all.map(\.json), examination.split, model.file, folder)
        }
    }

    private func write(_ measurements: [JSON], _ split: Split, _ weights: URL, _ folder: RunFolder) throws {
        let figures = JSON.array(measurements)
        try folder.keep(
            "figures.json",
            [
                "split": .string(split.rawValue), "weights": .string(weights.lastPathComponent), "figures": figures,
            ])
        guard let json else { return }
        try Data(figures.encoded() + [10]).write(to: URL(filePath: json), options: .atomic)
    }

    private func sayDetector(_ folder: RunFolder, _ prepared: PreparedExperiment) throws {
        let model = try TrainedDetector(folder, prepared.experiment, choice: weights)
        let examination = try DetectorExamination(prepared, model, split: split)
        let all = examination.measurements()
        Terminal.say("\(model.file.path) on \(examination.split.rawValue)")
        for measurement in all { Terminal.say(measurement.text) }
        var written = all.map(\.json)
        if let milliseconds = try examination.milliseconds() {
            Terminal.say("\(Terminal.decimal(milliseconds, 1)) CPU ms a picture, from numbers to boxes, in the trainer")
            written.append(["question": "CPU ms a picture", "value": .double(milliseconds)])
        }
        try write(written, examination.split, model.file, folder)
    }
}

/// A net's answers to everything that its experiment can ask.
struct Examination {
    let split: Split
    private let prepared: PreparedExperiment
    private let queries: EmbeddedSet
    private let gallery: EmbeddedSet?
    private let learnt: EmbeddedSet
    private let labels: [String]
    private let raw: (queries: EmbeddedSet, learnt: EmbeddedSet)?

    init(
        _ prepared: PreparedExperiment, _ model: TrainedModel, split wanted: Split?, comparesMetrics: Bool = false
    ) throws {
        self.prepared = prepared
        let samples = prepared.dataset.samples
        let evaluation = prepared.experiment.evaluation
        let galleryName = evaluation.gallery
        func isAsked(_ sample: Sample, _ split: Split) -> Bool {
            sample.split == split && sample.source != galleryName
                && (evaluation.queries == nil || sample.source == evaluation.queries)
        }
        let split = wanted ?? (samples.contains { isAsked($0, .test) } ? .test : .validation)
        self.split = split
        let embedder = model.embedder
        func embedded(isRaw: Bool = false, _ isWanted: (Sample) -> Bool) throws -> EmbeddedSet {
            let part = prepared.subset(isWanted)
            return try embedder(part, tasks: prepared.experiment.threads, isRaw: isRaw)
        }
        queries = try embedded { isAsked($0, split) }
        guard queries.count > 0 else { throw CommandFailure("no pictures are held out as \(split.rawValue)") }
        learnt = try embedded { $0.split == .train }
        raw =
            comparesMetrics
            ? (
                try embedded(isRaw: true) { isAsked($0, split) }, try embedded(isRaw: true) { $0.split == .train }
            ) : nil
        gallery = try galleryName.map { name in try embedded { $0.source == name } }
        let first = prepared.experiment.firstLabel
        labels = [first] + prepared.dataset.classNames.keys.sorted().filter { $0 != first && $0 != Dataset.boxColumn }
    }

    /// The main label's name.
    var label: String { labels[0] }

    func measurements(by: String? = nil) throws -> [Measurement] {
        var all: [Measurement?] = []
        if let gallery {
            all.append(
                try Measuring.retrieval("user photo to merchant picture (\(label))", queries, gallery, label: label))
            if let by { all += try byClass(by, gallery) }
        }
        for label in labels { all.append(try Measuring.nearest(label, queries, learnt)) }
        all.append(try leftOut())
        if gallery == nil {
            all.append(
                try Measuring.retrieval(
                    "held-out photo to held-out photo (\(label); no headline if they share sessions)", queries, queries,
                    label: label, isWithin: true))
        }
        return all.compactMap { $0 }
    }

    /// The measurement that comparisons of runs are about.
    func headline() throws -> Measurement? { try measurements().first }

    private func byClass(_ by: String, _ gallery: EmbeddedSet) throws -> [Measurement?] {
        try (prepared.dataset.classNames[by] ?? []).enumerated().map { number, name in
            let part = queries.filtered { $0.labels[by] == number }
            return try Measuring.retrieval("  \(by) \(name)", part, gallery, label: label)
        }
    }

    /// Classes that no training saw: photos find each other.
    private func leftOut() throws -> Measurement? {
        guard let left = prepared.leftOutClasses else { return nil }
        let part = queries.filtered { $0.labels[left.label].map(left.classes.contains) == true }
        return try Measuring.retrieval(
            "classes left out of training (\(left.classes.count) of \(left.label))", part, part, label: left.label,
            isWithin: true)
    }

    /// What stands beside the figures: the gap of domains, and recall by size of class.
    func remarks() -> [String] {
        var lines: [String] = []
        for metric in Retrieval.Metric.allCases {
            guard let raw,
                let found = try? Measuring.retrieval("", raw.queries, raw.learnt, label: label, metric: metric)
            else { continue }
            let name = metric == .cosine ? "cosine" : "distance"
            lines.append(
                "1-NN of \(label) by \(name) of the vectors as they are: \(found.figures.first?.figure.text ?? "-")")
        }
        if let gallery, let gap = Measuring.gap(queries, gallery, label: label) {
            lines.append("user photos and merchant pictures lie \(Terminal.decimal(gap, 2)) class radii apart")
        }
        let sizes = prepared.subset { $0.split == .train }.classSizes(label)
        for bucket in [1...9, 10...29, 30...99, 100...Int.max] {
            let part = queries.filtered { sample in
                sample.labels[label].map { sizes.indices.contains($0) && bucket.contains(sizes[$0]) } == true
            }
            guard part.count > 0, let found = try? Measuring.nearest(label, part, learnt),
                let first = found.figures.first
            else { continue }
            let name = bucket.upperBound == .max ? "100 and more" : "\(bucket.lowerBound) to \(bucket.upperBound)"
            lines.append("classes with \(name.padded(to: 12)) pictures: 1-NN \(first.figure.text)")
        }
        return lines
    }
}
