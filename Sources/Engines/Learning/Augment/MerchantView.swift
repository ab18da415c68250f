internal import Imaging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Makes a photograph look like a merchant's picture: the thing in the middle, large, on white ground.
///
/// The thing is one piece of a pile (``PieceFinder``), or is cut out by ``MiddleCut``, or, for variety and where nothing can
/// be cut out, by a soft rounded shape.
/// `item` changes the thing but not the ground; photographs that stay what they are go through `otherwise`.
struct MerchantView: Augmentation {
    var probability = 0.5
    /// How often a single piece of a pile is looked for.
    var pieces = 0.0
    /// How often the thing's own outline is looked for.
    var outlined = 0.8
    /// How much of the picture the outline fills along its longer side.
    var fill = 0.67...1.0
    /// Degrees by which a thing with its own outline is turned.
    var rotation = -17.0...17.0
    /// The share of the area that a rounded shape is cut from.
    var area = 0.1...1.0
    /// How often left and right change places.
    var flip = 0.5
    /// What is done with the thing.
    var item: [any Augmentation] = []
    /// What is done with photographs that stay.
    var otherwise: [any Augmentation] = []

    func apply(
        to picture: inout AugmentedPicture, _ random: inout CounterRandom, _ context: AugmentationContext
    ) throws {
        guard random.chance(probability) else {
            for step in otherwise { try step.apply(to: &picture, &random, context) }
            return
        }
        if picture.isWarped { try picture.settle() }
        let frame = ImageSize(width: picture.image.width, height: picture.image.height)
        let core: MiddleCut.Core = random.chance(0.5) ? .small : .large
        let mask: Image
        if pieces > 0, random.chance(pieces), let piece = try piece(of: picture.image, &random) {
            let map = view(of: piece, frame, picture.target, &random)
            picture.warp { _ in map }
            mask = try RoundedShape(&random).mask(picture.target)
        } else if random.chance(outlined), let cut = try MiddleCut.mask(of: picture.image, core: core),
            let box = GroundChange.box(of: cut)
        {
            let map = view(of: box, frame, picture.target, &random)
            picture.warp { _ in map }
            let toMask = map.then(
                AugmentedPicture.stretch(
                    from: frame, to: ImageSize(width: MiddleCut.side, height: MiddleCut.side)))
            mask =
                cut.warped(
                    by: try PlaceMap(width: picture.target.width, height: picture.target.height, toMask),
                    border: .constant(Pixel(red: 0, green: 0, blue: 0))
                ).image
        } else {
            var crop = ResizedCrop(area: area, rotation: rotation, flip: flip)
            crop.ratio = 0.75...(4.0 / 3)
            crop.apply(to: &picture, &random, context)
            mask = try RoundedShape(&random).mask(picture.target)
        }
        try picture.settle()
        for step in item { try step.apply(to: &picture, &random, context) }
        try Self.whiten(&picture, outside: mask, ground: 247 + random.below(9))
    }

    private func piece(of image: Image, _ random: inout CounterRandom) throws -> PieceFinder.Piece? {
        let found = try PieceFinder.pieces(of: image)
        return found.isEmpty ? nil : found[random.below(found.count)]
    }

    /// From the target to the picture: a piece with a little of what is around it, turned in any direction.
    private func view(
        of piece: PieceFinder.Piece, _ frame: ImageSize, _ target: ImageSize, _ random: inout CounterRandom
    ) -> PlaneMap {
        let half = piece.radius * exp(random.uniform(0...0.5))
        let stretch = exp(random.uniform(-0.15...0.15))
        let mirror: Double = random.chance(flip) ? -1 : 1
        let size = (across: 2 * half * Double(frame.width), down: 2 * half * Double(frame.height))
        return PlaneMap.translation(x: 0.5 - Double(target.width) / 2, y: 0.5 - Double(target.height) / 2)
            .then(.rotation(degrees: random.uniform(-180...180)))
            .then(
                .scale(
                    x: mirror * stretch * size.across / Double(target.width),
                    y: size.down / stretch / Double(target.height))
            )
            .then(
                .translation(
                    x: piece.x * Double(frame.width) - 0.5, y: piece.y * Double(frame.height) - 0.5))
    }

    /// From the target to the picture: the box in the middle, turned, stretched a little, perhaps mirrored.
    private func view(
        of box: PixelBox, _ frame: ImageSize, _ target: ImageSize, _ random: inout CounterRandom
    ) -> PlaneMap {
        let unit = (
            x: Double(frame.width) / Double(MiddleCut.side), y: Double(frame.height) / Double(MiddleCut.side)
        )
        let size = max(Double(box.width) * unit.x, Double(box.height) * unit.y) / random.uniform(fill)
        let stretch = exp(random.uniform(-0.15...0.15))
        let mirror: Double = random.chance(flip) ? -1 : 1
        return PlaneMap.translation(x: 0.5 - Double(target.width) / 2, y: 0.5 - Double(target.height) / 2)
            .then(.rotation(degrees: random.uniform(rotation)))
            .then(
                .scale(
                    x: mirror * stretch * size / Double(target.width), y: size / stretch / Double(target.height))
            )
            .then(
                .translation(
                    x: (Double(box.x) + Double(box.width) / 2) * unit.x - 0.5,
                    y: (Double(box.y) + Double(box.height) / 2) * unit.y - 0.5))
    }

    /// Lays one light grey under what the mask does not hold. Masks are steepened, so that edges are a pixel or two.
    private static func whiten(_ picture: inout AugmentedPicture, outside mask: Image, ground: Int) throws {
        let width = mask.width
        try picture.withPixels { pixels in
            mask.withPixels { mask in
                var at = 0
                while at + 2 < pixels.count {
                    let found = Int(mask[at / 3 / width * width + at / 3 % width])
                    let share = min(255, max(0, (found - 128) * 3 + 128))
                    for channel in at..<(at + 3) {
                        let sum = Int(pixels[channel]) * share + ground * (255 - share)
                        pixels[channel] = UInt8(clamping: (sum + 127) / 255)
                    }
                    at += 3
                }
            }
        }
    }
}

/// A soft shape between ellipse and rectangle with a wavy outline (Lamé's curve), somewhat turned.
struct RoundedShape: Sendable {
    private let half: (across: Double, down: Double)
    private let turn: Double
    private let exponent: Double
    private let wave: (count: Double, height: Double, phase: Double)
    private let softness: Double

    init(_ random: inout CounterRandom) {
        let size = exp(random.uniform(log(0.45)...log(0.97)))
        let shape = exp(random.uniform(-0.9...0.5))
        half = shape < 1 ? (size * shape, size) : (size, size / shape)
        turn = random.uniform(-0.5...0.5)
        exponent = exp(random.uniform(log(2)...log(10)))
        wave = (Double(2 + random.below(4)), random.uniform(0...0.12), random.uniform(0...2 * .pi))
        softness = random.uniform(0.007...0.05)
    }

    /// 255 inside, 0 outside.
    func mask(_ size: ImageSize) throws -> Image {
        let (c, s) = (cos(turn), sin(turn))
        let bytes = (0..<(size.width * size.height)).map { at -> UInt8 in
            let x = (Double(at % size.width) + 0.5) / Double(size.width) * 2 - 1
            let y = (Double(at / size.width) + 0.5) / Double(size.height) * 2 - 1
            let (u, v) = ((x * c + y * s) / half.across, (y * c - x * s) / half.down)
            let radius = pow(pow(abs(u), exponent) + pow(abs(v), exponent), 1 / exponent)
            let place = radius * (1 + wave.height * sin(wave.count * atan2(v, u) + wave.phase))
            return UInt8(255 / (1 + exp(max(-30, min(30, (place - 1) / softness)))))
        }
        return try Image(width: size.width, height: size.height, format: .gray8, bytes: bytes)
    }
}
