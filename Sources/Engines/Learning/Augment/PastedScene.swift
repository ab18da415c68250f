internal import Imaging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Makes a scene of a few things on a ground, with a box around each: what a detector of things learns from.
///
/// The first thing is cut out of the sample's own picture, the others out of other pictures or made of nothing. Things
/// lie beside each other, or cover each other a little.
struct PastedScene: Augmentation {
    /// How many things there are at most.
    var most = 4
    /// The longer side of a thing as a share of the picture's.
    var size = 0.25...0.9
    /// Degrees.
    var rotation = -25.0...25.0
    /// What things lie on.
    var grounds: [Ground] = Ground.allCases
    /// How often a photograph is the ground as it is, with all that is on it.
    var clutter = 0.3
    /// How often a thing is a package made of nothing.
    var made = 0.25
    /// The share of a thing that another one may cover.
    static let covered: Float = 0.25

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws {
        let target = picture.target
        let count = 1 + random.below(max(1, most))
        var canvas = try ground(target, &random, context)
        var boxes: [LabelledBox] = []
        for number in 0..<count {
            let source = number == 0 ? picture.image : try? other(&random, context)
            guard let thing = try thing(source, &random) else { continue }
            for _ in 0..<5 {
                let placed = try place(thing, among: count, target, &random)
                guard let box = GroundChange.box(of: placed.mask).map(Self.labelled), Self.fits(box, boxes) else {
                    continue
                }
                canvas = GroundChange.put(placed.image, on: canvas, placed.mask)
                boxes.append(box)
                break
            }
        }
        picture.replace(canvas, boxes: boxes)
    }

    // MARK: Ground

    private func ground(
        _ target: ImageSize, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws -> Image {
        if random.chance(clutter), let photo = try? other(&random, context) {
            return try photo.croppedToShape(of: target).resized(
                width: target.width, height: target.height, by: .area
            ).converted(to: .rgb8)
        }
        let kind = grounds[random.below(max(1, grounds.count))]
        return try GroundChange().ground(kind, target.width, target.height, &random, context)
    }

    private func other(_ random: inout CounterRandom, _ context: AugmentationContext) throws -> Image {
        try context.pictures.picture(random.below(max(1, context.pictures.count))).image
    }

    // MARK: Things

    private struct Thing {
        var image: Image
        /// Grey, of the same size.
        var mask: Image
        var box: PixelBox
    }

    private func thing(_ photo: Image?, _ random: inout CounterRandom) throws -> Thing? {
        guard let photo, !random.chance(made) else { return try package(&random) }
        let mask: Image
        if let bytes = PlainGround.mask(of: photo) {
            mask = try Image(width: photo.width, height: photo.height, format: .gray8, bytes: bytes)
        } else if let cut = try MiddleCut.mask(of: photo, core: random.chance(0.5) ? .small : .large) {
            mask = try cut.resized(width: photo.width, height: photo.height, by: .bilinear)
        } else {
            return nil
        }
        guard let box = GroundChange.box(of: mask) else { return nil }
        return Thing(image: photo, mask: mask, box: box)
    }

    /// A rectangle or a rounded shape with bands and spots of colours.
    private func package(_ random: inout CounterRandom) throws -> Thing? {
        let height = 48 + random.below(49)
        let width = max(24, Int(Double(height) * random.uniform(0.35...1.3)))
        let rows = 2 + random.below(5)
        let image = try GroundChange.spread(
            rows, across: 1 + random.below(4), levels: 40...215, tint: 90, width, height, &random)
        let size = ImageSize(width: width, height: height)
        let isRound = random.chance(0.4)
        let mask =
            isRound
            ? try RoundedShape(&random).mask(size)
            : try Image(
                width: width, height: height, format: .gray8, bytes: [UInt8](repeating: 255, count: width * height))
        guard let box = GroundChange.box(of: mask) else { return nil }
        return Thing(image: image, mask: mask, box: box)
    }

    /// A thing and its mask where they come to lie in the target.
    private func place(
        _ thing: Thing, among count: Int, _ target: ImageSize, _ random: inout CounterRandom
    ) throws -> (image: Image, mask: Image) {
        let largest = count == 1 ? size.upperBound : size.upperBound / Double(count).squareRoot()
        let share = random.uniform(min(size.lowerBound, largest)...largest)
        let scale =
            Double(max(thing.box.width, thing.box.height))
            / (share * Double(min(target.width, target.height)))
        let stretch = exp(random.uniform(-0.15...0.15))
        let mirror: Double = random.chance(0.5) ? -1 : 1
        let half = (
            x: Double(thing.box.width) / scale / 2, y: Double(thing.box.height) / scale / 2
        )
        func middle(_ half: Double, _ side: Int) -> Double {
            let free = max(0, Double(side) / 2 - half)
            return Double(side) / 2 + random.uniform(-free...free)
        }
        let (x, y) = (middle(half.x, target.width), middle(half.y, target.height))
        let map = PlaneMap.translation(x: 0.5 - x, y: 0.5 - y)
            .then(.rotation(degrees: random.uniform(rotation)))
            .then(.scale(x: mirror * scale * stretch, y: scale / stretch))
            .then(
                .translation(
                    x: Double(thing.box.x) + Double(thing.box.width) / 2 - 0.5,
                    y: Double(thing.box.y) + Double(thing.box.height) / 2 - 0.5))
        let places = try PlaceMap(width: target.width, height: target.height, map)
        return (
            thing.image.warped(by: places, border: .replicate).image,
            thing.mask.warped(by: places, border: .constant(Pixel(red: 0, green: 0, blue: 0))).image
        )
    }

    // MARK: Boxes

    private static func labelled(_ box: PixelBox) -> LabelledBox {
        LabelledBox(
            left: Float(box.x), top: Float(box.y), right: Float(box.x + box.width), bottom: Float(box.y + box.height),
            label: 0)
    }

    /// Whether a box is large enough and leaves enough of the others.
    private static func fits(_ box: LabelledBox, _ others: [LabelledBox]) -> Bool {
        guard box.right - box.left >= 6, box.bottom - box.top >= 6 else { return false }
        return others.allSatisfy { other in
            let width = min(box.right, other.right) - max(box.left, other.left)
            let height = min(box.bottom, other.bottom) - max(box.top, other.top)
            return max(0, width) * max(0, height) <= covered * min(box.area, other.area)
        }
    }
}
