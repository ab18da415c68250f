internal import Kernels

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Rows of weights for separable filters.
enum FilterWeights {
    /// A Gaussian out to three sigmas at least, which sums to 1.
    static func gaussian(sigma: Double) -> [Float] {
        let radius = max(1, Int((3 * sigma).rounded(.up)))
        let raw = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        let sum = raw.reduce(0, +)
        return raw.map { Float($0 / sum) }
    }

    static func box(radius: Int) -> [Float] {
        [Float](repeating: 1 / Float(2 * radius + 1), count: 2 * radius + 1)
    }

    /// Widest sigma: the weights of 16,384 parts must not all round to nothing.
    static let sigmas = 0.05...200.0
}

extension Image {
    /// The picture blurred by a Gaussian; sigma in pixels, 0.05...200.
    ///
    /// - Throws: `ImageError.invalidArea` for another sigma.
    public func gaussianBlurred(sigma: Double, border: Border = .reflect) throws(ImageError) -> Image {
        guard FilterWeights.sigmas.contains(sigma) else { throw .invalidArea(width: width, height: height) }
        return convolved(FilterWeights.gaussian(sigma: sigma), border: border)
    }

    /// The mean over the square of `radius` pixels around each, 1...500.
    ///
    /// - Throws: `ImageError.invalidArea` for another radius.
    public func boxBlurred(radius: Int, border: Border = .reflect) throws(ImageError) -> Image {
        guard (1...500).contains(radius) else { throw .invalidArea(width: width, height: height) }
        return convolved(FilterWeights.box(radius: radius), border: border)
    }

    /// The median over the square of `radius` pixels around each, in each channel, 1...20; takes out specks.
    ///
    /// - Throws: `ImageError.invalidArea` for another radius.
    public func medianFiltered(radius: Int = 1) throws(ImageError) -> Image {
        guard (1...20).contains(radius) else { throw .invalidArea(width: width, height: height) }
        let planes = (0..<format.bytesPerPixel).map { channel in
            Image(kernelWidth: width, height: height, format: .gray8) { rows in
                let plane = self.plane(channel)
                median(plane.bytes.span, plane.raster, into: &rows, radius: radius)
            }
        }
        return Image(planes: planes, format: format)
    }

    /// The picture plus so many times what a Gaussian blur takes away; sigma in pixels.
    ///
    /// - Throws: `ImageError.invalidArea` for a sigma outside 0.05...200 or an amount that is no number.
    public func sharpened(sigma: Double, amount: Float) throws(ImageError) -> Image {
        guard amount.isFinite else { throw .invalidArea(width: width, height: height) }
        let soft = try gaussianBlurred(sigma: sigma)
        let perPixel = format.bytesPerPixel
        return Image(kernelWidth: width, height: height, format: format) { rows in
            let sharp = bytes.span
            let blurred = soft.bytes.span
            for y in 0..<height {
                for at in 0..<(width * perPixel) {
                    let value = sharp[y * stride + at]
                    let isAlpha = perPixel == 4 && at % 4 == 3
                    let detail = Float(value) - Float(blurred[y * soft.stride + at])
                    let moved = (Float(value) + amount * detail).rounded()
                    rows[y * width * perPixel + at] = isAlpha ? value : UInt8(min(max(moved, 0), 255))
                }
            }
        }
    }

    /// The same odd row of weights across and down.
    func convolved(_ weights: [Float], border: Border) -> Image {
        let whole = integerWeights(weights)
        return Image(kernelWidth: width, height: height, format: format) { rows in
            convolve(
                bytes.span, raster, into: &rows, across: whole, down: whole, border: border.rule,
                fill: border.pixel.red)
        }
    }

    /// One channel as a picture.
    func plane(_ channel: Int) -> Image {
        Image(kernelWidth: width, height: height, format: .gray8) { rows in
            movePixels(
                bytes.span, at: PixelSteps(start: channel, column: format.bytesPerPixel, row: stride), into: &rows,
                at: PixelSteps(start: 0, column: 1, row: width), width: width, height: height, samples: 1)
        }
    }

    /// Packed one-channel pictures of one size put together.
    init(planes: [Image], format: PixelFormat) {
        let perPixel = format.bytesPerPixel
        let (width, height) = (planes[0].width, planes[0].height)
        precondition(planes.count == perPixel && planes.allSatisfy { $0.width == width && $0.height == height })
        self.init(kernelWidth: width, height: height, format: format) { rows in
            for (channel, plane) in planes.enumerated() {
                movePixels(
                    plane.bytes.span, at: PixelSteps(start: 0, column: 1, row: plane.stride), into: &rows,
                    at: PixelSteps(start: channel, column: perPixel, row: width * perPixel), width: width,
                    height: height, samples: 1)
            }
        }
    }
}
