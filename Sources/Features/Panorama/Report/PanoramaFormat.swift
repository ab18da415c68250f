public import Imaging

/// A kind of file that a panorama is written as (PANO-315).
public enum PanoramaFormat: String, Sendable, Codable, CaseIterable {
    /// JPEG.
    case jpg
    /// PNG of 8 bits.
    case png
    /// WebP.
    case webp
    /// PNG of 16 bits; needs ``StitchOptions/keepsDepth``.
    case png16
    /// Radiance: linear light, brighter than white where gains made it so; needs ``StitchOptions/keepsDepth``.
    case hdr

    /// Whether the levels between those of 8 bits are needed.
    public var isDeep: Bool { self == .png16 || self == .hdr }

    /// How names of such files end.
    public var ending: String { self == .png16 ? "png" : rawValue }

    /// The type that HTTP tells.
    public var mediaType: String {
        switch self {
        case .jpg: "image/jpeg"
        case .png, .png16: "image/png"
        case .webp: "image/webp"
        case .hdr: "image/vnd.radiance"
        }
    }
}

extension Stitcher.Panorama {
    /// The panorama as a file, with the metadata by which viewers know spheres and rings where the format has room for it.
    ///
    /// - Parameter quality: Of JPEG and WebP, 1...100.
    /// - Throws: `ImageError` when it cannot be encoded, and for deep formats when no depth was kept.
    public func file(as format: PanoramaFormat, quality: Int = 92) throws(ImageError) -> [UInt8] {
        switch format {
        case .jpg: return try encoded(as: .jpeg(quality: quality))
        case .png: return try encoded(as: .png)
        case .webp: return try encoded(as: .webP(quality: quality))
        case .png16, .hdr:
            guard let deep else { throw .encodingFailed("the panorama was drawn in 8 bits") }
            if format == .hdr { return try RadianceFile.encode(deep) }
            let bytes = try DeepPNG.encode(deep)
            guard let packet = frame.photoSphere else { return bytes }
            return try XMPPacket.insert(packet, into: bytes)
        }
    }
}
