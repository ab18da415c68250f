/// A box that a detector drew.
public struct DetectedBox: Hashable, Sendable {
    /// The picture's number.
    public let image: Int
    /// Where.
    public let box: Box
    /// What.
    public let label: Int
    /// How sure.
    public let score: Double

    /// A detection.
    public init(image: Int, box: Box, label: Int, score: Double) {
        self.image = image
        self.box = box
        self.label = label
        self.score = score
    }
}

/// A box that people drew.
public struct TrueBox: Hashable, Sendable {
    /// The picture's number.
    public let image: Int
    /// Where.
    public let box: Box
    /// What.
    public let label: Int
    /// Whether finding it is neither right nor wrong (a crowd, a thing cut by the edge).
    public let isIgnored: Bool

    /// A box that people drew.
    public init(image: Int, box: Box, label: Int, isIgnored: Bool = false) {
        self.image = image
        self.box = box
        self.label = label
        self.isIgnored = isIgnored
    }
}

/// Detections of one label held against what people drew, at one overlap.
///
/// From the highest score down each takes the free true box of its picture that it overlaps most, if that is `overlap`
/// or more. Boxes that do not count (ignored ones, and those outside `areas`) may be taken by any number of detections,
/// which then count nothing; so do detections outside `areas` that take nothing.
struct DetectionMatch {
    struct Hit {
        let image: Int
        let isTrue: Bool
        let score: Double
    }

    /// Detections that count, highest score first.
    let hits: [Hit]
    /// True boxes that count, by picture.
    let truths: [Int: Int]

    /// `found` and `truths` are of one label.
    init(_ found: [DetectedBox], _ truths: [TrueBox], overlap: Float, areas: Range<Float>) {
        let byImage = Dictionary(grouping: truths, by: \.image)
        let counts = byImage.mapValues { boxes in boxes.map { !$0.isIgnored && areas.contains($0.box.area) } }
        var isTaken = byImage.mapValues { [Bool](repeating: false, count: $0.count) }
        let sorted = found.enumerated().filter { !$0.element.score.isNaN }.sorted {
            $0.element.score > $1.element.score || ($0.element.score == $1.element.score && $0.offset < $1.offset)
        }
        hits = sorted.compactMap { _, detection in
            let boxes = byImage[detection.image, default: []]
            let counted = counts[detection.image, default: []]
            var best: (place: Int, overlap: Float)?
            for place in boxes.indices {
                let shared = boxes[place].box.overlap(with: detection.box)
                guard shared >= overlap, !(counted[place] && isTaken[detection.image]?[place] == true) else { continue }
                // A box that counts comes before one that does not, whatever their overlap.
                let isBetter = best.map { other in
                    counted[place] == counted[other.place] ? shared > other.overlap : counted[place]
                }
                if isBetter ?? true { best = (place, shared) }
            }
            if let best {
                isTaken[detection.image]?[best.place] = true
                return counted[best.place] ? Hit(image: detection.image, isTrue: true, score: detection.score) : nil
            }
            guard areas.contains(detection.box.area) else { return nil }
            return Hit(image: detection.image, isTrue: false, score: detection.score)
        }
        self.truths = counts.mapValues { $0.count { $0 } }.filter { $0.value > 0 }
    }

    /// Several labels as one list, highest score first.
    init(merging matches: [DetectionMatch]) {
        hits = matches.flatMap(\.hits).enumerated().sorted {
            $0.element.score > $1.element.score || ($0.element.score == $1.element.score && $0.offset < $1.offset)
        }.map(\.element)
        truths = matches.reduce(into: [:]) { $0.merge($1.truths) { $0 + $1 } }
    }
}

/// The detections of one label as a curve, with a weight for every picture.
struct DetectionCurve {
    struct Point {
        let recall: Double
        let precision: Double
        let falsePositives: Double
    }

    private(set) var points: [Point] = []
    /// Weight of the true boxes.
    let truths: Double

    init(_ match: DetectionMatch, _ weight: (Int) -> Double) {
        truths = match.truths.reduce(0.0) { $0 + Double($1.value) * weight($1.key) }
        guard truths > 0 else { return }
        var right = 0.0
        var wrong = 0.0
        points.reserveCapacity(match.hits.count)
        for hit in match.hits {
            let weight = weight(hit.image)
            if weight == 0 { continue }
            if hit.isTrue { right += weight } else { wrong += weight }
            points.append(Point(recall: right / truths, precision: right / (right + wrong), falsePositives: wrong))
        }
    }

    /// The area under the highest precision at each recall or beyond; nil without true boxes.
    func averagePrecision(_ rule: DetectionReport.Interpolation) -> Double? {
        guard truths > 0 else { return nil }
        var envelope = points
        var best = 0.0
        for place in points.indices.reversed() {
            best = max(best, points[place].precision)
            envelope[place] = Point(recall: points[place].recall, precision: best, falsePositives: 0)
        }
        switch rule {
        case .allPoints:
            var last = 0.0
            return envelope.reduce(0.0) { area, point in
                defer { last = point.recall }
                return area + (point.recall - last) * point.precision
            }
        case .hundredOnePoints:
            var place = 0
            let sum = (0...100).reduce(0.0) { sum, step in
                let recall = Double(step) / 100
                while place < envelope.count, envelope[place].recall < recall - 1e-12 { place += 1 }
                return sum + (place < envelope.count ? envelope[place].precision : 0)
            }
            return sum / 101
        }
    }

    /// The best recall with at most this weight of false positives.
    func recall(falsePositives limit: Double) -> Double? {
        points.last { $0.falsePositives <= limit + 1e-12 }?.recall
    }
}
