import Imaging
import Testing

@Suite("PNG variants")
struct PNGVariantTests {
    @Test("SCAN-120 16-bit samples become the nearest 8-bit ones")
    func deep() throws {
        var rows: [UInt8] = []
        for y in 0..<4 {
            rows.append(0)
            for x in 0..<6 {
                for sample in [x * 10_000, y * 20_000, 65_535] { rows += [UInt8(sample >> 8), UInt8(sample & 255)] }
            }
        }
        let file = PNGBuilder(width: 6, height: 4, bitDepth: 16).file(rows: rows)
        let image = try Image.decode(file).image
        #expect(image.format == .rgb8)
        for y in 0..<4 {
            for x in 0..<6 {
                let pixel = try #require(image.pixel(x: x, y: y))
                #expect(abs(Int(pixel.red) - (x * 10_000 + 128) / 257) <= 1)
                #expect(abs(Int(pixel.green) - (y * 20_000 + 128) / 257) <= 1)
                #expect(pixel.blue == 255)
            }
        }
    }

    @Test("16-bit grey with alpha becomes RGBA")
    func deepGreyAlpha() throws {
        let rows: [UInt8] = [0, 0x80, 0x00, 0x40, 0x00, 0xFF, 0xFF, 0x00, 0x00]
        let image = try Image.decode(PNGBuilder(width: 2, height: 1, bitDepth: 16, colourType: 4).file(rows: rows))
            .image
        #expect(image.format == .rgba8)
        let half = try #require(image.pixel(x: 0, y: 0))
        #expect(abs(Int(half.red) - 128) <= 1 && abs(Int(half.alpha) - 64) <= 1)
        #expect(image.pixel(x: 1, y: 0)?.alpha == 0)
    }

    @Test("SCAN-120 palettes of 1, 2, 4 and 8 bits", arguments: [1, 2, 4, 8])
    func palette(bits: Int) throws {
        let width = 9
        let colours = 1 << bits
        let palette: [UInt8] = (0..<colours).flatMap { index -> [UInt8] in
            [UInt8(index * 255 / (colours - 1)), UInt8(index), UInt8(255 - index)]
        }
        var rows: [UInt8] = []
        for y in 0..<3 {
            rows.append(0)
            var bitsOfRow: [Int] = []
            for x in 0..<width {
                let index = (x + y) % colours
                bitsOfRow += (0..<bits).map { index >> (bits - 1 - $0) & 1 }
            }
            while bitsOfRow.count % 8 != 0 { bitsOfRow.append(0) }
            for start in stride(from: 0, to: bitsOfRow.count, by: 8) {
                rows.append(UInt8(bitsOfRow[start..<(start + 8)].reduce(0) { $0 << 1 | $1 }))
            }
        }
        var builder = PNGBuilder(width: width, height: 3, bitDepth: bits, colourType: 3)
        builder.ancillary = [("PLTE", palette)]
        let image = try Image.decode(builder.file(rows: rows)).image
        #expect(image.format == .rgb8)
        for y in 0..<3 {
            for x in 0..<width {
                let at = (x + y) % colours * 3
                #expect(
                    image.pixel(x: x, y: y) == Pixel(red: palette[at], green: palette[at + 1], blue: palette[at + 2]))
            }
        }
        builder.ancillary.append(("tRNS", [0]))
        let clear = try Image.decode(builder.file(rows: rows))
        #expect(clear.probe.hasAlpha && clear.image.pixel(x: 0, y: 0)?.alpha == 0)
        #expect(clear.image.pixel(x: 1, y: 0)?.alpha == 255)
    }

    @Test("interlaced rows are put in order")
    func interlaced() throws {
        let image = try Image.decode(PNGBuilder.interlacedGrey(width: 19, height: 11)).image
        #expect(image.format == .gray8)
        for y in 0..<11 {
            for x in 0..<19 { #expect(image.pixel(x: x, y: y)?.red == PNGBuilder.grey(x, y)) }
        }
    }

    @Test("texts, profiles and broken chunks beside the pixels are passed over")
    func ancillary() throws {
        var builder = PNGBuilder(width: 1, height: 1)
        let text = Array("Comment\0\0".utf8) + PNGBuilder.zlib([UInt8](repeating: 65, count: 200_000))
        let profile = Array("p\0\0".utf8) + [1, 2, 3]
        builder.ancillary = (0..<40).map { _ in ("zTXt", text) } + [("iCCP", profile), ("abCd", [7])]
        let decoded = try Image.decode(builder.file(rows: [0, 10, 20, 30]))
        #expect(decoded.image.pixel(x: 0, y: 0) == Pixel(red: 10, green: 20, blue: 30))
        #expect(decoded.warnings.isEmpty)
    }

    @Test("the orientation chunk turns the picture and an animation is told")
    func metadata() throws {
        var builder = PNGBuilder(width: 2, height: 1)
        builder.ancillary = [
            ("eXIf", ExifBuilder.tiff(orientation: 6, bigEndian: true)), ("acTL", [0, 0, 0, 2, 0, 0, 0, 0]),
        ]
        let decoded = try Image.decode(builder.file(rows: [0, 1, 1, 1, 2, 2, 2]))
        #expect(decoded.probe.isAnimated && decoded.probe.orientation == .clockwise)
        #expect(decoded.image.width == 1 && decoded.image.height == 2)
        #expect(decoded.image.pixel(x: 0, y: 0)?.red == 1 && decoded.image.pixel(x: 0, y: 1)?.red == 2)
    }
}
