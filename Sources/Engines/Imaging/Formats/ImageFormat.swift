/// A file format, told by its first bytes and never by its name.
///
/// The first four are decoded here; the others are recognised so that they can be named, refused or served rightly.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg, png, gif, webp
    case bmp, tiff, ico, avif, heic, jpegXL, svg, html, pdf
    case mp4, quickTime, webm, matroska, ogg, mp3, m4a, wav, flac, aac

    /// Whether this library decodes it.
    public var isDecodable: Bool {
        switch self {
        case .jpeg, .png, .gif, .webp: true
        default: false
        }
    }

    /// Whether it is a raster picture, decodable here or not.
    public var isPicture: Bool {
        switch self {
        case .jpeg, .png, .gif, .webp, .bmp, .tiff, .ico, .avif, .heic, .jpegXL: true
        default: false
        }
    }

    /// Whether a browser may run scripts found in it.
    public var mayCarryScript: Bool { self == .svg || self == .html }

    /// The media type it is served with.
    public var mediaType: String {
        switch self {
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        case .gif: "image/gif"
        case .webp: "image/webp"
        case .bmp: "image/bmp"
        case .tiff: "image/tiff"
        case .ico: "image/x-icon"
        case .avif: "image/avif"
        case .heic: "image/heic"
        case .jpegXL: "image/jxl"
        case .svg: "image/svg+xml"
        case .html: "text/html"
        case .pdf: "application/pdf"
        case .mp4: "video/mp4"
        case .quickTime: "video/quicktime"
        case .webm: "video/webm"
        case .matroska: "video/x-matroska"
        case .ogg: "application/ogg"
        case .mp3: "audio/mpeg"
        case .m4a: "audio/mp4"
        case .wav: "audio/wav"
        case .flac: "audio/flac"
        case .aac: "audio/aac"
        }
    }

    /// The name a person knows it by.
    public var name: String {
        switch self {
        case .webp: "WebP"
        case .ico: "Icon"
        case .jpegXL: "JPEG XL"
        case .quickTime: "QuickTime"
        case .webm: "WebM"
        case .matroska: "Matroska"
        case .ogg: "Ogg"
        default: rawValue.uppercased()
        }
    }
}
