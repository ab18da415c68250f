import Basics
import Testing

@testable import Imaging

@Suite("Colour profiles")
struct ProfileTests {
    private func png(_ pixel: Pixel, profile: [UInt8], format: PixelFormat = .rgb8) throws -> [UInt8] {
        let file = try TestPictures.plain(width: 4, height: 4, pixel, format: format).encoded(as: .png)
        return ICCBuilder.png(file, profile: profile)
    }

    private func colour(_ file: [UInt8]) throws -> (pixel: Pixel, outcome: ColourOutcome) {
        let decoded = try Image.decode(file)
        return (try #require(decoded.image.pixel(x: 1, y: 1)), decoded.colour)
    }

    @Test("SCAN-121 Display P3 becomes sRGB")
    func displayP3() throws {
        let profile = ICCBuilder.matrix(ICCBuilder.displayP3, curve: ICCBuilder.sRGBCurve, name: "Display P3").bytes()
        // Reference values: the two standards' primaries and white in double precision, rounded.
        let known: [(Pixel, [Int])] = [
            (Pixel(red: 255, green: 255, blue: 255), [255, 255, 255]),
            (Pixel(red: 200, green: 100, blue: 50), [215, 93, 31]),
            (Pixel(red: 100, green: 150, blue: 200), [83, 152, 205]),
            (Pixel(red: 128, green: 128, blue: 128), [128, 128, 128]),
            (Pixel(red: 255, green: 0, blue: 0), [255, 0, 0]),
        ]
        for (stored, expected) in known {
            let (pixel, outcome) = try colour(png(stored, profile: profile))
            #expect(outcome == .converted(from: "Display P3"))
            let found = [Int(pixel.red), Int(pixel.green), Int(pixel.blue)]
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1 }, "\(stored) became \(found)")
        }
    }

    @Test("a profile that is sRGB changes nothing")
    func sRGB() throws {
        let profile = ICCBuilder.matrix(ICCBuilder.sRGB, curve: ICCBuilder.sRGBCurve).bytes()
        let stored = Pixel(red: 12, green: 200, blue: 77)
        let (pixel, outcome) = try colour(png(stored, profile: profile))
        #expect(pixel == stored && outcome == .sRGB)
    }

    @Test("curves as a power, as points and as formulas agree")
    func curves() throws {
        let points = (0..<1024).map { Int((SRGB.power(Double($0) / 1023, 2.2) * 65_535).rounded()) }
        let kinds = [ICCBuilder.gamma(2.2), ICCBuilder.table(points), ICCBuilder.parametric(0, [2.2])]
        let pixels = try kinds.map {
            try colour(
                png(
                    Pixel(red: 60, green: 120, blue: 180),
                    profile: ICCBuilder.matrix(ICCBuilder.displayP3, curve: $0).bytes())
            ).pixel
        }
        for pixel in pixels {
            #expect(abs(Int(pixel.red) - Int(pixels[0].red)) <= 1 && abs(Int(pixel.blue) - Int(pixels[0].blue)) <= 1)
        }
    }

    @Test("a grey profile turns its curve into sRGB's")
    func grey() throws {
        let profile = ICCBuilder(space: "GRAY", tags: [("kTRC", ICCBuilder.gamma(1))]).bytes()
        let (pixel, outcome) = try colour(
            png(Pixel(red: 55, green: 55, blue: 55), profile: profile, format: .gray8))
        // Light 55 / 255 is sample 128 of sRGB.
        #expect(pixel.red == 128 && outcome == .converted(from: nil))
    }

    @Test("a profile in several JPEG segments and one in a WebP chunk are found")
    func containers() throws {
        let profile = ICCBuilder.matrix(ICCBuilder.displayP3, curve: ICCBuilder.sRGBCurve, name: "P3").bytes()
        let picture = try TestPictures.plain(width: 16, height: 16, Pixel(red: 200, green: 100, blue: 50))
        let plain = try picture.encoded(as: .jpeg(quality: 95))
        let jpeg = ICCBuilder.jpeg(plain, profile: profile, part: 100)
        #expect(try Image.decode(jpeg).colour == .converted(from: "P3"))
        let still = try picture.encoded(as: .webPLossless)
        let webP = WebPBuilder.withProfile(profile, still, width: 16, height: 16)
        let decoded = try Image.decode(webP)
        #expect(decoded.colour == .converted(from: "P3"))
        #expect(abs(Int(decoded.image.pixel(x: 3, y: 3)?.red ?? 0) - 215) <= 1)
        let stored = try Image.decode(webP, options: ImageDecodeOptions(convertsColours: false))
        #expect(stored.image == picture && stored.colour == .sRGB)
    }

    @Test("SCAN-121 tables, inks, other pictures and damage are passed over and named")
    func passedOver() throws {
        var table = ICCBuilder()
        table.tags = [("A2B0", [UInt8](repeating: 0, count: 64))]
        let inks = ICCBuilder(space: "CMYK", tags: [])
        let stored = Pixel(red: 12, green: 200, blue: 77)
        for profile in [table.bytes(), inks.bytes(), [1, 2, 3], [UInt8](repeating: 255, count: 400)] {
            let (pixel, outcome) = try colour(png(stored, profile: profile))
            guard case .assumedSRGB = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(pixel == stored)
        }
        let screen = ICCBuilder.matrix(ICCBuilder.displayP3, curve: ICCBuilder.sRGBCurve).bytes()
        let grey = try colour(png(Pixel(red: 9, green: 9, blue: 9), profile: screen, format: .gray8))
        #expect(
            grey.pixel.red == 9 && grey.outcome == .assumedSRGB("its colour profile is for another kind of picture"))
    }

    @Test("every cut and random changes of a profile never trap")
    func hostile() {
        let profiles = [
            ICCBuilder.matrix(ICCBuilder.displayP3, curve: ICCBuilder.table([0, 100, 65_535]), name: "P").bytes(),
            ICCBuilder.matrix(ICCBuilder.sRGB, curve: ICCBuilder.parametric(4, [2.4, 1, 0, 1, 0.5, 0, 0])).bytes(),
        ]
        var random = SeededRandom(seed: 5)
        for profile in profiles {
            for length in 0..<profile.count { _ = try? ICCProfile.read(ByteView(Array(profile[..<length]))) }
            for _ in 0..<1_500 {
                var changed = profile
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    let at = Int.random(in: 0..<profile.count, using: &random)
                    changed[at] = UInt8.random(in: 0...255, using: &random)
                }
                if let read = try? ICCProfile.read(ByteView(changed)) {
                    #expect(read.curves.allSatisfy { $0.count == 256 && $0.allSatisfy { (0...1).contains($0) } })
                }
            }
        }
    }

    @Test("a compressed profile that would grow past a megabyte is not found")
    func bomb() throws {
        let file = try TestPictures.gradient(width: 4, height: 4).encoded(as: .png)
        let bomb = ICCBuilder.png(file, profile: [UInt8](repeating: 0, count: 2 << 20))
        let decoded = try Image.decode(bomb)
        #expect(decoded.colour == .sRGB && decoded.image.width == 4)
    }
}
