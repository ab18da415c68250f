internal import Kernels

extension FloatImage {
    /// The picture filtered by one row of weights across and one down, both of odd length.
    ///
    /// - Throws: `ImageError.invalidArea` when a row of weights is even, empty or over 4,095 long.
    public func convolved(across: [Float], down: [Float], border: Border = .reflect) throws(ImageError) -> FloatImage {
        for row in [across, down] {
            guard row.count % 2 == 1, row.count <= 4095 else { throw .invalidArea(width: row.count, height: 1) }
        }
        return filtered(across: across, down: down, border: border)
    }

    func filtered(across: [Float], down: [Float], border: Border = .reflect) -> FloatImage {
        FloatImage(kernelWidth: width, height: height, channels: channels) { rows in
            convolve(
                values.span, raster, into: &rows, across: across, down: down, border: border.rule,
                fill: Float(border.pixel.red) / 255)
        }
    }

    /// The picture blurred by a Gaussian; sigma in pixels, 0.05...200.
    ///
    /// - Throws: `ImageError.invalidArea` for another sigma.
    public func gaussianBlurred(sigma: Double, border: Border = .reflect) throws(ImageError) -> FloatImage {
        guard FilterWeights.sigmas.contains(sigma) else { throw .invalidArea(width: width, height: height) }
        let weights = FilterWeights.gaussian(sigma: sigma)
        return filtered(across: weights, down: weights, border: border)
    }

    /// Sobel's derivatives to the right and downwards, times 8 (weights 1 2 1 and -1 0 1).
    public func sobel(border: Border = .reflect) -> (x: FloatImage, y: FloatImage) {
        (
            filtered(across: [-1, 0, 1], down: [1, 2, 1], border: border),
            filtered(across: [1, 2, 1], down: [-1, 0, 1], border: border)
        )
    }

    /// The sum of second derivatives: the four neighbours less four times the pixel.
    public func laplacian(border: Border = .reflect) -> FloatImage {
        let across = filtered(across: [1, -2, 1], down: [0, 1, 0], border: border)
        return across.adding(filtered(across: [0, 1, 0], down: [1, -2, 1], border: border))
    }
}
