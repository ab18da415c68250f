internal import Kernels

/// How values between pixels are made.
public enum Sampling: Sendable, Hashable {
    /// From 2 x 2 pixels.
    case bilinear
    /// From 4 x 4 pixels by Keys' cubic (a = -1/2).
    case bicubic

    var kernel: WarpSampling { self == .bilinear ? .bilinear : .bicubic }
}

/// For each pixel of a new picture the place in the old one that it shows; pixel centres stand at whole numbers.
public struct PlaceMap: Sendable {
    /// Width of the new picture.
    public let width: Int
    /// Height of the new picture.
    public let height: Int
    /// Columns in the old picture, row by row; what is not finite lies outside.
    public private(set) var x: [Float]
    /// Rows in the old picture.
    public private(set) var y: [Float]

    /// A map of the given places.
    ///
    /// - Throws: `ImageError.invalidArea` when a side is under 1 or the places are not width x height.
    public init(width: Int, height: Int, x: [Float], y: [Float]) throws(ImageError) {
        let (count, overflow) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !overflow, x.count == count, y.count == count else {
            throw .invalidArea(width: width, height: height)
        }
        self.width = width
        self.height = height
        self.x = x
        self.y = y
    }

    /// The places that a projective map sends each new pixel to: `map` leads from the new picture to the old one.
    ///
    /// - Throws: `ImageError.invalidArea` when a side is under 1 or there are over 2^28 pixels.
    public init(width: Int, height: Int, _ map: PlaneMap) throws(ImageError) {
        guard width > 0, height > 0, width <= 1 << 24, height <= 1 << 24, width * height <= 1 << 28 else {
            throw .invalidArea(width: width, height: height)
        }
        self.width = width
        self.height = height
        var columns = [Float](repeating: 0, count: width * height)
        var rows = columns
        var columnSpan = columns.mutableSpan
        var rowSpan = rows.mutableSpan
        projectedPlaces(map.matrix, width: width, height: height, x: &columnSpan, y: &rowSpan)
        x = columns
        y = rows
    }
}

/// A warped picture, and which of its pixels show the old picture: 255 inside, 0 outside.
public struct Warped<Picture: Sendable>: Sendable {
    /// The pixels; outside, what the border says.
    public let image: Picture
    /// One sample a pixel: 255 where the place lies between the centres of the old picture's outermost pixels.
    public let mask: Image
}

extension Image {
    /// The picture sampled at the places of a map, rounded to 1/256 of a pixel.
    ///
    /// Shrinking by a map passes pixels over: blur or take a level of a pyramid first.
    public func warped(by map: PlaceMap, sampling: Sampling = .bilinear, border: Border = .replicate) -> Warped<Image> {
        let colour = border.pixel
        let fill = format.samples(of: colour)
        var mask = [UInt8](repeating: 0, count: map.width * map.height)
        let image = mask.withUnsafeMutableBufferPointer { mask in
            Image(kernelWidth: map.width, height: map.height, format: format) { rows in
                warp(
                    bytes.span, raster, x: map.x.span, y: map.y.span, into: &rows, mask: mask.baseAddress,
                    border: border.rule, fill: fill, sampling: sampling.kernel)
            }
        }
        return Warped(image: image, mask: Image(mask: mask, width: map.width, height: map.height))
    }

    /// A mask that a map vouches for.
    init(mask: [UInt8], width: Int, height: Int) {
        self.init(derivedWidth: width, height: height, format: .gray8) { rows in
            _ = rows.update(fromContentsOf: mask)
        }
    }

    /// The picture turned by any angle about its middle, clockwise, on a canvas that holds all of it.
    ///
    /// Quarter turns are exact: `turned(by:)`.
    /// - Throws: `ImageError.invalidArea` for an angle that is no number.
    public func rotated(
        degrees: Double, sampling: Sampling = .bicubic, border: Border = .constant(.white)
    ) throws(ImageError) -> Warped<Image> {
        guard degrees.isFinite else { throw .invalidArea(width: width, height: height) }
        let turn = PlaneMap.rotation(degrees: degrees)
        // Half a pixel of slack, so that a whole turn does not grow the canvas by rounding.
        let wide = abs(turn.matrix[0]) * Double(width) + abs(turn.matrix[1]) * Double(height)
        let tall = abs(turn.matrix[3]) * Double(width) + abs(turn.matrix[4]) * Double(height)
        let canvas = (width: max(1, Int((wide - 1e-6).rounded(.up))), height: max(1, Int((tall - 1e-6).rounded(.up))))
        let back = PlaneMap.translation(x: -Double(canvas.width - 1) / 2, y: -Double(canvas.height - 1) / 2)
            .then(.rotation(degrees: -degrees))
            .then(.translation(x: Double(width - 1) / 2, y: Double(height - 1) / 2))
        let map = try PlaceMap(width: canvas.width, height: canvas.height, back)
        return warped(by: map, sampling: sampling, border: border)
    }
}

extension FloatImage {
    /// The picture sampled at the places of a map; a constant border has the colour's red / 255 in all channels.
    public func warped(
        by map: PlaceMap, sampling: Sampling = .bilinear, border: Border = .replicate
    ) -> Warped<FloatImage> {
        var mask = [UInt8](repeating: 0, count: map.width * map.height)
        let image = mask.withUnsafeMutableBufferPointer { mask in
            FloatImage(kernelWidth: map.width, height: map.height, channels: channels) { rows in
                warp(
                    values.span, raster, x: map.x.span, y: map.y.span, into: &rows, mask: mask.baseAddress,
                    border: border.rule, fill: Float(border.pixel.red) / 255, sampling: sampling.kernel)
            }
        }
        return Warped(image: image, mask: Image(mask: mask, width: map.width, height: map.height))
    }
}
