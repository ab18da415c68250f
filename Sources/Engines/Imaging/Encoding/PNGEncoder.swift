import CPNG

/// PNG by libpng's simplified interface.
enum PNGEncoder {
    static func encode(_ image: Image) throws(ImageError) -> [UInt8] {
        var control = png_image()
        control.version = CUnsignedInt(PNG_IMAGE_VERSION)
        control.width = CUnsignedInt(image.width)
        control.height = CUnsignedInt(image.height)
        control.format = image.format.pngFormat
        var fault: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: bound(of: image)) { file, count in
            var length = png_alloc_size_t(file.count)
            let done = image.bytes.withUnsafeBufferPointer { rows in
                png_image_write_to_memory(
                    &control, file.baseAddress, &length, 0, rows.baseAddress, CInt(image.stride), nil)
            }
            count = done != 0 ? Int(length) : 0
            if done == 0 { fault = message(of: control) }
        }
        if let fault { throw .encodingFailed(fault) }
        return Array(bytes[...])
    }

    /// Most bytes the file can have: rows with their filter bytes, deflate's and the chunks' overhead.
    private static func bound(of image: Image) -> Int {
        let raw = (image.width * image.format.bytesPerPixel + 1) * image.height
        return raw + raw / 64 + 4096
    }

    private static func message(of control: png_image) -> String {
        withUnsafeBytes(of: control.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
