/// What a picture file says of itself, read without decoding or allocating pixels.
public struct ImageProbe: Sendable, Hashable {
    /// The format.
    public let format: ImageFormat
    /// Width as stored, before it is turned upright.
    public let width: Int
    /// Height as stored, before it is turned upright.
    public let height: Int
    /// What the camera wrote.
    public let exif: ExifFields
    /// Whether it holds more than one frame.
    public let isAnimated: Bool
    /// Whether some of its pixels may be clear.
    public let hasAlpha: Bool

    /// How the stored picture must be turned.
    public var orientation: Orientation { exif.orientation }
    /// Width when it stands upright.
    public var uprightWidth: Int { orientation.swapsSides ? height : width }
    /// Height when it stands upright.
    public var uprightHeight: Int { orientation.swapsSides ? width : height }

    /// Reads the head of a file.
    ///
    /// - Throws: `unrecognised`, `unsupported` for a format that is only recognised, `truncated` or `damaged`.
    public static func read(_ bytes: [UInt8]) throws(ImageError) -> ImageProbe {
        guard let format = ImageFormat.sniff(bytes) else { throw .unrecognised }
        let view = ByteView(bytes)
        return switch format {
        case .jpeg: try jpeg(view)
        case .png: try png(view)
        case .gif: try gif(view)
        case .webp: try webP(view)
        default: throw .unsupported(format)
        }
    }

    private static func jpeg(_ view: ByteView) throws(ImageError) -> ImageProbe {
        let header = try JPEGHeader.read(view)
        return ImageProbe(
            format: .jpeg, width: header.width, height: header.height, exif: header.exif,
            isAnimated: false, hasAlpha: false)
    }

    private static func png(_ view: ByteView) throws(ImageError) -> ImageProbe {
        let header = try PNGChunks.readHeader(view)
        return ImageProbe(
            format: .png, width: header.width, height: header.height, exif: header.exif,
            isAnimated: header.isAnimated, hasAlpha: header.hasTransparency)
    }

    private static func gif(_ view: ByteView) throws(ImageError) -> ImageProbe {
        let container = try GIFContainer.read(view)
        return ImageProbe(
            format: .gif, width: container.width, height: container.height, exif: ExifFields(),
            isAnimated: container.isAnimated, hasAlpha: container.hasClearPixels)
    }

    private static func webP(_ view: ByteView) throws(ImageError) -> ImageProbe {
        let container = try WebPContainer.read(view)
        guard container.width > 0, container.height > 0 else { throw .damaged("it has no pixels") }
        return ImageProbe(
            format: .webp, width: container.width, height: container.height, exif: container.exif,
            isAnimated: container.isAnimated, hasAlpha: container.hasAlpha)
    }
}
