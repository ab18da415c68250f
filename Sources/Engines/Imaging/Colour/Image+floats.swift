internal import Kernels

extension Image {
    /// The samples as floats 0...1, as stored or in proportion to light; alpha is laid over white.
    ///
    /// Grey pictures have one channel, others three.
    public func floats(in space: BlendSpace = .gamma) -> FloatImage {
        let opaque = flattened()
        let table = space == .linear ? SRGB.floatLight : (0..<256).map { Float($0) / 255 }
        return FloatImage(kernelWidth: width, height: height, channels: opaque.format.bytesPerPixel) { values in
            lookUp(opaque.bytes.span, opaque.raster, into: &values, table: table)
        }
    }

    /// An 8-bit picture out of floats 0...1, which are samples or light; others are clamped.
    public init(_ floats: FloatImage, in space: BlendSpace = .gamma) {
        self.init(
            kernelWidth: floats.width, height: floats.height, format: floats.channels == 1 ? .gray8 : .rgb8
        ) { rows in
            quantise(
                floats.values.span, floats.raster, into: &rows, table: space == .linear ? SRGB.sampleOfLight : nil)
        }
    }

    /// Red and blue in each other's place: RGB to BGR or back.
    public func swappingRedAndBlue() -> Image {
        guard format != .gray8 else { return self }
        return converting(to: format, .swapRedBlue)
    }

    /// Full-range YCbCr (JFIF) in the three samples; alpha is laid over white.
    public func yCbCr() -> Image { converted(to: .rgb8).converting(to: .rgb8, .yCbCrFromRGB) }

    /// RGB out of a picture whose samples are full-range YCbCr.
    public func rgbFromYCbCr() -> Image { converted(to: .rgb8).converting(to: .rgb8, .rgbFromYCbCr) }
}

extension FloatImage {
    /// Hue 0...360, saturation and value 0...1 of RGB samples 0...1; a picture of one channel stays as it is.
    public func hsvFromRGB() -> FloatImage { changed(.hsvFromRGB) }
    /// RGB samples 0...1 of hue, saturation and value.
    public func rgbFromHSV() -> FloatImage { changed(.rgbFromHSV) }
    /// CIE L*a*b* (D65; L 0...100) of linear light.
    public func labFromLight() -> FloatImage { changed(.labFromLight) }
    /// Linear light of CIE L*a*b* (D65).
    public func lightFromLab() -> FloatImage { changed(.lightFromLab) }

    private func changed(_ change: ColourSpaceChange) -> FloatImage {
        guard channels == 3 else { return self }
        let packed = packed
        return FloatImage(kernelWidth: width, height: height, channels: 3) { target in
            convertColours(packed.values.span, into: &target, pixels: width * height, change)
        }
    }
}
