import Foundation
import Imaging
import Panorama
import Testing

@Suite("Parts of photos that must not be shown, or must be")
struct MaskTests {
    private static let size = (width: 320, height: 240)
    private static let hand = (x: 110, y: 80, width: 70, height: 60)

    /// Photos without loss, the middle one with a block of one colour in it.
    private static func photos(block: [UInt8]?, mask: StitchMask?, on masked: Int = 1) throws -> [StitchPhoto] {
        let ring = try RenderedRing(
            RenderedWorld(seed: 8), count: 3, span: 66, seed: 4, width: size.width, height: size.height)
        return try ring.images.enumerated().map { index, image in
            var image = image
            if index == 1, let block {
                let stride = image.stride
                image.withMutablePixels { pixels in
                    for y in hand.y..<(hand.y + hand.height) {
                        for x in hand.x..<(hand.x + hand.width) {
                            for channel in 0..<3 { pixels[y * stride + x * 3 + channel] = block[channel] }
                        }
                    }
                }
            }
            let bytes = try image.encoded(as: .png)
            return StitchPhoto(name: "\(index).png", mask: index == masked ? mask : nil) { bytes }
        }
    }

    private static func area(_ kind: StitchMask.Kind) -> StitchMask {
        let left = Double(hand.x - 2) / Double(size.width)
        let right = Double(hand.x + hand.width + 2) / Double(size.width)
        let top = Double(hand.y - 2) / Double(size.height)
        let bottom = Double(hand.y + hand.height + 2) / Double(size.height)
        return StitchMask([.init(kind, [[left, top], [right, top], [right, bottom], [left, bottom]])])
    }

    private static func picture(_ photos: [StitchPhoto]) throws -> Image {
        var image: Image?
        let verdict = try Stitcher().stitch(photos) {
            image = $0.image
            return nil
        }
        #expect(verdict.photos.allSatisfy { $0.group == 1 })
        return try #require(image)
    }

    private static func count(_ image: Image, of block: [UInt8]) -> Int {
        image.withPixels { pixels in
            (0..<(image.width * image.height)).count { at in
                (0..<3).allSatisfy { abs(Int(pixels[at * 3 + $0]) - Int(block[$0])) < 40 }
            }
        }
    }

    @Test("PANO-301 what is excluded never appears and has no influence at all")
    func exclude() throws {
        let mask = Self.area(.exclude)
        let magenta: [UInt8] = [255, 0, 255]
        let shown = try Self.picture(try Self.photos(block: magenta, mask: nil))
        #expect(Self.count(shown, of: magenta) > 1000)
        let one = try Self.picture(try Self.photos(block: magenta, mask: mask))
        #expect(Self.count(one, of: magenta) == 0)
        let other = try Self.picture(try Self.photos(block: [0, 255, 0], mask: mask))
        #expect(one == other)
    }

    @Test("PANO-301 what is included is shown, whatever the others show there")
    func include() throws {
        let magenta: [UInt8] = [255, 0, 255]
        let whole = Self.hand.width * Self.hand.height
        let wins = try Self.picture(try Self.photos(block: magenta, mask: Self.area(.include)))
        #expect(Self.count(wins, of: magenta) > whole * 8 / 10)
    }

    @Test("a photo that is excluded as a whole has its verdict, and a mask of no form changes nothing")
    func edges() throws {
        let all = StitchMask([.init(.exclude, [[0, 0], [1, 0], [1, 1], [0, 1]])])
        let verdict = try Stitcher().stitch(try Self.photos(block: nil, mask: all)) { _ in nil }
        #expect(verdict.photos[1].verdict == .masked)
        for bad in [
            StitchMask([.init(.exclude, [[0, 0], [1, 0]])]),
            StitchMask([.init(.exclude, [[0, 0], [2, 0], [1, .nan]])]),
            StitchMask([.init(.exclude, [[0], [1], [0.5]])]), StitchMask([]),
        ] {
            #expect(bad.areas.isEmpty || !bad.isValid)
            let same = try Stitcher().stitch(try Self.photos(block: nil, mask: bad)) { _ in nil }
            #expect(same.photos[1].verdict == .used)
        }
    }
}
