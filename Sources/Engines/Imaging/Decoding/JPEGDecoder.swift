import CTurboJPEG

/// JPEG by libjpeg-turbo, with its scaled inverse DCT.
enum JPEGDecoder {
    /// Eighths of the full size at which the library's fast paths decode.
    private static let eighths = [1, 2, 4, 8]

    static func decode(
        _ bytes: [UInt8], limits: ImageLimits, minimumSize: ImageSize?
    ) throws(ImageError) -> (Image, [ImageWarning]) {
        let header = try JPEGHeader.read(ByteView(bytes))
        try checkPlausible(header, byteCount: bytes.count)
        let most = limits.maximumWork / max(1, header.width * header.height)
        let scans = JPEGHeader.countScans(bytes, from: header.firstScan, limit: most)
        guard scans > 0 else { throw .truncated }
        try limits.check(width: header.width, height: header.height, passes: scans)
        let size = scaled(header, by: eighths(header, minimumSize: minimumSize))
        let handle = try JPEGHandle()
        return try handle.decode(bytes, header: header, size: size)
    }

    /// Refuses a file too short to hold an eighth of its blocks, at the least one bit each.
    ///
    /// Without this a file of a few bytes would cost as much as the largest picture that is allowed.
    private static func checkPlausible(_ header: JPEGHeader, byteCount: Int) throws(ImageError) {
        let blocks = ((header.width + 7) / 8) * ((header.height + 7) / 8)
        guard byteCount >= blocks / 64 else {
            throw .implausible(width: header.width, height: header.height, byteCount: byteCount)
        }
    }

    private static func eighths(_ header: JPEGHeader, minimumSize: ImageSize?) -> Int {
        guard let minimumSize else { return 8 }
        let fitting = eighths.first { eighths in
            let size = scaled(header, by: eighths)
            return size.width >= minimumSize.width && size.height >= minimumSize.height
        }
        return fitting ?? 8
    }

    /// The decoder's own rounding: upwards.
    private static func scaled(_ header: JPEGHeader, by eighths: Int) -> ImageSize {
        ImageSize(width: (header.width * eighths + 7) / 8, height: (header.height * eighths + 7) / 8)
    }
}

/// One decompressor; its handle never leaves this class.
private final class JPEGHandle {
    private let raw: tjhandle

    init() throws(ImageError) {
        guard let raw = tjInitDecompress() else { throw .damaged("the JPEG decoder did not start") }
        self.raw = raw
    }

    deinit { tjDestroy(raw) }

    func decode(
        _ bytes: [UInt8], header: JPEGHeader, size: ImageSize
    ) throws(ImageError) -> (Image, [ImageWarning]) {
        try checkHeaderAgrees(bytes, header)
        var warnings: [ImageWarning] = []
        if header.components == 4 {
            var inks = [UInt8](repeating: 0, count: size.width * size.height * 4)
            try inks.withUnsafeMutableBufferPointer { (inks) throws(ImageError) in
                warnings = try decompress(bytes, into: inks, size: size, format: TJPF_CMYK, bytesPerPixel: 4)
            }
            let image = try CMYK.image(size: size, inks: inks, inverted: header.hasAdobeSegment)
            return (image, warnings)
        }
        let format: PixelFormat = header.components == 1 ? .gray8 : .rgb8
        let image = try Image(width: size.width, height: size.height, format: format) { (rows) throws(ImageError) in
            warnings = try decompress(
                bytes, into: rows, size: size, format: format == .gray8 ? TJPF_GRAY : TJPF_RGB,
                bytesPerPixel: format.bytesPerPixel)
        }
        return (image, warnings)
    }

    /// Makes sure that the library sees the size that was checked against the limits.
    ///
    /// Its verdict is not looked at: it also refuses colour samplings that it decodes very well.
    private func checkHeaderAgrees(_ bytes: [UInt8], _ header: JPEGHeader) throws(ImageError) {
        var width: CInt = 0
        var height: CInt = 0
        var sampling: CInt = 0
        var colours: CInt = 0
        withExtendedLifetime(self) {
            _ = bytes.withUnsafeBufferPointer { file in
                tjDecompressHeader3(
                    raw, file.baseAddress, CUnsignedLong(file.count), &width, &height, &sampling, &colours)
            }
        }
        guard Int(width) == header.width, Int(height) == header.height else { throw .damaged("its header is broken") }
    }

    private func decompress(
        _ bytes: [UInt8], into rows: UnsafeMutableBufferPointer<UInt8>, size: ImageSize, format: TJPF,
        bytesPerPixel: Int
    ) throws(ImageError) -> [ImageWarning] {
        precondition(rows.count >= size.width * size.height * bytesPerPixel)
        let status = bytes.withUnsafeBufferPointer { file in
            tjDecompress2(
                raw, file.baseAddress, CUnsignedLong(file.count), rows.baseAddress, CInt(size.width),
                CInt(size.width * bytesPerPixel), CInt(size.height), CInt(format.rawValue), CInt(TJFLAG_LIMITSCANS))
        }
        return try withExtendedLifetime(self) { () throws(ImageError) in try verdict(status) }
    }

    private func verdict(_ status: CInt) throws(ImageError) -> [ImageWarning] {
        guard status != 0 else { return [] }
        let text = tjGetErrorStr2(raw).map { String(cString: $0) } ?? "unknown fault"
        guard tjGetErrorCode(raw) == CInt(TJERR_WARNING.rawValue) else { throw .damaged(text) }
        return [text.contains("Premature end") ? .truncated : .damaged(text)]
    }
}
