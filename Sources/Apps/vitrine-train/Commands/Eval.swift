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

            A detector's file with its manifest beside it is measured as it is served, on any pictures with boxes:

              vitrine-train eval Models/item-detect-s1.onnx --on boxes.json --data pictures

            If the configuration names a gallery (evaluate.gallery), held-out photos are asked against it: that is the \
            figure to tell. Photos against photos of the same session are far too good, and are not.
            """)

    @Argument(help: "The run's folder, or a detector's ONNX file with its manifest beside it.")
    var folder: String

    @Option(help: "The pictures that are asked with: test or validation.")
    var split: Split?

    @Option(help: "Which weights: best or last.")
    var weights = TrainedModel.Choice.best

    @Option(help: "Show the figures by the classes of this label too.")
    var by: String?

    @Option(help: "Write all figures to this file.")
    var json: String?

    @Option(help: "A folder of pictures of other things, which stand in the gallery and are never right.")
    var strangers: String?

    @Option(help: "How many held-out things are shown in the texture of another; 0 for none.")
    var probes = 128

    @Option(help: "The run of a detector with classes, whose class of the surest box is held against the net's own.")
    var detector: String?

    @Option(help: "For a model's file: a configuration whose sources have boxes.")
    var on: String?

    @Option(help: "For a model's file: the folder that paths of --on start from. Left out, the file's own.")
    var data: String?

    func validate() throws { try require("--probes", probes, in: 0...100_000) }

    func run() async throws {
        try await Outcome.told {
            if folder.hasSuffix(".onnx") { return try sayServed(URL(filePath: folder)) }
            let folder = RunFolder(URL(filePath: folder))
            let prepared = try PreparedExperiment(resuming: folder)
            if prepared.experiment.isDetector { return try sayDetector(folder, prepared) }
            if let by, prepared.dataset.classNames[by] == nil {
                let known = prepared.dataset.classNames.keys.sorted().joined(separator: ", ")
                throw CommandFailure("--by: no picture has the label \(by) (there are \(known))")
            }
            let model = try TrainedModel(folder, prepared.experiment, choice: weights)
            let others = try strangers.map { try FolderReader.all(in: URL(filePath: $0), source: "strangers") }
            let examination = try Examination(
                prepared, model, split: split, strangers: others, comparesMetrics: true)
            var all = try examination.measurements(by: by)
            all += try examination.categories(try detector.map(Self.detector))
            if let probed = try examination.textures(probes) { all.append(probed) }
            Terminal.say("\(model.file.path) on \(examination.split.rawValue)")
            for measurement in all { Terminal.say(measurement.text) }
            for line in examination.remarks() { Terminal.say(line) }
            try write(all.map(\.json), examination.split, model.file, folder)
        }
    }

    private static func detector(_ path: String) throws -> TrainedDetector {
        let folder = RunFolder(URL(filePath: path))
        guard let json = folder.read("config.json")?.objectValue else {
            throw CommandFailure("--detector: \(path) is no run's folder", status: Outcome.data)
        }
        let experiment = try Experiment(json: json)
        guard experiment.isDetector else { throw CommandFailure("--detector: \(path) trained no detector") }
        return try TrainedDetector(folder, experiment)
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
    let prepared: PreparedExperiment
    let model: TrainedModel
    let queries: EmbeddedSet
    let gallery: EmbeddedSet?
    let learnt: EmbeddedSet
    let raw: (queries: EmbeddedSet, learnt: EmbeddedSet)?
    private let strangers: EmbeddedSet?
    private let labels: [String]

    init(
        _ prepared: PreparedExperiment, _ model: TrainedModel, split wanted: Split?, strangers others: Dataset? = nil,
        comparesMetrics: Bool = false
    ) throws {
        (self.prepared, self.model) = (prepared, model)
        let samples = prepared.dataset.samples
        let evaluation = prepared.experiment.evaluation
        let galleryName = evaluation.gallery
        func isAsked(_ sample: Sample, _ split: Split) -> Bool {
            sample.split == split && sample.source != galleryName && sample.source != evaluation.strangers
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
        let named = try evaluation.strangers.map { name in try embedded { $0.source == name } }
        let given = try others.map { try embedder($0, tasks: prepared.experiment.threads) }
        strangers = given.map { $0.joined(with: named) } ?? named
        let first = prepared.experiment.firstLabel
        labels = [first] + prepared.dataset.classNames.keys.sorted().filter { $0 != first && $0 != Dataset.boxColumn }
    }

    /// The main label's name.
    var label: String { labels[0] }

    func measurements(by: String? = nil) throws -> [Measurement] {
        var all: [Measurement?] = []
        if let gallery {
            let title = "user photo to merchant picture (\(label))"
            if let strangers {
                all.append(
                    try Measuring.retrieval(
                        title + ", with \(strangers.count) strangers in the gallery", queries, gallery, label: label,
                        strangers: strangers))
            }
            all.append(try Measuring.retrieval(title, queries, gallery, label: label))
            all += try leftOut(against: gallery)
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
            return try Measuring.retrieval("  \(by) \(name)", part, gallery, label: label, strangers: strangers)
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

    /// Whether classes with many pictures have long weights: they do with a plain softmax.
    private func weightRemarks() -> [String] {
        model.classWeights.map { weights in
            let sizes = prepared.subset { $0.split == .train }.classSizes(weights.label)
            let (low, high) = (weights.norms.min() ?? 0, weights.norms.max() ?? 0)
            let tied = weights.correlation(sizes: sizes).map {
                "correlation with the size of the class \(Terminal.decimal($0, 2))"
            }
            return "lengths of the class weights of \(weights.name): \(Terminal.decimal(low, 2)) to "
                + "\(Terminal.decimal(high, 2)), " + (tied ?? "not tied to the size of the class")
        }
    }

    /// The same question for classes that no training saw, and for the others; each among all merchant pictures.
    private func leftOut(against gallery: EmbeddedSet) throws -> [Measurement?] {
        guard let left = prepared.leftOutClasses, left.label == label else { return [] }
        return try [true, false].map { isLeft in
            let part = queries.filtered { sample in
                sample.labels[label].map { left.classes.contains($0) == isLeft } == true
            }
            return try Measuring.retrieval(
                isLeft ? "  of classes left out of training" : "  of classes learnt from", part, gallery, label: label)
        }
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
        lines += weightRemarks()
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
