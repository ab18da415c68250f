internal import Imaging

/// The item keeps its outline and gets the texture of another item: whoever finds it still goes by shape.
///
/// As an augmentation the label stays that of the shape. ``TextureProbe`` makes probes of it.
struct TextureExchange: Augmentation {
    var probability = 0.2
    var mask = ItemMask.auto
    /// How much of the item's own light and shade stays, 0...1.
    var shade = 0.6

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws {
        guard random.chance(probability), context.pictures.count > 1 else { return }
        // Any other position: the own one is passed over.
        let drawn = random.below(context.pictures.count - 1)
        let place = drawn >= context.index ? drawn + 1 : drawn
        guard place < context.pictures.count, let other = try? context.pictures.picture(place) else { return }
        if picture.isWarped { try picture.settle() }
        guard
            let changed = try exchanged(
                picture.image, boxes: picture.boxes, texture: other.image, textureBoxes: other.boxes)
        else { return }
        picture.repaint(changed)
    }

    /// An item with the texture of another; nil if either cannot be told from its ground.
    func exchanged(
        _ image: Image, boxes: [LabelledBox], texture: Image, textureBoxes: [LabelledBox]
    ) throws -> Image? {
        guard let outline = try mask.find(in: image, boxes: boxes),
            let other = try mask.find(in: texture, boxes: textureBoxes), let patch = Self.patch(texture, other),
            let box = GroundChange.box(of: outline)
        else { return nil }
        let fitted = try patch.resized(width: box.width, height: box.height, by: .area)
        var painted = image
        painted.paste(fitted, x: box.x, y: box.y)
        try Self.shade(&painted, like: image, in: box, share: shade)
        return GroundChange.put(painted, on: image, outline)
    }

    /// The middle half of the box around an item: inside it there is little but the item.
    private static func patch(_ image: Image, _ mask: Image) -> Image? {
        guard let box = GroundChange.box(of: mask), box.width >= 4, box.height >= 4 else { return nil }
        return try? image.cropped(
            to: PixelBox(
                x: box.x + box.width / 4, y: box.y + box.height / 4, width: box.width / 2, height: box.height / 2))
    }

    /// Gives the pixels of a box the light and shade that another picture has there, relative to its mean.
    private static func shade(_ image: inout Image, like old: Image, in box: PixelBox, share: Double) throws {
        let side = Double(max(box.width, box.height))
        let light = try old.cropped(to: box).converted(to: .gray8).gaussianBlurred(sigma: max(0.5, side / 20))
        let sum = light.bytes.reduce(0) { $0 + Int($1) }
        let mean = max(1, sum / light.bytes.count)
        let weight = Int((share * 256).rounded())
        let row = image.stride
        image.withMutablePixels { pixels in
            light.withPixels { light in
                for y in 0..<box.height {
                    for x in 0..<box.width {
                        let ratio = 256 + (Int(light[y * box.width + x]) * 256 / mean - 256) * weight / 256
                        let start = (box.y + y) * row + 3 * (box.x + x)
                        for at in start..<start + 3 {
                            pixels[at] = UInt8(clamping: Int(pixels[at]) * max(0, ratio) / 256)
                        }
                    }
                }
            }
        }
    }
}

/// Makes the probes that tell whether a net goes by shape or by texture.
public enum TextureProbe {
    /// A sample's picture with the texture of another sample's item, as PNG; nil if either item cannot be told from its
    /// ground.
    ///
    /// Same-shape recall over such probes, before and after a training with erasing, shows what erasing does. Throws what
    /// decoding throws.
    public static func png(shape: Int, texture: Int, from pictures: PictureCache) throws -> [UInt8]? {
        let (left, right) = (try pictures.picture(shape), try pictures.picture(texture))
        let exchanged = try TextureExchange().exchanged(
            left.image, boxes: left.boxes, texture: right.image, textureBoxes: right.boxes)
        return try exchanged?.encoded(as: .png)
    }
}
