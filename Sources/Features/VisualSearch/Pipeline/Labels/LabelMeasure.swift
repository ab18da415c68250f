internal import Evaluation
internal import Imaging

/// What a detector sees in a picture of the set, and what is drawn there.
struct LabelSighting: Sendable {
    let picture: LabelPicture
    let found: [Detection]
    /// Boxes of all states.
    let drawn: [LabelBox]

    /// What the detector found, as boxes of the loop.
    var boxes: [PseudoBox] {
        found.map {
            PseudoBox(
                picture: picture.number, box: $0.box, category: $0.category ?? Catalogue.thing, score: $0.score)
        }
    }

    /// What is drawn, as boxes of the loop; all are things for a detector without classes.
    func drawn(isPlain: Bool, where isMeant: (LabelBox) -> Bool) -> [PseudoBox] {
        drawn.filter(isMeant).compactMap { drawn in
            drawn.box.unit(in: picture.size).map {
                PseudoBox(
                    picture: picture.number, box: $0, category: isPlain ? Catalogue.thing : drawn.box.category, score: 1
                )
            }
        }
    }
}

extension [LabelSighting] {
    /// Whether the detector only tells things from ground.
    var isPlain: Bool { allSatisfy { $0.found.allSatisfy { $0.category == nil } } }
}

/// How good a detector is on pictures that people finished and nothing was trained on.
struct LabelMeasure: Sendable {
    let pictures: Int
    let found: [PseudoBox]
    let truth: [PseudoBox]
    /// Mean average precision at an overlap of a half; nil without held-out boxes.
    let averagePrecision: Double?
    /// From which certainty on boxes are precise enough, by category.
    let thresholds: [String: Double]
    private let rules: PseudoLabelRules

    init(_ seen: [LabelSighting], rules: PseudoLabelRules) {
        let isPlain = seen.isPlain
        pictures = seen.count
        found = seen.flatMap(\.boxes)
        truth = seen.flatMap { $0.drawn(isPlain: isPlain) { $0.state == .accepted } }
        self.rules = rules
        thresholds = PseudoLabelRound.thresholds(found, truth, rules: rules)
        averagePrecision = Self.averagePrecision(found, truth, pictures: seen.map(\.picture.number))
    }

    /// Precision of the boxes that thresholds accept; nil when they accept none.
    func precision(at thresholds: [String: Double]) -> Double? {
        PseudoLabelRound.precision(heldOut: found, truth: truth, thresholds: thresholds, rules: rules)
    }

    private static func averagePrecision(
        _ found: [PseudoBox], _ truth: [PseudoBox], pictures: [Int64]
    ) -> Double? {
        let names = Set((found + truth).map(\.category)).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let places = Dictionary(uniqueKeysWithValues: Set(pictures).sorted().enumerated().map { ($1, $0) })
        func box(_ box: UnitBox) -> Box {
            Box(left: Float(box.x), top: Float(box.y), right: Float(box.right), bottom: Float(box.bottom))
        }
        let report = DetectionReport(
            found.map {
                DetectedBox(
                    image: places[$0.picture] ?? 0, box: box($0.box), label: numbers[$0.category] ?? 0, score: $0.score)
            },
            truth.map {
                TrueBox(image: places[$0.picture] ?? 0, box: box($0.box), label: numbers[$0.category] ?? 0)
            }, images: Array(places.values))
        return report.averagePrecision()?.value
    }
}
