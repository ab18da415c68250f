import Basics
import Imaging
import Testing

@testable import Learning

@Suite struct MerchantViewTests {
    /// A red disc in the middle of a room of two greys.
    private func photo(side: Int = 96, radius: Int = 24) throws -> Image {
        var bytes: [UInt8] = []
        for y in 0..<side {
            for x in 0..<side {
                let (across, down) = (x - side / 2, y - side / 2)
                let isDisc = across * across + down * down < radius * radius
                let wall = UInt8(x / 12 % 2 == 0 ? 90 : 120)
                bytes += isDisc ? [200, 30, 40] : [wall, wall, wall]
            }
        }
        return try Image(width: side, height: side, format: .rgb8, bytes: bytes)
    }

    private func applied(_ step: MerchantView, seed: UInt64, to image: Image) throws -> Image {
        let size = ImageSize(width: 48, height: 48)
        let picture = AugmentedPicture(image: image, boxes: [], target: size, fit: .stretch)
        let context = AugmentationContext(
            index: 0, sample: Sample(id: "a", image: .bytes([])), pictures: PictureCache(samples: [], least: size))
        return try Augmenter([step]).applied(to: picture, seed: seed, epoch: 0, context).image
    }

    @Test("LEARN-033 the thing in the middle of a photograph is cut out along its outline")
    func cut() throws {
        let mask = try #require(try MiddleCut.mask(of: photo(), core: .small))
        let side = MiddleCut.side
        let radius = Double(24 * side / 96)
        var agree = 0
        for y in 0..<side {
            for x in 0..<side {
                let (across, down) = (Double(x) - Double(side) / 2 + 0.5, Double(y) - Double(side) / 2 + 0.5)
                let isDisc = across * across + down * down < radius * radius
                if try (#require(mask.pixel(x: x, y: y)).red > 127) == isDisc { agree += 1 }
            }
        }
        #expect(Double(agree) / Double(side * side) > 0.9)
    }

    @Test("A merchant view shows the thing large in the middle on white, the same for the same draw", arguments: 0..<6)
    func view(seed: UInt64) throws {
        let step = MerchantView(probability: 1, outlined: 1)
        let image = try applied(step, seed: seed, to: photo())
        #expect(try image == applied(step, seed: seed, to: photo()))
        for (x, y) in [(0, 0), (47, 0), (0, 47), (47, 47)] {
            #expect(try #require(image.pixel(x: x, y: y)).green >= 240)
        }
        let middle = try #require(image.pixel(x: 24, y: 24))
        #expect(middle.red > 150 && middle.green < 80)
    }

    @Test("Without an outline a rounded part of the photograph stands on white", arguments: 0..<6)
    func shape(seed: UInt64) throws {
        let grey = try Image(
            width: 60, height: 60, format: .rgb8, filledWith: Pixel(red: 100, green: 100, blue: 100))
        let image = try applied(MerchantView(probability: 1, outlined: 0), seed: seed, to: grey)
        #expect(try #require(image.pixel(x: 24, y: 24)).green < 130)
        #expect(try #require(image.pixel(x: 0, y: 0)).green > 180)
    }

    @Test("Photographs that are not chosen go through the other augmentations")
    func otherwise() throws {
        let step = MerchantView(probability: 0, otherwise: [ResizedCrop(flip: 1)])
        let crop = ResizedCrop(flip: 1)
        let image = try photo()
        let size = ImageSize(width: 48, height: 48)
        let context = AugmentationContext(
            index: 0, sample: Sample(id: "a", image: .bytes([])), pictures: PictureCache(samples: [], least: size))
        var expected = AugmentedPicture(image: image, boxes: [], target: size, fit: .stretch)
        var random = CounterRandom(seed: 5, epoch: 0, sample: 0, stage: .init(0))
        _ = random.chance(0)
        crop.apply(to: &expected, &random, context)
        try expected.settle()
        #expect(try applied(step, seed: 5, to: image) == expected.image)
    }

    @Test("Augmentations stand inside a merchant view by name; their problems are told")
    func nested() throws {
        let list = try #require(
            try JSON(
                parsing: """
                    [{"type": "merchantView", "p": 0.4, "item": ["colour"], "otherwise": ["resizedCrop", "colour"]}]
                    """
            ).arrayValue)
        let step = try #require(try AugmentationRegistry.make(list).steps.first as? MerchantView)
        #expect(step.probability == 0.4 && step.item.count == 1 && step.otherwise.count == 2)
        let wrong = try #require(
            try JSON(parsing: #"[{"type": "merchantView", "item": ["mixUp"], "otherwise": ["nothing"]}]"#).arrayValue)
        let error = #expect(throws: AugmentationConfigurationError.self) { try AugmentationRegistry.make(wrong) }
        #expect(error?.problems.count == 2)
    }

    @Test("Masks lose threads, other pieces and holes")
    func tidy() {
        let rows = [
            "........", ".####...", ".#.##..#", ".####..#", ".####...", "...#....", "...#....", "........",
        ]
        let grid = MaskGrid(rows.flatMap { $0.map { $0 == "#" } }, side: 8)
        #expect(grid.largest().filled().count == 18)
        #expect(grid.filled().opened().largest().count == 16)
        #expect(MaskGrid([], side: 4).largest().count == 0)
    }
}
