internal import Basics

/// From which certainty on a detector's boxes are taken, and from which a person looks at them.
public struct PseudoLabelRules: Sendable, Hashable {
    /// Precision that accepted boxes must have on held-out ones.
    public var precision = 0.95
    /// Threshold of a category of which nothing is known yet.
    public var start = 0.8
    /// Boxes below are neither object nor ground: they are masked.
    public var low = 0.3
    /// Overlap from which a box is that of a person.
    public var overlap = 0.5
    /// Most new boxes of a round, as a share of those that there are.
    public var growth = 0.3
    /// A round must gain so much AP50.
    public var gain = 0.005
    /// So many rounds in a row without the gain end the loop.
    public var patience = 2
    /// Share of accepted boxes that a person looks at without knowing.
    public var audit = 0.02

    /// The rules.
    public init() {}
}

/// A box that a detector drew on a picture.
public struct PseudoBox: Sendable, Hashable {
    /// The picture.
    public var picture: Int64
    /// Where.
    public var box: UnitBox
    /// What.
    public var category: String
    /// How sure, 0 to 1.
    public var score: Double

    /// A box on a picture.
    public init(picture: Int64, box: UnitBox, category: String, score: Double) {
        self.picture = picture
        self.box = box
        self.category = category
        self.score = score
    }
}

/// What is done with the boxes of one round.
public struct PseudoLabelRound: Sendable, Hashable {
    /// From which certainty boxes of a category are accepted.
    public let thresholds: [String: Double]
    /// Boxes that become labels, the surest first.
    public let accepted: [PseudoBox]
    /// Boxes that a person decides on, those first from which most is learned.
    public let queue: [PseudoBox]
    /// Boxes that are left out of the loss.
    public let masked: [PseudoBox]
    /// Boxes that would be accepted, were there not too many for one round.
    public let waiting: [PseudoBox]
    /// Accepted boxes that go into the queue unmarked, to see how often they are wrong.
    public let audited: [PseudoBox]

    /// Sorts the boxes of a round.
    ///
    /// - Parameters:
    ///   - boxes: What the detector drew on pictures without labels.
    ///   - heldOut: What it drew on held-out pictures.
    ///   - truth: What people drew there; scores are not looked at.
    ///   - labels: How many boxes each category has so far.
    ///   - seed: Where the draw of the audit comes from.
    public init(
        boxes: [PseudoBox], heldOut: [PseudoBox], truth: [PseudoBox], labels: [String: Int],
        rules: PseudoLabelRules = PseudoLabelRules(), seed: UInt64
    ) {
        let thresholds = Self.thresholds(heldOut, truth, rules: rules)
        self.thresholds = thresholds
        func high(_ box: PseudoBox) -> Double { max(rules.low, thresholds[box.category] ?? rules.start) }
        let sound = boxes.filter { $0.score.isFinite }
        let good = sound.filter { $0.score >= high($0) }.sorted { Self.isBefore($0, $1) { $0.score } }
        let total = labels.values.reduce(0, +)
        let room = total == 0 ? good.count : Int(rules.growth * Double(total))
        accepted = Array(good.prefix(room))
        waiting = Array(good.dropFirst(room))
        masked = sound.filter { $0.score < rules.low }
        let rare = Self.rare(labels, among: sound)
        queue = sound.filter { $0.score >= rules.low && $0.score < high($0) }.sorted {
            Self.isBefore($0, $1) { (1 - abs(2 * $0.score - 1)) * (rare.contains($0.category) ? 2 : 1) }
        }
        audited = Self.draw(accepted, share: rules.audit, seed: seed)
    }

    private static func isBefore(_ a: PseudoBox, _ b: PseudoBox, by worth: (PseudoBox) -> Double) -> Bool {
        (worth(a), b.picture, b.box.x, b.box.y) > (worth(b), a.picture, a.box.x, a.box.y)
    }

    /// Categories with fewer than half as many boxes as the mean.
    private static func rare(_ labels: [String: Int], among boxes: [PseudoBox]) -> Set<String> {
        let categories = Set(labels.keys).union(boxes.map(\.category))
        guard !categories.isEmpty else { return [] }
        let mean = Double(labels.values.reduce(0, +)) / Double(categories.count)
        return categories.filter { Double(labels[$0] ?? 0) < mean / 2 }
    }

    /// For each category the lowest score at which the held-out boxes from there on are precise enough; above every
    /// score when there is none.
    static func thresholds(
        _ heldOut: [PseudoBox], _ truth: [PseudoBox], rules: PseudoLabelRules
    ) -> [String: Double] {
        let matches = matches(heldOut, truth, overlap: rules.overlap)
        return Dictionary(grouping: matches, by: \.category).mapValues { boxes in
            let ranked = boxes.sorted { $0.score > $1.score }
            var right = 0
            var best = Double.infinity
            for (place, box) in ranked.enumerated() {
                right += box.isRight ? 1 : 0
                if place + 1 < ranked.count, ranked[place + 1].score == box.score { continue }
                if Double(right) >= rules.precision * Double(place + 1) { best = box.score }
            }
            return best
        }
    }

    /// Which boxes are right: the surest first, each takes the box of a person that it overlaps most and that is free.
    private static func matches(
        _ found: [PseudoBox], _ truth: [PseudoBox], overlap: Double
    ) -> [(category: String, score: Double, isRight: Bool)] {
        var free = Dictionary(grouping: truth, by: \.picture)
        return found.filter { $0.score.isFinite }.sorted { isBefore($0, $1) { $0.score } }.map { box in
            let candidates = free[box.picture, default: []].enumerated().filter {
                $0.element.category == box.category && $0.element.box.overlap(with: box.box) >= overlap
            }
            let best = candidates.max { $0.element.box.overlap(with: box.box) < $1.element.box.overlap(with: box.box) }
            if let best { free[box.picture]?.remove(at: best.offset) }
            return (box.category, box.score, best != nil)
        }
    }

    private static func draw(_ boxes: [PseudoBox], share: Double, seed: UInt64) -> [PseudoBox] {
        guard !boxes.isEmpty else { return [] }
        var random = SeededRandom(seed: seed)
        let count = min(boxes.count, max(1, Int((share * Double(boxes.count)).rounded())))
        return boxes.indices.shuffled(using: &random).prefix(count).sorted().map { boxes[$0] }
    }

    /// The share of boxes of people that are right among those accepted, on held-out pictures; nil without any.
    public static func precision(
        heldOut: [PseudoBox], truth: [PseudoBox], thresholds: [String: Double],
        rules: PseudoLabelRules = PseudoLabelRules()
    ) -> Double? {
        let accepted = matches(heldOut, truth, overlap: rules.overlap).filter {
            $0.score >= thresholds[$0.category] ?? rules.start
        }
        return accepted.isEmpty ? nil : Double(accepted.count { $0.isRight }) / Double(accepted.count)
    }
}

/// The rounds of labelling by a model that learns from its own surest boxes.
public struct PseudoLabelLoop: Sendable, Hashable {
    /// What follows a round.
    public enum Step: Sendable, Hashable {
        /// Another round.
        case goOn
        /// No more rounds: the gain was too small too often.
        case stop
        /// The round's labels are taken back, and no more rounds: too many of them were wrong.
        case rollBack
    }

    /// What a finished round measured.
    public struct Outcome: Sendable, Hashable {
        /// AP50 on held-out boxes after training on its labels.
        public let averagePrecision: Double
        /// Precision of its accepted boxes on held-out ones.
        public let precision: Double
    }

    /// The rounds that stand.
    public private(set) var rounds: [Outcome] = []
    /// What the last round led to; nil before the first.
    public private(set) var last: Step?
    /// AP50 of what people drew alone.
    public let baseline: Double
    private let rules: PseudoLabelRules
    private var dull = 0

    /// A loop that begins with what people drew.
    public init(baseline: Double, rules: PseudoLabelRules = PseudoLabelRules()) {
        self.baseline = baseline
        self.rules = rules
    }

    /// Whether the loop has ended.
    public var isOver: Bool { last == .stop || last == .rollBack }

    /// Hears what a round came to. After the end nothing changes any more.
    public mutating func finished(averagePrecision: Double, precision: Double) -> Step {
        if isOver, let last { return last }
        // The best so far: a fall and the way back up again is no gain.
        let before = rounds.map(\.averagePrecision).reduce(baseline, max)
        let step: Step
        if !(precision >= rules.precision) {
            step = .rollBack
        } else {
            rounds.append(Outcome(averagePrecision: averagePrecision, precision: precision))
            dull = averagePrecision - before >= rules.gain ? 0 : dull + 1
            step = dull >= rules.patience ? .stop : .goOn
        }
        last = step
        return step
    }
}
