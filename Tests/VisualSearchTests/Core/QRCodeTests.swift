import Imaging
import Testing

@testable import VisualSearch

@Suite("QR codes")
struct QRCodeTests {
    private static let link = "https://shop.example/i/"

    /// As long as fits, so that all blocks carry text.
    private static func text(version: Int, level: WrittenQR.Level) -> String {
        let room = WrittenQR.room(version: version, level: level)
        return String((link + String(repeating: "vitrine-0123456789/", count: 20)).prefix(room))
    }

    private static func read(_ code: WrittenQR, _ photo: PhotographedQR = PhotographedQR(), seed: UInt64 = 1) -> QRCode?
    {
        let picture = photo.picture(code, seed: seed)
        return QRCode.read(picture.pixels, width: picture.width, height: picture.height)
    }

    @Test(
        "SCAN-011 QR codes of versions 1 to 10 are read, whatever their level and mask", arguments: 1...10,
        WrittenQR.Level.allCases)
    func versions(version: Int, level: WrittenQR.Level) throws {
        let text = Self.text(version: version, level: level)
        let mask = (version + 2 * level.rawValue) % 8
        let code = try #require(
            Self.read(WrittenQR(text, version: version, level: level, mask: mask), PhotographedQR(module: 3)))
        #expect(code.text == text && code.version == version)
    }

    @Test("SCAN-011 digits, letters, Chinese and old Latin letters are read as they were written")
    func texts() throws {
        for (text, mode, version) in [
            ("01234567", WrittenQR.Mode.digits, 1), ("9506000134352", .digits, 1), ("12", .digits, 10),
            ("HTTPS://SHOP.EXAMPLE/A-1", .letters, 2), ("A", .letters, 10), ("豹纹女鞋 ¥39", .bytes, 3), ("", .bytes, 1),
        ] {
            let code = WrittenQR(text, version: version, level: .medium, mask: 2, mode: mode)
            #expect(Self.read(code)?.text == text)
        }
        // The mode, four letters, and c a f é in ISO 8859-1, shifted by half a byte, as they stand in a code.
        let latin: [UInt8] = [0x40, 0x46, 0x36, 0x16, 0x6E, 0x90, 0xEC, 0x11]
        #expect(QRText.read(latin, version: 1) == "café")
    }

    @Test(
        "SCAN-011 turned, mirrored and tilted QR codes are read",
        arguments: [
            PhotographedQR(angle: 17), PhotographedQR(angle: 45), PhotographedQR(angle: 90),
            PhotographedQR(angle: 163), PhotographedQR(angle: 180), PhotographedQR(angle: -100),
            PhotographedQR(isMirrored: true), PhotographedQR(tilt: 0.25),
            PhotographedQR(module: 5, angle: 30, tilt: 0.3),
            PhotographedQR(module: 6, angle: -50, tilt: 0.3),
        ])
    func turned(photo: PhotographedQR) {
        for version in [1, 3, 7] {
            let text = Self.text(version: version, level: .medium)
            let code = WrittenQR(text, version: version, level: .medium, mask: 5)
            #expect(Self.read(code, photo)?.text == text, "version \(version)")
        }
    }

    @Test(
        "SCAN-011 noise, weak contrast, falling light and a covered middle are borne",
        arguments: [
            PhotographedQR(noise: 20), PhotographedQR(noise: 6, dark: 100, light: 150),
            PhotographedQR(noise: 5, shade: 0.7), PhotographedQR(module: 2.2, noise: 4),
            PhotographedQR(angle: 12, tilt: 0.2, noise: 10, shade: 0.4), PhotographedQR(spot: 0.03),
            PhotographedQR(module: 14, noise: 8),
        ])
    func worn(photo: PhotographedQR) {
        let text = Self.text(version: 4, level: .quartile)
        let code = WrittenQR(text, version: 4, level: .quartile, mask: 3)
        for seed in UInt64(1)...2 { #expect(Self.read(code, photo, seed: seed)?.text == text) }
    }

    @Test("SCAN-011 pictures without a QR code have none, and numbers that do not fit the bytes are no picture")
    func none() {
        var planted = Planted(seed: 5)
        let noise = (0..<160 * 120).map { _ in UInt8(planted.number(below: 256)) }
        #expect(QRCode.read(noise, width: 160, height: 120) == nil)
        #expect(QRCode.read([UInt8](repeating: 9, count: 160 * 120), width: 160, height: 120) == nil)
        let squares = (0..<160 * 120).map { place -> UInt8 in
            let (column, row) = (place % 160 / 8, place / 160 / 8)
            return (column + row) % 2 == 0 ? 0 : 255
        }
        #expect(QRCode.read(squares, width: 160, height: 120) == nil)
        for (width, height, stride) in [(0, 10, 0), (100, 1_000, 100), (160, 120, 159), (100, .max, 100), (-5, 5, 5)] {
            #expect(QRCode.read(noise, width: width, height: height, stride: stride) == nil)
        }
    }

    @Test("SCAN-011 a code whose bytes are beyond repair is not read as another one")
    func damaged() {
        let text = Self.text(version: 2, level: .low)
        let code = WrittenQR(text, version: 2, level: .low, mask: 0)
        #expect(Self.read(code, PhotographedQR(spot: 0.2)) == nil)
    }

    @Test("SCAN-011 check bytes are those of the standard's example, and damage is put right up to its half")
    func checkBytes() throws {
        // Annex I: 01234567 in version 1, level M.
        let data: [UInt8] = [
            0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11,
        ]
        let checks: [UInt8] = [0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55]
        #expect(WrittenQR.data("01234567", .digits, 1, .medium) == data)
        #expect(WrittenQR.remainder(data, checks: 10) == checks)
        #expect(QRText.read(data, version: 1) == "01234567")
        let block = data + checks
        #expect(ReedSolomon.corrected(block, checks: 10) == block)
        var planted = Planted(seed: 11)
        for errors in 0...7 {
            for _ in 0..<40 {
                var damaged = block
                var places: Set<Int> = []
                while places.count < errors { places.insert(planted.number(below: block.count)) }
                for place in places { damaged[place] ^= UInt8(1 + planted.number(below: 255)) }
                let fixed = ReedSolomon.corrected(damaged, checks: 10)
                // More damage than that may look like another block, but never like none at all.
                if errors <= 5 { #expect(fixed == block) } else { #expect(fixed != block) }
            }
        }
        for (bytes, count) in [([], 0), ([1], 1), ([1, 2], 0), ([UInt8](repeating: 1, count: 300), 10)] {
            #expect(ReedSolomon.corrected(bytes, checks: count) == nil)
        }
    }

    @Test("SCAN-011 bytes that are no text of a code are refused, whatever they are")
    func anyBytes() {
        var planted = Planted(seed: 3)
        for _ in 0..<3_000 {
            let bytes = (0..<planted.number(below: 40)).map { _ in UInt8(planted.number(below: 256)) }
            for version in [1, 10] { _ = QRText.read(bytes, version: version) }
        }
        #expect(QRText.read([0x40, 0xFF, 1], version: 1) == nil && QRText.read([], version: 1) == "")
    }
}
