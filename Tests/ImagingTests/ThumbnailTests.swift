import Imaging
import Testing

@Suite("Thumbnails")
struct ThumbnailTests {
    @Test("MSG-45 wanted sizes snap up to the spec's five")
    func snap() {
        let table: [(Int, Int, ThumbnailMethod, Int, Int, ThumbnailMethod)] = [
            (1, 1, .crop, 32, 32, .crop), (32, 32, .crop, 32, 32, .crop), (33, 10, .crop, 96, 96, .crop),
            (96, 96, .crop, 96, 96, .crop), (97, 96, .crop, 320, 240, .scale), (20, 20, .scale, 320, 240, .scale),
            (320, 240, .scale, 320, 240, .scale), (320, 241, .scale, 640, 480, .scale),
            (641, 1, .scale, 800, 600, .scale), (5_000, 5_000, .scale, 800, 600, .scale),
            (5_000, 5_000, .crop, 800, 600, .scale), (0, -4, .crop, 32, 32, .crop),
        ]
        for (width, height, method, expectedWidth, expectedHeight, expectedMethod) in table {
            let size = ThumbnailSize.snap(width: width, height: height, method: method)
            #expect(size == ThumbnailSize(width: expectedWidth, height: expectedHeight, method: expectedMethod))
        }
    }

    @Test("MSG-45 the spec's sizes: crops fill their box and scaled ones keep the shape")
    func sizes() throws {
        let file = try TestPictures.gradient(width: 1_600, height: 900).encoded(as: .jpeg(quality: 80))
        let expected = [(32, 32), (96, 96), (320, 180), (640, 360), (800, 450)]
        for (size, (width, height)) in zip(ThumbnailSize.all, expected) {
            let small = try Thumbnail.make(file, width: size.width, height: size.height, method: size.method)
            #expect(small.width == width && small.height == height && small.mediaType == "image/jpeg")
            let probe = try ImageProbe.read(small.bytes)
            #expect(probe.width == width && probe.height == height && probe.format == .jpeg)
        }
    }

    @Test("MSG-45 thumbnails never upscale", arguments: [(20, 10), (1, 1), (31, 200), (100, 40), (300, 2)])
    func neverLarger(width: Int, height: Int) throws {
        let file = try TestPictures.gradient(width: width, height: height).encoded(as: .png)
        for size in ThumbnailSize.all {
            let small = try Thumbnail.make(file, width: size.width, height: size.height, method: size.method)
            #expect(small.width <= min(width, size.width) && small.height <= min(height, size.height))
            let decoded = try Image.decode(small.bytes).image
            #expect(decoded.width == small.width && decoded.height == small.height)
            if size.method == .scale, width <= size.width, height <= size.height {
                #expect(small.width == width && small.height == height)
            }
            if size.method == .crop {
                #expect(small.width == min(width, height, 32) || small.width == min(width, height, 96))
            }
        }
    }

    @Test("MSG-45 thumbnails stand upright whatever the EXIF orientation", arguments: 1...8)
    func upright(value: Int) throws {
        let orientation = try #require(Orientation(rawValue: value))
        let stored = try TestPictures.gradient(width: 400, height: 200)
        let file = JPEGBuilder.withOrientation(value, try stored.encoded(as: .jpeg(quality: 95)))
        for (size, method) in [(100, ThumbnailMethod.scale), (50, .crop)] {
            let small = try Thumbnail.make(file, width: size, height: size, method: method)
            if method == .scale { #expect((small.width < small.height) == orientation.swapsSides) }
            let decoded = try Image.decode(small.bytes)
            #expect(decoded.probe.orientation == .up)
            var reference = stored.turned(by: orientation)
            if method == .crop {
                let box = PixelBox(
                    x: (reference.width - 200) / 2, y: (reference.height - 200) / 2, width: 200, height: 200)
                reference = try reference.cropped(to: box)
            }
            reference = try reference.resized(width: small.width, height: small.height)
            #expect(TestPictures.psnr(reference, decoded.image) > 30)
        }
    }

    @Test("clear pictures stay PNG, and pictures that only could be clear become JPEG")
    func clear() throws {
        let clear = try TestPictures.gradient(width: 200, height: 100, format: .rgba8)
        let opaque = try TestPictures.plain(width: 200, height: 100, .white, format: .rgba8)
        for encoding in [ImageEncoding.png, .webPLossless] {
            let kept = try Thumbnail.make(try clear.encoded(as: encoding), width: 96, height: 96, method: .crop)
            #expect(kept.format == .png)
            #expect(try ImageProbe.read(kept.bytes).hasAlpha)
            let other = try Thumbnail.make(try opaque.encoded(as: encoding), width: 96, height: 96, method: .crop)
            #expect(other.format == .jpeg)
        }
    }

    @Test("a picture that is cut short still gets its thumbnail, and what is no picture is refused")
    func damaged() throws {
        let file = try TestPictures.noise(width: 300, height: 300, seed: 6).encoded(as: .jpeg(quality: 80))
        let small = try Thumbnail.make(Array(file[..<(file.count / 2)]), width: 96, height: 96, method: .crop)
        #expect(small.width == 96)
        #expect(throws: ImageError.unrecognised) {
            try Thumbnail.make(Array("words".utf8), width: 96, height: 96, method: .crop)
        }
        #expect(throws: ImageError.self) { try Thumbnail.make(file, width: 0, height: 96, method: .crop) }
    }

    @Test("every kind of file gets a thumbnail")
    func kinds() throws {
        for (name, bytes) in try TestPictures.files(width: 120, height: 90) {
            let small = try Thumbnail.make(bytes, width: 32, height: 32, method: .crop)
            #expect(small.width == 32 && small.height == 32, "\(name)")
        }
    }
}
