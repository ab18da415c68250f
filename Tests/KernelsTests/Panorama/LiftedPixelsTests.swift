import Basics
import Kernels
import Testing

@Suite("Pixels of a photo in its tone")
struct LiftedPixelsTests {
    /// The same by its definition: bilinear in 1/256 of a pixel, rounded, times gain over fall-off, clipped light kept.
    private static func plain(
        _ pixels: [UInt8], samples: Int, width: Int, height: Int, stride: Int, light: PhotoLight, x: Float, y: Float
    ) -> [Float] {
        guard x >= 0, y >= 0, x <= Float(width - 1), y <= Float(height - 1) else { return [0, 0, 0, 0] }
        let (fineX, fineY) = (Int(x * 256 + 0.5), Int(y * 256 + 0.5))
        let (left, top) = (min(fineX / 256, max(0, width - 2)), min(fineY / 256, max(0, height - 2)))
        let (s, t) = (fineX - left * 256, fineY - top * 256)
        let (right, below) = (min(left + 1, width - 1), min(top + 1, height - 1))
        let (cx, cy) = (Float(width - 1) / 2, Float(height - 1) / 2)
        let square = ((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (cx * cx + cy * cy + 1e-6)
        let fall = 1 + square * (light.falloff.0 + light.falloff.1 * square)
        return (0..<4).map { channel in
            guard channel < 3 else { return 1 }
            let c = samples == 3 ? channel : 0
            func pixel(_ column: Int, _ row: Int) -> Int { Int(pixels[row * stride + column * samples + c]) }
            let upper = pixel(left, top) * (256 - s) + pixel(right, top) * s
            let lower = pixel(left, below) * (256 - s) + pixel(right, below) * s
            let value = Float((upper * (256 - t) + lower * t + 32768) >> 16)
            let gain = light.gains[channel] / fall
            let over = max(0, (value - 230) / 25)
            return value * (gain < 1 ? gain + (1 - gain) * over * over : gain)
        }
    }

    @Test(
        "PANO-235 what a photo shows between its pixels, to its last row and column, and nothing beyond",
        arguments: KernelVariant.supported, [(1, 9, 7), (3, 9, 7), (3, 1, 1), (1, 1, 5), (3, 40, 1), (3, 2, 2)])
    func lift(variant: KernelVariant, shape: (samples: Int, width: Int, height: Int)) {
        var random = SeededRandom(seed: UInt64(shape.width * 100 + shape.height * 10 + shape.samples))
        let (width, height) = (shape.width, shape.height)
        let stride = width * shape.samples + 3
        // The last row ends with its last pixel: nothing behind it may be read.
        let pixels = random.bytes(stride * (height - 1) + width * shape.samples)
        let light = PhotoLight(gains: [0.7, 1, 1.6], falloff: (-0.2, 0.05))
        var (x, y): ([Float], [Float]) = ([.nan, -0.001, 0, 1e9, -.infinity], [0, 0, .nan, 0, 2])
        for column in [0, 0.25, Float(width - 1), Float(width - 1) - 0.3, Float(width) - 0.999] {
            for row in [0, 0.75, Float(height - 1), Float(height - 1) - 0.1] {
                x.append(column)
                y.append(row)
            }
        }
        for _ in 0..<150 {
            x.append(Float(random.next() % 4000) / 4000 * Float(width + 1) - 1)
            y.append(Float(random.next() % 4000) / 4000 * Float(height + 1) - 1)
        }
        var out = [Float](repeating: 7, count: (x.count + 2) * 4)
        liftPixels(
            pixels.span, samples: shape.samples, width: width, height: height, stride: stride, light: light, x: x,
            y: y, count: x.count, into: &out, at: 1, variant: variant)
        #expect(out[..<4].allSatisfy { $0 == 7 } && out.suffix(4).allSatisfy { $0 == 7 })
        for at in x.indices {
            let expected = Self.plain(
                pixels, samples: shape.samples, width: width, height: height, stride: stride, light: light, x: x[at],
                y: y[at])
            for c in 0..<4 {
                #expect(
                    abs(out[(at + 1) * 4 + c] - expected[c]) < 0.01,
                    "\(shape) at \(x[at]), \(y[at]): \(out[(at + 1) * 4 + c]) for \(expected[c])")
            }
        }
    }
}
