import CPNG

/// PNG by libpng's simplified interface, which keeps its long jumps to itself.
enum PNGDecoder {
    /// Most bytes that one byte of deflate data can become.
    private static let maximumInflation = 1032

    static func decode(_ bytes: [UInt8]) throws(ImageError) -> (Image, [ImageWarning]) {
        let view = ByteView(bytes)
        let header = try PNGChunks.readHeader(view)
        let (essential, pixelBytes) = PNGChunks.essential(view, keepingTone: !header.hasProfile)
        try checkPlausible(header, pixelBytes: pixelBytes)
        return try essential.withUnsafeBufferPointer { (file) throws(ImageError) in
            // The library keeps the address of its control block from the first call on.
            var control = png_image()
            return try withUnsafeMutablePointer(to: &control) { (control) throws(ImageError) in
                try read(file, header, control)
            }
        }
    }

    private static func read(
        _ file: UnsafeBufferPointer<UInt8>, _ header: PNGChunks.Header, _ control: UnsafeMutablePointer<png_image>
    ) throws(ImageError) -> (Image, [ImageWarning]) {
        control.pointee.version = CUnsignedInt(PNG_IMAGE_VERSION)
        let started = png_image_begin_read_from_memory(control, file.baseAddress, file.count)
        defer { png_image_free(control) }
        guard started != 0 else { throw fault(control.pointee) }
        guard Int(control.pointee.width) == header.width, Int(control.pointee.height) == header.height else {
            throw .damaged("its header is broken")
        }
        let format = chosenFormat(control.pointee.format)
        control.pointee.format = format.pngFormat
        // 16-bit samples without a gamma are screen values, not light.
        control.pointee.flags |= CUnsignedInt(PNG_IMAGE_FLAG_16BIT_sRGB)
        let stride = CInt(header.width * format.bytesPerPixel)
        // Rows are written as they are decoded: what comes before a fault is there, the rest stays black or clear.
        var warnings: [ImageWarning] = []
        let image = try Image(width: header.width, height: header.height, format: format) { rows in
            if png_image_finish_read(control, nil, rows.baseAddress, stride, nil) == 0 {
                warnings = [warning(control.pointee)]
            }
        }
        return (image, warnings)
    }

    /// Grey with alpha becomes RGBA: there is no two-sample format.
    private static func chosenFormat(_ stored: CUnsignedInt) -> PixelFormat {
        if stored & CUnsignedInt(PNG_FORMAT_FLAG_ALPHA) != 0 { return .rgba8 }
        return stored & CUnsignedInt(PNG_FORMAT_FLAG_COLOR) != 0 ? .rgb8 : .gray8
    }

    private static func fault(_ control: png_image) -> ImageError { warning(control).error }

    private static func warning(_ control: png_image) -> ImageWarning {
        let text = withUnsafeBytes(of: control.message) { message in
            String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
        }
        return text.contains("end of file") || text.contains("beyond end") ? .truncated : .damaged(text)
    }

    /// Refuses a file whose compressed pixels cannot fill its rows, before the rows are allocated.
    private static func checkPlausible(_ header: PNGChunks.Header, pixelBytes: Int) throws(ImageError) {
        let channels =
            switch header.colourType {
            case 2: 3
            case 4: 2
            case 6: 4
            default: 1
            }
        let rowBytes = (header.width * channels * min(header.bitDepth, 16) + 7) / 8
        guard pixelBytes > 0 else { throw .truncated }
        guard rowBytes * header.height / maximumInflation <= pixelBytes else {
            throw .implausible(width: header.width, height: header.height, byteCount: pixelBytes)
        }
    }
}

extension PixelFormat {
    /// The simplified interface's name for this order of samples.
    var pngFormat: CUnsignedInt {
        switch self {
        case .gray8: 0
        case .rgb8: CUnsignedInt(PNG_FORMAT_FLAG_COLOR)
        case .rgba8: CUnsignedInt(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
        }
    }
}
