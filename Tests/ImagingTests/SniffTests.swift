import Imaging
import Testing

@Suite("Sniffing and probing")
struct SniffTests {
    static let starts: [(ImageFormat, [UInt8])] = [
        (.jpeg, [0xFF, 0xD8, 0xFF, 0xE0]), (.png, PNGBuilder.signature), (.gif, Array("GIF87a".utf8)),
        (.webp, Array("RIFF\0\0\0\0WEBPVP8 ".utf8)), (.bmp, Array("BM\u{1}\u{1}\u{1}\u{1}\0\0\0\0".utf8)),
        (.tiff, [0x49, 0x49, 0x2A, 0x00]), (.tiff, [0x4D, 0x4D, 0x00, 0x2A]), (.ico, [0, 0, 1, 0, 1, 0]),
        (.avif, Array("\0\0\0\u{1C}ftypavif\0\0\0\0mif1".utf8)),
        (.avif, Array("\0\0\0\u{1C}ftypmif1\0\0\0\0avifmif1".utf8)),
        (.heic, Array("\0\0\0\u{18}ftypheic\0\0\0\0".utf8)), (.heic, Array("\0\0\0\u{18}ftypmif1\0\0\0\0heic".utf8)),
        (.jpegXL, [0xFF, 0x0A]), (.svg, Array("<?xml version='1.0'?>\n<svg width='1'>".utf8)),
        (.svg, Array("  <SVG onload='x'>".utf8)), (.html, Array("\n<!DOCTYPE HTML><p>".utf8)),
        (.html, Array("<ScRiPt>alert(1)</script>".utf8)), (.pdf, Array("%PDF-1.7".utf8)),
        (.mp4, Array("\0\0\0\u{18}ftypisom\0\0\0\0".utf8)), (.quickTime, Array("\0\0\0\u{14}ftypqt  \0\0\0\0".utf8)),
        (.m4a, Array("\0\0\0\u{18}ftypM4A \0\0\0\0".utf8)),
        (.webm, [0x1A, 0x45, 0xDF, 0xA3] + Array("\u{1}B\u{2}webm".utf8)),
        (.matroska, [0x1A, 0x45, 0xDF, 0xA3] + Array("matroska".utf8)), (.ogg, Array("OggS".utf8)),
        (.mp3, Array("ID3".utf8)), (.mp3, [0xFF, 0xFB, 0x90, 0x00]), (.aac, [0xFF, 0xF1, 0x50]),
        (.wav, Array("RIFF\0\0\0\0WAVEfmt ".utf8)), (.flac, Array("fLaC".utf8)),
    ]

    @Test("each format is told by its first bytes, and no cut of them traps")
    func table() {
        for (format, start) in Self.starts {
            #expect(ImageFormat.sniff(start) == format)
            #expect(ImageFormat.sniff(start + [UInt8](repeating: 0, count: 600)) == format)
            for length in 0..<start.count { _ = ImageFormat.sniff(Array(start[..<length])) }
        }
        #expect(ImageFormat.sniff([]) == nil)
        #expect(ImageFormat.sniff(Array("just words about <svg".utf8)) == nil)
    }

    @Test("every format has a type and a name")
    func names() {
        for format in ImageFormat.allCases {
            #expect(format.mediaType.contains("/") && !format.name.isEmpty)
        }
    }

    @Test("a probe tells sides, alpha and animation")
    func probe() throws {
        for (name, bytes) in try TestPictures.files() {
            let probe = try ImageProbe.read(bytes)
            #expect(probe.width == 23 && probe.height == 17 && probe.orientation == .up, "\(name)")
            #expect(probe.isAnimated == name.contains("animated"), "\(name)")
            #expect(
                probe.hasAlpha == (name.contains("clear") || name == "lossless webp" || probe.isAnimated), "\(name)")
        }
    }

    @Test("a probe needs only the head of a JPEG and a PNG")
    func head() throws {
        let picture = try TestPictures.noise(width: 200, height: 100, seed: 1)
        for encoding in [ImageEncoding.jpeg(quality: 90), .png] {
            let file = try picture.encoded(as: encoding)
            let probe = try ImageProbe.read(Array(file[..<1_000]))
            #expect(probe.width == 200 && probe.height == 100)
        }
    }
}
