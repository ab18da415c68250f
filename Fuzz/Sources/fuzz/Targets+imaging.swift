import Imaging

extension Targets {
    /// Pictures: each under limits that keep one run short.
    static let imaging: [String: Target] = [
        "image-decode": Target(seeds: { try pictures() }, run: decode),
        "image-jpeg": Target(seeds: { try pictures(.jpeg) }) { decode([0xFF, 0xD8, 0xFF] + $0.dropFirst(3)) },
        "image-png": Target(seeds: { try pictures(.png) }) { decode(png($0)) },
        "image-webp": Target(seeds: { try pictures(.webp) }) { bytes in
            decode(Array("RIFF".utf8) + bytes.dropFirst(4).prefix(4) + Array("WEBP".utf8) + bytes.dropFirst(12))
        },
        "image-gif": Target(seeds: { try pictures(.gif) }) { decode(Array("GIF89a".utf8) + $0.dropFirst(6)) },
        "image-probe": Target(seeds: { try pictures() }) { bytes in
            _ = ImageFormat.sniff(bytes)
            _ = try? ImageProbe.read(bytes)
        },
        "image-exif": Target(seeds: { [exif] }) { bytes in
            _ = try? ImageProbe.read(jpeg(around: Array(bytes.prefix(60_000))))
        },
        "image-icc": Target(seeds: { [profile] }) { bytes in
            guard let file = try? profiled(Array(bytes.prefix(60_000))) else { return }
            decode(file)
        },
        "image-thumbnail": Target(seeds: { try pictures() }) { bytes in
            _ = try? Thumbnail.make(bytes, width: 32, height: 24, method: .scale, limits: small)
            _ = try? Thumbnail.make(bytes, width: 16, height: 16, method: .crop, limits: small)
        },
        "image-fingerprint": Target(seeds: { try pictures() }) { bytes in
            let options = ImageDecodeOptions(limits: small, damage: .acceptUpTo(blankPercent: 10))
            guard let image = try? Image.decode(bytes, options: options).image else { return }
            _ = try? PictureFingerprint.views(of: image)
            _ = try? image.sharpness()
        },
    ]

    private static let small = ImageLimits(maximumPixels: 250_000, maximumWork: 2_000_000)

    @Sendable private static func decode(_ bytes: [UInt8]) {
        _ = try? Image.decode(bytes, options: ImageDecodeOptions(limits: small, damage: .accept))
        let smaller = ImageSize(width: 4, height: 4)
        _ = try? Image.decode(bytes, options: ImageDecodeOptions(limits: small, minimumSize: smaller))
    }

    /// A small picture in every encoding, and a GIF of one pixel; those of one format if one is named.
    @Sendable private static func pictures(_ format: ImageFormat? = nil) throws -> [[UInt8]] {
        let rows = (0..<(16 * 12 * 4)).map { UInt8(truncatingIfNeeded: $0 * 7 / 3) }
        let clear = try Image(width: 16, height: 12, format: .rgba8, bytes: rows)
        let files = try [.jpeg(quality: 60), .png, .webP(quality: 50), .webPLossless].map { encoding in
            try clear.encoded(as: encoding)
        }
        let grey = clear.converted(to: .gray8)
        let gif =
            Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
            + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]
        let all =
            files + [
                gif, try grey.encoded(as: .png), try grey.encoded(as: .jpeg(quality: 60)), jpeg(around: exif),
                try profiled(profile),
            ]
        return format.map { wanted in all.filter { ImageFormat.sniff($0) == wanted } } ?? all
    }

    /// A TIFF block with one entry: stored a quarter turned.
    private static let exif: [UInt8] = [
        0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
    ]

    /// A grey profile of one power.
    private static let profile: [UInt8] = {
        var head = [UInt8](repeating: 0, count: 128)
        head.replaceSubrange(16..<24, with: Array("GRAYXYZ ".utf8))
        head.replaceSubrange(36..<40, with: Array("acsp".utf8))
        let tag: [UInt8] = [0, 0, 0, 144, 0, 0, 0, 14]
        let power: [UInt8] = [0, 0, 0, 1, 2, 0]
        for part in [[0, 0, 0, 1], Array("kTRC".utf8), tag, Array("curv\0\0\0\0".utf8), power] { head += part }
        return head
    }()

    /// A small grey JPEG that carries a profile.
    @Sendable private static func profiled(_ profile: [UInt8]) throws -> [UInt8] {
        let grey = try Image(width: 8, height: 8, format: .gray8, filledWith: .white)
        let file = try grey.encoded(as: .jpeg(quality: 60))
        let length = profile.count + 16
        var result = Array(file[..<2])
        result += [0xFF, 0xE2, UInt8(length >> 8 & 255), UInt8(length & 255)]
        result += Array("ICC_PROFILE\0".utf8)
        result += [1, 1]
        result += profile
        result += file[2...]
        return result
    }

    /// The signature in front, and every chunk with the checksum that its bytes have: libpng looks at no other.
    @Sendable private static func png(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        var at = 8
        while at + 8 <= bytes.count {
            let length = bytes[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
            let end = min(at + 8 + length, bytes.count)
            let body = bytes[(at + 4)..<end]
            result += bytes[at..<(at + 4)] + body + checksum(body)
            at = end + 4
        }
        return result
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
        }
        return (0..<4).map { UInt8(truncatingIfNeeded: ~value >> (24 - $0 * 8)) }
    }

    /// The head of a JPEG that carries a block of EXIF.
    @Sendable private static func jpeg(around block: [UInt8]) -> [UInt8] {
        let length = block.count + 8
        let head: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8 & 255), UInt8(length & 255)]
        let frame: [UInt8] = [0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xFF, 0xDA]
        return head + Array("Exif\0\0".utf8) + block + frame
    }
}
