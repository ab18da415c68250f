public import Imaging
internal import Kernels

extension ModelManifest.Preprocess {
    /// The largest side of an input without a size of its own.
    static let largestSide = 4_096

    /// A picture as the model takes it; what is clear lies on white.
    ///
    /// What a letterbox and `pad32` do not cover is to the right and below.
    /// - Throws: `.invalidInput` when the manifest gives no size where one is needed, or the picture cannot be brought
    ///   to it.
    public func prepare(_ picture: Image) throws(InferenceError) -> PreparedPicture {
        let fitted: Fitted
        do {
            fitted = try self.fitted(picture.flattened())
        } catch {
            throw InferenceError(.invalidInput, "The picture cannot be brought to the model's input: \(error)")
        }
        let channels = colour == .gray ? 1 : 3
        let shape = [1, channels, fitted.image.height, fitted.image.width]
        return PreparedPicture(
            tensor: try Tensor(shape: shape, .float32(try planes(fitted.image, channels))),
            placement: PicturePlacement(
                scaleX: fitted.scaleX, scaleY: fitted.scaleY, cutLeft: fitted.cut.x, cutTop: fitted.cut.y,
                width: picture.width, height: picture.height))
    }

    private struct Fitted {
        var image: Image
        var scaleX: Float
        var scaleY: Float
        var cut = PixelBox(x: 0, y: 0, width: 0, height: 0)
    }

    private func fitted(_ picture: Image) throws -> Fitted {
        if resize == .pad32 { return try paddedTo32(picture) }
        guard size.count == 2, size.allSatisfy({ (1...Self.largestSide).contains($0) }) else {
            throw InferenceError(.invalidInput, "the manifest gives no size")
        }
        let wanted = ImageSize(width: size[1], height: size[0])
        switch resize {
        case .letterbox: return try letterboxed(picture, wanted)
        case .shortSideCrop: return try cropped(picture, wanted)
        case .stretch, .pad32: return try scaled(picture, wanted)
        }
    }

    private func scaled(_ picture: Image, _ wanted: ImageSize) throws -> Fitted {
        Fitted(
            image: try picture.resized(width: wanted.width, height: wanted.height, by: .area),
            scaleX: Float(wanted.width) / Float(picture.width), scaleY: Float(wanted.height) / Float(picture.height))
    }

    private func letterboxed(_ picture: Image, _ wanted: ImageSize) throws -> Fitted {
        let scale = min(
            Double(wanted.width) / Double(picture.width), Double(wanted.height) / Double(picture.height))
        let inner = ImageSize(
            width: min(max(1, Int((Double(picture.width) * scale).rounded())), wanted.width),
            height: min(max(1, Int((Double(picture.height) * scale).rounded())), wanted.height))
        return try filled(scaled(picture, inner), wanted)
    }

    private func cropped(_ picture: Image, _ wanted: ImageSize) throws -> Fitted {
        let part = try picture.croppedToShape(of: wanted)
        var fitted = try scaled(part, wanted)
        fitted.cut.x = (picture.width - part.width) / 2
        fitted.cut.y = (picture.height - part.height) / 2
        return fitted
    }

    private func paddedTo32(_ picture: Image) throws -> Fitted {
        let most = ImageSize(
            width: size.count == 2 ? size[1] : Self.largestSide, height: size.count == 2 ? size[0] : Self.largestSide)
        let inner = ImageSize(width: picture.width, height: picture.height).fitted(in: most)
        let whole = ImageSize(width: (inner.width + 31) / 32 * 32, height: (inner.height + 31) / 32 * 32)
        return try filled(scaled(picture, inner), whole)
    }

    private func filled(_ fitted: Fitted, _ wanted: ImageSize) throws -> Fitted {
        let value = UInt8(min(max(padValue, 0), 255).rounded())
        var filled = fitted
        filled.image = try fitted.image.padded(
            right: wanted.width - fitted.image.width, bottom: wanted.height - fitted.image.height,
            border: .constant(Pixel(red: value, green: value, blue: value)))
        return filled
    }

    /// (byte - mean) / deviation, channel by channel.
    private func planes(_ image: Image, _ channels: Int) throws(InferenceError) -> [Float] {
        guard mean.count == std.count, [0, 1, channels].contains(mean.count) else {
            throw InferenceError(.invalidInput, "The manifest's mean and std do not fit \(channels) channels.")
        }
        func value(_ list: [Float], _ channel: Int, _ usual: Float) -> Float {
            list.isEmpty ? usual : list[list.count == 1 ? 0 : channel]
        }
        // Mean and deviation stand in the order in which the model takes channels; pictures are red first.
        let order = channels == 1 ? [0, 0, 0] : colour == .bgr ? [2, 1, 0] : [0, 1, 2]
        let scale = order.map { 1 / value(std, $0, 1) }
        let offset = order.map { -value(mean, $0, 0) / value(std, $0, 1) }
        let plane = image.width * image.height
        var planes = [Float](repeating: 0, count: 3 * plane)
        let samples = image.converted(to: channels == 1 ? .gray8 : .rgb8)
        var span = planes.mutableSpan
        packTensor(
            samples.bytes.span,
            Raster(
                width: samples.width, height: samples.height, samples: samples.format.bytesPerPixel,
                stride: samples.stride), into: &span, scale: scale, offset: offset)
        return channels == 1
            ? Array(planes[..<plane]) : order.flatMap { planes[$0 * plane..<($0 + 1) * plane] }
    }
}
