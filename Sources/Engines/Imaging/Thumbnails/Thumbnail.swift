/// A small picture made from a file: pixels only, turned upright, never enlarged.
public struct Thumbnail: Sendable, Hashable {
    /// The file.
    public let bytes: [UInt8]
    /// PNG when the source has clear pixels, else JPEG.
    public let format: ImageFormat
    /// Width in pixels.
    public let width: Int
    /// Height in pixels.
    public let height: Int

    /// Its media type.
    public var mediaType: String { format.mediaType }

    /// JPEG quality of thumbnails.
    private static let quality = 80

    /// Makes a thumbnail for a box of width x height.
    ///
    /// `.scale` fits the whole picture into the box; `.crop` cuts its middle to the box's shape. A picture smaller than
    /// the box keeps its size. Of an animation the first frame is taken, and a broken file as far as it goes.
    /// - Throws: `ImageError` when the file is no picture, is over the limits, or cannot be read at all.
    public static func make(
        _ bytes: [UInt8], width: Int, height: Int, method: ThumbnailMethod, limits: ImageLimits = ImageLimits()
    ) throws(ImageError) -> Thumbnail {
        guard width > 0, height > 0 else { throw .invalidArea(width: width, height: height) }
        let probe = try ImageProbe.read(bytes)
        try limits.check(width: probe.width, height: probe.height)
        let plan = ThumbnailPlan(probe: probe, box: ImageSize(width: width, height: height), method: method)
        let options = ImageDecodeOptions(
            limits: limits, appliesOrientation: false, damage: .accept, minimumSize: plan.minimumSource)
        var image = try Image.decode(bytes, options: options).image
        if method == .crop { image = try image.cropped(to: image.centredBox(shapedLike: plan.storedBox)) }
        let size = image.fittingSize(in: plan.storedBox)
        image = try image.resized(width: size.width, height: size.height).turned(by: probe.orientation)
        let encoding: ImageEncoding = image.hasClearPixels ? .png : .jpeg(quality: quality)
        return Thumbnail(
            bytes: try image.encoded(as: encoding), format: encoding.format, width: image.width, height: image.height)
    }
}

/// The sizes of one thumbnail, in the picture as it is stored (not yet turned).
private struct ThumbnailPlan {
    /// The box, with its sides changed if turning will change them back.
    let storedBox: ImageSize
    /// The least stored size that still yields the whole thumbnail.
    let minimumSource: ImageSize

    init(probe: ImageProbe, box: ImageSize, method: ThumbnailMethod) {
        let swaps = probe.orientation.swapsSides
        storedBox = swaps ? ImageSize(width: box.height, height: box.width) : box
        let stored = ImageSize(width: probe.width, height: probe.height)
        switch method {
        case .scale: minimumSource = stored.fitted(in: storedBox)
        case .crop: minimumSource = storedBox
        }
    }
}
