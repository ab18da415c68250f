/// A format to write, with its setting.
public enum ImageEncoding: Sendable, Hashable {
    /// JPEG; quality 1...100, colour at half resolution under 90. Alpha is laid over white.
    case jpeg(quality: Int)
    /// PNG, lossless.
    case png
    /// WebP; quality 0...100.
    case webP(quality: Int)
    /// WebP without loss (colours under fully clear pixels are kept too).
    case webPLossless

    /// The format it makes.
    public var format: ImageFormat {
        switch self {
        case .jpeg: .jpeg
        case .png: .png
        case .webP, .webPLossless: .webp
        }
    }
}

extension Image {
    /// The picture as a file: pixels only, no EXIF, no profile, no text.
    ///
    /// - Throws: `ImageError.encodingFailed`, for instance for a side over the format's limit.
    public func encoded(as encoding: ImageEncoding) throws(ImageError) -> [UInt8] {
        switch encoding {
        case .jpeg(let quality): try JPEGEncoder.encode(flattened(), quality: min(max(quality, 1), 100))
        case .png: try PNGEncoder.encode(self)
        case .webP(let quality): try WebPEncoder.encode(self, quality: Float(min(max(quality, 0), 100)))
        case .webPLossless: try WebPEncoder.encode(self, quality: nil)
        }
    }
}
