/// The scale in which samples are averaged.
public enum BlendSpace: Sendable, Hashable {
    /// As stored; fast, and what most programs do. Fine patterns come out a little dark.
    case gamma
    /// In proportion to light (sRGB decoded, averaged, encoded); patterns keep their brightness.
    case linear
}

extension Image {
    /// The picture made smaller by exact area averaging.
    ///
    /// Each new pixel is the mean of the source area under it, with parts of pixels counted by their area, in whole
    /// numbers throughout: the result does not depend on the processor. Colours are weighted by alpha.
    /// - Throws: `invalidArea` for a side under 1, `cannotEnlarge` for a side over the picture's.
    public func resized(width: Int, height: Int, in space: BlendSpace = .gamma) throws(ImageError) -> Image {
        guard width > 0, height > 0 else { throw .invalidArea(width: width, height: height) }
        guard width <= self.width, height <= self.height else { throw .cannotEnlarge(width: width, height: height) }
        if width == self.width, height == self.height { return self }
        let shape = AreaShape(
            sourceWidth: self.width, sourceHeight: self.height, sourceStride: stride, width: width, height: height,
            samples: format.bytesPerPixel)
        return Image(derivedWidth: width, height: height, format: format) { target in
            bytes.withUnsafeBufferPointer { source in
                if space == .gamma, !format.hasAlpha {
                    averageArea(source, into: target, shape)
                } else {
                    averageAreaWeighted(source, into: target, shape, linear: space == .linear)
                }
            }
        }
    }

    /// The size that fits into a rectangle with the same shape, never larger than the picture.
    func fittingSize(in bounds: ImageSize) -> ImageSize {
        ImageSize(width: width, height: height).fitted(in: bounds)
    }
}

extension ImageSize {
    /// This size made smaller, if need be, to fit into bounds in its own shape.
    func fitted(in bounds: ImageSize) -> ImageSize {
        guard width > bounds.width || height > bounds.height else { return self }
        if width * bounds.height >= height * bounds.width {
            let fitting = (height * bounds.width + width / 2) / width
            return ImageSize(width: bounds.width, height: min(max(1, fitting), bounds.height))
        }
        let fitting = (width * bounds.height + height / 2) / height
        return ImageSize(width: min(max(1, fitting), bounds.width), height: bounds.height)
    }
}
