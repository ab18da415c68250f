/// How a picture is decoded.
public struct ImageDecodeOptions: Sendable, Hashable {
    /// What is done with a file that is cut short or broken inside.
    public enum Damage: Sendable, Hashable {
        /// Decode as far as it goes and say so in `warnings`.
        case accept
        /// Throw `truncated` or `damaged`.
        case refuse
        /// Decode as long as at most so many percent of the rows are the blank that the decoder put for what is missing.
        case acceptUpTo(blankPercent: Int)
    }

    /// What the picture may cost.
    public var limits: ImageLimits
    /// Whether it is turned upright; otherwise it comes as stored.
    public var appliesOrientation: Bool
    /// What is done with a broken file.
    public var damage: Damage
    /// A JPEG may be decoded smaller, as long as each stored side stays at least this long (shrink on load).
    public var minimumSize: ImageSize?
    /// Whether colours are brought from the file's profile to sRGB; otherwise they come as stored.
    public var convertsColours: Bool

    /// Options of the given values; by default upright, at full size, and broken files are refused.
    public init(
        limits: ImageLimits = ImageLimits(), appliesOrientation: Bool = true, damage: Damage = .refuse,
        minimumSize: ImageSize? = nil, convertsColours: Bool = true
    ) {
        self.limits = limits
        self.appliesOrientation = appliesOrientation
        self.damage = damage
        self.minimumSize = minimumSize
        self.convertsColours = convertsColours
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
    /// What was done about its colours.
    public let colour: ColourOutcome

    /// Whether the file was cut short or broken inside.
    public var isDamaged: Bool { !warnings.isEmpty }
}

extension Image {
    /// Decodes a JPEG, PNG, GIF or WebP; of an animation the first frame.
    ///
    /// Limits are checked on the header, before pixels are allocated. Colours come as sRGB: profiles made of primaries
    /// and curves are converted, others are passed over and named in `colour`.
    /// - Throws: `ImageError`; never traps, whatever the bytes are.
    public static func decode(
        _ bytes: [UInt8], options: ImageDecodeOptions = ImageDecodeOptions()
    ) throws(ImageError) -> DecodedImage {
        try options.limits.check(byteCount: bytes.count)
        let probe = try ImageProbe.read(bytes)
        try options.limits.check(width: probe.width, height: probe.height)
        var (image, warnings) = try decodeStored(bytes, probe: probe, options: options)
        if let first = warnings.first {
            switch options.damage {
            case .accept: break
            case .refuse: throw first.error
            case .acceptUpTo(let percent): if image.blankRows * 100 > image.height * percent { throw first.error }
            }
        }
        let profile = options.convertsColours ? EmbeddedProfile.find(bytes, format: probe.format) : nil
        let colour = profile.map { image.convertToSRGB($0) } ?? .sRGB
        if options.appliesOrientation { image = image.turned(by: probe.orientation) }
        return DecodedImage(image: image, probe: probe, warnings: warnings, colour: colour)
    }

    private static func decodeStored(
        _ bytes: [UInt8], probe: ImageProbe, options: ImageDecodeOptions
    ) throws(ImageError) -> (Image, [ImageWarning]) {
        switch probe.format {
        case .jpeg: try JPEGDecoder.decode(bytes, limits: options.limits, minimumSize: options.minimumSize)
        case .png: try PNGDecoder.decode(bytes)
        case .gif: try GIFDecoder.decode(bytes, limits: options.limits)
        case .webp: try WebPDecoder.decode(bytes, limits: options.limits)
        default: throw .unsupported(probe.format)
        }
    }
}

extension Image {
    /// Rows at the lower end that are all of one colour: what a decoder paints where a file ends early.
    var blankRows: Int {
        let row = width * format.bytesPerPixel
        return bytes.withUnsafeBufferPointer { rows in
            let last = rows[((height - 1) * stride)..<((height - 1) * stride + row)]
            guard last.dropFirst(format.bytesPerPixel).elementsEqual(last.dropLast(format.bytesPerPixel)) else {
                return 0
            }
            var count = 1
            while count < height {
                let start = (height - 1 - count) * stride
                guard rows[start..<(start + row)].elementsEqual(last) else { break }
                count += 1
            }
            return count
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
