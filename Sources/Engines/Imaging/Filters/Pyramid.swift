internal import Kernels

/// Pictures of half the size each: levels of a Gaussian pyramid (Burt and Adelson 1983).
public struct GaussianPyramid: Sendable {
    /// Full size first; each further level has half the sides, rounded up.
    public let levels: [FloatImage]

    /// 1/16 of 1, 4, 6, 4, 1.
    static let weights: [Float] = [0.0625, 0.25, 0.375, 0.25, 0.0625]

    /// At most `count` levels of a picture; fewer when it has shrunk to one pixel.
    public init(_ image: FloatImage, levels count: Int, border: Border = .reflect) {
        var levels = [image]
        while levels.count < count, let last = levels.last, last.width > 1 || last.height > 1 {
            levels.append(last.halved(border: border))
        }
        self.levels = levels
    }
}

/// What each level of a Gaussian pyramid adds to the next smaller one, and the smallest (Burt and Adelson 1983).
public struct LaplacianPyramid: Sendable {
    /// Details, full size first; the last is the smallest picture itself.
    public var levels: [FloatImage]
    private let border: Border

    /// At most `count` levels of a picture.
    public init(_ image: FloatImage, levels count: Int, border: Border = .reflect) {
        self.border = border
        let blurred = GaussianPyramid(image, levels: count, border: border).levels
        levels = blurred.indices.map { index in
            guard index + 1 < blurred.count else { return blurred[index] }
            let level = blurred[index]
            let larger = blurred[index + 1].doubled(width: level.width, height: level.height, border: border)
            return level.adding(larger, times: -1)
        }
    }

    /// The picture that the levels are of: exact up to the rounding of floats.
    public func collapsed() -> FloatImage {
        var image = levels[levels.count - 1]
        for level in levels.dropLast().reversed() {
            image = level.adding(image.doubled(width: level.width, height: level.height, border: border))
        }
        return image
    }
}

extension FloatImage {
    /// Blurred by 1 4 6 4 1 and every second pixel taken: half the sides, rounded up.
    public func halved(border: Border = .reflect) -> FloatImage {
        let soft = filtered(across: GaussianPyramid.weights, down: GaussianPyramid.weights, border: border)
        let small = (width: (width + 1) / 2, height: (height + 1) / 2)
        return FloatImage(kernelWidth: small.width, height: small.height, channels: channels) { rows in
            movePixels(
                soft.values.span, at: PixelSteps(start: 0, column: 2 * channels, row: 2 * soft.stride), into: &rows,
                at: PixelSteps(start: 0, column: channels, row: small.width * channels), width: small.width,
                height: small.height, samples: channels)
        }
    }

    /// Spread to every second pixel of a picture of the given size and filled in by twice 1 4 6 4 1 each way.
    func doubled(width newWidth: Int, height newHeight: Int, border: Border) -> FloatImage {
        precondition((newWidth + 1) / 2 == width && (newHeight + 1) / 2 == height)
        let spread = FloatImage(kernelWidth: newWidth, height: newHeight, channels: channels) { rows in
            movePixels(
                values.span, at: PixelSteps(start: 0, column: channels, row: stride), into: &rows,
                at: PixelSteps(start: 0, column: 2 * channels, row: 2 * newWidth * channels), width: width,
                height: height, samples: channels)
        }
        // A side of one pixel has no gaps to fill.
        let twice = GaussianPyramid.weights.map { $0 * 2 }
        return spread.filtered(
            across: newWidth > 1 ? twice : [1], down: newHeight > 1 ? twice : [1], border: border)
    }
}
