public import Imaging
internal import Kernels

/// Corners by the matrix of gradients, in the improved form (Harris and Stephens 1988; Schmid, Mohr and Bauckhage 2000):
/// derivatives of a Gaussian of σ 1, summed under one of σ 2, det / trace, greatest of 3 x 3, place by a quadratic.
public struct HarrisCorners: Sendable {
    /// Blur of the derivatives in pixels.
    public var derivativeSigma = 1.0
    /// Blur of their products.
    public var integrationSigma = 2.0
    /// Least strength, for samples 0...1.
    public var least: Float = 1e-5

    /// A corner.
    public struct Corner: Sendable, Hashable {
        /// Column in pixels.
        public let x: Float
        /// Row in pixels.
        public let y: Float
        /// det / trace.
        public let strength: Float
    }

    /// A detector with the usual settings.
    public init() {}

    /// The corners of a picture of one channel, strongest first.
    ///
    /// - Throws: `ImageError.invalidArea` for more than one channel.
    public func corners(_ image: FloatImage) throws(ImageError) -> [Corner] {
        guard image.channels == 1 else { throw .invalidArea(width: image.width, height: image.height) }
        let soft = try image.gaussianBlurred(sigma: derivativeSigma)
        let x = try soft.convolved(across: [-0.5, 0, 0.5], down: [1]).values
        let y = try soft.convolved(across: [1], down: [-0.5, 0, 0.5]).values
        func summed(_ a: [Float], _ b: [Float]) throws(ImageError) -> [Float] {
            try FloatImage(width: image.width, height: image.height, channels: 1, values: products(a, b))
                .gaussianBlurred(sigma: integrationSigma).values
        }
        let strengths = cornerStrengths(x: try summed(x, x), y: try summed(y, y), mixed: try summed(x, y))
        return peaks(strengths, width: image.width, height: image.height, least: least, margin: 5)
            .map { Corner(x: $0.x, y: $0.y, strength: $0.value) }
            .sorted { ($1.strength, $0.y, $0.x) < ($0.strength, $1.y, $1.x) }
    }
}
