/// How a picture is decoded.
public struct ImageDecodeOptions: Sendable, Hashable {
    /// What is done with a file that is cut short or broken inside.
    public enum Damage: Sendable, Hashable {
        /// Decode as far as it goes and say so in `warnings`.
        case accept
        /// Throw `truncated` or `damaged`.
        case refuse
    }

    /// What the picture may cost.
    public var limits: ImageLimits
    /// Whether it is turned upright; otherwise it comes as stored.
    public var appliesOrientation: Bool
    /// What is done with a broken file.
    public var damage: Damage
    /// A JPEG may be decoded smaller, as long as each stored side stays at least this long (shrink on load).
    public var minimumSize: ImageSize?

    /// Options of the given values; by default upright, at full size, and broken files are refused.
    public init(
        limits: ImageLimits = ImageLimits(), appliesOrientation: Bool = true, damage: Damage = .refuse,
        minimumSize: ImageSize? = nil
    ) {
        self.limits = limits
        self.appliesOrientation = appliesOrientation
        self.damage = damage
        self.minimumSize = minimumSize
    }
}

/// Width and height in pixels.
public struct ImageSize: Sendable, Hashable {
    /// Width in pixels.
    public var width: Int
    /// Height in pixels.
    public var height: Int

    /// A size of the given sides.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// Something about a decoded picture that is worth telling.
public enum ImageWarning: Sendable, Hashable {
    /// The file ended early; the rest of the picture is blank.
    case truncated
    /// The decoder met errors and went on; the text is its own.
    case damaged(String)
}

/// A decoded picture with what its file said.
public struct DecodedImage: Sendable {
    /// The pixels.
    public var image: Image
    /// What the head of the file says.
    public let probe: ImageProbe
    /// What went wrong and was accepted; empty for a sound file.
    public let warnings: [ImageWarning]
}

extension Image {
    /// Decodes a JPEG, PNG, GIF or WebP; of an animation the first frame.
    ///
    /// Limits are checked on the header, before pixels are allocated. Colours are taken as sRGB.
    /// - Throws: `ImageError`; never traps, whatever the bytes are.
    public static func decode(
        _ bytes: [UInt8], options: ImageDecodeOptions = ImageDecodeOptions()
    ) throws(ImageError) -> DecodedImage {
        try options.limits.check(byteCount: bytes.count)
        let probe = try ImageProbe.read(bytes)
        try options.limits.check(width: probe.width, height: probe.height)
        var (image, warnings) = try decodeStored(bytes, probe: probe, options: options)
        if let first = warnings.first, options.damage == .refuse { throw first.error }
        if options.appliesOrientation { image = image.turned(by: probe.orientation) }
        return DecodedImage(image: image, probe: probe, warnings: warnings)
    }

    private static func decodeStored(
        _ bytes: [UInt8], probe: ImageProbe, options: ImageDecodeOptions
    ) throws(ImageError) -> (Image, [ImageWarning]) {
        switch probe.format {
        case .jpeg: try JPEGDecoder.decode(bytes, limits: options.limits, minimumSize: options.minimumSize)
        case .png: (try PNGDecoder.decode(bytes), [])
        case .gif: try GIFDecoder.decode(bytes, limits: options.limits)
        case .webp: (try WebPDecoder.decode(bytes, limits: options.limits), [])
        default: throw .unsupported(probe.format)
        }
    }
}

extension ImageWarning {
    /// The error that the same fault is when faults are refused.
    var error: ImageError {
        switch self {
        case .truncated: .truncated
        case .damaged(let what): .damaged(what)
        }
    }
}
