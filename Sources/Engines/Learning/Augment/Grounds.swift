internal import Imaging

/// What an item is put on.
public enum Ground: String, CaseIterable, Sendable {
    /// White, as merchants have it.
    case white
    /// One light colour.
    case plain
    /// One colour that gets darker downwards.
    case gradient
    /// Soft spots of several colours, as a blurred room.
    case blotches
    /// A picture of the folder of grounds, or else another picture of the data set, out of focus.
    case photo
}

/// Cuts the item out and puts it on another ground: user photos become like merchants' pictures, and the other way round.
struct GroundChange: Augmentation {
    var probability = 0.3
    var mask = ItemMask.auto
    var grounds: [Ground] = Ground.allCases
    /// Photographs to put items on; other pictures of the data set, blurred, where there are none.
    var photographs: PictureCache?
    /// Whether the item is brought to the middle and fills the picture, as merchants have it.
    var isCentred = false
    /// How much of the picture the item fills then, along its longer side.
    var fill = 0.7...0.95
    /// How often the item throws a soft shadow.
    var shadow = 0.3

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws {
        guard random.chance(probability), !grounds.isEmpty else { return }
        if picture.isWarped { try picture.settle() }
        guard let mask = try mask.find(in: picture.image, boxes: picture.boxes) else { return }
        let image = picture.image
        let kind = grounds[random.below(grounds.count)]
        var ground = try ground(kind, image.width, image.height, &random, context)
        if random.chance(shadow) { try Self.shade(&ground, under: mask, &random) }
        picture.repaint(Self.put(image, on: ground, mask))
        if isCentred, let box = Self.box(of: mask) { centre(&picture, box, &random) }
    }

    func ground(
        _ kind: Ground, _ width: Int, _ height: Int, _ random: inout CounterRandom,
        _ context: AugmentationContext
    ) throws -> Image {
        switch kind {
        case .white: return try Image(width: width, height: height, format: .rgb8, filledWith: .white)
        case .plain:
            let colour = Pixel(red: Self.light(&random), green: Self.light(&random), blue: Self.light(&random))
            return try Image(width: width, height: height, format: .rgb8, filledWith: colour)
        case .gradient: return try Self.spread(2, across: 1, levels: 150...250, tint: 20, width, height, &random)
        case .blotches: return try Self.spread(5, across: 5, levels: 30...220, tint: 40, width, height, &random)
        case .photo:
            let source: any PictureSource = photographs ?? context.pictures
            guard source.count > 0, let found = try? source.picture(random.below(source.count)) else {
                return try Self.spread(5, across: 5, levels: 30...220, tint: 40, width, height, &random)
            }
            let size = ImageSize(width: width, height: height)
            let photo = try found.image.croppedToShape(of: size).resized(width: width, height: height, by: .area)
            // A photograph of another item must not be taken for the item.
            return photographs == nil ? try photo.gaussianBlurred(sigma: Double(max(width, height)) / 16) : photo
        }
    }

    private static func light(_ random: inout CounterRandom) -> UInt8 { UInt8(200 + random.below(56)) }

    /// A few drawn colours, which are greys with a tint, spread over the picture by a bicubic.
    static func spread(
        _ rows: Int, across: Int, levels: ClosedRange<Int>, tint: Int, _ width: Int, _ height: Int,
        _ random: inout CounterRandom
    ) throws -> Image {
        let bytes = (0..<(rows * across)).flatMap { _ -> [UInt8] in
            let level = levels.lowerBound + random.below(levels.count)
            return (0..<3).map { _ in UInt8(clamping: level + random.below(2 * tint + 1) - tint) }
        }
        return try Image(width: across, height: rows, format: .rgb8, bytes: bytes)
            .resized(width: width, height: height, by: .bicubic)
    }

    /// Darkens the ground where the mask stands, moved down and blurred.
    private static func shade(_ ground: inout Image, under mask: Image, _ random: inout CounterRandom) throws {
        let depth = Int(random.uniform(40...120))
        let side = Double(max(mask.width, mask.height))
        let soft = try mask.gaussianBlurred(sigma: max(0.5, side / 25))
        let down = max(1, mask.height / 20)
        let (width, height) = (ground.width, ground.height)
        ground.withMutablePixels { pixels in
            soft.withPixels { shadow in
                for y in down..<max(down, height) {
                    for x in 0..<width {
                        let keep = 255 - Int(shadow[(y - down) * soft.stride + x]) * depth / 255
                        for at in (3 * (y * width + x))..<(3 * (y * width + x) + 3) {
                            pixels[at] = UInt8(clamping: Int(pixels[at]) * keep / 255)
                        }
                    }
                }
            }
        }
    }

    /// The item over the ground, by the mask.
    static func put(_ item: Image, on ground: Image, _ mask: Image) -> Image {
        var result = ground
        let (width, height) = (item.width, item.height)
        result.withMutablePixels { pixels in
            item.withPixels { source in
                mask.withPixels { mask in
                    for y in 0..<height {
                        for x in 0..<width {
                            let share = Int(mask[y * width + x])
                            for channel in 0..<3 {
                                let at = 3 * (y * width + x) + channel
                                let sum = Int(source[at]) * share + Int(pixels[at]) * (255 - share)
                                pixels[at] = UInt8(clamping: (sum + 127) / 255)
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    /// The rectangle around what the mask holds for likely.
    static func box(of mask: Image) -> PixelBox? {
        var (left, top, right, bottom) = (mask.width, mask.height, -1, -1)
        mask.withPixels { pixels in
            for y in 0..<mask.height {
                for x in 0..<mask.width where pixels[y * mask.stride + x] > 127 {
                    (left, top) = (min(left, x), min(top, y))
                    (right, bottom) = (max(right, x), max(bottom, y))
                }
            }
        }
        guard right >= left else { return nil }
        return PixelBox(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    }

    private func centre(_ picture: inout AugmentedPicture, _ box: PixelBox, _ random: inout CounterRandom) {
        let share = random.uniform(fill)
        let target = picture.target
        picture.warp { _ in
            let scale =
                max(
                    Double(box.width) / Double(target.width), Double(box.height) / Double(target.height)) / share
            return PlaneMap.translation(x: 0.5 - Double(target.width) / 2, y: 0.5 - Double(target.height) / 2)
                .then(.scale(x: scale, y: scale))
                .then(
                    .translation(
                        x: Double(box.x) + Double(box.width) / 2 - 0.5,
                        y: Double(box.y) + Double(box.height) / 2 - 0.5))
        }
    }
}
