import CWebP

/// WebP by libwebp.
enum WebPEncoder {
    /// Longest side of the format.
    private static let maximumSide = 16_383

    /// Encodes with loss at a quality, or without loss when it is nil.
    static func encode(_ image: Image, quality: Float?) throws(ImageError) -> [UInt8] {
        guard image.width <= maximumSide, image.height <= maximumSide else {
            throw .encodingFailed("a WebP side has at most \(maximumSide) pixels")
        }
        let source = image.format == .gray8 ? image.converted(to: .rgb8) : image
        let output = WebPOutput()
        let length = source.bytes.withUnsafeBufferPointer { rows in
            output.encode(rows, of: source, quality: quality)
        }
        guard length > 0 else { throw .encodingFailed("the WebP encoder refused the picture") }
        return output.copy(length)
    }
}

/// The encoder's buffer, freed with this object.
private final class WebPOutput {
    private var buffer: UnsafeMutablePointer<UInt8>?

    deinit { WebPFree(buffer) }

    func encode(_ rows: UnsafeBufferPointer<UInt8>, of image: Image, quality: Float?) -> Int {
        let width = CInt(image.width)
        let height = CInt(image.height)
        let stride = CInt(image.stride)
        return switch (image.format, quality) {
        case (.rgba8, .some(let quality)):
            WebPEncodeRGBA(rows.baseAddress, width, height, stride, quality, &buffer)
        case (.rgba8, .none): WebPEncodeLosslessRGBA(rows.baseAddress, width, height, stride, &buffer)
        case (_, .some(let quality)): WebPEncodeRGB(rows.baseAddress, width, height, stride, quality, &buffer)
        case (_, .none): WebPEncodeLosslessRGB(rows.baseAddress, width, height, stride, &buffer)
        }
    }

    func copy(_ length: Int) -> [UInt8] {
        Array(UnsafeBufferPointer(start: buffer, count: buffer == nil ? 0 : length))
    }
}
