import Imaging
import Testing

@Suite("GIF")
struct GIFTests {
    @Test("every pixel comes back, with short and full dictionaries", arguments: [(3, 2), (64, 64), (200, 150)])
    func pixels(width: Int, height: Int) throws {
        for bits in [2, 5, 8] {
            let indexes = GIFBuilder.pattern(width * height).map { $0 & UInt8((1 << bits) - 1) }
            let image = try Image.decode(GIFBuilder(width: width, height: height, bits: bits).file(indexes: indexes))
                .image
            #expect(image.format == .rgb8)
            #expect(image.bytes == indexes.flatMap { GIFBuilder.colour(Int($0)) })
        }
    }

    @Test("one colour: every code is used before it is complete")
    func run() throws {
        let indexes = [UInt8](repeating: 3, count: 100 * 100)
        let image = try Image.decode(GIFBuilder(width: 100, height: 100).file(indexes: indexes)).image
        #expect(image.bytes == indexes.flatMap { GIFBuilder.colour(Int($0)) })
    }

    @Test("noise fills the dictionary and clears it")
    func noise() throws {
        let indexes = try TestPictures.noise(width: 150, height: 150, format: .gray8, seed: 5).bytes
        let image = try Image.decode(GIFBuilder(width: 150, height: 150).file(indexes: indexes)).image
        #expect(image.bytes == indexes.flatMap { GIFBuilder.colour(Int($0)) })
    }

    @Test("interlaced rows are put in order")
    func interlaced() throws {
        let width = 5
        let height = 21
        let upright = GIFBuilder.pattern(width * height)
        let order = [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { Array(stride(from: $0, to: height, by: $1)) }
        let stored = order.flatMap { Array(upright[($0 * width)..<($0 * width + width)]) }
        let file = GIFBuilder(width: width, height: height, interlaced: true).file(indexes: stored)
        #expect(try Image.decode(file).image.bytes == upright.flatMap { GIFBuilder.colour(Int($0)) })
    }

    @Test("a clear colour and an uncovered border are clear")
    func clear() throws {
        let builder = GIFBuilder(
            width: 6, height: 5, left: 2, top: 1, frameWidth: 3, frameHeight: 2, transparentIndex: 7)
        let decoded = try Image.decode(builder.file(indexes: [1, 7, 2, 3, 4, 5]))
        #expect(decoded.probe.hasAlpha && decoded.image.format == .rgba8)
        #expect(decoded.image.pixel(x: 0, y: 0)?.alpha == 0)
        #expect(decoded.image.pixel(x: 3, y: 1)?.alpha == 0)
        let first = GIFBuilder.colour(1)
        #expect(
            decoded.image.pixel(x: 2, y: 1)
                == Pixel(red: first[0], green: first[1], blue: first[2], alpha: 255))
        #expect(decoded.image.pixel(x: 4, y: 2)?.alpha == 255)
    }

    @Test("a frame larger than its screen is cut off")
    func overhang() throws {
        let builder = GIFBuilder(width: 3, height: 2, left: 1, top: 1, frameWidth: 40, frameHeight: 30)
        let image = try Image.decode(builder.file(indexes: GIFBuilder.pattern(1200))).image
        #expect(image.width == 3 && image.height == 2)
        #expect(image.pixel(x: 0, y: 0)?.alpha == 0 && image.pixel(x: 1, y: 1)?.alpha == 255)
    }

    @Test("the first of several pictures is taken and the file told as animated")
    func animated() throws {
        let indexes = GIFBuilder.pattern(64)
        #expect(try !ImageProbe.read(GIFBuilder(width: 8, height: 8).file(indexes: indexes)).isAnimated)
        let file = GIFBuilder(width: 8, height: 8, frames: 3).file(indexes: indexes)
        let decoded = try Image.decode(file)
        #expect(decoded.probe.isAnimated)
        #expect(decoded.image.bytes == indexes.flatMap { GIFBuilder.colour(Int($0)) })
    }
}
