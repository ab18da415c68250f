internal import Imaging

/// A picture that was decoded once for everything: boxes, vectors and hashes.
///
/// User photos and catalogue pictures go through here alike: equal bytes and an equal box give equal vectors.
struct LookedAt: Sendable {
    let decoded: DecodedImage
    private let bytes: [UInt8]
    private let limits: ImageLimits

    /// The least side of a crop that models see well.
    private static let leastCrop = 224

    init(_ bytes: [UInt8], limits: ImageLimits) throws(ImageError) {
        decoded = try PictureAnalysis.decode(bytes, limits: limits)
        self.bytes = bytes
        self.limits = limits
    }

    /// The upright size of the file.
    var size: ImageSize { ImageSize(width: decoded.probe.uprightWidth, height: decoded.probe.uprightHeight) }

    /// What a part shows, for the models; the picture is decoded again when it was made too small for that.
    func crop(_ part: UnitBox) throws(ImageError) -> Image {
        let box = part.pixels(in: size)
        let image = decoded.image
        let small = Self.scaled(box, from: size, to: ImageSize(width: image.width, height: image.height))
        let side = min(small.width, small.height)
        guard side < Self.leastCrop, image.width < size.width else { return try image.cropped(to: small) }
        let wanted = min(image.width, image.height) * Self.leastCrop / max(1, side)
        let larger = try PictureAnalysis.decode(bytes, limits: limits, minimumSide: min(wanted, 16_384)).image
        let largerSize = ImageSize(width: larger.width, height: larger.height)
        return try larger.cropped(to: Self.scaled(box, from: size, to: largerSize))
    }

    /// Corners are rounded outwards, so that nothing that was inside gets outside.
    private static func scaled(_ box: PixelBox, from: ImageSize, to: ImageSize) -> PixelBox {
        let left = box.x * to.width / from.width
        let top = box.y * to.height / from.height
        let right = ((box.x + box.width) * to.width + from.width - 1) / from.width
        let bottom = ((box.y + box.height) * to.height + from.height - 1) / from.height
        return PixelBox(
            x: min(left, to.width - 1), y: min(top, to.height - 1), width: max(1, min(right, to.width) - left),
            height: max(1, min(bottom, to.height) - top))
    }
}
