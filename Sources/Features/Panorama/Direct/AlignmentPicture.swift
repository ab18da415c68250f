public import Imaging
internal import Kernels

/// A picture of one channel to align, with weights where parts of it shall count less or not at all.
///
/// Samples are 0...1. A pixel of weight 0 has no influence, whatever its value is.
public struct AlignmentPicture: Sendable {
    /// Width in pixels.
    public var width: Int { plane.width }
    /// Height in pixels.
    public var height: Int { plane.height }

    let plane: WeightedPlane

    /// A picture, all of it or with weights of the same size.
    ///
    /// - Throws: `ImageError.invalidArea` for more than one channel or weights of another size.
    public init(_ image: FloatImage, weights: FloatImage? = nil) throws(ImageError) {
        guard image.channels == 1 else { throw .invalidArea(width: image.width, height: image.height) }
        if let weights {
            guard weights.channels == 1, weights.width == image.width, weights.height == image.height else {
                throw .invalidArea(width: weights.width, height: weights.height)
            }
        }
        var values = Self.packed(image)
        let shares = weights.map(Self.packed)
        // What is not there is nothing, so that not even a value that is no number gets into a sum.
        if let shares { for at in values.indices where !(shares[at] > 0) { values[at] = 0 } }
        plane = WeightedPlane(width: image.width, height: image.height, values: values, weights: shares)
    }

    init(plane: WeightedPlane) { self.plane = plane }

    private static func packed(_ image: FloatImage) -> [Float] {
        guard !image.isPacked || image.values.count != image.width * image.height else { return image.values }
        return (0..<image.height).flatMap { row in
            image.values[(row * image.stride)..<(row * image.stride + image.width)]
        }
    }

    /// Where the middle of the picture lies in its own pixels.
    var middle: (x: Double, y: Double) { (Double(width - 1) / 2, Double(height - 1) / 2) }

    /// Half the size: pixel k of the result stands on pixel 2 k. Pixels that are not there do not bleed into others.
    func halved() throws(ImageError) -> AlignmentPicture {
        func half(_ values: [Float]) throws(ImageError) -> FloatImage {
            try FloatImage(width: width, height: height, channels: 1, values: values).halved(border: .replicate)
        }
        guard let weights = plane.weights else {
            let small = try half(plane.values)
            return AlignmentPicture(
                plane: WeightedPlane(width: small.width, height: small.height, values: small.values))
        }
        let products = zip(plane.values, weights).map { $1 > 0 ? $0 * $1 : 0 }
        let (sum, share) = (try half(products), try half(weights.map { max(0, $0) }))
        return AlignmentPicture(
            plane: WeightedPlane(
                width: sum.width, height: sum.height,
                values: zip(sum.values, share.values).map { $1 > 0 ? $0 / $1 : 0 },
                // Mostly what is not there: not there.
                weights: share.values.map { $0 > 0.25 ? $0 : 0 }))
    }

    /// Levels of half the size each, finest first; fewer than `count` when a side would fall below 8 pixels.
    func pyramid(levels count: Int) throws(ImageError) -> [AlignmentPicture] {
        var levels = [self]
        while levels.count < count, let last = levels.last, min(last.width, last.height) >= 16 {
            levels.append(try last.halved())
        }
        return levels
    }
}

/// Why an alignment came to nothing.
public enum DirectError: Error, Sendable, Hashable {
    /// The pictures share too little at this motion.
    case noOverlap
    /// Nothing in the overlap can be told apart.
    case noTexture
    /// No answer stands out.
    case unsure
    /// Turn in degrees and scale that were found lie outside what the method is for.
    case outOfRange(degrees: Double, scale: Double)
    /// The numbers broke down.
    case diverged
}

extension AlignmentPicture {
    /// The value at a place between pixels, bilinear or by Keys' cubic (a = -1/2); nil outside the outermost centres.
    public func sample(x: Double, y: Double, cubic: Bool = false) -> Float? {
        guard x.isFinite, y.isFinite else { return nil }
        let map = Matrix3(rows: Vector3(1, 0, x), Vector3(0, 1, y), Vector3(0, 0, 1))
        let seen = samplePlane(plane, map: map.values, width: 1, height: 1, cubic: cubic, withSlopes: false)
        return seen.weights[0] > 0 ? seen.values[0] : nil
    }
}

extension AlignmentPicture {
    /// A square about a place, resampled so that the place is its middle; nil when it leaves the picture.
    func patch(x: Double, y: Double, half: Int) -> AlignmentPicture? {
        let h = Double(half)
        guard x - h >= 0, y - h >= 0, x + h <= Double(width - 1), y + h <= Double(height - 1) else { return nil }
        let map = Matrix3(rows: Vector3(1, 0, x - h), Vector3(0, 1, y - h), Vector3(0, 0, 1))
        let side = 2 * half + 1
        let seen = samplePlane(plane, map: map.values, width: side, height: side, cubic: true, withSlopes: false)
        return AlignmentPicture(plane: WeightedPlane(width: side, height: side, values: seen.values))
    }
}
