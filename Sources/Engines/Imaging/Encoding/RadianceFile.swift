import Foundation

/// Radiance pictures (.hdr): linear light with a common exponent a pixel, in runs (Ward, "Real Pixels", 1991).
public enum RadianceFile {
    /// A picture of three channels as it is shown (sRGB, 1 is white; more is brighter than white), as linear light.
    ///
    /// - Throws: `ImageError.encodingFailed` for a picture of another number of channels.
    public static func encode(_ image: FloatImage) throws(ImageError) -> [UInt8] {
        guard image.channels == 3 else { throw .encodingFailed("a Radiance picture has three channels") }
        var out = Array("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y \(image.height) +X \(image.width)\n".utf8)
        let light = LightTable()
        let isInRuns = (8...32_767).contains(image.width)
        var planes = [[UInt8]](repeating: [UInt8](repeating: 0, count: image.width), count: 4)
        for y in 0..<image.height {
            for x in 0..<image.width {
                let at = y * image.stride + x * 3
                let pixel = Self.pixel(
                    light[image.values[at]], light[image.values[at + 1]], light[image.values[at + 2]])
                for part in 0..<4 { planes[part][x] = pixel[part] }
            }
            if isInRuns {
                out += [2, 2, UInt8(image.width >> 8), UInt8(image.width & 255)]
                for plane in planes { runs(plane, into: &out) }
            } else {
                for x in 0..<image.width { for plane in planes { out.append(plane[x]) } }
            }
        }
        return out
    }

    private static func pixel(_ red: Float, _ green: Float, _ blue: Float) -> SIMD4<UInt8> {
        let top = max(red, green, blue)
        guard top > 1e-32, top.isFinite else { return .zero }
        let scale = 256 * top.significand / 2 / top
        let exponent = Int(top.exponent) + 1 + 128
        guard (1...255).contains(exponent) else { return .zero }
        func part(_ value: Float) -> UInt8 { UInt8(min(255, max(0, value * scale))) }
        return SIMD4(part(red), part(green), part(blue), UInt8(exponent))
    }

    /// One plane of a row: runs of three or more as their length plus 128 and the value, the rest as it is.
    private static func runs(_ plane: [UInt8], into out: inout [UInt8]) {
        var at = 0
        while at < plane.count {
            var start = at
            var length = 0
            // The next run worth telling.
            while start < plane.count {
                length = 1
                while length < 127, start + length < plane.count, plane[start + length] == plane[start] { length += 1 }
                if length >= 3 { break }
                start += length
            }
            while at < min(start, plane.count) {
                let count = min(128, min(start, plane.count) - at)
                out.append(UInt8(count))
                out.append(contentsOf: plane[at..<(at + count)])
                at += count
            }
            if start < plane.count, length >= 3 {
                out.append(UInt8(128 + length))
                out.append(plane[start])
                at = start + length
            }
        }
    }

    /// Linear light of what is shown (IEC 61966-2-1), above white by the same formula, from a table up to 8.
    private struct LightTable {
        private let values: [Float]
        private static let steps: Float = 4096

        init() {
            values = (0...(8 * Int(Self.steps) + 1)).map { index in
                let shown = Float(index) / Self.steps
                return shown <= 0.04045 ? shown / 12.92 : pow((shown + 0.055) / 1.055, 2.4)
            }
        }

        subscript(_ shown: Float) -> Float {
            guard shown > 0 else { return 0 }
            let place = min(shown, 8) * Self.steps
            let below = Int(place)
            let share = place - Float(below)
            return values[below] + (values[below + 1] - values[below]) * share
        }
    }
}
