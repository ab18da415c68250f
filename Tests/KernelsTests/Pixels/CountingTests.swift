import Kernels
import Testing

@Suite("Counts and sums of pixels")
struct CountingTests {
    @Test("a histogram counts every value once")
    func histograms() {
        for width in PixelFixture.widths {
            let picture = PixelFixture(width: width, height: 9, samples: 1, seed: UInt64(width))
            var expected = [Int](repeating: 0, count: 256)
            for y in 0..<9 { for x in 0..<width { expected[picture.sample(x, y, 0)] += 1 } }
            #expect(histogram(picture.bytes.span, picture.raster) == expected)
        }
    }

    @Test("four corners of a summed area give any rectangle's sum")
    func integrals() {
        let picture = PixelFixture(width: 23, height: 11, samples: 1, seed: 1)
        let sums = integral(picture.bytes.span, picture.raster)
        let squares = integralOfSquares(picture.bytes.span, picture.raster)
        #expect(sums.count == 24 * 12 && squares.count == 24 * 12)
        for (left, top, right, bottom) in [(0, 0, 23, 11), (3, 2, 9, 8), (22, 10, 23, 11), (5, 5, 5, 7)] {
            var sum = 0
            var square = 0
            for y in top..<bottom {
                for x in left..<right {
                    sum += picture.sample(x, y, 0)
                    square += picture.sample(x, y, 0) * picture.sample(x, y, 0)
                }
            }
            func corner<Value: FixedWidthInteger>(_ table: [Value]) -> Value {
                table[bottom * 24 + right] &- table[top * 24 + right] &- table[bottom * 24 + left]
                    &+ table[top * 24 + left]
            }
            #expect(corner(sums) == UInt32(sum) && corner(squares) == UInt64(square))
        }
    }
}
