import Imaging

extension Targets {
    /// Pictures: each under limits that keep one run short.
    static let imaging: [String: Target] = [
        "image-decode": Target(seeds: pictures) { bytes in
            _ = try? Image.decode(bytes, options: ImageDecodeOptions(limits: small, damage: .accept))
        },
        "image-probe": Target(seeds: pictures) { bytes in
            _ = ImageFormat.sniff(bytes)
            _ = try? ImageProbe.read(bytes)
        },
        "image-exif": Target(seeds: { [exif] }) { bytes in
            _ = try? ImageProbe.read(jpeg(around: Array(bytes.prefix(60_000))))
        },
        "image-thumbnail": Target(seeds: pictures) { bytes in
            _ = try? Thumbnail.make(bytes, width: 32, height: 24, method: .scale, limits: small)
            _ = try? Thumbnail.make(bytes, width: 16, height: 16, method: .crop, limits: small)
        },
    ]

    private static let small = ImageLimits(maximumPixels: 250_000, maximumWork: 2_000_000)

    /// A small picture in every encoding, and a GIF of one pixel.
    @Sendable private static func pictures() throws -> [[UInt8]] {
        let rows = (0..<(16 * 12 * 4)).map { UInt8(truncatingIfNeeded: $0 * 7 / 3) }
        let clear = try Image(width: 16, height: 12, format: .rgba8, bytes: rows)
        let files = try [.jpeg(quality: 60), .png, .webP(quality: 50), .webPLossless].map { encoding in
            try clear.encoded(as: encoding)
        }
        let grey = clear.converted(to: .gray8)
        let gif =
            Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
            + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]
        return files + [gif, try grey.encoded(as: .png), try grey.encoded(as: .jpeg(quality: 60)), jpeg(around: exif)]
    }

    /// A TIFF block with one entry: stored a quarter turned.
    private static let exif: [UInt8] = [
        0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
    ]

    /// The head of a JPEG that carries a block of EXIF.
    @Sendable private static func jpeg(around block: [UInt8]) -> [UInt8] {
        let length = block.count + 8
        let head: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8 & 255), UInt8(length & 255)]
        let frame: [UInt8] = [0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xFF, 0xDA]
        return head + Array("Exif\0\0".utf8) + block + frame
    }
}
