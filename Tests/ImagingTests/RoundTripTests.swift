import Imaging
import Testing

@Suite("Encoding and decoding")
struct RoundTripTests {
    @Test("SCAN-120 PNG and lossless WebP give back every sample", arguments: PixelFormat.allCases)
    func lossless(format: PixelFormat) throws {
        for (width, height) in [(1, 1), (7, 3), (64, 48), (1, 200)] {
            let picture = try TestPictures.noise(width: width, height: height, format: format, seed: 11)
            #expect(try Image.decode(try picture.encoded(as: .png)).image == picture)
            let expected = format == .gray8 ? picture.converted(to: .rgb8) : picture
            let webP = try Image.decode(try picture.encoded(as: .webPLossless)).image
            if format == .rgba8 {
                #expect(webP.pixel(x: 0, y: 0)?.alpha == expected.pixel(x: 0, y: 0)?.alpha)
                #expect(webP.flattened() == expected.flattened())
            } else {
                #expect(webP == expected)
            }
        }
    }

    @Test("lossy encoders stay near the picture", arguments: [(40, 30.0), (75, 34.0), (95, 38.0)])
    func lossy(quality: Int, decibels: Double) throws {
        let picture = try TestPictures.gradient(width: 160, height: 120)
        for encoding in [ImageEncoding.jpeg(quality: quality), .webP(quality: quality)] {
            let decoded = try Image.decode(try picture.encoded(as: encoding)).image
            #expect(TestPictures.psnr(picture, decoded) > decibels, "\(encoding)")
        }
    }

    @Test("SCAN-120 a grey JPEG stays grey and a progressive one is like a sequential one")
    func jpegKinds() throws {
        let grey = try TestPictures.gradient(width: 50, height: 40, format: .gray8)
        let decoded = try Image.decode(try grey.encoded(as: .jpeg(quality: 90))).image
        #expect(decoded.format == .gray8)
        #expect(TestPictures.psnr(grey, decoded) > 38)
        let colour = try TestPictures.gradient(width: 50, height: 40)
        let sequential = try Image.decode(try JPEGBuilder.encode(colour, progressive: false)).image
        let progressive = try Image.decode(try JPEGBuilder.encode(colour, progressive: true)).image
        #expect(sequential == progressive)
    }

    @Test("rows with gaps between them are encoded without the gaps")
    func stride() throws {
        let packed = try TestPictures.noise(width: 5, height: 4, seed: 3)
        var bytes: [UInt8] = []
        for y in 0..<4 { bytes += packed.bytes[(y * 15)..<(y * 15 + 15)] + [9, 9, 9] }
        let gapped = try Image(width: 5, height: 4, format: .rgb8, stride: 18, bytes: bytes)
        #expect(try Image.decode(try gapped.encoded(as: .png)).image == packed)
        #expect(try Image.decode(try gapped.encoded(as: .webPLossless)).image == packed)
        #expect(gapped.turned(by: .half).turned(by: .half) == packed)
        #expect(try gapped.resized(width: 2, height: 2) == packed.resized(width: 2, height: 2))
    }

    @Test("SCAN-120 CMYK files come out as screen colours, whichever way their ink is stored")
    func inks() throws {
        let file = try JPEGBuilder.encodeInks(width: 16, height: 16, inks: [255, 128, 0, 255])
        let pixel = try #require(try Image.decode(file).image.pixel(x: 8, y: 8))
        #expect(abs(Int(pixel.red) - 255) < 6 && abs(Int(pixel.green) - 128) < 6 && pixel.blue < 6)
        let dark = try JPEGBuilder.encodeInks(width: 16, height: 16, inks: [255, 255, 255, 64])
        let grey = try #require(try Image.decode(dark).image.pixel(x: 8, y: 8))
        #expect(abs(Int(grey.red) - 64) < 6 && abs(Int(grey.blue) - 64) < 6)
        // Without Adobe's segment the four planes are inks as they stand: 255 is full ink. The file stores its three
        // colours as Y = 0, Cb = Cr = 128, and black = 64: no cyan, half magenta and yellow, a quarter black.
        let plain = JPEGBuilder.removingSegments(0xEE, from: dark)
        let inked = try #require(try Image.decode(plain).image.pixel(x: 8, y: 8))
        #expect(abs(Int(inked.red) - 191) < 6 && abs(Int(inked.green) - 127 * 191 / 255) < 6)
    }

    @Test("sides over the format's limit are refused by the encoder")
    func encoderLimits() throws {
        let long = try TestPictures.plain(width: 16_384, height: 1, .white)
        #expect(throws: ImageError.self) { try long.encoded(as: .webP(quality: 50)) }
        #expect(try Image.decode(try long.encoded(as: .png)).image == long)
    }
}
