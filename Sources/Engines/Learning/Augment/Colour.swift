internal import Imaging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Light and camera settings: exposure, white balance, contrast, gamma and saturation.
///
/// Each is a factor `exp(U(-w, w))`; all but the last are one table of 256 values for each channel.
struct ColourShift: Augmentation {
    var probability = 1.0
    var exposure = 0.35
    var balance = 0.08
    var contrast = 0.3
    var saturation = 0.3
    var gamma = 0.3

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws {
        guard random.chance(probability) else { return }
        let light = Self.factor(exposure, &random)
        let gains = (0..<3).map { _ in light * Self.factor(balance, &random) }
        let steepness = Self.factor(contrast, &random)
        let power = Self.factor(gamma, &random)
        let colour = Self.factor(saturation, &random)
        let tables = gains.map { Self.table(gain: $0, contrast: steepness, gamma: power) }
        try picture.withPixels { Self.shift(&$0, tables, saturation: colour) }
    }

    private static func factor(_ width: Double, _ random: inout CounterRandom) -> Double {
        exp(random.uniform(-width...width))
    }

    /// What becomes of each value of a channel.
    static func table(gain: Double, contrast: Double, gamma: Double) -> [UInt8] {
        (0..<256).map { value in
            let bright = Double(value) / 255 * gain
            let steep = min(max((bright - 0.5) * contrast + 0.5, 0), 1)
            return UInt8((255 * pow(steep, gamma)).rounded())
        }
    }

    /// Looks each value up and moves it away from, or towards, the grey of its pixel (BT.601).
    private static func shift(_ pixels: inout MutableSpan<UInt8>, _ tables: [[UInt8]], saturation: Double) {
        let share = Int((saturation * 256).rounded())
        let (reds, greens, blues) = (tables[0], tables[1], tables[2])
        var at = 0
        while at + 2 < pixels.count {
            let red = Int(reds[Int(pixels[at])])
            let green = Int(greens[Int(pixels[at + 1])])
            let blue = Int(blues[Int(pixels[at + 2])])
            let grey = (77 * red + 150 * green + 29 * blue + 128) >> 8
            pixels[at] = UInt8(clamping: grey + ((red - grey) * share + 128) >> 8)
            pixels[at + 1] = UInt8(clamping: grey + ((green - grey) * share + 128) >> 8)
            pixels[at + 2] = UInt8(clamping: grey + ((blue - grey) * share + 128) >> 8)
            at += 3
        }
    }
}
