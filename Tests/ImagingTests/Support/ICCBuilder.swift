import Imaging

/// Colour profiles written byte by byte, and files that carry them.
struct ICCBuilder {
    var space = "RGB "
    var tags: [(name: String, body: [UInt8])] = []

    static func big(_ value: Int, _ bytes: Int = 4) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> ((bytes - 1 - $0) * 8)) }
    }

    static func fixed(_ value: Double) -> [UInt8] { big(Int((value * 65_536).rounded())) }

    static func xyz(_ values: [Double]) -> [UInt8] { Array("XYZ \0\0\0\0".utf8) + values.flatMap(fixed) }

    /// A curve that is one power.
    static func gamma(_ value: Double) -> [UInt8] {
        Array("curv\0\0\0\0".utf8) + big(1) + big(Int((value * 256).rounded()), 2)
    }

    /// A curve of points, 0...65,535.
    static func table(_ points: [Int]) -> [UInt8] {
        Array("curv\0\0\0\0".utf8) + big(points.count) + points.flatMap { big($0, 2) }
    }

    static func parametric(_ form: Int, _ numbers: [Double]) -> [UInt8] {
        Array("para\0\0\0\0".utf8) + big(form, 2) + [0, 0] + numbers.flatMap(fixed)
    }

    /// sRGB's curve as form 3 of section 10.18.
    static let sRGBCurve = parametric(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])

    /// Primaries under D50: sRGB, Display P3 (both after their specifications) and Adobe RGB.
    static let sRGB = [[0.43604, 0.22248, 0.01392], [0.38511, 0.71690, 0.09707], [0.14305, 0.06061, 0.71391]]
    static let displayP3 = [[0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407]]

    static func matrix(_ primaries: [[Double]], curve: [UInt8], name: String? = nil) -> ICCBuilder {
        var builder = ICCBuilder()
        for (tag, values) in zip(["rXYZ", "gXYZ", "bXYZ"], primaries) { builder.tags.append((tag, xyz(values))) }
        for tag in ["rTRC", "gTRC", "bTRC"] { builder.tags.append((tag, curve)) }
        if let name {
            builder.tags.append(
                ("desc", Array("desc\0\0\0\0".utf8) + big(name.utf8.count + 1) + Array(name.utf8) + [0]))
        }
        return builder
    }

    func bytes() -> [UInt8] {
        var head = [UInt8](repeating: 0, count: 128)
        head.replaceSubrange(12..<24, with: Array("mntr".utf8) + Array(space.utf8) + Array("XYZ ".utf8))
        head.replaceSubrange(36..<40, with: Array("acsp".utf8))
        var table = Self.big(tags.count)
        var data: [UInt8] = []
        for (name, body) in tags {
            table += Array(name.utf8) + Self.big(132 + tags.count * 12 + data.count) + Self.big(body.count)
            data += body
        }
        let whole = head + table + data
        return Self.big(whole.count) + whole[4...]
    }

    /// A JPEG with a profile in APP2 segments of at most `part` bytes each.
    static func jpeg(_ file: [UInt8], profile: [UInt8], part: Int = 60_000) -> [UInt8] {
        let parts = stride(from: 0, to: profile.count, by: part).map { profile[$0..<min($0 + part, profile.count)] }
        let segments = parts.enumerated().flatMap { index, part -> [UInt8] in
            let body = Array("ICC_PROFILE\0".utf8) + [UInt8(index + 1), UInt8(parts.count)] + part
            return [0xFF, 0xE2] + big(body.count + 2, 2) + body
        }
        return file[..<2] + segments + file[2...]
    }

    /// A PNG with a profile chunk after its header.
    static func png(_ file: [UInt8], profile: [UInt8]) -> [UInt8] {
        let packed = PNGBuilder.zlib(profile)
        let chunk = PNGBuilder.chunk("iCCP", Array("profile\0\0".utf8) + packed)
        return file[..<33] + chunk + file[33...]
    }
}
