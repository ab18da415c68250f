/// The RIFF structure of a WebP file (RFC 9649, section 2).
struct WebPContainer {
    let width: Int
    let height: Int
    let hasAlpha: Bool
    let isAnimated: Bool
    let exif: ExifFields
    /// The first frame of an animation.
    let firstFrame: Frame?

    /// One frame of an animation: where it stands on the canvas, and its chunks.
    struct Frame {
        let left: Int
        let top: Int
        let width: Int
        let height: Int
        let hasAlpha: Bool
        /// The alpha chunk, if one stands beside lossy pixels, and the pixel chunk, with their headers.
        let chunks: ByteView
    }

    /// Reads the canvas or the only picture, looking at chunk headers only.
    static func read(_ view: ByteView) throws(ImageError) -> WebPContainer {
        guard view.has("RIFF"), view.has("WEBP", at: 8) else { throw .unrecognised }
        guard view.has("VP8X", at: 12) else {
            let size = try bitstreamSize(view, at: 12)
            return WebPContainer(
                width: size.width, height: size.height, hasAlpha: size.hasAlpha, isAnimated: false, exif: ExifFields(),
                firstFrame: nil)
        }
        let flags = try view.u8(20)
        let isAnimated = flags & 0x02 != 0
        return WebPContainer(
            width: try view.u24le(24) + 1, height: try view.u24le(27) + 1, hasAlpha: flags & 0x10 != 0,
            isAnimated: isAnimated, exif: flags & 0x08 != 0 ? exif(view) : ExifFields(),
            firstFrame: isAnimated ? try firstFrame(view) : nil)
    }

    /// Width, height and alpha from the head of a VP8 or VP8L chunk (RFC 6386 section 9.1; RFC 9649 section 3.4).
    private static func bitstreamSize(
        _ view: ByteView, at: Int
    ) throws(ImageError) -> (width: Int, height: Int, hasAlpha: Bool) {
        if view.has("VP8 ", at: at) {
            guard try view.u24le(at + 11) == 0x2A019D else { throw .damaged("no WebP key frame") }
            return (try view.u16le(at + 14) & 0x3FFF, try view.u16le(at + 16) & 0x3FFF, false)
        }
        if view.has("VP8L", at: at) {
            guard try view.u8(at + 8) == 0x2F else { throw .damaged("no lossless WebP signature") }
            let bits = try view.u32le(at + 9)
            return (bits & 0x3FFF + 1, (bits >> 14) & 0x3FFF + 1, bits >> 28 & 1 != 0)
        }
        if view.count < at + 4 { throw .truncated }
        throw .damaged("no WebP picture")
    }

    private static func exif(_ view: ByteView) -> ExifFields {
        guard let chunk = find("EXIF", in: view, from: 12), let tiff = try? view.slice(chunk.at + 8, chunk.length)
        else { return ExifFields() }
        // Some writers put the JPEG segment's prefix before the TIFF block.
        guard tiff.has("Exif\0\0") else { return ExifReader.fields(tiff) }
        return (try? tiff.slice(6, tiff.count - 6)).map(ExifReader.fields) ?? ExifFields()
    }

    /// The colour profile of an extended file.
    static func profile(_ view: ByteView) -> ByteView? {
        guard view.has("VP8X", at: 12), let flags = try? view.u8(20), flags & 0x20 != 0,
            let chunk = find("ICCP", in: view, from: 12), chunk.length <= EmbeddedProfile.maximumBytes
        else { return nil }
        return try? view.slice(chunk.at + 8, chunk.length)
    }

    private static func firstFrame(_ view: ByteView) throws(ImageError) -> Frame {
        guard let chunk = find("ANMF", in: view, from: 12) else { throw .truncated }
        let head = chunk.at + 8
        let length = min(chunk.length, view.count - head)
        guard length >= 16 else { throw .truncated }
        let body = try view.slice(head + 16, length - 16)
        return Frame(
            left: try view.u24le(head) * 2, top: try view.u24le(head + 3) * 2, width: try view.u24le(head + 6) + 1,
            height: try view.u24le(head + 9) + 1, hasAlpha: body.has("ALPH") || body.has("VP8L"), chunks: body)
    }

    private static func find(_ type: StaticString, in view: ByteView, from start: Int) -> (at: Int, length: Int)? {
        var at = start
        while let length = try? view.u32le(at + 4) {
            if view.has(type, at: at) { return (at, length) }
            at += 8 + length + (length & 1)
        }
        return nil
    }
}
