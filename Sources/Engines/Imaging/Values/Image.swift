internal import Kernels

/// A picture as a value: rows of 8-bit pixels in one contiguous block that the value owns.
///
/// Row `y` starts at byte `y * stride`; bytes between the end of a row's pixels and the next row have no meaning.
/// Copies share storage until one of them is changed.
public struct Image: Sendable, Hashable {
    /// Width in pixels, at least 1.
    public let width: Int
    /// Height in pixels, at least 1.
    public let height: Int
    /// Bytes from one row to the next, at least `width * format.bytesPerPixel`.
    public let stride: Int
    /// What the samples of a pixel are.
    public let format: PixelFormat
    /// The rows, first row first: at least `stride * height` bytes.
    public private(set) var bytes: [UInt8]

    /// Takes over rows of pixels that are already laid out.
    ///
    /// - Throws: `ImageError.invalidArea` when a side is under 1, the stride is too short or the bytes are too few.
    public init(width: Int, height: Int, format: PixelFormat, stride: Int? = nil, bytes: [UInt8]) throws(ImageError) {
        guard let packed = Self.rowBytes(width: width, format: format), height > 0 else {
            throw .invalidArea(width: width, height: height)
        }
        let stride = stride ?? packed
        let (needed, overflow) = stride.multipliedReportingOverflow(by: height)
        guard stride >= packed, !overflow, bytes.count >= needed else {
            throw .invalidArea(width: width, height: height)
        }
        self.width = width
        self.height = height
        self.stride = stride
        self.format = format
        self.bytes = bytes
    }

    /// A picture of one colour.
    ///
    /// - Throws: `ImageError.invalidArea` when a side is under 1 or the size does not fit an `Int`.
    public init(width: Int, height: Int, format: PixelFormat, filledWith pixel: Pixel) throws(ImageError) {
        let samples = format.samples(of: pixel)
        try self.init(width: width, height: height, format: format) { rows in
            var at = 0
            while at < rows.count {
                for sample in samples {
                    rows[at] = sample
                    at += 1
                }
            }
        }
    }

    /// A packed picture whose zeroed rows `body` fills in place.
    ///
    /// - Throws: `ImageError.invalidArea` for an impossible size, and whatever `body` throws.
    init(
        width: Int, height: Int, format: PixelFormat,
        filling body: (UnsafeMutableBufferPointer<UInt8>) throws(ImageError) -> Void
    ) throws(ImageError) {
        guard let stride = Self.rowBytes(width: width, format: format), height > 0 else {
            throw .invalidArea(width: width, height: height)
        }
        let (count, overflow) = stride.multipliedReportingOverflow(by: height)
        guard !overflow else { throw .invalidArea(width: width, height: height) }
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBufferPointer { (rows) throws(ImageError) in try body(rows) }
        self.width = width
        self.height = height
        self.stride = stride
        self.format = format
        self.bytes = bytes
    }

    /// A packed picture of a size that another picture vouches for, filled in place by `body`.
    init(
        derivedWidth width: Int, height: Int, format: PixelFormat,
        filling body: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        precondition(width > 0 && height > 0)
        self.width = width
        self.height = height
        self.format = format
        stride = width * format.bytesPerPixel
        bytes = [UInt8](repeating: 0, count: stride * height)
        bytes.withUnsafeMutableBufferPointer { body($0) }
    }

    /// A packed picture of a size that another picture vouches for, whose zeroed rows a kernel fills.
    init(
        kernelWidth width: Int, height: Int, format: PixelFormat,
        spanning body: (inout MutableSpan<UInt8>) -> Void
    ) {
        precondition(width > 0 && height > 0)
        self.width = width
        self.height = height
        self.format = format
        stride = width * format.bytesPerPixel
        bytes = [UInt8](repeating: 0, count: stride * height)
        var span = bytes.mutableSpan
        body(&span)
    }

    /// The layout for kernels.
    var raster: Raster { Raster(width: width, height: height, samples: format.bytesPerPixel, stride: stride) }

    /// Width times height.
    public var pixelCount: Int { width * height }

    /// Whether rows follow each other without a gap.
    public var isPacked: Bool { stride == width * format.bytesPerPixel }

    /// Lends the rows for reading, without copying them.
    public func withPixels<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.span)
    }

    /// Lends the rows for changing in place; copies first only if another value shares them.
    public mutating func withMutablePixels<Result, Failure: Error>(
        _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var span = bytes.mutableSpan
        return try body(&span)
    }

    /// The pixel at a place, or nil outside the picture.
    public func pixel(x: Int, y: Int) -> Pixel? {
        guard x >= 0, x < width, y >= 0, y < height else { return nil }
        let at = y * stride + x * format.bytesPerPixel
        switch format {
        case .gray8: return Pixel(red: bytes[at], green: bytes[at], blue: bytes[at])
        case .rgb8: return Pixel(red: bytes[at], green: bytes[at + 1], blue: bytes[at + 2])
        case .rgba8:
            return Pixel(red: bytes[at], green: bytes[at + 1], blue: bytes[at + 2], alpha: bytes[at + 3])
        }
    }

    /// Bytes of a packed row, or nil for a width that cannot be.
    static func rowBytes(width: Int, format: PixelFormat) -> Int? {
        guard width > 0 else { return nil }
        let (count, overflow) = width.multipliedReportingOverflow(by: format.bytesPerPixel)
        return overflow ? nil : count
    }
}

extension PixelFormat {
    /// The samples that stand for a colour in this format; grey by the integer luma of BT.601.
    func samples(of pixel: Pixel) -> [UInt8] {
        switch self {
        case .gray8: [Luma.of(pixel.red, pixel.green, pixel.blue)]
        case .rgb8: [pixel.red, pixel.green, pixel.blue]
        case .rgba8: [pixel.red, pixel.green, pixel.blue, pixel.alpha]
        }
    }
}
