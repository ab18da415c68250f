internal import Foundation
public import Imaging
internal import Kernels

/// Lays one picture over another to see whether one is a part of the other, perhaps a little turned.
///
/// Hashes do not survive a crop or a turn. Vectors propose such pairs; here both are compared as grey pictures of 64 x 64
/// pixels, one made smaller and moved over the other, at scales of 0.8 to 1.0 and small angles. It proposes, a person
/// decides.
public struct PictureRegistration: Sendable, Hashable {
    /// A picture made ready to be compared with many.
    public struct View: Sendable {
        fileprivate let whole: GreySquare
        /// Smaller versions by angle and scale.
        fileprivate let parts: [[GreySquare]]

        /// Makes a picture ready. Its sides are made equal: a crop that keeps the shape stays one.
        public init(of picture: Image) throws(ImageError) {
            let isLarge = picture.width >= 128 && picture.height >= 128
            let square = try picture.converted(to: .gray8)
                .resized(width: 128, height: 128, by: isLarge ? .area : .bilinear)
            let fine = GreySquare(side: 128, values: square.bytes.map(Float.init))
            whole = fine.sampled(side: PictureRegistration.side, share: 1, degrees: 0)
            parts = PictureRegistration.angles.map { angle in
                // A turned picture has no corners: what is left of it is its middle.
                let share = angle == 0 ? 1 : PictureRegistration.turnedShare
                return PictureRegistration.scales.map { scale in
                    let side = Int((Double(PictureRegistration.side) * scale * share).rounded())
                    return fine.sampled(side: side, share: share, degrees: angle)
                }
            }
        }
    }

    /// How alike the common part is, -1 to 1.
    public let correlation: Double
    /// The side of the smaller one, as a share of the larger one's.
    public let scale: Double
    /// By how many degrees it has to be turned.
    public let angle: Double
    /// Where its middle lies from the left of the larger one, as a share.
    public let x: Double
    /// Where its middle lies from above, as a share.
    public let y: Double
    /// Whether the second picture is the part.
    public let isSecondPart: Bool

    /// From here on a pair is worth a person's look.
    public static let worthALook = 0.85

    static let side = 64
    static let scales: [Double] = [1, 0.95, 0.9, 0.85, 0.8]
    static let angles: [Double] = [0, -1.5, 1.5, -3, 3, -4.5, 4.5]
    static let turnedShare = 0.88

    /// The best way to lay one over the other. Turns are only tried when nothing else fits; nil for pictures of one grey.
    public init?(_ first: View, _ second: View, wanted: Double = PictureRegistration.worthALook) {
        var best: PictureRegistration?
        for angle in Self.angles.indices {
            if angle > 0, let best, best.correlation >= wanted { break }
            for (whole, part, isSecond) in [(first, second, true), (second, first, false)] {
                for (scale, small) in zip(Self.scales, part.parts[angle]) {
                    guard let fit = small.bestPlace(in: whole.whole) else { continue }
                    if fit.correlation <= best?.correlation ?? -2 { continue }
                    let half = Double(small.side) / 2
                    best = PictureRegistration(
                        correlation: fit.correlation, scale: scale, angle: Self.angles[angle],
                        x: (Double(fit.x) + half) / Double(Self.side), y: (Double(fit.y) + half) / Double(Self.side),
                        isSecondPart: isSecond)
                }
            }
        }
        guard let best else { return nil }
        self = best
    }

    private init(correlation: Double, scale: Double, angle: Double, x: Double, y: Double, isSecondPart: Bool) {
        self.correlation = correlation
        self.scale = scale
        self.angle = angle
        self.x = x
        self.y = y
        self.isSecondPart = isSecondPart
    }
}

/// A grey picture with equal sides.
private struct GreySquare: Sendable {
    let side: Int
    let values: [Float]
    private let mean: Float
    /// The length of the values less their mean.
    private let length: Float

    init(side: Int, values: [Float]) {
        self.side = side
        self.values = values
        let mean = values.reduce(0, +) / Float(max(1, values.count))
        self.mean = mean
        length = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
    }

    /// The middle part with a share of the side, turned, at another size; each value is the mean of 2 x 2 samples.
    func sampled(side target: Int, share: Double, degrees: Double) -> GreySquare {
        let (cosine, sine) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        let step = Double(side) * share / Double(2 * target)
        let middle = Double(2 * target - 1) / 2
        var result = [Float](repeating: 0, count: target * target)
        for y in 0..<2 * target {
            for x in 0..<2 * target {
                let (dx, dy) = ((Double(x) - middle) * step, (Double(y) - middle) * step)
                let value = sample(dx * cosine - dy * sine, dx * sine + dy * cosine)
                result[y / 2 * target + x / 2] += value / 4
            }
        }
        return GreySquare(side: target, values: result)
    }

    /// The value at a place from the middle, between pixels.
    private func sample(_ dx: Double, _ dy: Double) -> Float {
        let limit = Double(side - 1)
        let (x, y) = (min(max(dx + limit / 2, 0), limit), min(max(dy + limit / 2, 0), limit))
        let (left, top) = (Int(x), Int(y))
        let (right, bottom) = (min(left + 1, side - 1), min(top + 1, side - 1))
        let (shareX, shareY) = (Float(x - Double(left)), Float(y - Double(top)))
        let upper = values[top * side + left] + (values[top * side + right] - values[top * side + left]) * shareX
        let lower =
            values[bottom * side + left] + (values[bottom * side + right] - values[bottom * side + left]) * shareX
        return upper + (lower - upper) * shareY
    }

    /// Where in a larger picture it correlates most; nil when either is of one grey.
    func bestPlace(in whole: GreySquare) -> (x: Int, y: Int, correlation: Double)? {
        guard length > 1, whole.length > 1, side <= whole.side else { return nil }
        let (centred, count) = (values.map { $0 - mean }, Float(side * side))
        let (small, large) = (centred.span, whole.values.span)
        var best: (x: Int, y: Int, correlation: Double)?
        for y in 0...whole.side - side {
            for x in 0...whole.side - side {
                var (product, sum, square): (Float, Float, Float) = (0, 0, 0)
                for row in 0..<side {
                    let start = (y + row) * whole.side + x
                    let line = large.extracting(start..<start + side)
                    product += Kernels.dotProduct(small.extracting(row * side..<(row + 1) * side), line)
                    square += Kernels.dotProduct(line, line)
                    sum += Kernels.dotProduct(line, ones.span.extracting(0..<side))
                }
                // The product with the mean falls away, since the small one's values sum to nothing.
                let spread = max(0, square - sum * sum / count).squareRoot()
                guard spread > 1 else { continue }
                let correlation = Double(product / (spread * length))
                if correlation > best?.correlation ?? -2 { best = (x, y, correlation) }
            }
        }
        return best
    }
}

private let ones = [Float](repeating: 1, count: PictureRegistration.side)
