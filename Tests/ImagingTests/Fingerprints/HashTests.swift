import Foundation
import Imaging
import Kernels
import Testing

@Suite("Perceptual hashes")
struct HashTests {
    /// Greys and area means as the definitions say, in floating point where no tie can be.
    private func means(_ image: Image, width: Int, height: Int) throws -> [Double] {
        let scaleX = Double(image.width) / Double(width)
        let scaleY = Double(image.height) / Double(height)
        return try (0..<(width * height)).map { at in
            let left = Double(at % width) * scaleX
            let top = Double(at / width) * scaleY
            var sum = 0.0
            for y in Int(top)..<min(image.height, Int((top + scaleY).rounded(.up))) {
                for x in Int(left)..<min(image.width, Int((left + scaleX).rounded(.up))) {
                    let wide = min(left + scaleX, Double(x + 1)) - max(left, Double(x))
                    let high = min(top + scaleY, Double(y + 1)) - max(top, Double(y))
                    let pixel = try #require(image.pixel(x: x, y: y))
                    let grey = (77 * Int(pixel.red) + 150 * Int(pixel.green) + 29 * Int(pixel.blue) + 128) / 256
                    sum += max(0, wide) * max(0, high) * Double(grey)
                }
            }
            return (sum / (scaleX * scaleY) + 1e-9).rounded()
        }
    }

    private func word(_ bits: [Bool]) -> UInt64 { bits.reduce(0) { $0 << 1 | ($1 ? 1 : 0) } }

    @Test("SCAN-041 aHash, dHash and pHash follow their definitions", arguments: [1, 2, 3] as [UInt64])
    func definitions(seed: UInt64) throws {
        let picture = try TestPictures.noise(width: 96, height: 72, seed: seed).gaussianBlurred(sigma: 5)
        let nine = try means(picture, width: 9, height: 8)
        let difference = (0..<64).map { nine[$0 / 8 * 9 + $0 % 8 + 1] > nine[$0 / 8 * 9 + $0 % 8] }
        #expect(try PerceptualHash.dHash64(picture) == word(difference))
        let eight = try means(picture, width: 8, height: 8)
        let mean = eight.reduce(0, +) / 64
        #expect(try PerceptualHash.aHash64(picture) == word(eight.map { $0 > mean }))
        let square = try means(picture, width: 32, height: 32)
        let low: [Double] = (0..<64).map { at in
            var sum = 0.0
            for y in 0..<32 {
                for x in 0..<32 {
                    sum +=
                        square[y * 32 + x] * cos(.pi * (Double(x) + 0.5) * Double(at % 8) / 32)
                        * cos(.pi * (Double(y) + 0.5) * Double(at / 8) / 32)
                }
            }
            return sum * (at % 8 == 0 ? 0.5.squareRoot() : 1) * (at / 8 == 0 ? 0.5.squareRoot() : 1)
        }
        let median = low.dropFirst().sorted()[31]
        #expect(try PerceptualHash.pHash64(picture) == word(low.map { $0 > median }))
        let many = try means(picture, width: 17, height: 16)
        let words = (0..<4).map { part in
            word(
                (0..<64).map { bit in
                    let at = part * 64 + bit
                    return many[at / 16 * 17 + at % 16 + 1] > many[at / 16 * 17 + at % 16]
                })
        }
        #expect(try PerceptualHash.dHash256(picture) == Hash256(words[0], words[1], words[2], words[3]))
    }

    @Test("SCAN-041 the hashes of a fixed picture never change")
    func golden() throws {
        let picture = try TestPictures.noise(width: 200, height: 150, seed: 7).gaussianBlurred(sigma: 9)
        #expect(PerceptualHash.hexadecimal(try PerceptualHash.aHash64(picture)) == "03030c1d0fc67f43")
        #expect(PerceptualHash.hexadecimal(try PerceptualHash.dHash64(picture)) == "4fca98b5ac0cc4d5")
        #expect(PerceptualHash.hexadecimal(try PerceptualHash.pHash64(picture)) == "a02b23f7aac37293")
        #expect(
            try PerceptualHash.dHash256(picture).hexadecimal
                == "b1f3b1dab09c9088cbc1e341e243c4218cb089b009d0205068606211e333e333")
    }

    @Test("SCAN-046 the hash of a turned picture is the one worked out from the grid", arguments: [64, 67])
    func views(side: Int) throws {
        let picture = try TestPictures.noise(width: side, height: 90, seed: 3).gaussianBlurred(sigma: 4)
        let views = try PictureFingerprint.views(of: picture)
        for (view, orientation) in zip(views, Orientation.allCases) {
            let turned = picture.turned(by: orientation)
            #expect(try view == PictureFingerprint(of: turned), "\(orientation)")
            #expect(try view.difference64 == PerceptualHash.dHash64(turned))
        }
    }

    @Test("SCAN-042 edits move the hash little, turns move it far")
    func edits() throws {
        let picture = try TestPictures.noise(width: 160, height: 120, seed: 5).gaussianBlurred(sigma: 8)
        let stretched = picture.floats()
        let wide = try FloatImage(
            width: 160, height: 120, channels: 3,
            values: stretched.values.map { min(max(($0 - 0.5) * 6 + 0.5, 0), 1) })
        let original = Image(wide)
        let hash = try PerceptualHash.dHash64(original)
        func distance(_ edited: Image) throws -> Int { (hash ^ (try PerceptualHash.dHash64(edited))).nonzeroBitCount }
        let brighter = try FloatImage(
            width: 160, height: 120, channels: 3, values: wide.values.map { $0 * 0.8 + 0.1 })
        #expect(try distance(try Image.decode(try original.encoded(as: .jpeg(quality: 40))).image) <= 8)
        #expect(try distance(try original.resized(width: 80, height: 60)) <= 8)
        #expect(try distance(Image(brighter)) <= 8)
        #expect(try distance(try original.gaussianBlurred(sigma: 1)) <= 8)
        #expect(try distance(try original.sharpened(sigma: 1, amount: 0.7)) <= 8)
        #expect(try distance(original.mirrored()) > 16)
    }

    @Test("signatures of copies correlate, of others do not, and one grey has none")
    func signatures() throws {
        let picture = try TestPictures.noise(width: 64, height: 64, seed: 1).gaussianBlurred(sigma: 3)
        let other = try TestPictures.noise(width: 64, height: 64, seed: 2).gaussianBlurred(sigma: 3)
        let one = try PictureSignature(of: picture)
        let copy = try PictureSignature(of: try Image.decode(try picture.encoded(as: .jpeg(quality: 80))).image)
        #expect(one.correlation(with: copy) > 0.97 && one.correlation(with: one) > 0.999_999)
        #expect(abs(one.correlation(with: try PictureSignature(of: other))) < 0.5)
        let blank = try PictureSignature(of: TestPictures.plain(width: 9, height: 9, .white))
        #expect(blank.isBlank && blank.correlation(with: one) == 0)
        #expect(PictureSignature(codes: one.codes) == one && PictureSignature(codes: [1]) == nil)
    }

    @Test("pictures of one pixel have hashes")
    func tiny() throws {
        let dot = try TestPictures.plain(width: 1, height: 1, .white)
        #expect(try PerceptualHash.dHash64(dot) == 0 && PerceptualHash.aHash64(dot) == 0)
        #expect(try PictureFingerprint.views(of: dot).count == 8)
        #expect(try PerceptualHash.pHash64(dot).nonzeroBitCount <= 64)
    }
}
