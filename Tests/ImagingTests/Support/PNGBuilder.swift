/// PNG files written byte by byte, with stored (uncompressed) deflate blocks.
struct PNGBuilder {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    var width: Int
    var height: Int
    var bitDepth = 8
    var colourType = 2
    var interlaced = false
    /// Chunks between IHDR and IDAT.
    var ancillary: [(type: String, data: [UInt8])] = []

    /// The file whose filtered rows (each with its filter byte) are these.
    func file(rows: [UInt8]) -> [UInt8] {
        var result = Self.signature + Self.chunk("IHDR", header)
        for (type, data) in ancillary { result += Self.chunk(type, data) }
        return result + Self.chunk("IDAT", Self.zlib(rows)) + Self.chunk("IEND", [])
    }

    /// A file with a header and almost no pixel data.
    func bomb() -> [UInt8] { file(rows: [0, 0, 0]) }

    private var header: [UInt8] {
        Self.big(width) + Self.big(height)
            + [UInt8(bitDepth), UInt8(colourType), 0, 0, interlaced ? 1 : 0]
    }

    static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + data
        return big(data.count) + body + big(Int(crc(body)))
    }

    static func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - $0 * 8) & 255) } }

    /// Stored blocks of RFC 1951 inside the wrapper of RFC 1950.
    static func zlib(_ data: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x78, 0x01]
        var at = 0
        repeat {
            let end = min(at + 65_535, data.count)
            let length = end - at
            result += [end == data.count ? 1 : 0]
            result += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8 & 255)]
            result += data[at..<end]
            at = end
        } while at < data.count
        var low = 1
        var high = 0
        for byte in data {
            low = (low + Int(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return result + big(high << 16 | low)
    }

    static func crc(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
        }
        return ~value
    }

    /// What a grey test pixel is.
    static func grey(_ x: Int, _ y: Int) -> UInt8 { UInt8((x * 7 + y * 13) & 255) }

    /// An Adam7 file of 8-bit grey pixels.
    static func interlacedGrey(width: Int, height: Int) -> [UInt8] {
        let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        var rows: [UInt8] = []
        for (startX, startY, stepX, stepY) in passes where startX < width {
            for y in stride(from: startY, to: height, by: stepY) {
                rows.append(0)
                for x in stride(from: startX, to: width, by: stepX) { rows.append(grey(x, y)) }
            }
        }
        return PNGBuilder(width: width, height: height, colourType: 0, interlaced: true).file(rows: rows)
    }
}
