import Kernels
import Testing

@Suite("Moving pixels and changing their kind")
struct PixelMoveTests {
    @Test("steps of any sign and size lead to the right places")
    func moves() {
        let picture = PixelFixture(width: 7, height: 5, samples: 3, seed: 1)
        let stride = picture.raster.stride
        // A quarter turn: columns of the result run up the source.
        let from = PixelSteps(start: 4 * stride, column: -stride, row: 3)
        let turned = filled(5 * 7 * 3, of: UInt8(0)) {
            movePixels(
                picture.bytes.span, at: from, into: &$0, at: PixelSteps(start: 0, column: 3, row: 15), width: 5,
                height: 7, samples: 3)
        }
        // Every second pixel, spread to every third value of another picture.
        let floats = picture.floats
        let spread = filled(4 * 3 * 3, of: Float(-1)) {
            movePixels(
                floats.span, at: PixelSteps(start: 1, column: 6, row: 2 * stride), into: &$0,
                at: PixelSteps(start: 2, column: 3, row: 12), width: 4, height: 3, samples: 1)
        }
        for y in 0..<7 {
            for x in 0..<5 {
                for c in 0..<3 { #expect(Int(turned[(y * 5 + x) * 3 + c]) == picture.sample(y, 4 - x, c)) }
            }
        }
        for at in spread.indices {
            let (x, y) = (at % 12 / 3, at / 12)
            #expect(spread[at] == (at % 3 == 2 ? Float(picture.sample(2 * x, 2 * y, 1)) / 255 : -1))
        }
    }

    @Test("bytes become floats and floats bytes, whatever the floats are")
    func kinds() {
        let picture = PixelFixture(width: 9, height: 3, samples: 3, seed: 2)
        let table = (0..<256).map { Float($0) / 255 }
        let floats = filled(27 * 3, of: Float(0)) {
            lookUp(picture.bytes.span, picture.raster, into: &$0, table: table)
        }
        let packed = Raster(width: 9, height: 3, samples: 3)
        let again = filled(27 * 3, of: UInt8(0)) { quantise(floats.span, packed, into: &$0, table: nil) }
        for at in again.indices { #expect(Int(again[at]) == picture.sample(at % 27 / 3, at / 27, at % 3)) }
        let strange: [Float] = [.nan, .infinity, -.infinity, -1, 2, 1e30, 0.5, 1, 0.002]
        let row = Raster(width: 3, height: 1, samples: 3)
        let bytes = filled(9, of: UInt8(9)) { quantise(strange.span, row, into: &$0, table: nil) }
        #expect(bytes == [0, 255, 0, 0, 255, 255, 128, 255, 1])
        let reversed = (0..<65_536).map { UInt8(255 - $0 / 257) }
        let through = filled(9, of: UInt8(9)) { quantise(strange.span, row, into: &$0, table: reversed) }
        #expect(through == [255, 0, 255, 255, 0, 0, 128, 0, 255])
    }

    @Test("a factor times one picture is added to another")
    func sums() {
        let first = PixelFixture(width: 5, height: 4, samples: 3, gap: 2, seed: 3)
        let second = PixelFixture(width: 5, height: 4, samples: 3, gap: 7, seed: 4)
        let sum = filled(60, of: Float(0)) {
            addScaled(
                first.floats.span, first.raster, second.floats.span, second.raster, factor: -0.5, into: &$0)
        }
        for at in sum.indices {
            let (x, y, c) = (at % 15 / 3, at / 15, at % 3)
            let wanted = Float(first.sample(x, y, c)) / 255 - 0.5 * (Float(second.sample(x, y, c)) / 255)
            #expect(abs(sum[at] - wanted) < 1e-6)
        }
    }

    @Test("a matrix sends pixels where the formula says, and those behind the horizon nowhere")
    func places() {
        let matrix = [1.1, 0.2, 3, -0.1, 0.9, 5, -0.25, 0.01, 1]
        var x = [Float](repeating: 0, count: 6 * 4)
        var y = x
        var columns = x.mutableSpan
        var rows = y.mutableSpan
        projectedPlaces(matrix, width: 6, height: 4, x: &columns, y: &rows)
        for at in 0..<24 {
            let (u, v) = (Double(at % 6), Double(at / 6))
            let depth = matrix[6] * u + matrix[7] * v + matrix[8]
            guard depth > 0 else {
                #expect(x[at].isNaN && y[at].isNaN)
                continue
            }
            #expect(abs(Double(x[at]) - (matrix[0] * u + matrix[1] * v + matrix[2]) / depth) < 1e-4)
            #expect(abs(Double(y[at]) - (matrix[3] * u + matrix[4] * v + matrix[5]) / depth) < 1e-4)
        }
    }
}
