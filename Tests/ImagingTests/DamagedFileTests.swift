import Basics
import Imaging
import Testing

@Suite("Damaged files")
struct DamagedFileTests {
    static let accepting = ImageDecodeOptions(damage: .accept)

    @Test("SCAN-122 every cut of every kind of file is refused or decoded, and never traps")
    func cuts() throws {
        for (name, bytes) in try TestPictures.files() {
            for length in 0..<bytes.count {
                let part = Array(bytes[..<length])
                #expect(throws: Never.self, "\(name) cut to \(length)") {
                    do {
                        let decoded = try Image.decode(part, options: Self.accepting)
                        #expect(decoded.image.width == 23 && decoded.image.height == 17)
                    } catch is ImageError {}
                }
            }
            #expect(try Image.decode(bytes).warnings.isEmpty, "\(name) whole")
        }
    }

    @Test("random changes are refused or decoded, and never trap", arguments: 0..<12)
    func flips(kind: Int) throws {
        let (name, bytes) = try TestPictures.files()[kind]
        for seed in UInt64(0)..<500 {
            var random = SeededRandom(seed: seed)
            var file = bytes
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                file[Int.random(in: 0..<file.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            #expect(throws: Never.self, "\(name), seed \(seed)") {
                do {
                    let limits = ImageLimits(maximumPixels: 1_000_000)
                    let decoded = try Image.decode(file, options: ImageDecodeOptions(limits: limits, damage: .accept))
                    #expect(decoded.image.bytes.count >= decoded.image.stride * decoded.image.height)
                } catch is ImageError {}
            }
        }
    }

    @Test("a JPEG cut in half shows its upper part with a warning, or is refused by choice")
    func halfJPEG() throws {
        let picture = try TestPictures.noise(width: 64, height: 64, seed: 8)
        let file = try picture.encoded(as: .jpeg(quality: 90))
        let half = Array(file[..<(file.count / 2)])
        let whole = try Image.decode(file).image
        let decoded = try Image.decode(half, options: Self.accepting)
        #expect(decoded.warnings == [.truncated])
        let rows = PixelBox(x: 0, y: 0, width: 64, height: 16)
        #expect(try decoded.image.cropped(to: rows) == whole.cropped(to: rows))
        #expect(throws: ImageError.truncated) { try Image.decode(half) }
    }

    @Test("a GIF cut short shows what it holds with a warning, or is refused by choice")
    func halfGIF() throws {
        let indexes = try TestPictures.noise(width: 40, height: 40, format: .gray8, seed: 4).bytes
        let file = GIFBuilder(width: 40, height: 40).file(indexes: indexes)
        let part = Array(file[..<(file.count - 900)])
        let decoded = try Image.decode(part, options: Self.accepting)
        #expect(decoded.warnings == [.truncated])
        #expect(Array(decoded.image.bytes[..<300]) == Array(indexes.flatMap { GIFBuilder.colour(Int($0)) }[..<300]))
        #expect(throws: ImageError.truncated) { try Image.decode(part) }
    }

    @Test(
        "a PNG or a WebP cut in half shows its upper part with a warning, or is refused by choice",
        arguments: [ImageEncoding.png, .webP(quality: 80)])
    func halfOthers(encoding: ImageEncoding) throws {
        let file = try TestPictures.noise(width: 64, height: 64, seed: 8).encoded(as: encoding)
        let whole = try Image.decode(file).image
        let half = Array(file[..<(file.count / 2)])
        let decoded = try Image.decode(half, options: Self.accepting)
        #expect(decoded.warnings == [.truncated] && decoded.isDamaged)
        let rows = PixelBox(x: 0, y: 0, width: 64, height: encoding == .png ? 20 : 6)
        let isSame = try decoded.image.cropped(to: rows) == whole.cropped(to: rows)
        #expect(isSame)
        #expect(throws: ImageError.truncated) { try Image.decode(half) }
    }

    @Test(
        "a file is accepted as long as the blank part is small enough",
        arguments: [ImageEncoding.jpeg(quality: 90), .png, .webP(quality: 80)])
    func blankPart(encoding: ImageEncoding) throws {
        let file = try TestPictures.noise(width: 64, height: 160, seed: 8).encoded(as: encoding)
        func decode(share: Int, percent: Int) throws -> Int {
            let options = ImageDecodeOptions(damage: .acceptUpTo(blankPercent: percent))
            return try Image.decode(Array(file[..<(file.count * share / 100)]), options: options).image.height
        }
        #expect(try decode(share: 95, percent: 20) == 160)
        #expect(throws: ImageError.truncated) { try decode(share: 50, percent: 20) }
        #expect(try decode(share: 50, percent: 70) == 160)
    }

    @Test("empty files and files of other kinds are named")
    func others() {
        #expect(throws: ImageError.unrecognised) { try Image.decode([]) }
        #expect(throws: ImageError.unrecognised) { try Image.decode(Array("hello".utf8)) }
        #expect(throws: ImageError.unsupported(.svg)) { try Image.decode(Array("<svg xmlns='x'/>".utf8)) }
        #expect(ImageError.unsupported(.heic).description == "HEIC pictures are not supported.")
    }
}
