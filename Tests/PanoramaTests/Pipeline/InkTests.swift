import Foundation
import Imaging
import Panorama
import Testing

@Suite("Photos in printing inks")
struct InkTests {
    @Test(
        "PANO-319 a photo in four inks joins others as if it had been sent in colours"
    )
    func inks() throws {
        let ring = try RenderedRing(
            RenderedWorld(seed: 5, width: 768), count: 2, span: 50, seed: 7, width: 288, height: 216)
        let inks = try Self.inks(ring.images[1])
        let probe = try Image.decode(inks).image.converted(to: .rgb8)
        let apart = zip(probe.bytes, ring.images[1].converted(to: .rgb8).bytes).map { abs(Int($0) - Int($1)) }
        // Only the losses of JPEG.
        #expect(apart.reduce(0, +) < 3 * apart.count)
        let first = StitchPhoto(name: "a.jpg", bytes: try ring.images[0].encoded(as: .jpeg(quality: 92)))
        let verdict = try Stitcher(options: .small).stitch([first, StitchPhoto(name: "b.jpg", bytes: inks)]) { _ in nil
        }
        #expect(verdict.groups.map(\.used) == [2])
    }

    /// A JPEG of cyan, magenta, yellow and black as Adobe's programs write it: each ink in a scan of its own, taken from a
    /// grey JPEG of its plane, and stored inverted, so that the planes are those of red, green, blue and white.
    private static func inks(_ image: Image) throws -> [UInt8] {
        let colours = image.converted(to: .rgb8).bytes
        let planes = try (0..<4).map { ink in
            let values = (0..<(image.width * image.height)).map { ink < 3 ? colours[$0 * 3 + ink] : 255 }
            return try GreyFile(
                Image(width: image.width, height: image.height, format: .gray8, bytes: values)
                    .encoded(as: .jpeg(quality: 95)))
        }
        let adobe: [UInt8] = [0xFF, 0xEE, 0, 14] + Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 0]
        let sides = [image.height, image.width].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        let frame: [UInt8] = [0xFF, 0xC0, 0, 20, 8] + sides + [4] + (1...4).flatMap { [UInt8($0), 0x11, 0] }
        var file: [UInt8] = [0xFF, 0xD8] + adobe + planes[0].tables + frame
        for (ink, plane) in planes.enumerated() {
            file += [0xFF, 0xDA, 0, 8, 1, UInt8(ink + 1), 0, 0, 63, 0] + plane.scan
        }
        return file + [0xFF, 0xD9]
    }
}

/// The parts of a grey JPEG of one scan.
private struct GreyFile {
    /// Quantisation and Huffman tables.
    var tables: [UInt8] = []
    /// What stands between the head of the scan and the end of the file.
    var scan: [UInt8] = []

    init(_ file: [UInt8]) throws {
        var at = 2
        while at + 4 < file.count, file[at] == 0xFF {
            let size = 2 + Int(file[at + 2]) << 8 + Int(file[at + 3])
            if file[at + 1] == 0xDB || file[at + 1] == 0xC4 { tables += file[at..<(at + size)] }
            if file[at + 1] == 0xDA {
                scan = Array(file[(at + size)..<(file.count - 2)])
                break
            }
            // Only the baseline can be taken apart like this.
            try #require(file[at + 1] != 0xC2)
            at += size
        }
        try #require(!scan.isEmpty)
    }
}
