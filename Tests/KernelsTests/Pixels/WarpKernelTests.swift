import Basics
import Foundation
import Kernels
import Testing

@Suite("Sampling between pixels")
struct WarpKernelTests {
    private let rules: [BorderRule] = [.constant, .replicate, .reflect, .wrap]

    /// Places inside, on the edges, outside, far outside and no numbers at all.
    private func places(_ count: Int, over side: Int, seed: UInt64) -> [Float] {
        var random = SeededRandom(seed: seed)
        let special: [Float] = [
            0, -0.5, -1, Float(side - 1), Float(side), Float(side) + 0.25, -1e9, 1e9, .nan, .infinity,
        ]
        return special + (0..<count).map { _ in Float.random(in: -4...Float(side + 4), using: &random) }
    }

    /// A value of the picture under a border.
    private func value(_ picture: PixelFixture, _ x: Int, _ y: Int, _ c: Int, _ border: BorderRule) -> Double {
        guard let column = border.index(x, count: picture.raster.width),
            let row = border.index(y, count: picture.raster.height)
        else { return 77 }
        return Double(picture.sample(column, row, c))
    }

    private func oracle(
        _ picture: PixelFixture, _ x: Float, _ y: Float, _ c: Int, _ border: BorderRule, _ sampling: WarpSampling
    ) -> Double {
        let left = floor(Double(x))
        let above = floor(Double(y))
        func weights(_ t: Double) -> [(Int, Double)] {
            switch sampling {
            case .bilinear: [(0, 1 - t), (1, t)]
            case .bicubic:
                (-1...2).map { tap in
                    let d = abs(Double(tap) - t)
                    return (
                        tap,
                        d < 1 ? 1.5 * d * d * d - 2.5 * d * d + 1 : -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2
                    )
                }
            }
        }
        var sum = 0.0
        for (row, down) in weights(Double(y) - above) {
            for (column, across) in weights(Double(x) - left) {
                sum += down * across * value(picture, Int(left) + column, Int(above) + row, c, border)
            }
        }
        return min(max(sum, 0), 255)
    }

    @Test("bytes follow the definition within rounding of places, alike in every variant", arguments: [1, 3, 4])
    func bytes(samples: Int) {
        for (width, height) in [(9, 7), (1, 5), (2, 2), (3, 1)] {
            let picture = PixelFixture(width: width, height: height, samples: samples, gap: 0, seed: 3)
            // Rounded to 1/256 here already, so that only the arithmetic is compared.
            let x = places(300, over: width, seed: 1).map { ($0 * 256).rounded() / 256 }
            let y = places(300, over: height, seed: 2).reversed().map { ($0 * 256).rounded() / 256 }
            for border in rules {
                for sampling in [WarpSampling.bilinear, .bicubic] {
                    var mask = [UInt8](repeating: 9, count: x.count)
                    let results = mask.withUnsafeMutableBufferPointer { mask in
                        KernelVariant.supported.map { variant in
                            filled(x.count * samples, of: UInt8(0)) { target in
                                warp(
                                    picture.bytes.span, picture.raster, x: x.span, y: y.span, into: &target,
                                    mask: mask.baseAddress, border: border, fill: [77, 77, 77, 77], sampling: sampling,
                                    variant: variant)
                            }
                        }
                    }
                    for result in results { #expect(result == results[0]) }
                    for at in x.indices where abs(x[at]) < 1e6 && abs(y[at]) < 1e6 {
                        let isInside =
                            x[at] >= 0 && y[at] >= 0 && x[at] <= Float(width - 1) && y[at] <= Float(height - 1)
                        #expect(mask[at] == (isInside ? 255 : 0))
                        for c in 0..<samples {
                            let wanted = oracle(picture, x[at], y[at], c, border, sampling)
                            let found = Double(results[0][at * samples + c])
                            #expect(abs(found - wanted) <= 0.6, "\(x[at]), \(y[at]) \(border) \(sampling)")
                        }
                    }
                    for at in x.indices where !x[at].isFinite { #expect(mask[at] == 0) }
                }
            }
        }
    }

    @Test("floats follow the definition")
    func floats() {
        let picture = PixelFixture(width: 8, height: 6, samples: 3, seed: 4)
        let values = picture.bytes.map { Float($0) }
        let x = places(200, over: 8, seed: 5)
        let y = places(200, over: 6, seed: 6)
        for border in rules {
            for sampling in [WarpSampling.bilinear, .bicubic] {
                let result = filled(x.count * 3, of: Float(0)) { target in
                    warp(
                        values.span, picture.raster, x: x.span, y: y.span, into: &target, mask: nil,
                        border: border, fill: 77, sampling: sampling)
                }
                for at in x.indices where abs(x[at]) < 1e6 && abs(y[at]) < 1e6 {
                    let wanted = oracle(picture, x[at], y[at], 1, border, sampling)
                    let found = min(max(Double(result[at * 3 + 1]), 0), 255)
                    #expect(abs(found - wanted) < 0.01, "\(x[at]), \(y[at]) \(border) \(sampling)")
                }
            }
        }
    }
}
