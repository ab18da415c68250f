internal import Basics
public import Evaluation
internal import Foundation
public import Imaging

/// How well a detector finds the things that people drew boxes around, and whether its surest box is the main thing.
public struct DetectionMeasure: Sendable {
    /// A picture with its true boxes and what a detector said.
    public struct Answer: Sendable {
        /// The picture's size in pixels, upright.
        public let size: ImageSize
        let truth: [LabelSet.Box]
        let found: [Detection]

        /// A picture.
        public init(size: ImageSize, truth: [LabelSet.Box], found: [Detection]) {
            self.size = size
            self.truth = truth
            self.found = found
        }
    }

    /// Another detector on the same pictures.
    public struct Other: Sendable {
        let name: String
        let found: [[Detection]]
        let milliseconds: Double?

        /// What it found, picture by picture in the order of the answers, and what a picture cost it, as far as known.
        public init(name: String, found: [[Detection]], milliseconds: Double? = nil) {
            self.name = name
            self.found = found
            self.milliseconds = milliseconds
        }
    }

    private let answers: [Answer]
    private let detectors: [Other]
    private let middle: Double
    private let bootstrap: Bootstrap

    /// Pictures; `middle` is the share of the middle that a scan takes where no object is sure.
    ///
    /// - Parameter milliseconds: what a picture cost the detector.
    public init(
        _ answers: [Answer], milliseconds: Double? = nil, others: [Other] = [], middle: Double = 0.7,
        bootstrap: Bootstrap = Bootstrap()
    ) {
        self.answers = answers
        detectors = [Other(name: "detector", found: answers.map(\.found), milliseconds: milliseconds)] + others
        self.middle = middle
        self.bootstrap = bootstrap
    }

    /// The figures of the detectors, and beside them those of taking the middle. Classes do not count: a thing is a thing.
    public func report() -> MeasureReport {
        let truths = answers.enumerated().flatMap { image, answer in
            answer.truth.map { TrueBox(image: image, box: Self.box($0), label: 0) }
        }
        let images = Array(answers.indices)
        let plain = DetectionReport(
            answers.enumerated().map { image, answer in
                DetectedBox(image: image, box: Self.box(.middle(middle), answer.size), label: 0, score: 0.5)
            }, truths, images: images, bootstrap: bootstrap)
        let reports = detectors.map { detector in
            DetectionReport(boxes(detector), truths, images: images, bootstrap: bootstrap)
        }
        func row(
            _ name: String, middle: Figure? = nil, whole: Figure? = nil, _ figure: (Int) -> Figure?
        ) -> MeasureReport.Row {
            var figures: [String: Figure?] = ["middle": middle, "whole": whole]
            for (place, detector) in detectors.enumerated() { figures[detector.name] = figure(place) }
            return .init(name, figures)
        }
        return MeasureReport(
            "Boxes: \(answers.count) pictures, \(truths.count) boxes",
            columns: detectors.map(\.name) + ["middle", "whole"],
            rows: [
                row("AP50", middle: plain.averagePrecision()) { reports[$0].averagePrecision() },
                row("AP50:95", middle: plain.meanAveragePrecision()) { reports[$0].meanAveragePrecision() },
                row("found with one false box a picture") { reports[$0].sensitivity(falsePositives: 1) },
                row(
                    "surest box is the largest thing", middle: main { _ in .middle(middle) },
                    whole: main { _ in .full }
                ) { place in
                    let found = detectors[place].found
                    return main { found[$0].max { $0.score < $1.score }?.box }
                },
                row("has a box") { bootstrap.mean(detectors[$0].found.map { $0.isEmpty ? 0 : 1 }) },
                row("processor milliseconds a picture") { place in
                    detectors[place].milliseconds.map { Figure(value: $0, count: answers.count) }
                },
            ])
    }

    private func boxes(_ detector: Other) -> [DetectedBox] {
        zip(answers, detector.found).enumerated().flatMap { image, pair in
            pair.1.map { DetectedBox(image: image, box: Self.box($0.box, pair.0.size), label: 0, score: $0.score) }
        }
    }

    /// Share of pictures in which a box overlaps the largest thing by half.
    private func main(_ choose: (Int) -> UnitBox?) -> Figure? {
        bootstrap.mean(
            answers.enumerated().filter { !$0.element.truth.isEmpty }.map { place, answer in
                let largest = answer.truth.map(Self.box).max { $0.area < $1.area }
                guard let largest, let chosen = choose(place) else { return 0 }
                return Self.box(chosen, answer.size).overlap(with: largest) >= 0.5 ? 1 : 0
            })
    }

    private static func box(_ box: LabelSet.Box) -> Box {
        Box(left: Float(box.left), top: Float(box.top), right: Float(box.right), bottom: Float(box.bottom))
    }

    private static func box(_ box: UnitBox, _ size: ImageSize) -> Box {
        let (width, height) = (Double(size.width), Double(size.height))
        return Box(
            left: Float(box.x * width), top: Float(box.y * height), right: Float(box.right * width),
            bottom: Float(box.bottom * height))
    }
}
