internal import Imaging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is painted over a part that is erased.
enum ErasingFill: String, CaseIterable, Sendable {
    /// A drawn colour for each pixel.
    case random
    /// The mean colour of the picture.
    case mean
    /// Middle grey.
    case grey
}

/// A rectangle by area and shape, drawn until it fits (Zhong et al. 2017).
struct ErasedRectangle: Sendable {
    var area = 0.02...0.4
    var ratio = 0.3...(1 / 0.3)

    /// Tries before it is left.
    static let tries = 100

    func draw(in size: ImageSize, _ random: inout CounterRandom) -> PixelBox? {
        for _ in 0..<Self.tries {
            let pixels = random.uniform(area) * Double(size.width * size.height)
            let shape = exp(random.uniform(log(ratio.lowerBound)...log(ratio.upperBound)))
            let width = Int((pixels / shape).squareRoot().rounded())
            let height = Int((pixels * shape).squareRoot().rounded())
            guard width > 0, height > 0, width < size.width, height < size.height else { continue }
            return PixelBox(
                x: random.below(size.width - width + 1), y: random.below(size.height - height + 1), width: width,
                height: height)
        }
        return nil
    }
}

/// A rectangle of the picture is painted over.
struct RandomErasing: Augmentation {
    var probability = 0.5
    var rectangle = ErasedRectangle()
    var fill = ErasingFill.random

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws {
        guard random.chance(probability), let box = rectangle.draw(in: picture.target, &random) else { return }
        try picture.erase(fill, &random) { x, y in
            x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height
        }
    }
}

/// Inside a rectangle some cells of a grid are painted over: the outline stays to be seen, the print does not.
struct BernoulliErasing: Augmentation {
    var probability = 0.5
    var rectangle = ErasedRectangle()
    var fill = ErasingFill.random
    /// How often a cell is painted over.
    var share = 0.5
    /// Cells along the longer side of the picture.
    var cells = 14

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws {
        let target = picture.target
        guard random.chance(probability), let box = rectangle.draw(in: target, &random) else { return }
        let side = max(1, max(target.width, target.height) / cells)
        let columns = (box.width + side - 1) / side
        let rows = (box.height + side - 1) / side
        let isErased = (0..<(columns * rows)).map { _ in random.chance(share) }
        try picture.erase(fill, &random) { x, y in
            guard x >= box.x, x < box.x + box.width, y >= box.y, y < box.y + box.height else { return false }
            return isErased[(y - box.y) / side * columns + (x - box.x) / side]
        }
    }
}

extension AugmentedPicture {
    /// Paints over the pixels that `isErased` names.
    mutating func erase(
        _ fill: ErasingFill, _ random: inout CounterRandom, where isErased: (_ x: Int, _ y: Int) -> Bool
    ) throws {
        try settle()
        let width = target.width
        let colour = fill == .mean ? meanColour : [128, 128, 128]
        try withPixels { pixels in
            var at = 0
            while at + 2 < pixels.count {
                if isErased(at / 3 % width, at / 3 / width) {
                    let word = fill == .random ? random.next32() : 0
                    for channel in 0..<3 {
                        let drawn = UInt8(truncatingIfNeeded: word >> UInt32(8 * channel))
                        pixels[at + channel] = fill == .random ? drawn : colour[channel]
                    }
                }
                at += 3
            }
        }
    }

    /// The mean of each channel.
    var meanColour: [UInt8] {
        var sums = [0, 0, 0]
        image.withPixels { pixels in
            var at = 0
            while at + 2 < pixels.count {
                for channel in 0..<3 { sums[channel] += Int(pixels[at + channel]) }
                at += 3
            }
        }
        let count = max(1, image.pixelCount)
        return sums.map { UInt8(clamping: ($0 + count / 2) / count) }
    }
}
