import Imaging
import Testing

@Suite("Limits")
struct LimitTests {
    @Test("SCAN-122 a file that claims 65,500 x 65,500 pixels is refused by its header, in every format")
    func bombs() throws {
        let tiny = try TestPictures.gradient(width: 8, height: 8)
        let jpeg = JPEGBuilder.claiming(width: 65_500, height: 65_500, try tiny.encoded(as: .jpeg(quality: 50)))
        let gif = GIFBuilder(width: 65_500, height: 65_500, frameWidth: 8, frameHeight: 8).file(
            indexes: GIFBuilder.pattern(64))
        let png = PNGBuilder(width: 65_500, height: 65_500).bomb()
        for file in [jpeg, gif, png] {
            #expect(throws: ImageError.sideTooLong(width: 65_500, height: 65_500, limit: 16_384)) {
                try Image.decode(file)
            }
            #expect(throws: ImageError.self) { try Thumbnail.make(file, width: 32, height: 32, method: .crop) }
        }
    }

    @Test("sides are counted before pixels and neither overflows")
    func overflow() throws {
        let huge = PNGBuilder(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF).bomb()
        #expect(throws: ImageError.self) { try Image.decode(huge) }
        let wide = PNGBuilder(width: 16_000, height: 16_000).bomb()
        #expect(throws: ImageError.tooManyPixels(width: 16_000, height: 16_000, limit: 50_000_000)) {
            try Image.decode(wide)
        }
        #expect(throws: ImageError.self) { try Image.decode(PNGBuilder(width: 0, height: 5).bomb()) }
    }

    @Test("a size inside the limits that the bytes cannot hold is refused before pixels are allocated")
    func implausible() throws {
        let tiny = try TestPictures.gradient(width: 8, height: 8)
        let jpeg = JPEGBuilder.claiming(width: 7_000, height: 7_000, try tiny.encoded(as: .jpeg(quality: 50)))
        let gif = GIFBuilder(width: 7_000, height: 7_000).file(indexes: GIFBuilder.pattern(64))
        let png = PNGBuilder(width: 7_000, height: 7_000).bomb()
        for file in [jpeg, gif, png] {
            let error = #expect(throws: ImageError.self) { try Image.decode(file, options: DamagedFileTests.accepting) }
            guard case .implausible(7_000, 7_000, _) = error else {
                Issue.record("refused as \(String(describing: error))")
                continue
            }
        }
    }

    @Test("a real file of one colour is not taken for a bomb")
    func plain() throws {
        let plain = try TestPictures.plain(width: 2_000, height: 2_000, .white)
        for encoding in [ImageEncoding.jpeg(quality: 30), .png, .webP(quality: 10), .webPLossless] {
            #expect(try Image.decode(try plain.encoded(as: encoding)).image.width == 2_000)
        }
        let gif = GIFBuilder(width: 500, height: 500).file(indexes: [UInt8](repeating: 1, count: 250_000))
        #expect(try Image.decode(gif).image.width == 500)
    }

    @Test("SCAN-122 a JPEG of very many scans is refused by the work it would be")
    func scans() throws {
        let picture = try TestPictures.gradient(width: 64, height: 64)
        var file = try JPEGBuilder.encode(picture, progressive: true)
        let end = file.count - 2
        let scan = try #require((0..<end).last { file[$0] == 0xFF && file[$0 + 1] == 0xDA })
        let last = Array(file[scan..<end])
        for _ in 0..<300 { file.insert(contentsOf: last, at: end) }
        let limits = ImageLimits(maximumWork: 64 * 64 * 100)
        let error = #expect(throws: ImageError.self) {
            try Image.decode(file, options: ImageDecodeOptions(limits: limits))
        }
        guard case .tooMuchWork = error else {
            Issue.record("refused as \(String(describing: error))")
            return
        }
    }

    @Test("bytes, pixels and sides each have their own limit")
    func each() throws {
        let file = try TestPictures.gradient(width: 20, height: 10).encoded(as: .png)
        func decode(_ limits: ImageLimits) throws {
            _ = try Image.decode(file, options: ImageDecodeOptions(limits: limits))
        }
        try decode(ImageLimits(maximumBytes: file.count, maximumPixels: 200, maximumSide: 20))
        #expect(throws: ImageError.tooManyBytes(count: file.count, limit: file.count - 1)) {
            try decode(ImageLimits(maximumBytes: file.count - 1))
        }
        #expect(throws: ImageError.tooManyPixels(width: 20, height: 10, limit: 199)) {
            try decode(ImageLimits(maximumPixels: 199))
        }
        #expect(throws: ImageError.sideTooLong(width: 20, height: 10, limit: 19)) {
            try decode(ImageLimits(maximumSide: 19))
        }
    }

    @Test("an animated WebP's frame is held to the limits like its canvas")
    func frame() throws {
        let frame = try TestPictures.plain(width: 200, height: 200, .white)
        let file = try WebPBuilder.animation(of: [frame], width: 10, height: 10)
        #expect(throws: ImageError.tooManyPixels(width: 200, height: 200, limit: 1_000)) {
            try Image.decode(file, options: ImageDecodeOptions(limits: ImageLimits(maximumPixels: 1_000)))
        }
    }
}
