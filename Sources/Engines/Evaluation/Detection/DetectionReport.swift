internal import Foundation

/// How well boxes were found. Every figure rests on pictures, which are drawn for the intervals.
public struct DetectionReport: Sendable {
    /// How the curve of precision and recall becomes a number.
    public enum Interpolation: String, Sendable, CaseIterable {
        /// At recall 0, 0.01, .. 1 (COCO).
        case hundredOnePoints
        /// At every point (VOC from 2010 on).
        case allPoints
    }

    /// True boxes by area, in square pixels (COCO).
    public enum Size: String, Sendable, CaseIterable {
        /// Below 32 x 32.
        case small
        /// From there to below 96 x 96.
        case medium
        /// From there on.
        case large

        var areas: Range<Float> {
            switch self {
            case .small: 0..<1_024
            case .medium: 1_024..<9_216
            case .large: 9_216..<Float.infinity
            }
        }
    }

    /// The overlaps of AP50:95.
    public static let overlaps: [Float] = (0..<10).map { Float(50 + 5 * $0) / 100 }
    /// False positives a picture at which ``sensitivity(falsePositives:overlap:)`` is usually told.
    public static let usualFalsePositives: [Double] = [0.125, 0.25, 0.5, 1, 2, 4, 8]

    private let found: [Int: [DetectedBox]]
    private let truths: [Int: [TrueBox]]
    private let images: [Int]
    private let places: [Int: Int]
    private let bootstrap: Bootstrap

    /// Sorts boxes by label. `images` are the numbers of all pictures, also of those without boxes; boxes of other
    /// pictures count nothing.
    public init(_ found: [DetectedBox], _ truths: [TrueBox], images: [Int], bootstrap: Bootstrap = Bootstrap()) {
        let known = Set(images)
        self.images = known.sorted()
        places = Dictionary(uniqueKeysWithValues: self.images.enumerated().map { ($1, $0) })
        self.found = Dictionary(grouping: found.filter { known.contains($0.image) }, by: \.label)
        self.truths = Dictionary(grouping: truths.filter { known.contains($0.image) }, by: \.label)
        self.bootstrap = bootstrap
    }

    /// Labels that people drew, ascending.
    public var labels: [Int] { truths.keys.sorted() }

    /// Mean average precision over the labels that have true boxes, at one overlap; nil if none has.
    public func averagePrecision(
        overlap: Float = 0.5, label: Int? = nil, size: Size? = nil,
        interpolation: Interpolation = .hundredOnePoints
    ) -> Figure? {
        averagePrecision(overlaps: [overlap], label, size, interpolation)
    }

    /// The mean over overlaps of 0.5, 0.55, .. 0.95: AP50:95.
    public func meanAveragePrecision(label: Int? = nil, size: Size? = nil) -> Figure? {
        averagePrecision(overlaps: Self.overlaps, label, size, .hundredOnePoints)
    }

    /// The share of true boxes that is found with that many false positives a picture, all labels together: a point of
    /// the free-response curve (FROC).
    public func sensitivity(falsePositives: Double, overlap: Float = 0.5) -> Figure? {
        let match = together(overlap)
        return figure { weight in
            let curve = DetectionCurve(match, weight)
            let pictures = images.reduce(0.0) { $0 + weight($1) }
            return curve.truths > 0 ? curve.recall(falsePositives: falsePositives * pictures) ?? 0 : nil
        }
    }

    /// The log-average miss rate: the geometric mean of misses at nine numbers of false positives a picture, from 0.01
    /// to 1 evenly in the logarithm (Dollár et al. 2012). Smaller is better.
    public func logAverageMiss(overlap: Float = 0.5) -> Figure? {
        let match = together(overlap)
        return figure { weight in
            let curve = DetectionCurve(match, weight)
            let pictures = images.reduce(0.0) { $0 + weight($1) }
            guard curve.truths > 0 else { return nil }
            let logs = (0...8).map { step in
                let limit = pow(10, -2 + Double(step) / 4) * pictures
                return log(max(1e-10, 1 - (curve.recall(falsePositives: limit) ?? 0)))
            }
            return exp(logs.reduce(0, +) / Double(logs.count))
        }
    }

    // MARK: Together

    private func averagePrecision(
        overlaps: [Float], _ label: Int?, _ size: Size?, _ rule: Interpolation
    ) -> Figure? {
        let matches = (label.map { [$0] } ?? labels).flatMap { label in
            overlaps.map { match(label, $0, size?.areas ?? 0..<Float.infinity) }
        }
        return figure { weight in
            let values = matches.compactMap { DetectionCurve($0, weight).averagePrecision(rule) }
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
    }

    private func match(_ label: Int, _ overlap: Float, _ areas: Range<Float>) -> DetectionMatch {
        DetectionMatch(found[label, default: []], truths[label, default: []], overlap: overlap, areas: areas)
    }

    /// All labels in one list: each label is matched by itself, then scores are compared across labels.
    private func together(_ overlap: Float) -> DetectionMatch {
        DetectionMatch(merging: labels(ofAll: found).map { match($0, overlap, 0..<Float.infinity) })
    }

    private func labels(ofAll found: [Int: [DetectedBox]]) -> [Int] {
        Set(found.keys).union(truths.keys).sorted()
    }

    private func figure(_ statistic: ((Int) -> Double) -> Double?) -> Figure? {
        bootstrap.figure(count: images.count) { weights in
            statistic { image in places[image].map { weights[$0] } ?? 0 }
        }
    }
}
