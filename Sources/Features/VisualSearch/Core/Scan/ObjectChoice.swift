/// An object that the detector sees.
public struct Detection: Sendable, Hashable {
    /// Where it is.
    public var box: UnitBox
    /// How certain the detector is, 0 to 1.
    public var score: Double
    /// What the detector takes it for; nil for a detector that only tells objects from ground.
    public var category: String?

    /// An object at a place.
    public init(box: UnitBox, score: Double, category: String? = nil) {
        self.box = box
        self.score = score
        self.category = category
    }
}

/// Which part of a picture is searched, and what else could be.
///
/// The most certain object is searched if it is certain enough, else the middle of the picture, where people hold what
/// they mean. Every object is kept, so that a second thing in view is one tap away.
public struct ObjectChoice: Sendable, Hashable {
    /// How the part was chosen.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// The most certain object.
        case detected
        /// The whole picture, because it was asked for.
        case full
        /// A rectangle that a person drew.
        case own
        /// The middle of the picture, because no object was certain enough, or nothing looks for objects.
        case middle
        /// The middle of the picture, because no object was seen at all.
        case nothingFound = "nothing_found"
    }

    /// When an object counts as seen.
    public struct Rules: Sendable, Hashable {
        /// Least certainty.
        public var score = 0.3
        /// Least certainty of an object that is searched without being asked for.
        public var sure = 0.3
        /// The share of the picture, in width and height, that is searched when no object is sure.
        public var middle = 1.0
        /// Of two boxes that overlap by more, the less certain one is the same object seen twice.
        public var overlap = 0.5
        /// Most objects in an answer.
        public var limit = 20

        /// The rules.
        public init() {}
    }

    /// All objects, the most certain first.
    public let objects: [Detection]
    /// The part that is searched.
    public let box: UnitBox
    /// How it was chosen.
    public let source: Source
    /// The object that the part shows, if it shows one: the chosen one, or the one that a drawn rectangle overlaps most.
    public let object: Detection?

    /// Chooses among what a detector saw.
    ///
    /// - Parameter hasLooked: whether anything looked for objects at all.
    public init(
        _ detections: [Detection], request: BoxRequest = .automatic, rules: Rules = Rules(), hasLooked: Bool = true
    ) {
        objects = Self.distinct(detections, rules: rules)
        switch request {
        case .full: (box, source, object) = (.full, .full, nil)
        case .own(let own):
            let nearest = objects.max { $0.box.overlap(with: own) < $1.box.overlap(with: own) }
            let isMeant = nearest.map { $0.box.overlap(with: own) >= rules.overlap } ?? false
            (box, source, object) = (own, .own, isMeant ? nearest : nil)
        case .automatic:
            object = objects.first.flatMap { $0.score >= rules.sure ? $0 : nil }
            box = object?.box ?? .middle(rules.middle)
            source =
                if object != nil {
                    .detected
                } else if objects.isEmpty, hasLooked {
                    .nothingFound
                } else {
                    rules.middle < 1 ? .middle : .full
                }
        }
    }

    /// Whether two detections are of one object: they overlap, and are not of two kinds.
    ///
    /// A strap across a bag stays beside the bag: boxes of two categories are both kept.
    private static func distinct(_ detections: [Detection], rules: Rules) -> [Detection] {
        let seen = detections.filter { $0.score.isFinite && $0.score >= rules.score }.sorted(by: isBefore)
        var kept: [Detection] = []
        for detection in seen where kept.count < rules.limit {
            let isAgain = kept.contains {
                $0.category == detection.category && $0.box.overlap(with: detection.box) > rules.overlap
            }
            if !isAgain { kept.append(detection) }
        }
        return kept
    }

    /// More certain, then larger, then further up and left: equal pictures get equal answers.
    private static func isBefore(_ a: Detection, _ b: Detection) -> Bool {
        (a.score, a.box.area, b.box.y, b.box.x) > (b.score, b.box.area, a.box.y, a.box.x)
    }
}
