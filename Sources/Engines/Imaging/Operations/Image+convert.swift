internal import Kernels

extension Image {
    /// Whether any pixel lets something through.
    public var hasClearPixels: Bool {
        guard format == .rgba8 else { return false }
        return bytes.withUnsafeBufferPointer { source in
            for y in 0..<height {
                var at = y * stride + 3
                for _ in 0..<width {
                    if source[at] != 255 { return true }
                    at += 4
                }
            }
            return false
        }
    }

    /// The picture without alpha, laid over one colour; itself if it has none.
    public func flattened(over background: Pixel = .white) -> Image {
        guard format == .rgba8 else { return self }
        return converting(
            to: .rgb8, .flatten(red: background.red, green: background.green, blue: background.blue))
    }

    /// The picture in another format; alpha is laid over white, and grey is the BT.601 luma.
    public func converted(to wanted: PixelFormat) -> Image {
        if wanted == format { return self }
        switch (format, wanted) {
        case (.rgba8, .rgb8): return flattened()
        case (.rgba8, .gray8): return flattened().converted(to: .gray8)
        case (.rgb8, .gray8): return converting(to: .gray8, .grey)
        case (.gray8, _):
            return mapped(to: wanted) { source, target in
                for sample in 0..<3 { target[sample] = source[0] }
                if wanted == .rgba8 { target[3] = 255 }
            }
        default:
            return mapped(to: .rgba8) { source, target in
                for sample in 0..<3 { target[sample] = source[sample] }
                target[3] = 255
            }
        }
    }

    func converting(to wanted: PixelFormat, _ conversion: ColourConversion) -> Image {
        Image(kernelWidth: width, height: height, format: wanted) { target in
            convertColours(bytes.span, raster, into: &target, conversion)
        }
    }

    /// Each pixel made anew by a function that gets its samples and the place of the new ones.
    private func mapped(
        to wanted: PixelFormat, _ body: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void
    ) -> Image {
        Image(derivedWidth: width, height: height, format: wanted) { target in
            bytes.withUnsafeBufferPointer { source in
                guard var to = target.baseAddress, let start = source.baseAddress else { return }
                for y in 0..<height {
                    var from = start + y * stride
                    for _ in 0..<width {
                        body(from, to)
                        from += format.bytesPerPixel
                        to += wanted.bytesPerPixel
                    }
                }
            }
        }
    }
}
