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
        let under = [UInt32(background.red), UInt32(background.green), UInt32(background.blue)]
        return mapped(to: .rgb8) { source, target in
            let alpha = UInt32(source[3])
            for sample in 0..<3 {
                let mixed = UInt32(source[sample]) * alpha + under[sample] * (255 - alpha)
                target[sample] = UInt8(truncatingIfNeeded: (mixed + 127) / 255)
            }
        }
    }

    /// The picture in another format; alpha is laid over white, and grey is the BT.601 luma.
    public func converted(to wanted: PixelFormat) -> Image {
        if wanted == format { return self }
        switch (format, wanted) {
        case (.rgba8, .rgb8): return flattened()
        case (.rgba8, .gray8): return flattened().converted(to: .gray8)
        case (.rgb8, .gray8): return mapped(to: .gray8) { $1[0] = Luma.of($0[0], $0[1], $0[2]) }
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
