internal import Kernels

/// The scale in which samples are averaged.
public enum BlendSpace: Sendable, Hashable {
    /// As stored; fast, and what most programs do. Fine patterns come out a little dark.
    case gamma
    /// In proportion to light (sRGB decoded, averaged, encoded); patterns keep their brightness.
    case linear
}

/// How a picture is brought to another size.
public enum ResizeFilter: String, Sendable, Hashable, CaseIterable {
    /// The exact mean of the area under each new pixel; enlarging takes bilinear for it.
    case area
    /// A triangle over 2 pixels.
    case bilinear
    /// Keys' cubic over 4 pixels.
    case bicubic
    /// Lanczos' window over 6 pixels; the sharpest.
    case lanczos

    /// The kernel's window; none for areas.
    var window: ResampleWindow? {
        switch self {
        case .area: nil
        case .bilinear: .bilinear
        case .bicubic: .bicubic
        case .lanczos: .lanczos3
        }
    }
}

extension Image {
    /// Sides that the whole-number sums of the kernels hold.
    private static let longestSide = 1 << 24

    /// The picture made smaller by exact area averaging.
    ///
    /// Each new pixel is the mean of the source area under it, with parts of pixels counted by their area, in whole
    /// numbers throughout: the result does not depend on the processor. Colours are weighted by alpha.
    /// - Throws: `invalidArea` for a side under 1, `cannotEnlarge` for a side over the picture's.
    public func resized(width: Int, height: Int, in space: BlendSpace = .gamma) throws(ImageError) -> Image {
        guard width > 0, height > 0 else { throw .invalidArea(width: width, height: height) }
        guard width <= self.width, height <= self.height else { throw .cannotEnlarge(width: width, height: height) }
        guard self.width <= Self.longestSide, self.height <= Self.longestSide else {
            throw .sideTooLong(width: self.width, height: self.height, limit: Self.longestSide)
        }
        if width == self.width, height == self.height { return self }
        if space == .gamma, !format.hasAlpha {
            let target = Raster(width: width, height: height, samples: format.bytesPerPixel)
            return Image(kernelWidth: width, height: height, format: format) { rows in
                areaResize(bytes.span, raster, into: &rows, target)
            }
        }
        let shape = AreaShape(
            sourceWidth: self.width, sourceHeight: self.height, sourceStride: stride, width: width, height: height,
            samples: format.bytesPerPixel)
        return Image(derivedWidth: width, height: height, format: format) { target in
            bytes.withUnsafeBufferPointer { averageAreaWeighted($0, into: target, shape, linear: space == .linear) }
        }
    }

    /// The picture brought to a size, larger or smaller, by a filter; samples are blended as stored.
    ///
    /// Windows widen when a picture gets smaller, so nothing is passed over. Colours are weighted by alpha. All sums
    /// are whole numbers: the result does not depend on the processor.
    /// - Throws: `invalidArea` for a side under 1, `sideTooLong` over 16,777,216.
    public func resized(width: Int, height: Int, by filter: ResizeFilter) throws(ImageError) -> Image {
        guard width > 0, height > 0 else { throw .invalidArea(width: width, height: height) }
        let longest = max(width, height, self.width, self.height)
        guard longest <= Self.longestSide, Self.fits(width: width, height: height, format) else {
            throw .sideTooLong(width: width, height: height, limit: Self.longestSide)
        }
        if width == self.width, height == self.height { return self }
        if filter == .area, width <= self.width, height <= self.height {
            return try resized(width: width, height: height)
        }
        let window = filter.window ?? .bilinear
        guard format.hasAlpha else { return resampled(width: width, height: height, window: window) }
        return changingAlpha(.premultiply).resampled(width: width, height: height, window: window)
            .changingAlpha(.unpremultiply)
    }

    /// Whether the bytes of a size can be counted and are not beyond all reason (16 GiB).
    private static func fits(width: Int, height: Int, _ format: PixelFormat) -> Bool {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        return !overflow && pixels <= (1 << 34) / format.bytesPerPixel
    }

    private func resampled(width: Int, height: Int, window: ResampleWindow) -> Image {
        let target = Raster(width: width, height: height, samples: format.bytesPerPixel)
        return Image(kernelWidth: width, height: height, format: format) { rows in
            resample(bytes.span, raster, into: &rows, target, window: window)
        }
    }

    private func changingAlpha(_ conversion: ColourConversion) -> Image {
        Image(kernelWidth: width, height: height, format: format) { rows in
            convertColours(bytes.span, raster, into: &rows, conversion)
        }
    }

    /// The size that fits into a rectangle with the same shape, never larger than the picture.
    func fittingSize(in bounds: ImageSize) -> ImageSize {
        ImageSize(width: width, height: height).fitted(in: bounds)
    }
}

extension ImageSize {
    /// This size made smaller, if need be, to fit into bounds in its own shape.
    public func fitted(in bounds: ImageSize) -> ImageSize {
        guard width > bounds.width || height > bounds.height else { return self }
        if width * bounds.height >= height * bounds.width {
            let fitting = (height * bounds.width + width / 2) / width
            return ImageSize(width: bounds.width, height: min(max(1, fitting), bounds.height))
        }
        let fitting = (width * bounds.height + height / 2) / height
        return ImageSize(width: min(max(1, fitting), bounds.width), height: bounds.height)
    }
}
