/// A rectangle in a picture, by its edges; in pixels or in shares of the picture.
public struct Box: Hashable, Sendable {
    /// The left edge.
    public var left: Float
    /// The upper edge.
    public var top: Float
    /// The right edge.
    public var right: Float
    /// The lower edge.
    public var bottom: Float

    /// A rectangle. Edges the wrong way round make one without area.
    public init(left: Float, top: Float, right: Float, bottom: Float) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    /// Width times height; 0 if it has none, or an edge is not a number.
    public var area: Float {
        let sizes = (right - left, bottom - top)
        return sizes.0 > 0 && sizes.1 > 0 ? sizes.0 * sizes.1 : 0
    }

    /// The area of both over the area of either, from 0 to 1 (Jaccard index).
    public func overlap(with other: Box) -> Float {
        let both = Box(
            left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
            bottom: min(bottom, other.bottom)
        ).area
        let either = area + other.area - both
        return both > 0 && either > 0 && either.isFinite ? both / either : 0
    }

    /// Places of the boxes that stay when each suppresses the lower ones of its label that overlap it by more than
    /// `limit`; highest score first, at most `keep`. Equal scores keep the order given; a score that is not a number is
    /// left out. Without labels all boxes compete.
    public static func suppressed(
        _ boxes: [Box], scores: [Float], labels: [Int]? = nil, limit: Float = 0.5, keep: Int = 5_000
    ) -> [Int] {
        let count = min(boxes.count, scores.count, labels?.count ?? .max)
        let order = (0..<count).filter { !scores[$0].isNaN }.sorted {
            scores[$0] > scores[$1] || (scores[$0] == scores[$1] && $0 < $1)
        }
        var kept: [Int] = []
        for place in order {
            guard kept.count < keep else { break }
            let isFree = kept.allSatisfy { other in
                (labels.map { $0[other] != $0[place] } ?? false) || boxes[other].overlap(with: boxes[place]) <= limit
            }
            if isFree { kept.append(place) }
        }
        return kept
    }
}
