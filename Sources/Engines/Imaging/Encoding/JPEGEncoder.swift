import CTurboJPEG

/// JPEG by libjpeg-turbo, with optimal Huffman tables left out for speed.
enum JPEGEncoder {
    static func encode(_ image: Image, quality: Int) throws(ImageError) -> [UInt8] {
        let sampling = image.format == .gray8 ? TJSAMP_GRAY : (quality < 90 ? TJSAMP_420 : TJSAMP_444)
        let pixels = image.format == .gray8 ? TJPF_GRAY : TJPF_RGB
        let compressor = try JPEGCompressor()
        return try compressor.compress(
            image.bytes, size: ImageSize(width: image.width, height: image.height), stride: image.stride,
            pixels: pixels, sampling: sampling, quality: quality)
    }
}

/// One compressor; its handle and its buffer never leave this class.
private final class JPEGCompressor {
    private let raw: tjhandle

    init() throws(ImageError) {
        guard let raw = tjInitCompress() else { throw .encodingFailed("the JPEG encoder did not start") }
        self.raw = raw
    }

    deinit { tjDestroy(raw) }

    func compress(
        _ bytes: [UInt8], size: ImageSize, stride: Int, pixels: TJPF, sampling: TJSAMP, quality: Int
    ) throws(ImageError) -> [UInt8] {
        var buffer: UnsafeMutablePointer<UInt8>?
        var length: CUnsignedLong = 0
        defer { tjFree(buffer) }
        let status = withExtendedLifetime(self) {
            bytes.withUnsafeBufferPointer { rows in
                tjCompress2(
                    raw, rows.baseAddress, CInt(size.width), CInt(stride), CInt(size.height), CInt(pixels.rawValue),
                    &buffer, &length, CInt(sampling.rawValue), CInt(quality), 0)
            }
        }
        guard status == 0, let buffer else {
            let text = withExtendedLifetime(self) { tjGetErrorStr2(raw).map { String(cString: $0) } }
            throw .encodingFailed(text ?? "unknown fault")
        }
        return Array(UnsafeBufferPointer(start: buffer, count: Int(length)))
    }
}
