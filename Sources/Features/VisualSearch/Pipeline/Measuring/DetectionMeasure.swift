internal import Basics
public import Evaluation
internal import Foundation
public import Imaging

/// How well a detector finds the things that people drew boxes around, and whether its surest box is the main thing.
public struct DetectionMeasure: Sendable {
    /// A picture with its true boxes and what a detector said.
    public struct Answer: Sendable {
        let size: ImageSize
        let truth: [LabelSet.Box]
        let found: [Detection]

        /// A picture.
        public init(size: ImageSize, truth: [LabelSet.Box], found: [Detection]) {
            self.size = size
            self.truth = truth
            self.found = found
        }
    }

    private let answers: [Answer]
    private let middle: Double
    private let bootstrap: Bootstrap

    /// Pictures; `middle` is the share of the middle that a scan takes where no object is sure.
    public init(_ answers: [Answer], middle: Double = 0.7, bootstrap: Bootstrap = Bootstrap()) {
        self.answers = answers
        self.middle = middle
        self.bootstrap = bootstrap
    }

    /// The figures of the detector, and beside them those of taking the middle. Classes do not count: a thing is a thing.
    public func report() -> MeasureReport {
        let truths = answers.enumerated().flatMap { image, answer in
            answer.truth.map { TrueBox(image: image, box: Self.box($0), label: 0) }
        }
        let found = answers.enumerated().flatMap { image, answer in
            answer.found.map {
                DetectedBox(image: image, box: Self.box($0.box, answer.size), label: 0, score: $0.score)
            }
        }
        let middles = answers.enumerated().map { image, answer in
            DetectedBox(image: image, box: Self.box(.middle(middle), answer.size), label: 0, score: 0.5)
        }
        let images = Array(answers.indices)
        let detector = DetectionReport(found, truths, images: images, bootstrap: bootstrap)
        let plain = DetectionReport(middles, truths, images: images, bootstrap: bootstrap)
        return MeasureReport(
            "Boxes: \(answers.count) pictures, \(truths.count) boxes",
            columns: ["detector", "middle", "whole"],
            rows: [
                .init("AP50", ["detector": detector.averagePrecision(), "middle": plain.averagePrecision()]),
                .init(
                    "AP50:95", ["detector": detector.meanAveragePrecision(), "middle": plain.meanAveragePrecision()]),
                .init("found with one false box a picture", ["detector": detector.sensitivity(falsePositives: 1)]),
                .init(
                    "surest box is the largest thing",
                    [
                        "detector": main { $0.found.max { $0.score < $1.score }?.box },
                        "middle": main { _ in .middle(middle) }, "whole": main { _ in .full },
                    ]),
                .init("has a box", ["detector": bootstrap.mean(answers.map { $0.found.isEmpty ? 0 : 1 })]),
            ])
    }

    /// Share of pictures in which a box overlaps the largest thing by half.
    private func main(_ choose: (Answer) -> UnitBox?) -> Figure? {
        bootstrap.mean(
            answers.filter { !$0.truth.isEmpty }.map { answer in
                let largest = answer.truth.map(Self.box).max { $0.area < $1.area }
                guard let largest, let chosen = choose(answer) else { return 0 }
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
