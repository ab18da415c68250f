import Imaging
import Testing

@testable import Learning

@Suite struct GeometryTests {
    private let size = ImageSize(width: 32, height: 32)

    private func picture(_ fit: TensorFit = .stretch, _ image: Image? = nil) throws -> AugmentedPicture {
        AugmentedPicture(
            image: try image ?? Pictures.picture(0, width: 64, height: 48),
            boxes: [LabelledBox(left: 33, top: 17, right: 48, bottom: 32, label: 0)], target: size, fit: fit)
    }

    private func context() -> AugmentationContext {
        AugmentationContext(
            index: 0, sample: Sample(id: "a", image: .bytes([])),
            pictures: PictureCache(
                samples: [], least: size))
    }

    private func apply(
        _ step: some Augmentation, seed: UInt64 = 1, to picture: AugmentedPicture
    ) throws -> AugmentedPicture {
        try Augmenter([step]).applied(to: picture, seed: seed, epoch: 0, context())
    }

    /// How dark the middle of a box is: the square that it surrounds is black, all else is not.
    private func middle(_ picture: AugmentedPicture) throws -> UInt8 {
        let box = try #require(picture.boxes.first)
        return try #require(
            picture.image.pixel(x: Int((box.left + box.right) / 2), y: Int((box.top + box.bottom) / 2))
        ).green
    }

    @Test("LEARN-033 a crop without chance is a resize, a mirrored one has its columns reversed")
    func plain() throws {
        let whole = ResizedCrop(area: 1...1, ratio: (4.0 / 3)...(4.0 / 3), rotation: 0...0, flip: 0)
        let image = try Pictures.picture(0, width: 32, height: 32)
        let square = ResizedCrop(area: 1...1, ratio: 1...1, rotation: 0...0, flip: 0)
        #expect(try apply(square, to: picture(.stretch, image)).image == image)
        var mirrored = square
        mirrored.flip = 1
        #expect(try apply(mirrored, to: picture(.stretch, image)).image == image.mirrored())
        let small = try apply(whole, to: picture())
        #expect(small.image.width == 32 && small.image.height == 32)
        #expect(try middle(small) < 60)
    }

    @Test("LEARN-033 boxes follow crops, turns and perspective", arguments: 0..<24)
    func boxes(seed: UInt64) throws {
        var crop = ResizedCrop()
        crop.area = 0.7...1
        let steps: [any Augmentation] = [crop, Perspective(probability: 1, jitter: 0.08)]
        let result = try Augmenter(steps).applied(to: picture(), seed: seed, epoch: 0, context())
        for box in result.boxes {
            #expect(box.left >= 0 && box.top >= 0 && box.right <= 32 && box.bottom <= 32 && box.area > 0)
        }
        if let box = result.boxes.first, !box.isIgnored, box.area > 30 { #expect(try middle(result) < 90) }
    }

    @Test("A box of which little is left is ignored, one that is gone is left out")
    func cut() throws {
        let frame = ImageSize(width: 10, height: 10)
        let boxes = [
            LabelledBox(left: 2, top: 2, right: 6, bottom: 6), LabelledBox(left: -8, top: 0, right: 2, bottom: 5),
            LabelledBox(left: 11, top: 0, right: 14, bottom: 5),
        ]
        let moved = AugmentedPicture.mapped(boxes, by: .identity, into: frame)
        #expect(moved.map(\.isIgnored) == [false, true])
        #expect(moved[1].left == 0 && moved[1].right == 2)
    }

    @Test("Several warps are one: the result is that of their product")
    func product() throws {
        var picture = try picture()
        picture.warp { _ in .translation(x: 3, y: 2) }
        picture.warp { _ in .translation(x: 1, y: 5) }
        try picture.settle()
        var once = try self.picture()
        once.warp { _ in .translation(x: 4, y: 7) }
        try once.settle()
        #expect(picture.image == once.image && picture.boxes == once.boxes)
        let origin = try #require(picture.origin(x: 10, y: 6))
        #expect(abs(origin.x - 14.5 / 64) < 1e-9 && abs(origin.y - 13.5 / 48) < 1e-9)
    }

    @Test(
        "A picture that nothing crops is fitted, with its boxes",
        arguments: [TensorFit.stretch, .squarePad, .centreCrop])
    func fits(fit: TensorFit) throws {
        var picture = try picture(fit)
        try picture.settle()
        #expect(picture.image.width == 32 && picture.image.height == 32)
        #expect(try middle(picture) < 60)
        let box = try #require(picture.boxes.first)
        let width: Float = fit == .centreCrop ? 10 : 7.5
        #expect(abs(box.right - box.left - width) < 0.1)
        let white = picture.image.pixel(x: 3, y: 0) == .white
        #expect(white == (fit == .squarePad))
    }

    @Test("A square goes to any four corners")
    func corners() throws {
        let corners = [(1.0, 2.0), (9.0, 1.0), (8.0, 7.0), (0.0, 6.0)]
        let map = Perspective.square(to: corners)
        for (corner, from) in zip(corners, [(0.0, 0.0), (1, 0), (1, 1), (0, 1)]) {
            let place = try #require(map(x: from.0, y: from.1))
            #expect(abs(place.x - corner.0) < 1e-9 && abs(place.y - corner.1) < 1e-9)
        }
    }
}
