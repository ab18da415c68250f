import Basics
import Kernels
import Testing

@Suite("Blending in bands")
struct BandPyramidTests {
    private static func photo(_ width: Int, _ height: Int, seed: UInt64, valid: (Int, Int) -> Bool) -> [Float] {
        var random = SeededRandom(seed: seed)
        return (0..<(width * height)).flatMap { at -> [Float] in
            let colour = (0..<3).map { _ in Float(random.next() % 256) }
            return valid(at % width, at / width) ? colour + [1] : [0, 0, 0, 0]
        }
    }

    @Test("PANO-235 one photo comes back to the level, whatever its shape", arguments: KernelVariant.supported)
    func oneIsExact(variant: KernelVariant) {
        let (width, height) = (67, 45)
        let shape: (Int, Int) -> Bool = { x, y in (x - 30) * (x - 30) + (y - 20) * (y - 20) < 500 }
        let photo = Self.photo(width, height, seed: 3, valid: shape)
        var pyramid = BandPyramid(width: width, height: height, levels: 5, wraps: false, variant: variant)
        let weights = (0..<(width * height)).map { photo[$0 * 4 + 3] }
        pyramid.add(photo, weights: weights, column: 0, row: 0, width: width, height: height, wraps: false)
        let (rgb, mask) = pyramid.settled()
        for at in 0..<(width * height) {
            #expect((mask[at] != 0) == (photo[at * 4 + 3] != 0))
            for channel in 0..<3 where mask[at] != 0 {
                #expect(abs(Float(rgb[at * 3 + channel]) - photo[at * 4 + channel]) <= 1)
            }
        }
    }

    @Test("PANO-235 no dark fringe: two photos of one colour give that colour everywhere")
    func noFringe() {
        let (width, height) = (64, 32)
        var pyramid = BandPyramid(width: width, height: height, levels: 5, wraps: false)
        for side in 0..<2 {
            let valid: (Int, Int) -> Bool = { x, _ in side == 0 ? x < 40 : x >= 24 }
            let pixels = (0..<(width * height)).flatMap { at -> [Float] in
                valid(at % width, 0) ? [200, 100, 50, 1] : [0, 0, 0, 0]
            }
            let weights = (0..<(width * height)).map { ($0 % width < 32) == (side == 0) ? Float(1) : 0 }
            pyramid.add(pixels, weights: weights, column: 0, row: 0, width: width, height: height, wraps: false)
        }
        let (rgb, mask) = pyramid.settled()
        #expect(mask.allSatisfy { $0 == 255 })
        for at in 0..<(width * height) {
            #expect(abs(Int(rgb[at * 3]) - 200) <= 1)
            #expect(abs(Int(rgb[at * 3 + 2]) - 50) <= 1)
        }
    }
}
