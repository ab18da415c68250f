internal import Archives

/// PNG of 16 bits a sample: what blending makes is finer than 8 bits hold.
public enum DeepPNG {
    /// A picture of one or three channels, samples 0...1 as they are shown (sRGB), as a file.
    ///
    /// - Throws: `ImageError.encodingFailed` for a picture that is too large.
    public static func encode(_ image: FloatImage) throws(ImageError) -> [UInt8] {
        let row = image.width * image.channels
        let step = image.channels * 2
        var raw: [UInt8] = []
        raw.reserveCapacity((row * 2 + 1) * image.height)
        var line = [UInt8](repeating: 0, count: row * 2)
        for y in 0..<image.height {
            for x in 0..<row {
                let value = image.values[y * image.stride + x]
                // NaN fails every comparison.
                let level = UInt16(value > 0 ? min(1, value) * 65_535 + 0.5 : 0)
                line[x * 2] = UInt8(level >> 8)
                line[x * 2 + 1] = UInt8(level & 255)
            }
            // Filter 1: each byte less the same byte of the pixel before (PNG specification, 9.2).
            raw.append(1)
            raw.append(contentsOf: line[..<step])
            for at in step..<max(step, line.count) { raw.append(line[at] &- line[at - step]) }
        }
        guard let packed = Deflate.pack(raw, wrapping: .zlib), packed.count < Int(Int32.max) else {
            throw .encodingFailed("a picture of \(image.width) x \(image.height) is too large for a PNG of 16 bits")
        }
        let head =
            bigEndian(image.width) + bigEndian(image.height) + [16, image.channels == 1 ? 0 : 2, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", head) + chunk("sRGB", [0])
            + chunk("IDAT", packed) + chunk("IEND", [])
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        return bigEndian(content.count) + body + bigEndian(Int(CRC32.of(body)))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
