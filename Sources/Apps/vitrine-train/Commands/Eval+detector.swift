import Basics
import Evaluation
import Foundation
import Learning

/// A detector's answers on pictures that it did not learn from.
struct DetectorExamination {
    let split: Split
    private let model: TrainedDetector
    private let prepared: PreparedExperiment
    private let pictures: [ExaminedPicture]
    private let groups: [Int]

    init(_ prepared: PreparedExperiment, _ model: TrainedDetector, split wanted: Split?) throws {
        (self.prepared, self.model) = (prepared, model)
        let boxed = Set(prepared.dataset.samples.filter { !$0.boxes.isEmpty }.map(\.source))
        func isAsked(_ sample: Sample, _ split: Split) -> Bool {
            sample.split == split && boxed.contains(sample.source)
        }
        let split = wanted ?? (prepared.dataset.samples.contains { isAsked($0, .test) } ? .test : .validation)
        self.split = split
        let asked = prepared.subset { isAsked($0, split) }
        guard asked.count > 0 else { throw CommandFailure("no pictures with boxes are held out as \(split.rawValue)") }
        pictures = try model.finder(asked, tasks: prepared.experiment.threads)
        let names = pictures.map { asked.samples[$0.index].group ?? "/\($0.index)" }
        var numbers: [String: Int] = [:]
        groups = names.map { name in
            defer { if numbers[name] == nil { numbers[name] = numbers.count } }
            return numbers[name] ?? numbers.count
        }
    }

    // MARK: Figures

    func measurements() -> [Measurement] { [headline()].compactMap { $0 } + sizes + classes }

    /// The measurement that comparisons of runs are about; each picture counts as a query whose answer is its surest box.
    func headline() -> Measurement? {
        let report = report
        var figures: [(name: String, figure: Figure)] = []
        if let figure = report.averagePrecision() { figures.append(("AP50", figure)) }
        if let figure = report.meanAveragePrecision() { figures.append(("AP50:95", figure)) }
        let asked = pictures.indices.filter { pictures[$0].hasMainBox != nil }
        let hits = asked.map { pictures[$0].hasMainBox == true ? 1.0 : 0 }
        let own = asked.map { groups[$0] }
        if let figure = Bootstrap().mean(hits, groups: own) { figures.append(("mainBox", figure)) }
        guard !figures.isEmpty else { return nil }
        return Measurement(
            title: "boxes on \(pictures.count) pictures; mainBox: the surest one overlaps a true one by 0.5 or more",
            figures: figures, hits: hits, groups: own)
    }

    private var sizes: [Measurement] {
        DetectionReport.Size.allCases.compactMap { size in
            measurement(
                "\(size.rawValue) boxes (below 32, below 96, and from 96 pixels of the net's input on)",
                report.averagePrecision(size: size), report.meanAveragePrecision(size: size))
        }
    }

    private var classes: [Measurement] {
        let report = report
        guard report.labels.count > 1 else { return [] }
        return report.labels.compactMap { label in
            let name = model.classNames.indices.contains(label) ? model.classNames[label] : "\(label)"
            return measurement(
                "class \(name)", report.averagePrecision(label: label), report.meanAveragePrecision(label: label))
        }
    }

    private func measurement(_ title: String, _ half: Figure?, _ mean: Figure?) -> Measurement? {
        guard let half, let mean else { return nil }
        return Measurement(title: title, figures: [("AP50", half), ("AP50:95", mean)])
    }

    private var report: DetectionReport {
        let found = pictures.enumerated().flatMap { number, picture in
            picture.found.map {
                DetectedBox(
                    image: number, box: Box(left: $0.left, top: $0.top, right: $0.right, bottom: $0.bottom),
                    label: $0.label, score: Double($0.score))
            }
        }
        var bootstrap = Bootstrap()
        bootstrap.resamples = 200
        return DetectionReport(found, truths, images: Array(pictures.indices), bootstrap: bootstrap)
    }

    private var truths: [TrueBox] {
        pictures.enumerated().flatMap { number, picture in
            picture.truths.flatMap { truth -> [TrueBox] in
                let box = Box(
                    left: Float(truth.left), top: Float(truth.top), right: Float(truth.right),
                    bottom: Float(truth.bottom))
                guard truth.label < 0 else { return [TrueBox(image: number, box: box, label: truth.label)] }
                // What is neither right nor wrong is so for every class.
                return (0..<model.net.options.classes).map {
                    TrueBox(image: number, box: box, label: $0, isIgnored: true)
                }
            }
        }
    }

    // MARK: Time

    /// Processor milliseconds for one picture from scaled numbers to boxes, after a first one that does not count.
    func milliseconds(pictures count: Int = 16) throws -> Double? {
        let batches = try prepared.pictures(count, side: model.settings.side, scale: model.settings.scale)
        let singles = batches.flatMap { batch -> [HostTensor] in
            let floats = batch.floats
            let size = batch.shape.dropFirst().reduce(1, *)
            return (0..<(batch.shape.first ?? 0)).map {
                HostTensor(Array(floats[$0 * size..<($0 + 1) * size]), shape: [1] + batch.shape.dropFirst())
            }
        }
        guard let first = singles.first else { return nil }
        TorchRuntime.threads = prepared.experiment.threads
        try model.find(on: first)
        let total = try ProcessorTime.milliseconds { for single in singles { try model.find(on: single) } }
        return total / Double(singles.count)
    }
}
