import Foundation
import Kernels
import Testing

@Suite("Resampling by windows")
struct ResampleTests {
    private func weight(_ window: ResampleWindow, _ distance: Double) -> Double {
        let x = abs(distance)
        switch window {
        case .bilinear: return max(0, 1 - x)
        case .bicubic:
            // Keys 1981, equation 15.
            if x < 1 { return 1.5 * x * x * x - 2.5 * x * x + 1 }
            return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0
        case .lanczos3:
            func sinc(_ t: Double) -> Double { t == 0 ? 1 : sin(.pi * t) / (.pi * t) }
            return x < 3 ? sinc(x) * sinc(x / 3) : 0
        }
    }

    /// One axis of the definition in doubles: weights over all source places, which sum to 1.
    private func axis(_ window: ResampleWindow, source: Int, target: Int) -> [[Double]] {
        let scale = Double(source) / Double(target)
        let stretch = max(1, scale)
        return (0..<target).map { index in
            let centre = (Double(index) + 0.5) * scale
            let raw = (0..<source).map { weight(window, (Double($0) + 0.5 - centre) / stretch) }
            let sum = raw.reduce(0, +)
            return raw.map { $0 / sum }
        }
    }

    /// In doubles, clamped between the passes like the kernel.
    private func oracle(_ picture: PixelFixture, width: Int, height: Int, window: ResampleWindow) -> [Double] {
        let raster = picture.raster
        let across = axis(window, source: raster.width, target: width)
        let down = axis(window, source: raster.height, target: height)
        var result: [Double] = []
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<raster.samples {
                    var sum = 0.0
                    for row in 0..<raster.height where down[y][row] != 0 {
                        let line = (0..<raster.width).reduce(0.0) {
                            $0 + across[x][$1] * Double(picture.sample($1, row, c))
                        }
                        sum += down[y][row] * min(max(line, 0), 255)
                    }
                    result.append(min(max(sum, 0), 255))
                }
            }
        }
        return result
    }

    @Test(
        "every variant gives the same bytes, within rounding of the definition", arguments: ResampleWindow.allCases,
        [1, 3, 4])
    func bytes(window: ResampleWindow, samples: Int) {
        for (width, height, newWidth, newHeight) in [
            (17, 9, 8, 4), (33, 12, 7, 5), (5, 5, 13, 11), (1, 1, 4, 3), (40, 3, 3, 9), (12, 12, 12, 12), (64, 2, 1, 1),
        ] {
            let picture = PixelFixture(width: width, height: height, samples: samples, seed: UInt64(width * 7))
            let target = Raster(width: newWidth, height: newHeight, samples: samples)
            let results = KernelVariant.supported.map { variant in
                filled(target.span, of: UInt8(0)) {
                    resample(
                        picture.bytes.span, picture.raster, into: &$0, target, window: window, variant: variant)
                }
            }
            for result in results { #expect(result == results[0]) }
            let expected = oracle(picture, width: newWidth, height: newHeight, window: window)
            let worst = zip(results[0], expected).map { abs(Double($0) - $1) }.max() ?? 0
            #expect(worst <= 1.5, "\(width) x \(height) -> \(newWidth) x \(newHeight)")
        }
    }

    @Test("float pixels are resampled alike, with the same bits in every variant", arguments: ResampleWindow.allCases)
    func floats(window: ResampleWindow) {
        let picture = PixelFixture(width: 19, height: 14, samples: 3, seed: 5)
        let target = Raster(width: 31, height: 6, samples: 3)
        let results = KernelVariant.supported.map { variant in
            filled(target.span, of: Float(0)) {
                resample(picture.floats.span, picture.raster, into: &$0, target, window: window, variant: variant)
            }
        }
        for result in results { #expect(result == results[0]) }
        let across = axis(window, source: 19, target: 31)
        let down = axis(window, source: 14, target: 6)
        var sum = 0.0
        for row in 0..<14 {
            for column in 0..<19 { sum += down[4][row] * across[20][column] * Double(picture.sample(column, row, 1)) }
        }
        #expect(abs(Double(results[0][(4 * 31 + 20) * 3 + 1]) - sum / 255) < 1e-5)
    }

    @Test("one colour stays that colour", arguments: ResampleWindow.allCases)
    func plain(window: ResampleWindow) {
        let raster = Raster(width: 23, height: 11, samples: 3)
        let target = Raster(width: 57, height: 4, samples: 3)
        let grey = [UInt8](repeating: 201, count: raster.span)
        let result = filled(target.span, of: UInt8(0)) {
            resample(grey.span, raster, into: &$0, target, window: window)
        }
        #expect(result.allSatisfy { $0 == 201 })
    }
}
