internal import Archives

/// Puts an XMP packet into a file that was just encoded (JPEG, PNG or WebP), without touching its pixels.
///
/// JPEG: an APP1 segment after the start (XMP specification part 3, 1.1.3); PNG: an `iTXt` chunk before the first `IDAT`
/// (1.1.5); WebP: an `XMP ` chunk at the end and its flag in `VP8X` (WebP container specification).
public enum XMPPacket {
    /// The most bytes of a packet: what one JPEG segment holds.
    public static let maximumBytes = 65_000

    /// The file with the packet.
    ///
    /// - Throws: `ImageError.encodingFailed` for a packet that is too long and for other formats.
    public static func insert(_ packet: String, into file: [UInt8]) throws(ImageError) -> [UInt8] {
        let text = Array(packet.utf8)
        guard text.count <= maximumBytes else {
            throw .encodingFailed("an XMP packet of \(text.count) bytes is too long")
        }
        if file.starts(with: [0xFF, 0xD8]) { return jpeg(text, file) }
        if file.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return try png(text, file) }
        if file.count > 20, file.starts(with: Array("RIFF".utf8)) { return try webP(text, file) }
        throw .encodingFailed("metadata goes into JPEG, PNG and WebP only")
    }

    private static func jpeg(_ text: [UInt8], _ file: [UInt8]) -> [UInt8] {
        let body = Array("http://ns.adobe.com/xap/1.0/\0".utf8) + text
        let length = body.count + 2
        let head: [UInt8] = [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)]
        // The JFIF segment, where there is one, stays first.
        var at = 2
        if file.count > 6, file[2] == 0xFF, file[3] == 0xE0 {
            at = min(file.count, 4 + Int(file[4]) << 8 + Int(file[5]))
        }
        return file[..<at] + head + body + file[at...]
    }

    private static func png(_ text: [UInt8], _ file: [UInt8]) throws(ImageError) -> [UInt8] {
        // The header's chunk is the first and has 13 bytes.
        let at = 8 + 12 + 13
        guard file.count > at else { throw .encodingFailed("the PNG is cut short") }
        let body = Array("iTXt".utf8) + Array("XML:com.adobe.xmp\0\0\0\0\0".utf8) + text
        let sum = CRC32.of(body)
        return file[..<at] + bigEndian(body.count - 4) + body + bigEndian(Int(sum)) + file[at...]
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func webP(_ text: [UInt8], _ file: [UInt8]) throws(ImageError) -> [UInt8] {
        let flag: UInt8 = 0x04
        var chunks = Array(file[12...])
        if chunks.starts(with: Array("VP8X".utf8)), chunks.count > 8 {
            chunks[8] |= flag
        } else {
            let probe = try ImageProbe.read(file)
            chunks =
                Array("VP8X".utf8) + littleEndian(10, 4) + [flag, 0, 0, 0] + littleEndian(probe.width - 1, 3)
                + littleEndian(probe.height - 1, 3) + chunks
        }
        let padding: [UInt8] = text.count % 2 == 0 ? [] : [0]
        chunks += Array("XMP ".utf8) + littleEndian(text.count, 4) + text + padding
        return Array("RIFF".utf8) + littleEndian(chunks.count + 4, 4) + Array("WEBP".utf8) + chunks
    }
}
