/// Boxes as differences from anchors: the shift of the centre in anchor sizes and the logarithm of the growth, divided by
/// factors that bring them all to one scale (Girshick 2015; Ren et al. 2015, eq. 2).
public struct BoxCoder: Hashable, Sendable {
    /// The factors of shifts and of growths.
    public let variances: [Double]
    /// The largest growth that is decoded: a picture's width from the smallest anchor.
    public static let largestGrowth = 4.2

    /// A coder.
    public init(shift: Double = 0.1, growth: Double = 0.2) { variances = [shift, growth] }

    /// Differences [n, 4] of boxes [n, 4] from anchors [n, 4].
    public func encode(_ boxes: Tensor, anchors: Tensor) -> Tensor {
        let (box, anchor) = (Self.centres(boxes), Self.centres(anchors))
        let shifts = (box.centre - anchor.centre) / anchor.sides / variances[0]
        let growths = (box.sides.clamped(min: 1e-3) / anchor.sides).log() / variances[1]
        return .concatenated([shifts, growths], axis: -1)
    }

    /// The boxes that differences [n, 4] make of anchors [n, 4].
    public func decode(_ codes: Tensor, anchors: Tensor) -> Tensor {
        let anchor = Self.centres(anchors)
        let centre = anchor.centre + codes.sliced(-1, 0..<2) * variances[0] * anchor.sides
        let growth = (codes.sliced(-1, 2..<4) * variances[1]).clamped(max: Self.largestGrowth)
        let half = growth.exp() * anchor.sides * 0.5
        return .concatenated([centre - half, centre + half], axis: -1)
    }

    private static func centres(_ boxes: Tensor) -> (centre: Tensor, sides: Tensor) {
        let (low, high) = (boxes.sliced(-1, 0..<2), boxes.sliced(-1, 2..<4))
        return ((low + high) * 0.5, (high - low).clamped(min: 1e-3))
    }
}
