public import Imaging
internal import Kernels

/// Pictures of one place at several exposures become one picture of eight bits, without any radiance between
/// (Mertens, Kautz and Van Reeth 2007): Laplacian pyramids, weighted by Gaussian pyramids of how well pixels are exposed.
public enum ExposureFusion {
    /// The fused picture.
    ///
    /// - Parameter stack: Packed `rgb8` pictures of one size.
    /// - Returns: nil for an empty stack or pictures that differ in size or format.
    public static func fused(_ stack: [Image]) -> Image? {
        guard let first = stack.first,
            stack.allSatisfy({
                $0.width == first.width && $0.height == first.height && $0.format == .rgb8 && $0.isPacked
            })
        else { return nil }
        let (width, height) = (first.width, first.height)
        var weights = stack.map { exposureWeights($0.bytes, width: width, height: height) }
        var sums = [Float](repeating: 0, count: width * height)
        for one in weights { addWeighted(&sums, one, [Float](repeating: 1, count: one.count), channels: 1) }
        for index in weights.indices { for at in sums.indices { weights[index][at] /= sums[at] } }
        var levels = 1
        while levels < 9, min(width, height) >> levels >= 4 { levels += 1 }
        var total: LaplacianPyramid?
        for (image, weight) in zip(stack, weights) {
            guard
                let colours = try? FloatImage(
                    width: width, height: height, channels: 3, values: image.bytes.map { Float($0) }),
                let shares = try? FloatImage(width: width, height: height, channels: 1, values: weight)
            else { return nil }
            var details = LaplacianPyramid(colours, levels: levels)
            let soft = GaussianPyramid(shares, levels: levels).levels
            for level in details.levels.indices {
                var values =
                    total?.levels[level].values ?? [Float](repeating: 0, count: details.levels[level].values.count)
                addWeighted(&values, details.levels[level].values, soft[level].values, channels: 3)
                guard
                    let sum = try? FloatImage(
                        width: details.levels[level].width, height: details.levels[level].height, channels: 3,
                        values: values)
                else { return nil }
                details.levels[level] = sum
            }
            total = details
        }
        guard let made = total?.collapsed() else { return nil }
        let bytes = made.values.map { UInt8(min(max($0 + 0.5, 0), 255)) }
        return try? Image(width: width, height: height, format: .rgb8, bytes: bytes)
    }
}
