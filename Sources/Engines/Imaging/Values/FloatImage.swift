internal import Kernels

/// A picture of floats as a value: one or three channels in rows of one contiguous block that the value owns.
///
/// What the channels mean is the caller's: samples 0...1, light, hue and value, gradients. Row `y` starts at value
/// `y * stride`. Copies share storage until one of them is changed.
public struct FloatImage: Sendable, Hashable {
    /// Width in pixels, at least 1.
    public let width: Int
    /// Height in pixels, at least 1.
    public let height: Int
    /// Values of one pixel: 1 or 3.
    public let channels: Int
    /// Values from one row to the next, at least `width * channels`.
    public let stride: Int
    /// The rows, first row first.
    public private(set) var values: [Float]

    /// Takes over rows that are already laid out.
    ///
    /// - Throws: `ImageError.invalidArea` when a side is under 1, there are not one or three channels, the stride is too
    ///   short or the values are too few.
    public init(width: Int, height: Int, channels: Int, stride: Int? = nil, values: [Float]) throws(ImageError) {
        let (row, wide) = width.multipliedReportingOverflow(by: channels)
        let (needed, tall) = (stride ?? row).multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, channels == 1 || channels == 3, !wide, !tall, (stride ?? row) >= row,
            values.count >= needed
        else { throw .invalidArea(width: width, height: height) }
        self.width = width
        self.height = height
        self.channels = channels
        self.stride = stride ?? row
        self.values = values
    }

    /// A picture of one value.
    ///
    /// - Throws: `ImageError.invalidArea` when a side is under 1 or there are not one or three channels.
    public init(width: Int, height: Int, channels: Int, filledWith value: Float = 0) throws(ImageError) {
        let (pixels, overflow) = max(0, width).multipliedReportingOverflow(by: max(0, height))
        guard !overflow, pixels > 0, pixels <= Int.max / 64, channels == 1 || channels == 3 else {
            throw .invalidArea(width: width, height: height)
        }
        self.init(kernelWidth: width, height: height, channels: channels, filledWith: value) { _ in }
    }

    /// A packed picture of a size that another picture vouches for, filled by a kernel.
    init(
        kernelWidth width: Int, height: Int, channels: Int, filledWith value: Float = 0,
        _ body: (inout MutableSpan<Float>) -> Void
    ) {
        precondition(width > 0 && height > 0 && (channels == 1 || channels == 3))
        self.width = width
        self.height = height
        self.channels = channels
        stride = width * channels
        values = [Float](repeating: value, count: stride * height)
        var span = values.mutableSpan
        body(&span)
    }

    /// Whether rows follow each other without a gap.
    public var isPacked: Bool { stride == width * channels }

    /// The layout for kernels.
    var raster: Raster { Raster(width: width, height: height, samples: channels, stride: stride) }

    /// Lends the rows for reading, without copying them.
    public func withValues<Result, Failure: Error>(
        _ body: (Span<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(values.span)
    }

    /// Lends the rows for changing in place; copies first only if another value shares them.
    public mutating func withMutableValues<Result, Failure: Error>(
        _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = values.mutableSpan
        return try body(&span)
    }

    /// One value, or nil outside the picture.
    public func value(x: Int, y: Int, channel: Int = 0) -> Float? {
        guard x >= 0, x < width, y >= 0, y < height, channel >= 0, channel < channels else { return nil }
        return values[y * stride + x * channels + channel]
    }

    /// The picture brought to another size by a window; area averages are for 8-bit pictures.
    ///
    /// - Throws: `ImageError.invalidArea` for a side under 1.
    public func resized(width: Int, height: Int, by filter: ResizeFilter) throws(ImageError) -> FloatImage {
        guard width > 0, height > 0, width <= 1 << 24, height <= 1 << 24, width * height <= 1 << 32 else {
            throw .invalidArea(width: width, height: height)
        }
        let target = Raster(width: width, height: height, samples: channels)
        return FloatImage(kernelWidth: width, height: height, channels: channels) { rows in
            resample(values.span, raster, into: &rows, target, window: filter.window ?? .bilinear)
        }
    }

    /// The values plus `factor` times those of a picture of the same shape.
    func adding(_ other: FloatImage, times factor: Float = 1) -> FloatImage {
        FloatImage(kernelWidth: width, height: height, channels: channels) { rows in
            addScaled(values.span, raster, other.values.span, other.raster, factor: factor, into: &rows)
        }
    }

    /// The values in rows without gaps.
    var packed: FloatImage {
        if isPacked { return self }
        return FloatImage(kernelWidth: width, height: height, channels: channels) { rows in
            movePixels(
                values.span, at: PixelSteps(start: 0, column: channels, row: stride), into: &rows,
                at: PixelSteps(start: 0, column: channels, row: width * channels), width: width, height: height,
                samples: channels)
        }
    }
}
