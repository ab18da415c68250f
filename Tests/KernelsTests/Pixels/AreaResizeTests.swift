import Kernels
import Testing

@Suite("Area averages")
struct AreaResizeTests {
    /// The definition in whole numbers: overlaps counted in units of 1/width x 1/height of a source pixel.
    private func oracle(_ picture: PixelFixture, width: Int, height: Int) -> [UInt8] {
        let raster = picture.raster
        func overlaps(_ index: Int, source: Int, target: Int) -> [(place: Int, weight: Int)] {
            (0..<source).compactMap { place in
                let weight = min((index + 1) * source, (place + 1) * target) - max(index * source, place * target)
                return weight > 0 ? (place, weight) : nil
            }
        }
        let area = raster.width * raster.height
        var result: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<raster.samples {
                    var sum = 0
                    for row in overlaps(y, source: raster.height, target: height) {
                        for column in overlaps(x, source: raster.width, target: width) {
                            sum += row.weight * column.weight * picture.sample(column.place, row.place, c)
                        }
                    }
                    result.append(UInt8((sum + area / 2) / area))
                }
            }
        }
        return result
    }

    @Test("each mean is exact, whatever the variant", arguments: [1, 2, 3, 4])
    func exact(samples: Int) {
        for width in PixelFixture.widths {
            let height = width % 13 + 3
            let picture = PixelFixture(width: width, height: height, samples: samples, seed: UInt64(width))
            for (newWidth, newHeight) in [(width, height), (max(1, width / 2), height), (1, 1), ((width + 2) / 3, 2)] {
                let expected = oracle(picture, width: newWidth, height: newHeight)
                let target = Raster(width: newWidth, height: newHeight, samples: samples)
                for variant in KernelVariant.supported {
                    let means = filled(target.span, of: UInt8(0)) {
                        areaResize(picture.bytes.span, picture.raster, into: &$0, target, variant: variant)
                    }
                    #expect(means == expected, "\(width) x \(height) -> \(newWidth) x \(newHeight) \(variant)")
                }
            }
        }
    }

    @Test("the longest row of the brightest pixels does not overflow")
    func extremes() {
        let wide = Raster(width: 16_384, height: 3, samples: 3)
        let tall = Raster(width: 3, height: 16_384, samples: 1)
        let large = Raster(width: 16_400, height: 16_400, samples: 1)
        for variant in KernelVariant.supported {
            for raster in [wide, tall, large] where raster != large || variant == .best {
                let white = [UInt8](repeating: 255, count: raster.span)
                let one = filled(raster.samples, of: UInt8(0)) {
                    areaResize(
                        white.span, raster, into: &$0, Raster(width: 1, height: 1, samples: raster.samples),
                        variant: variant)
                }
                #expect(one == [UInt8](repeating: 255, count: raster.samples))
            }
        }
    }
}
