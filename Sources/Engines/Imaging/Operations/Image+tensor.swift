internal import Kernels

/// How a picture is brought to the square or rectangle that a model takes.
public enum TensorFit: String, Sendable, Hashable, CaseIterable {
    /// All of it, with white beside it.
    case squarePad
    /// All of it, squeezed.
    case stretch
    /// Its middle, cut to the shape.
    case centreCrop
}

/// The input that a model was trained on: size, fit, and what is done to each channel.
public struct TensorLayout: Sendable, Hashable {
    /// Width in pixels.
    public var width: Int
    /// Height in pixels.
    public var height: Int
    /// How pictures of other shapes are fitted.
    public var fit: TensorFit
    /// Mean of red, green and blue, 0...1, that is taken away.
    public var mean: [Float]
    /// Deviation of red, green and blue, 0...1, that is divided by.
    public var deviation: [Float]

    /// A layout; without mean and deviation samples are just brought to 0...1.
    ///
    /// - Throws: `ImageError.invalidArea` when a side is not 1...16,384 or there are not three means and three
    ///   deviations over 0.
    public init(
        width: Int, height: Int, fit: TensorFit, mean: [Float] = [0, 0, 0], deviation: [Float] = [1, 1, 1]
    ) throws(ImageError) {
        guard (1...16_384).contains(width), (1...16_384).contains(height), mean.count == 3, deviation.count == 3,
            deviation.allSatisfy({ $0 > 0 })
        else { throw .invalidArea(width: width, height: height) }
        self.width = width
        self.height = height
        self.fit = fit
        self.mean = mean
        self.deviation = deviation
    }
}

extension Image {
    /// Three planes of floats (red, green, blue; rows first): 3 x height x width values, alpha laid over white.
    ///
    /// Shrinks by area averages and enlarges bilinearly.
    public func tensor(_ layout: TensorLayout) throws(ImageError) -> [Float] {
        let fitted = try flattened().fitted(layout)
        let scale = layout.deviation.map { 1 / (255 * $0) }
        let offset = zip(layout.mean, layout.deviation).map { -$0 / $1 }
        var planes = [Float](repeating: 0, count: 3 * layout.width * layout.height)
        var span = planes.mutableSpan
        packTensor(fitted.bytes.span, fitted.raster, into: &span, scale: scale, offset: offset)
        return planes
    }

    private func fitted(_ layout: TensorLayout) throws(ImageError) -> Image {
        switch layout.fit {
        case .stretch: return try anySize(layout.width, layout.height)
        case .centreCrop:
            let box = centredBox(shapedLike: ImageSize(width: layout.width, height: layout.height))
            return try cropped(to: box).anySize(layout.width, layout.height)
        case .squarePad:
            // The larger of the two ratios decides; both are compared as products of whole numbers.
            let isWide = width * layout.height >= height * layout.width
            let inner = ImageSize(
                width: isWide ? layout.width : max(1, width * layout.height / height),
                height: isWide ? max(1, height * layout.width / width) : layout.height)
            let left = (layout.width - inner.width) / 2
            let top = (layout.height - inner.height) / 2
            return try anySize(inner.width, inner.height).padded(
                left: left, top: top, right: layout.width - inner.width - left,
                bottom: layout.height - inner.height - top, border: .constant(.white))
        }
    }

    /// Shrinks each axis by areas, or brings both by a triangle where one has to grow.
    private func anySize(_ width: Int, _ height: Int) throws(ImageError) -> Image {
        try resized(width: width, height: height, by: .area)
    }
}
