import CWebP

/// WebP by libwebp; animations are taken apart here, so the demultiplexing library is not needed.
enum WebPDecoder {
    static func decode(_ bytes: [UInt8], limits: ImageLimits) throws(ImageError) -> (Image, [ImageWarning]) {
        let container = try WebPContainer.read(ByteView(bytes))
        guard container.isAnimated else {
            return try decodeStill(
                bytes, width: container.width, height: container.height, hasAlpha: container.hasAlpha)
        }
        guard let frame = container.firstFrame else { throw .truncated }
        try limits.check(width: frame.width, height: frame.height)
        let (still, warnings) = try decodeStill(
            stillFile(of: frame), width: frame.width, height: frame.height, hasAlpha: frame.hasAlpha)
        let covers =
            frame.left == 0 && frame.top == 0 && frame.width == container.width
            && frame.height == container.height
        guard !covers else { return (still, warnings) }
        let placed = try still.placed(
            left: frame.left, top: frame.top, onWidth: container.width, height: container.height)
        return (placed, warnings)
    }

    /// A file of its own for one frame of an animation.
    private static func stillFile(of frame: WebPContainer.Frame) -> [UInt8] {
        let view = frame.chunks
        let chunks = view.bytes[view.range]
        var body: [UInt8] = Array("WEBP".utf8)
        if view.has("ALPH") {
            body += Array("VP8X".utf8) + little(10, bytes: 4) + [0x10, 0, 0, 0]
            body += little(frame.width - 1, bytes: 3) + little(frame.height - 1, bytes: 3)
        }
        body += chunks
        return Array("RIFF".utf8) + little(body.count, bytes: 4) + body
    }

    private static func little(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func decodeStill(
        _ bytes: [UInt8], width: Int, height: Int, hasAlpha: Bool
    ) throws(ImageError) -> (Image, [ImageWarning]) {
        var features = WebPBitstreamFeatures()
        let status = bytes.withUnsafeBufferPointer { WebPGetFeatures($0.baseAddress, $0.count, &features) }
        guard status == VP8_STATUS_OK else { throw fault(status) }
        guard Int(features.width) == width, Int(features.height) == height, features.has_animation == 0 else {
            throw .damaged("its header is broken")
        }
        let format: PixelFormat = hasAlpha || features.has_alpha != 0 ? .rgba8 : .rgb8
        let stride = CInt(width * format.bytesPerPixel)
        var warnings: [ImageWarning] = []
        let image = try Image(width: width, height: height, format: format) { (rows) throws(ImageError) in
            warnings = try decodeRows(bytes, into: rows, format: format, stride: stride)
        }
        return (image, warnings)
    }

    /// Decodes as far as the bytes go; what is missing stays black or clear.
    private static func decodeRows(
        _ bytes: [UInt8], into rows: UnsafeMutableBufferPointer<UInt8>, format: PixelFormat, stride: CInt
    ) throws(ImageError) -> [ImageWarning] {
        let mode = format == .rgba8 ? MODE_RGBA : MODE_RGB
        guard let decoder = WebPINewRGB(mode, rows.baseAddress, rows.count, stride) else {
            throw .damaged("the WebP decoder did not start")
        }
        defer { WebPIDelete(decoder) }
        let status = bytes.withUnsafeBufferPointer { WebPIUpdate(decoder, $0.baseAddress, $0.count) }
        switch status {
        case VP8_STATUS_OK: return []
        case VP8_STATUS_SUSPENDED, VP8_STATUS_NOT_ENOUGH_DATA: return [.truncated]
        default: return [.damaged("its WebP data is broken")]
        }
    }

    private static func fault(_ status: VP8StatusCode) -> ImageError {
        switch status {
        case VP8_STATUS_NOT_ENOUGH_DATA: .truncated
        case VP8_STATUS_UNSUPPORTED_FEATURE: .unsupportedFeature("a WebP feature")
        default: .damaged("its WebP header is broken")
        }
    }
}
