import Imaging
import Testing

@testable import Learning

@Suite struct PixelTests {
    private let size = ImageSize(width: 32, height: 32)

    private func picture(_ image: Image? = nil) throws -> AugmentedPicture {
        AugmentedPicture(
            image: try image ?? Pictures.picture(0, width: 32, height: 32), boxes: [], target: size, fit: .stretch)
    }

    private func apply(_ step: some Augmentation, to picture: AugmentedPicture, seed: UInt64 = 2) throws -> Image {
        let context = AugmentationContext(
            index: 0, sample: Sample(id: "a", image: .bytes([])), pictures: PictureCache(samples: [], least: size))
        return try Augmenter([step]).applied(to: picture, seed: seed, epoch: 0, context).image
    }

    private func mean(_ image: Image) -> Double {
        Double(image.bytes.reduce(0) { $0 + Int($1) }) / Double(image.bytes.count)
    }

    private func difference(_ left: Image, _ right: Image) -> Double {
        Double(zip(left.bytes, right.bytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(left.bytes.count)
    }

    @Test("LEARN-033 colours are a table for each channel and a saturation")
    func colour() throws {
        #expect(ColourShift.table(gain: 1, contrast: 1, gamma: 1) == (0..<256).map { UInt8($0) })
        #expect(ColourShift.table(gain: 2, contrast: 1, gamma: 1)[100] == 200)
        #expect(ColourShift.table(gain: 1, contrast: 1, gamma: 2)[128] == 64)
        #expect(ColourShift.table(gain: 1, contrast: 2, gamma: 1)[10] == 0)
        let still = ColourShift(exposure: 0, balance: 0, contrast: 0, saturation: 0, gamma: 0)
        let image = try Pictures.picture(0, width: 32, height: 32)
        #expect(try apply(still, to: picture()) == image)
        let grey = try Image(width: 32, height: 32, format: .rgb8, filledWith: Pixel(red: 90, green: 90, blue: 90))
        let loud = ColourShift(exposure: 0, balance: 0, contrast: 0, saturation: 2, gamma: 0)
        #expect(try apply(loud, to: picture(grey)) == grey)
        #expect(try difference(apply(ColourShift(), to: picture()), image) > 2)
    }

    @Test("LEARN-033 each fault of a camera changes the picture, and not its brightness", arguments: 0..<5)
    func camera(fault: Int) throws {
        let image = try Pictures.picture(0, width: 32, height: 32)
        var step = CameraFaults(scaling: 0, blur: 0, motion: 0, noise: 0, jpeg: 0)
        #expect(try apply(step, to: picture()) == image)
        switch fault {
        case 0: step.scaling = 1
        case 1: (step.blur, step.sigma) = (1, 1...1.5)
        case 2: (step.motion, step.motionLength) = (1, 7...7)
        case 3: (step.noise, step.noiseSigma) = (1, 0.04...0.04)
        default: step.jpeg = 1
        }
        let changed = try apply(step, to: picture())
        #expect(difference(changed, image) > 0.5)
        #expect(abs(mean(changed) - mean(image)) < 3)
        if fault == 3 {
            // The mean absolute value of a normal number is sqrt(2 / pi) of its deviation.
            #expect(abs(difference(changed, image) - 0.04 * 255 * 0.798) < 0.8)
        }
    }

    @Test("LEARN-033 items on plain ground are cut out and put on white, in the middle")
    func merchant() throws {
        let item = try Pictures.item()
        let mask = try #require(try ItemMask.plain.find(in: item, boxes: []))
        #expect(mask.pixel(x: 20, y: 20)?.red ?? 0 > 250 && mask.pixel(x: 2, y: 2)?.red ?? 255 < 5)
        #expect(GroundChange.box(of: mask) == PixelBox(x: 10, y: 10, width: 20, height: 20))
        let step = GroundChange(probability: 1, grounds: [.white], isCentred: true, fill: 0.8...0.8, shadow: 0)
        let result = try apply(step, to: picture(item))
        #expect(result.pixel(x: 1, y: 1) == .white)
        // 0.8 of 32 pixels: from 3.2 to 28.8.
        #expect(result.pixel(x: 5, y: 16)?.red == 180 && result.pixel(x: 26, y: 16)?.red == 180)
        let empty = try Image(width: 32, height: 32, format: .rgb8, filledWith: .white)
        #expect(try ItemMask.plain.find(in: empty, boxes: []) == nil)
    }

    @Test("LEARN-033 an item keeps its colours on every ground", arguments: Ground.allCases)
    func grounds(ground: Ground) throws {
        let step = GroundChange(probability: 1, grounds: [ground], shadow: 1)
        let item = try Pictures.item(width: 32, height: 32)
        let result = try apply(step, to: picture(item), seed: 5)
        #expect(result.pixel(x: 16, y: 16) == item.pixel(x: 16, y: 16))
        if ground != .white { #expect(result.pixel(x: 1, y: 1) != item.pixel(x: 1, y: 1)) }
    }

    @Test("A photograph without plain ground is cut by its colours, or by its box")
    func colours() throws {
        var image = try Pictures.picture(3, width: 40, height: 40)
        image.paste(
            try Image(width: 20, height: 20, format: .rgb8, filledWith: Pixel(red: 250, green: 10, blue: 10)), x: 10,
            y: 10)
        let mask = try #require(try ItemMask.colour.find(in: image, boxes: []))
        #expect(mask.pixel(x: 20, y: 20)?.red ?? 0 > 200 && mask.pixel(x: 2, y: 37)?.red ?? 255 < 60)
        let box = LabelledBox(left: 5, top: 5, right: 35, bottom: 15)
        let boxed = try #require(try ItemMask.box.find(in: image, boxes: [box]))
        #expect(boxed.pixel(x: 20, y: 10)?.red ?? 0 > 250 && boxed.pixel(x: 20, y: 30)?.red ?? 255 < 5)
        #expect(try ItemMask.box.find(in: image, boxes: []) == nil)
    }

    @Test("LEARN-026 a probe keeps the outline of one item and shows the texture of another")
    func textures() throws {
        let shape = try Pictures.item(width: 60, height: 60)
        var striped = try Pictures.item(width: 60, height: 60)
        let green = try Image(width: 30, height: 2, format: .rgb8, filledWith: Pixel(red: 20, green: 160, blue: 40))
        for y in stride(from: 15, to: 45, by: 4) { striped.paste(green, x: 15, y: y) }
        let samples = try [shape, striped].enumerated().map { number, image in
            Sample(id: "\(number)", image: .bytes(try image.encoded(as: .png)))
        }
        let cache = PictureCache(samples: samples, least: ImageSize(width: 60, height: 60))
        let png = try #require(try TextureProbe.png(shape: 0, texture: 1, from: cache))
        let probe = try Image.decode(png).image.converted(to: .rgb8)
        #expect(probe.pixel(x: 3, y: 3) == shape.pixel(x: 3, y: 3))
        let column = (20..<40).compactMap { probe.pixel(x: 30, y: $0) }
        #expect(column.contains { $0.green > 110 && $0.red < 90 } && column.contains { $0.red > 120 && $0.green < 90 })
        let before = try ItemMask.plain.find(in: shape, boxes: []).flatMap(GroundChange.box)
        #expect(try ItemMask.plain.find(in: probe, boxes: []).flatMap(GroundChange.box) == before)
        let white = try Image(width: 60, height: 60, format: .rgb8, filledWith: .white)
        let empty = Sample(id: "w", image: .bytes(try white.encoded(as: .png)))
        let other = PictureCache(samples: [samples[0], empty], least: ImageSize(width: 60, height: 60))
        #expect(try TextureProbe.png(shape: 0, texture: 1, from: other) == nil)
    }
}
