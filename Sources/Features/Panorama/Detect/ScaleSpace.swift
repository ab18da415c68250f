import Foundation
package import Imaging
internal import Kernels

/// Octaves of ever softer pictures, and the differences of neighbours in them (Lowe 2004, section 3).
package struct ScaleSpace: Sendable {
    /// Pictures of one size: `scales` + 3 levels of blur, finest first.
    package struct Octave: Sendable {
        /// Levels of blur.
        package let levels: [FloatImage]
        /// Each level less the one before.
        package let differences: [[Float]]
        /// Size of a pixel in pixels of the source.
        package let step: Double
        /// Where this octave's pixel 0 lies in the source.
        package let origin: Double
    }

    /// Blur of the first level in pixels of its octave.
    package static let sigma = 1.6
    /// Levels in which the blur doubles.
    package static let scales = 3

    /// Finest first.
    package let octaves: [Octave]

    /// The scale space of a picture with one channel.
    ///
    /// - Parameter doubles: Whether the first octave has twice the size of the source, for small pictures.
    /// - Throws: `ImageError` for a picture of more than one channel.
    package init(_ image: FloatImage, doubles: Bool) throws(ImageError) {
        guard image.channels == 1 else { throw .invalidArea(width: image.width, height: image.height) }
        // A camera's picture is taken to have a blur of 0.5 pixels.
        let base = doubles ? try image.resized(width: image.width * 2, height: image.height * 2, by: .bilinear) : image
        let given = doubles ? 1.0 : 0.5
        var first = try base.gaussianBlurred(sigma: (Self.sigma * Self.sigma - given * given).squareRoot())
        var octaves: [Octave] = []
        var step = doubles ? 0.5 : 1.0
        let origin = doubles ? -0.25 : 0
        while min(first.width, first.height) >= 16, octaves.count < 8 {
            let levels = try Self.levels(from: first)
            let differences = (1..<levels.count).map { index in
                levels[index].withValues { upper in levels[index - 1].withValues { Kernels.subtract(upper, $0) } }
            }
            octaves.append(Octave(levels: levels, differences: differences, step: step, origin: origin))
            first = try Self.everySecond(levels[Self.scales])
            step *= 2
        }
        self.octaves = octaves
    }

    private static func levels(from first: FloatImage) throws(ImageError) -> [FloatImage] {
        var levels = [first]
        for index in 1..<(scales + 3) {
            let before = sigma * pow(2, Double(index - 1) / Double(scales))
            let after = sigma * pow(2, Double(index) / Double(scales))
            levels.append(try levels[index - 1].gaussianBlurred(sigma: (after * after - before * before).squareRoot()))
        }
        return levels
    }

    /// Pixels 0, 2, 4... both ways: the blur already holds back what they could not show.
    private static func everySecond(_ image: FloatImage) throws(ImageError) -> FloatImage {
        let (width, height) = ((image.width + 1) / 2, (image.height + 1) / 2)
        var small = try FloatImage(width: width, height: height, channels: 1)
        image.withValues { from in
            small.withMutableValues { to in
                movePixels(
                    from, at: PixelSteps(start: 0, column: 2, row: 2 * image.stride), into: &to,
                    at: PixelSteps(start: 0, column: 1, row: width), width: width, height: height, samples: 1)
            }
        }
        return small
    }
}
