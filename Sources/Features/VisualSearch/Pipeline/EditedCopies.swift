public import Imaging

/// Edits that shops and phones make to a picture, for measuring which of them hashes survive.
public enum PictureEdit: String, Sendable, Hashable, CaseIterable {
    case jpegQuality40 = "JPEG quality 40"
    case halfSize = "half size"
    case brighter = "brightness +30"
    case contrast = "contrast 1.3"
    case sharper = "sharpened"
    case blurred = "blur 5 x 5"
    case watermark = "watermark"
    case crop5 = "crop 5 % a side"
    case crop10 = "crop 10 % a side"
    case turned3 = "turned 3 degrees"
    case mirrored = "mirrored"
    case quarterTurn = "quarter turn"

    /// The edited picture; alpha is laid over white first.
    public func applied(to picture: Image) throws(ImageError) -> Image {
        let image = picture.flattened()
        switch self {
        case .jpegQuality40: return try Image.decode(try image.encoded(as: .jpeg(quality: 40))).image
        case .halfSize: return try image.resized(width: max(1, image.width / 2), height: max(1, image.height / 2))
        case .brighter: return image.toned { $0 + 30 }
        case .contrast: return image.toned { $0 * 13 / 10 - 20 }
        case .sharper: return try image.sharpened(sigma: 1, amount: 0.7)
        case .blurred: return try image.gaussianBlurred(sigma: 1.1)
        case .watermark: return image.watermarked()
        case .crop5: return try image.cropped(percent: 5)
        case .crop10: return try image.cropped(percent: 10)
        case .turned3: return try image.turnedAndFilled(degrees: 3, scale: 1.08)
        case .mirrored: return image.mirrored()
        case .quarterTurn: return image.turned(by: .counterClockwise)
        }
    }
}

extension Image {
    fileprivate func toned(_ body: (Int) -> Int) -> Image {
        let table = (0..<256).map { UInt8(clamping: body($0)) }
        var copy = self
        copy.withMutablePixels { pixels in
            for at in pixels.indices { pixels[at] = table[Int(pixels[at])] }
        }
        return copy
    }

    fileprivate func cropped(percent: Int) throws(ImageError) -> Image {
        let left = width * percent / 100
        let top = height * percent / 100
        return try cropped(to: PixelBox(x: left, y: top, width: width - 2 * left, height: height - 2 * top))
    }

    /// Turned about the middle and enlarged so that nearly no corner is empty; what is empty is black.
    fileprivate func turnedAndFilled(degrees: Double, scale: Double) throws(ImageError) -> Image {
        let x = Double(width) / 2
        let y = Double(height) / 2
        let back = PlaneMap.translation(x: -x, y: -y).then(.rotation(degrees: degrees))
            .then(.scale(x: 1 / scale, y: 1 / scale)).then(.translation(x: x, y: y))
        let black = Border.constant(Pixel(red: 0, green: 0, blue: 0))
        return warped(by: try PlaceMap(width: width, height: height, back), border: black).image
    }

    /// White strokes like a line of letters through the middle, as shops put their name on a picture.
    fileprivate func watermarked() -> Image {
        let (stride, width, height) = (self.stride, self.width, self.height)
        let strokes = (0..<10).flatMap { letter -> [(Int, Int, Int, Int)] in
            let left = 10 + letter * max(8, width / 12)
            let wide = max(5, width / 16)
            let high = max(8, width / 12)
            let base = height / 2
            return letter % 2 == 0
                ? [(left, base - high, 3, high), (left, base - 3, wide, 3), (left, base - high, wide, 3)]
                : [
                    (left, base - high, 3, high), (left + wide - 3, base - high, 3, high),
                    (left, base - high / 2, wide, 3),
                ]
        }
        var copy = self
        let perPixel = format.bytesPerPixel
        copy.withMutablePixels { pixels in
            for (x, y, wide, high) in strokes {
                for row in max(0, y)..<max(0, min(height, y + high)) {
                    for column in min(x, width)..<min(width, x + wide) {
                        for sample in 0..<perPixel { pixels[row * stride + column * perPixel + sample] = 255 }
                    }
                }
            }
        }
        return copy
    }
}
