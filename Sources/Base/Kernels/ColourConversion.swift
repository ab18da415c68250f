internal import CKernels

/// A conversion of 8-bit pixels, row by row.
package enum ColourConversion: Sendable {
    /// (77 R + 150 G + 29 B + 128) >> 8 of three or four samples; alpha is not looked at.
    case grey
    /// RGB to BGR or back, RGBA to BGRA or back.
    case swapRedBlue
    /// RGB to full-range YCbCr (JFIF).
    case yCbCrFromRGB
    /// Full-range YCbCr (JFIF) to RGB.
    case rgbFromYCbCr
    /// RGBA with colours times alpha.
    case premultiply
    /// Colours times alpha back to straight alpha.
    case unpremultiply
    /// RGBA over one colour, as RGB.
    case flatten(red: UInt8, green: UInt8, blue: UInt8)

    /// Values of a pixel of the result, for a source of as many.
    func samples(from samples: Int) -> Int {
        switch self {
        case .grey: 1
        case .flatten, .yCbCrFromRGB, .rgbFromYCbCr: 3
        case .swapRedBlue, .premultiply, .unpremultiply: samples
        }
    }

    /// How many values of a pixel it takes.
    func takes(_ samples: Int) -> Bool {
        switch self {
        case .grey, .swapRedBlue: samples >= 3
        case .yCbCrFromRGB, .rgbFromYCbCr: samples == 3
        case .premultiply, .unpremultiply, .flatten: samples == 4
        }
    }
}

/// Converts a picture's pixels; packed target.
package func convertColours(
    _ source: Span<UInt8>, _ from: Raster, into target: inout MutableSpan<UInt8>, _ conversion: ColourConversion,
    variant: KernelVariant = .best
) {
    let samples = conversion.samples(from: from.samples)
    precondition(conversion.takes(from.samples))
    precondition(source.count >= from.span && target.count >= from.width * samples * from.height)
    let code = variant.code
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            guard let rows = source.baseAddress, let out = target.baseAddress else { return }
            for y in 0..<from.height {
                convertRow(rows + y * from.stride, out + y * from.width * samples, from, conversion, code)
            }
        }
    }
}

private func convertRow(
    _ row: UnsafePointer<UInt8>, _ out: UnsafeMutablePointer<UInt8>, _ from: Raster, _ conversion: ColourConversion,
    _ code: Int32
) {
    let samples = Int32(from.samples)
    switch conversion {
    case .grey: vk_grey_from_rgb(row, out, from.width, samples, code)
    case .swapRedBlue: vk_swap_red_blue(row, out, from.width, samples, code)
    case .yCbCrFromRGB: vk_ycbcr_from_rgb(row, out, from.width, code)
    case .rgbFromYCbCr: vk_rgb_from_ycbcr(row, out, from.width, code)
    case .premultiply: vk_premultiply(row, out, from.width, code)
    case .unpremultiply: vk_unpremultiply(row, out, from.width)
    case .flatten(let red, let green, let blue): vk_flatten(row, out, from.width, red, green, blue, code)
    }
}

/// A change between float colour spaces, three samples a pixel.
package enum ColourSpaceChange: Sendable {
    /// RGB 0...1 to hue 0...360, saturation and value 0...1.
    case hsvFromRGB
    /// Hue, saturation and value to RGB.
    case rgbFromHSV
    /// Linear sRGB 0...1 to CIE L*a*b* under D65.
    case labFromLight
    /// CIE L*a*b* under D65 to linear sRGB.
    case lightFromLab
}

/// Converts packed float pixels of three samples.
package func convertColours(
    _ source: Span<Float>, into target: inout MutableSpan<Float>, pixels: Int, _ change: ColourSpaceChange
) {
    precondition(pixels >= 0 && source.count >= 3 * pixels && target.count >= 3 * pixels)
    source.withUnsafeBufferPointer { source in
        target.withUnsafeMutableBufferPointer { target in
            guard let row = source.baseAddress, let out = target.baseAddress else { return }
            switch change {
            case .hsvFromRGB: vk_hsv_from_rgb(row, out, pixels)
            case .rgbFromHSV: vk_rgb_from_hsv(row, out, pixels)
            case .labFromLight: vk_lab_from_light(row, out, pixels)
            case .lightFromLab: vk_light_from_lab(row, out, pixels)
            }
        }
    }
}

/// Colours through linear light: tables to light, a 3 x 3 matrix, a table back.
package struct LightMatrix: Sendable {
    /// Light of each sample 0...255, for red, green and blue: 768 values.
    let light: [Float]
    /// Row-major, 9 values.
    let matrix: [Float]
    /// The sample for each 1/4,095 of light: 4,096 values.
    let samples: [UInt8]

    /// Tables of the given values.
    package init(light: [Float], matrix: [Float], samples: [UInt8]) {
        precondition(light.count == 768 && matrix.count == 9 && samples.count == 4096)
        self.light = light
        self.matrix = matrix
        self.samples = samples
    }

    /// Converts pixels of three or four samples in place; alpha stays.
    package func apply(to pixels: inout MutableSpan<UInt8>, _ raster: Raster) {
        precondition(raster.samples >= 3 && pixels.count >= raster.span)
        pixels.withUnsafeMutableBufferPointer { pixels in
            guard let rows = pixels.baseAddress else { return }
            for y in 0..<raster.height {
                let row = rows + y * raster.stride
                vk_matrix_through_light(row, row, raster.width, Int32(raster.samples), light, matrix, samples)
            }
        }
    }
}
