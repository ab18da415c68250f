internal import Kernels

/// A frame of a clip: its planes as they were stored.
public struct VideoFrame: Sendable, Hashable {
    /// The format of the clip.
    public let format: VideoFormat
    /// Luma, then Cb and Cr if there is colour, each in packed rows.
    public let bytes: [UInt8]

    /// A frame of stored planes.
    ///
    /// - Throws: `damagedFrame(0)` when the bytes are not as many as the format says.
    public init(format: VideoFormat, bytes: [UInt8]) throws(VideoError) {
        guard bytes.count == format.frameBytes else { throw .damagedFrame(0) }
        self.format = format
        self.bytes = bytes
    }

    /// A frame that shows a picture.
    ///
    /// - Parameters:
    ///   - image: Of the format's size; alpha is laid over white.
    ///   - format: The format of the clip.
    ///   - colour: Which primaries luma is made of; nil for what is usual at this size.
    /// - Throws: `frameTooLarge` when the picture has another size.
    public init(_ image: Image, format: VideoFormat, colour: VideoColour? = nil) throws(VideoError) {
        let (width, height) = (image.width, image.height)
        guard width == format.width, height == format.height else {
            throw .frameTooLarge(width: width, height: height)
        }
        let matrix = (colour ?? .usual(width: width, height: height)).matrix(isFullRange: format.isFullRange)
        self.format = format
        guard let grids = format.sampling.grids else {
            bytes = image.converted(to: .gray8).tabled(Self.table(black: matrix.black, span: matrix.lumaSpan))
            return
        }
        var planes = [UInt8](repeating: 0, count: format.frameBytes)
        var span = planes.mutableSpan
        let rgb = image.flattened().converted(to: .rgb8)
        let packed = rgb.isPacked ? rgb : rgb.repacked()
        packed.withPixels {
            planesFromRGB($0, width: width, height: height, grids: grids, matrix: matrix, into: &span)
        }
        bytes = planes
    }

    /// The frame as a picture: `rgb8`, or `gray8` without colour.
    ///
    /// R' = Y' + 2 (1 - kr) Cr and so on (ITU-R BT.601, section 2.5; BT.709, section 3), exact to a level. Chroma between
    /// its samples is bilinear.
    /// - Parameter colour: Which primaries luma was made of; nil for what is usual at this size.
    public func image(colour: VideoColour? = nil) -> Image {
        guard let grids = format.sampling.grids else { return luma }
        let (width, height) = (format.width, format.height)
        let matrix = (colour ?? .usual(width: width, height: height)).matrix(isFullRange: format.isFullRange)
        return Image(kernelWidth: width, height: height, format: .rgb8) { rows in
            rgbFromPlanes(bytes.span, width: width, height: height, grids: grids, matrix: matrix, into: &rows)
        }
    }

    /// Luma over the full range 0...255, as a grey picture.
    public var luma: Image {
        let stored = Image(derivedWidth: format.width, height: format.height, format: .gray8) {
            _ = $0.update(fromContentsOf: bytes.prefix(format.width * format.height))
        }
        guard !format.isFullRange else { return stored }
        let table = (0..<256).map { UInt8(min(255, max(0, (Double($0 - 16) * 255 / 219).rounded()))) }
        return Image(derivedWidth: format.width, height: format.height, format: .gray8) {
            _ = $0.update(fromContentsOf: stored.tabled(table))
        }
    }

    /// A plane by its number as a grey picture of stored samples; nil when there is none.
    public func plane(_ index: Int) -> Image? {
        let sizes = format.planes
        guard sizes.indices.contains(index) else { return nil }
        let start = sizes[..<index].reduce(0) { $0 + $1.width * $1.height }
        let size = sizes[index]
        return Image(derivedWidth: size.width, height: size.height, format: .gray8) {
            _ = $0.update(fromContentsOf: bytes[start..<(start + size.width * size.height)])
        }
    }

    private static func table(black: Int, span: Double) -> [UInt8] {
        (0..<256).map { UInt8(min(255, max(0, Double(black) + (Double($0) * span / 255).rounded()))) }
    }
}

extension Image {
    /// The packed samples of a grey picture by a table of 256.
    fileprivate func tabled(_ table: [UInt8]) -> [UInt8] {
        let packed = isPacked ? self : repacked()
        var out = packed.bytes
        if out.count > width * height { out.removeLast(out.count - width * height) }
        var span = out.mutableSpan
        mapSamples(&span, by: table.span)
        return out
    }

    /// The same picture in rows without gaps.
    fileprivate func repacked() -> Image {
        Image(derivedWidth: width, height: height, format: format) { rows in
            let row = width * format.bytesPerPixel
            for y in 0..<height {
                _ = rows[(y * row)...].update(fromContentsOf: bytes[(y * stride)..<(y * stride + row)])
            }
        }
    }
}
