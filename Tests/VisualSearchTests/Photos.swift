import Basics
import Foundation
import Imaging
import Kernels

/// Pictures like photographs: shapes of light and colour at all sizes, a little noise.
enum Photos {
    static func photo(seed: UInt64, width: Int = 200, height: Int = 150) throws -> Image {
        var random = SeededRandom(seed: seed)
        var sums = [Float](repeating: 0.5, count: width * height * 3)
        func bell(_ count: Int, _ size: Float) -> [Float] {
            let middle = Float.random(in: 0...Float(count), using: &random)
            return (0..<count).map { exp(-((Float($0) - middle) * (Float($0) - middle)) / (size * size)) }
        }
        for _ in 0..<12 {
            let size = Float.random(in: 10...80, using: &random)
            let across = bell(width, size)
            let down = bell(height, size)
            let colour = (0..<3).map { _ in Float.random(in: -0.5...0.5, using: &random) }
            sums.withUnsafeMutableBufferPointer { sums in
                var at = 0
                for y in 0..<height {
                    for x in 0..<width {
                        let weight = across[x] * down[y]
                        sums[at] += colour[0] * weight
                        sums[at + 1] += colour[1] * weight
                        sums[at + 2] += colour[2] * weight
                        at += 3
                    }
                }
            }
        }
        for at in stride(from: 0, to: sums.count, by: 7) { sums[at] += Float.random(in: -0.02...0.02, using: &random) }
        return Image(try FloatImage(width: width, height: height, channels: 3, values: sums))
    }

    /// Copies as people and programs make them.
    static func edits(of photo: Image) throws -> [(name: String, image: Image)] {
        func toned(_ body: (Float) -> Float) throws -> Image {
            let floats = photo.floats()
            return Image(
                try FloatImage(
                    width: floats.width, height: floats.height, channels: 3, values: floats.values.map(body)))
        }
        return [
            ("quality 40", try Image.decode(try photo.encoded(as: .jpeg(quality: 40))).image),
            ("half size", try photo.resized(width: photo.width / 2, height: photo.height / 2)),
            ("brighter", try toned { $0 * 0.85 + 0.12 }), ("flatter", try toned { ($0 - 0.5) * 0.8 + 0.5 }),
            ("blurred", try photo.gaussianBlurred(sigma: 1.1)), ("mirrored", photo.mirrored()),
            ("quarter turn", photo.turned(by: .clockwise)),
        ]
    }
}

/// A hash with so many of its bits changed.
struct Hash256Bits {
    let count: Int

    init(_ count: Int) { self.count = count }

    func flipped(_ hash: Hash256) -> Hash256 {
        var words = hash.words
        for bit in 0..<count { words[bit % 4] ^= 1 << UInt64(bit / 4 * 3) }
        return Hash256(words)
    }
}
