internal import Imaging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What happens to a picture between a lens and a shop's inbox: it is scaled, blurred, shaken, noisy and compressed.
struct CameraFaults: Augmentation {
    var scaling = 0.2
    var scale = 0.4...0.9
    var blur = 0.2
    var sigma = 0.0...1.5
    var motion = 0.1
    var motionLength = 3.0...9.0
    var noise = 0.3
    var noiseSigma = 0.0...0.04
    var jpeg = 0.5
    var quality = 30.0...95.0

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws {
        try picture.settle()
        // All is drawn before anything is done, so that one fault does not change the chances of the next.
        let draws = (0..<5).map { _ in (happens: random.unit(), amount: random.unit()) }
        let angle = random.uniform(0...Double.pi)
        if draws[0].happens < scaling {
            picture.repaint(try Self.scaled(picture.image, Self.at(draws[0].amount, scale)))
        }
        let softness = Self.at(draws[1].amount, sigma)
        if draws[1].happens < blur, softness >= 0.05 {
            picture.repaint(try picture.image.gaussianBlurred(sigma: softness))
        }
        if draws[2].happens < motion {
            let length = Int(Self.at(draws[2].amount, motionLength).rounded())
            try Self.shake(&picture, length: length, angle: angle)
        }
        if draws[3].happens < noise {
            let deviation = Self.at(draws[3].amount, noiseSigma)
            try picture.withPixels { Self.addNoise(&$0, deviation, &random) }
        }
        if draws[4].happens < jpeg {
            picture.repaint(try Self.compressed(picture.image, Int(Self.at(draws[4].amount, quality).rounded())))
        }
    }

    private static func at(_ share: Double, _ range: ClosedRange<Double>) -> Double {
        range.lowerBound + share * (range.upperBound - range.lowerBound)
    }

    private static func scaled(_ image: Image, _ scale: Double) throws -> Image {
        let width = max(1, Int(Double(image.width) * scale))
        let height = max(1, Int(Double(image.height) * scale))
        return try image.resized(width: width, height: height, by: .area)
            .resized(width: image.width, height: image.height, by: .bilinear)
    }

    private static func compressed(_ image: Image, _ quality: Int) throws -> Image {
        try Image.decode(try image.encoded(as: .jpeg(quality: quality))).image
    }

    /// The mean along a line of so many pixels.
    static func shake(_ picture: inout AugmentedPicture, length: Int, angle: Double) throws {
        let taps = (0..<max(1, length)).map { tap in
            let step = Double(tap) - Double(length - 1) / 2
            return (x: Int((step * cos(angle)).rounded()), y: Int((step * sin(angle)).rounded()))
        }
        let still = picture.image
        let (width, height) = (still.width, still.height)
        try picture.withPixels { pixels in
            still.withPixels { source in
                for y in 0..<height {
                    for x in 0..<width {
                        var (red, green, blue) = (taps.count / 2, taps.count / 2, taps.count / 2)
                        for tap in taps {
                            let column = min(max(x + tap.x, 0), width - 1)
                            let from = min(max(y + tap.y, 0), height - 1) * still.stride + 3 * column
                            red += Int(source[from])
                            green += Int(source[from + 1])
                            blue += Int(source[from + 2])
                        }
                        let to = 3 * (y * width + x)
                        pixels[to] = UInt8(clamping: red / taps.count)
                        pixels[to + 1] = UInt8(clamping: green / taps.count)
                        pixels[to + 2] = UInt8(clamping: blue / taps.count)
                    }
                }
            }
        }
    }

    /// Noise of a deviation (1 is the whole range): the sum of four even bytes, which is nearly normal.
    static func addNoise(_ pixels: inout MutableSpan<UInt8>, _ deviation: Double, _ random: inout CounterRandom) {
        // Four bytes have the variance 4 (256^2 - 1) / 12.
        let factor = Int((deviation * 255 / 147.8 * 65_536).rounded())
        for at in pixels.indices {
            let word = random.next32()
            let sum = Int(word & 0xFF) + Int(word >> 8 & 0xFF) + Int(word >> 16 & 0xFF) + Int(word >> 24) - 510
            pixels[at] = UInt8(clamping: Int(pixels[at]) + (sum * factor + 32_768) >> 16)
        }
    }
}
