import Imaging

/// Photographs as cameras write them: turned by EXIF, in the colours of Adobe RGB by a profile.
enum WidePhoto {
    /// A JPEG of a drawn scene with fine and coarse detail.
    static func jpeg(width: Int, height: Int, orientation: UInt8 = 1, isWide: Bool) throws -> [UInt8] {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let (u, v) = (Double(x) / Double(width), Double(y) / Double(height))
                let isStriped = (x * 24 / width + y * 16 / height) % 3 == 0
                pixels += [UInt8(230 * u), UInt8(isStriped ? 60 : 200 * v), UInt8(255 * (1 - u) * v)]
            }
        }
        let plain = try Image(width: width, height: height, format: .rgb8, bytes: pixels)
            .encoded(as: .jpeg(quality: 92))
        return plain[..<2] + exif(orientation)
            + (isWide ? segment(0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1] + profile) : [])
            + plain[2...]
    }

    private static func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
        [0xFF, marker] + big(body.count + 2, 2) + body
    }

    /// One directory with one entry, the orientation.
    private static func exif(_ orientation: UInt8) -> [UInt8] {
        let entry: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
        return segment(
            0xE1, Array("Exif\0\0MM\0*".utf8) + big(8, 4) + [0, 1] + entry + big(0, 4))
    }

    private static func big(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> ((bytes - 1 - $0) * 8)) }
    }

    /// Three primaries of Adobe RGB (1998) under D50 and its curve of 2.2, after ICC.1:2010, sections 7 to 10.
    private static var profile: [UInt8] {
        let primaries = [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]]
        let curve = Array("curv\0\0\0\0".utf8) + big(1, 4) + big(563, 2) + [0, 0]
        let tags =
            zip(["rXYZ", "gXYZ", "bXYZ"], primaries).map { name, values in
                (name, Array("XYZ \0\0\0\0".utf8) + values.flatMap { big(Int(($0 * 65_536).rounded()), 4) })
            } + ["rTRC", "gTRC", "bTRC"].map { ($0, curve) }
        var (table, data) = (big(tags.count, 4), [UInt8]())
        for (name, body) in tags {
            table += Array(name.utf8) + big(132 + tags.count * 12 + data.count, 4) + big(body.count, 4)
            data += body
        }
        var head = [UInt8](repeating: 0, count: 128)
        head.replaceSubrange(12..<24, with: Array("mntrRGB XYZ ".utf8))
        head.replaceSubrange(36..<40, with: Array("acsp".utf8))
        let whole = head + table + data
        return big(whole.count, 4) + whole[4...]
    }
}
