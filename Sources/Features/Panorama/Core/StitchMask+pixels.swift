package import Imaging

extension MaskCells {
    /// The picture with grey in place of excluded pixels, so that nothing can come of them.
    package func greyed(_ image: Image) -> Image {
        guard excludes else { return image }
        var greyed = image
        let (width, height, stride) = (image.width, image.height, image.stride)
        let samples = image.format.bytesPerPixel
        greyed.withMutablePixels { pixels in
            for row in 0..<height {
                for column in 0..<width
                where excludes(x: Double(column), y: Double(row), width: width, height: height) {
                    for sample in 0..<samples {
                        let at = row * stride + column * samples + sample
                        if at < pixels.count { pixels[at] = 128 }
                    }
                }
            }
        }
        return greyed
    }
}
