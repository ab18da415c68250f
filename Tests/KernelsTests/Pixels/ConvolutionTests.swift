import Kernels
import Testing

@Suite("Filters by rows and columns")
struct ConvolutionTests {
    private let rules: [BorderRule] = [.constant, .replicate, .reflect, .wrap]

    /// The definition, with the kernel's rounding between the passes.
    private func oracle(
        _ picture: PixelFixture, across: [Int16], down: [Int16], border: BorderRule, fill: Int
    ) -> [UInt8] {
        let raster = picture.raster
        func rounded(_ sum: Int) -> Int { min(max((sum + 8192) >> 14, 0), 255) }
        func row(_ x: Int, _ y: Int, _ c: Int) -> Int {
            rounded(
                across.indices.reduce(0) { sum, tap in
                    let column = border.index(x + tap - across.count / 2, count: raster.width)
                    return sum + Int(across[tap]) * (column.map { picture.sample($0, y, c) } ?? fill)
                })
        }
        var result: [UInt8] = []
        for y in 0..<raster.height {
            for x in 0..<raster.width {
                for c in 0..<raster.samples {
                    let sum = down.indices.reduce(0) { sum, tap in
                        let line = border.index(y + tap - down.count / 2, count: raster.height)
                        return sum + Int(down[tap]) * (line.map { row(x, $0, c) } ?? fill)
                    }
                    result.append(UInt8(rounded(sum)))
                }
            }
        }
        return result
    }

    @Test("8-bit filters are exact in every variant and at every border", arguments: [1, 3, 4])
    func bytes(samples: Int) {
        let blur = integerWeights([0.1, 0.2, 0.4, 0.2, 0.1])
        let sharpen = integerWeights([-0.25, 1.5, -0.25])
        for width in [1, 3, 10, 22, 33, 65] {
            let picture = PixelFixture(width: width, height: 6, samples: samples, seed: UInt64(width))
            for border in rules {
                let expected = oracle(picture, across: blur, down: sharpen, border: border, fill: 9)
                for variant in KernelVariant.supported {
                    let result = filled(expected.count, of: UInt8(0)) {
                        convolve(
                            picture.bytes.span, picture.raster, into: &$0, across: blur, down: sharpen, border: border,
                            fill: 9, variant: variant)
                    }
                    #expect(result == expected, "\(width) \(border) \(variant)")
                }
            }
        }
    }

    @Test("float filters have the same bits in every variant and follow the definition")
    func floats() {
        let across: [Float] = [-1, 0, 1]
        let down: [Float] = [1, 2, 1]
        for width in [1, 2, 30, 400] {
            let picture = PixelFixture(width: width, height: 5, samples: 3, seed: UInt64(width + 1))
            let raster = picture.raster
            let results = KernelVariant.supported.map { variant in
                filled(raster.rowCount * 5, of: Float(0)) {
                    convolve(
                        picture.floats.span, raster, into: &$0, across: across, down: down, border: .reflect,
                        variant: variant)
                }
            }
            for result in results { #expect(result == results[0]) }
            for y in 0..<5 {
                for x in 0..<width {
                    var sum = 0
                    for (line, by) in [(-1, 1), (0, 2), (1, 1)] {
                        let row = BorderRule.reflect.index(y + line, count: 5) ?? 0
                        let left = BorderRule.reflect.index(x - 1, count: width) ?? 0
                        let right = BorderRule.reflect.index(x + 1, count: width) ?? 0
                        sum += by * (picture.sample(right, row, 2) - picture.sample(left, row, 2))
                    }
                    #expect(abs(results[0][(y * width + x) * 3 + 2] - Float(sum) / 255) < 1e-5)
                }
            }
        }
    }

    @Test("a median is the middle of the sorted neighbourhood", arguments: 1...4)
    func medians(radius: Int) {
        for (width, height) in [(1, 1), (2, 7), (37, 9), (70, 5)] {
            let picture = PixelFixture(width: width, height: height, samples: 1, seed: UInt64(width))
            var expected: [UInt8] = []
            for y in 0..<height {
                for x in 0..<width {
                    let around = (-radius...radius).flatMap { row in
                        (-radius...radius).map { column in
                            picture.sample(
                                min(max(x + column, 0), width - 1), min(max(y + row, 0), height - 1), 0)
                        }
                    }
                    expected.append(UInt8(around.sorted()[around.count / 2]))
                }
            }
            for variant in KernelVariant.supported {
                let result = filled(width * height, of: UInt8(0)) {
                    median(picture.bytes.span, picture.raster, into: &$0, radius: radius, variant: variant)
                }
                #expect(result == expected, "\(width) x \(height) \(variant)")
            }
        }
    }
}
