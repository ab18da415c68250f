public import Kernels

/// The hashes of a picture by which its copies are found, and those of its mirrored and turned versions.
public struct PictureFingerprint: Sendable, Hashable {
    /// `dHash64/1`.
    public let difference64: UInt64
    /// `dHash256/1`.
    public let difference256: Hash256
    /// `signature/1`.
    public let signature: PictureSignature

    /// A fingerprint of stored values.
    public init(difference64: UInt64, difference256: Hash256, signature: PictureSignature) {
        self.difference64 = difference64
        self.difference256 = difference256
        self.signature = signature
    }

    /// The fingerprint of an upright picture.
    public init(of image: Image) throws(ImageError) {
        self = try Self.views(of: image)[0]
    }

    /// The fingerprints of the eight versions of a picture, in the order of `Orientation.allCases`.
    ///
    /// Each is exactly that of the picture with its pixels turned: areas of a grid turn with it, so two grids of each
    /// size serve all eight. A picture of under 32 pixels on a side is enlarged first, which may round differently.
    public static func views(of image: Image) throws(ImageError) -> [PictureFingerprint] {
        let grey = image.converted(to: .gray8)
        let lying = (
            try PerceptualHash.grid(grey, width: 9, height: 8), try PerceptualHash.grid(grey, width: 17, height: 16)
        )
        let standing = (
            try PerceptualHash.grid(grey, width: 8, height: 9), try PerceptualHash.grid(grey, width: 16, height: 17)
        )
        let square = try PerceptualHash.grid(grey, width: 32, height: 32)
        return Orientation.allCases.map { orientation in
            let (small, large) = orientation.swapsSides ? standing : lying
            let words = PerceptualHash.differences(large.turned(by: orientation))
            return PictureFingerprint(
                difference64: PerceptualHash.differences(small.turned(by: orientation))[0],
                difference256: Hash256(words[0], words[1], words[2], words[3]),
                signature: PictureSignature(grid: square.turned(by: orientation)))
        }
    }
}
