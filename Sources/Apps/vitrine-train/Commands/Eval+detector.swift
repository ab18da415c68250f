import Basics
import Evaluation
import Foundation
import Learning

/// A detector's answers on pictures that it did not learn from.
struct DetectorExamination {
    let split: Split
    private let model: TrainedDetector
    private let prepared: PreparedExperiment
    private let boxes: BoxExamination

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
        boxes = BoxExamination(
            try model.finder(asked, tasks: prepared.experiment.threads), of: asked, classNames: model.classNames)
    }

    func measurements() -> [Measurement] { boxes.measurements() }

    /// The measurement that comparisons of runs are about; each picture counts as a query whose answer is its surest box.
    func headline() -> Measurement? { boxes.headline() }

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
