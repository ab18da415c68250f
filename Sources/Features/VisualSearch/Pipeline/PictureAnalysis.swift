internal import Crypto
public import Imaging

/// What is known of a picture file once it was looked at for copies.
public struct PictureAnalysis: Sendable {
    /// What the head of the file says.
    public let probe: ImageProbe
    /// Length of the file in bytes.
    public let byteCount: Int
    /// The fingerprints of its eight views, in the order of `Orientation.allCases`.
    public let views: [PictureFingerprint]
    /// What identifies it.
    public let picture: KnownPicture
    /// Whether the file is cut short or broken inside.
    public let isDamaged: Bool

    /// Pictures are looked at smaller, down to this many pixels on the short side.
    public static let shortSide = 512

    /// Largest share of rows that may be missing from a broken file.
    private static let blankPercent = 10

    /// Looks at a file.
    ///
    /// A large JPEG is decoded at 1/2, 1/4 or 1/8, the smallest whose short side has 512 pixels; the digest of pixels is
    /// of those. `exactPixelDigest` decodes all of it.
    /// - Throws: `ImageError` for a file that is no picture, is over the limits or misses more than a tenth of its rows.
    public init(_ bytes: [UInt8], seller: String = "", limits: ImageLimits = ImageLimits()) throws(ImageError) {
        try self.init(try Self.decode(bytes, limits: limits), of: bytes, seller: seller)
    }

    /// Looks at a file that was decoded by ``decode(_:limits:minimumSide:)``.
    init(_ decoded: DecodedImage, of bytes: [UInt8], seller: String) throws(ImageError) {
        probe = decoded.probe
        byteCount = bytes.count
        isDamaged = decoded.isDamaged
        views = try PictureFingerprint.views(of: decoded.image)
        picture = KnownPicture(
            fileDigest: Self.sha256(bytes), pixelDigest: Self.digest(of: decoded.image),
            fingerprint: views[0], seller: seller)
    }

    /// Decodes a file as pictures are looked at: upright, sRGB, a large JPEG at 1/2, 1/4 or 1/8.
    static func decode(
        _ bytes: [UInt8], limits: ImageLimits = ImageLimits(), minimumSide: Int = shortSide
    ) throws(ImageError) -> DecodedImage {
        try Image.decode(
            bytes,
            options: ImageDecodeOptions(
                limits: limits, damage: .acceptUpTo(blankPercent: blankPercent),
                minimumSize: ImageSize(width: minimumSide, height: minimumSide)))
    }

    /// `dHash64` of the eight views.
    public var hashes: [UInt64] { views.map(\.difference64) }

    /// SHA-256 of all upright pixels of a file at full size.
    public static func exactPixelDigest(
        _ bytes: [UInt8], limits: ImageLimits = ImageLimits()
    ) throws(ImageError) -> [UInt8] {
        digest(of: try Image.decode(bytes, options: ImageDecodeOptions(limits: limits, damage: .accept)).image)
    }

    /// MD5 of a file, for comparison with lists of others; it decides nothing, because collisions can be made at will.
    public static func md5(_ bytes: [UInt8]) -> [UInt8] { Array(Insecure.MD5.hash(data: bytes)) }

    /// SHA-256 of a file.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    /// SHA-256 over width, height, format and packed rows.
    private static func digest(of image: Image) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array("\(image.width)x\(image.height) \(image.format.bytesPerPixel)\n".utf8))
        let row = image.width * image.format.bytesPerPixel
        image.bytes.withUnsafeBytes { rows in
            for y in 0..<image.height {
                hash.update(
                    bufferPointer: UnsafeRawBufferPointer(rebasing: rows[(y * image.stride)..<(y * image.stride + row)])
                )
            }
        }
        return Array(hash.finalize())
    }

    /// Which of two copies is worth keeping: more pixels first, then the longer file.
    public var worth: Int {
        let pixels = probe.width * probe.height
        return pixels << 20 | min(byteCount >> 6, 1 << 20 - 1)
    }
}
