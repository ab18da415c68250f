import Imaging

/// WebP containers around the library's own stills.
enum WebPBuilder {
    /// An animation whose frames stand at a place (even numbers) on a canvas.
    static func animation(
        of frames: [Image], left: Int = 0, top: Int = 0, width: Int, height: Int, lossless: Bool = false
    ) throws -> [UInt8] {
        var body = Array("WEBP".utf8)
        body += chunk("VP8X", [0x12, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3))
        body += chunk("ANIM", [0, 0, 0, 0, 0, 0])
        for frame in frames {
            let still = try frame.encoded(as: lossless ? .webPLossless : .webP(quality: 90))
            let head =
                little(left / 2, 3) + little(top / 2, 3) + little(frame.width - 1, 3) + little(frame.height - 1, 3)
            body += chunk("ANMF", head + little(100, 3) + [0] + pictureChunks(still))
        }
        return Array("RIFF".utf8) + little(body.count, 4) + body
    }

    /// A still inside an extended container with an EXIF chunk at its end.
    static func withOrientation(_ orientation: Int, _ still: [UInt8], width: Int, height: Int) -> [UInt8] {
        var body = Array("WEBP".utf8)
        body += chunk("VP8X", [0x08, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3))
        body += pictureChunks(still)
        body += chunk("EXIF", ExifBuilder.tiff(orientation: orientation, bigEndian: false))
        return Array("RIFF".utf8) + little(body.count, 4) + body
    }

    /// A still inside an extended container with a colour profile.
    static func withProfile(_ profile: [UInt8], _ still: [UInt8], width: Int, height: Int) -> [UInt8] {
        var body = Array("WEBP".utf8)
        body += chunk("VP8X", [0x20, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3))
        body += chunk("ICCP", profile)
        body += pictureChunks(still)
        return Array("RIFF".utf8) + little(body.count, 4) + body
    }

    /// The ALPH, VP8 and VP8L chunks of a still.
    private static func pictureChunks(_ still: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var at = 12
        while at + 8 <= still.count {
            let length = (0..<4).reduce(0) { $0 | Int(still[at + 4 + $1]) << ($1 * 8) }
            let end = min(at + 8 + length + length % 2, still.count)
            let type = String(decoding: still[at..<(at + 4)], as: UTF8.self)
            if ["ALPH", "VP8 ", "VP8L"].contains(type) { result += still[at..<end] }
            at = end
        }
        return result
    }

    private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
        Array(type.utf8) + little(data.count, 4) + data + (data.count % 2 == 1 ? [0] : [])
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(value >> ($0 * 8) & 255) }
    }
}
