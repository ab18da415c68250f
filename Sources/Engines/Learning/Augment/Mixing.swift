internal import Imaging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension CounterRandom {
    /// A share of the Beta distribution with both parameters `alpha` (Jöhnk 1964); best for parameters up to 2.
    mutating func beta(_ alpha: Double) -> Double {
        for _ in 0..<1000 {
            let left = pow(unit(), 1 / alpha)
            let right = pow(unit(), 1 / alpha)
            if left + right > 0, left + right <= 1 { return left / (left + right) }
        }
        return 0.5
    }
}

/// Two pictures one over the other (Zhang et al. 2018). For classification only: pair losses need whole pictures.
struct MixUp: BatchAugmentation {
    var probability = 1.0
    var alpha = 0.2

    func apply(to pictures: inout [AugmentedPicture], _ random: inout CounterRandom) throws -> BatchMix? {
        guard random.chance(probability), pictures.count > 1 else { return nil }
        let share = random.beta(alpha)
        let own = max(share, 1 - share)
        let weight = Int((own * 256).rounded())
        let partners = random.shuffled(Array(pictures.indices))
        let whole = pictures
        for (row, partner) in partners.enumerated() {
            let other = whole[partner].image
            try pictures[row].withPixels { pixels in
                other.withPixels { mixed in
                    for at in pixels.indices {
                        let sum = Int(pixels[at]) * weight + Int(mixed[at]) * (256 - weight) + 128
                        pixels[at] = UInt8(clamping: sum >> 8)
                    }
                }
            }
            for box in whole[partner].boxes { pictures[row].add(box) }
        }
        let shares = [Float](repeating: Float(weight) / 256, count: pictures.count)
        return BatchMix(partners: partners, shares: shares)
    }
}

/// A rectangle of one picture in another (Yun et al. 2019). For classification only.
struct CutMix: BatchAugmentation {
    var probability = 1.0
    var alpha = 1.0

    func apply(to pictures: inout [AugmentedPicture], _ random: inout CounterRandom) throws -> BatchMix? {
        guard random.chance(probability), pictures.count > 1, let size = pictures.first?.target else { return nil }
        let side = (1 - random.beta(alpha)).squareRoot()
        let width = min(size.width, Int((Double(size.width) * side).rounded()))
        let height = min(size.height, Int((Double(size.height) * side).rounded()))
        let left = random.below(size.width - width + 1)
        let top = random.below(size.height - height + 1)
        let partners = random.shuffled(Array(pictures.indices))
        let whole = pictures
        for (row, partner) in partners.enumerated() {
            let other = whole[partner].image
            try pictures[row].withPixels { pixels in
                other.withPixels { mixed in
                    for y in top..<(top + height) {
                        for at in (3 * (y * size.width + left))..<(3 * (y * size.width + left + width)) {
                            pixels[at] = mixed[at]
                        }
                    }
                }
            }
        }
        let own = 1 - Float(width * height) / Float(size.width * size.height)
        return BatchMix(partners: partners, shares: [Float](repeating: own, count: pictures.count))
    }
}

/// Four pictures in one, with all their boxes; for detectors, and not in the last epochs (Bochkovskiy et al. 2020).
struct Mosaic: Augmentation {
    var probability = 0.5
    /// Where the four meet, as a share of the sides.
    var middle = 0.3...0.7

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws {
        guard random.chance(probability), context.pictures.count > 0 else { return }
        let target = picture.target
        let column = min(max(1, Int(random.uniform(middle) * Double(target.width))), target.width - 1)
        let row = min(max(1, Int(random.uniform(middle) * Double(target.height))), target.height - 1)
        guard target.width > 1, target.height > 1 else { return }
        let parts = [
            PixelBox(x: 0, y: 0, width: column, height: row),
            PixelBox(x: column, y: 0, width: target.width - column, height: row),
            PixelBox(x: 0, y: row, width: column, height: target.height - row),
            PixelBox(x: column, y: row, width: target.width - column, height: target.height - row),
        ]
        var canvas = try Image(width: target.width, height: target.height, format: .rgb8, filledWith: .white)
        var boxes: [LabelledBox] = []
        for (number, part) in parts.enumerated() {
            let other = random.below(context.pictures.count)
            // A picture that cannot be read leaves its quarter to the picture itself.
            let found = number == 0 ? nil : try? context.pictures.picture(other)
            let size = ImageSize(width: part.width, height: part.height)
            var piece = AugmentedPicture(
                image: found?.image ?? picture.image, boxes: found?.boxes ?? picture.boxes, target: size,
                fit: .centreCrop)
            try piece.settle()
            canvas.paste(piece.image, x: part.x, y: part.y)
            boxes += piece.boxes.map { $0.moved(x: Float(part.x), y: Float(part.y)) }
        }
        picture.replace(canvas, boxes: boxes)
    }
}

extension LabelledBox {
    /// The box at another place.
    func moved(x: Float, y: Float) -> LabelledBox {
        LabelledBox(
            left: left + x, top: top + y, right: right + x, bottom: bottom + y, label: label, isIgnored: isIgnored)
    }
}

extension Image {
    /// Puts a smaller picture of the same format over a part of this one; what reaches outside is left out.
    mutating func paste(_ piece: Image, x: Int, y: Int) {
        let perPixel = format.bytesPerPixel
        guard piece.format == format, x >= 0, y >= 0, x < width else { return }
        let (row, columns, rows) = (stride, min(piece.width, width - x), min(piece.height, height - y))
        guard rows > 0 else { return }
        withMutablePixels { pixels in
            piece.withPixels { source in
                for line in 0..<rows {
                    let from = line * piece.stride
                    let to = (y + line) * row + x * perPixel
                    for sample in 0..<(columns * perPixel) { pixels[to + sample] = source[from + sample] }
                }
            }
        }
    }
}
