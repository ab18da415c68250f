import Basics
import Testing

@testable import Imaging

@Suite("EXIF fields")
struct ExifFieldTests {
    private var picture: [UInt8] {
        get throws { try TestPictures.gradient(width: 32, height: 16).encoded(as: .jpeg(quality: 90)) }
    }

    @Test("camera, time and lens are read in both byte orders", arguments: [true, false])
    func fields(bigEndian: Bool) throws {
        let exif = FullExif(bigEndian: bigEndian, orientation: 6)
        let read = try ImageProbe.read(exif.inside(picture)).exif
        #expect(read.make == "Vitrine" && read.model == "Test 1")
        #expect(read.taken == "2026:11:21 05:15:00")
        #expect(read.focalLength == 3.5 && read.focalLength35 == 24)
        #expect(read.orientation == .clockwise)
        #expect(read.hasLocation)
    }

    @Test("impossible lenses are not told", arguments: [(0, 10), (35, 0), (4_000_000_000, 1), (1, 4_000_000_000)])
    func lens(over: Int, under: Int) throws {
        let exif = FullExif(focalLength: (over, under), focalLength35: 0)
        let read = try ImageProbe.read(exif.inside(picture)).exif
        #expect(read.focalLength == nil && read.focalLength35 == nil)
        #expect(read.make == "Vitrine")
    }

    @Test("texts lose what cannot be printed")
    func texts() throws {
        let exif = FullExif(make: "A\u{1}\nB  ", model: "   ")
        let read = try ImageProbe.read(exif.inside(picture)).exif
        #expect(read.make == "AB" && read.model == nil)
    }

    @Test("a place where a picture was taken, and all else, is gone after encoding again")
    func dropped() throws {
        let file = FullExif(orientation: 6).inside(try picture)
        #expect(try ImageProbe.read(file).exif.hasLocation)
        let image = try Image.decode(file).image
        for encoding in [ImageEncoding.jpeg(quality: 90), .png, .webP(quality: 80), .webPLossless] {
            #expect(try ImageProbe.read(try image.encoded(as: encoding)).exif == ExifFields())
        }
    }

    @Test("every cut and random changes of a block end in fewer fields, never in a trap")
    func hostile() {
        let block = FullExif(bigEndian: false).tiff()
        for length in 0...block.count { _ = ExifReader.fields(ByteView(Array(block[..<length]))) }
        var random = SeededRandom(seed: 31)
        for _ in 0..<3_000 {
            var changed = block
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                changed[Int.random(in: 0..<block.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = ExifReader.fields(ByteView(changed))
        }
        #expect(ExifReader.fields(ByteView(block)).focalLength == 3.5)
    }

    @Test("a directory that names itself as its inner one is read once")
    func circle() {
        var block = FullExif().tiff()
        // The EXIF entry is the fourth: its value is at 8 + 2 + 3 * 12 + 8.
        block.replaceSubrange(54..<58, with: [0, 0, 0, 8])
        #expect(ExifReader.fields(ByteView(block)).make == "Vitrine")
    }
}
