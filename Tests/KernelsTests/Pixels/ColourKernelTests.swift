import Kernels
import Testing

@Suite("Colours by rows")
struct ColourKernelTests {
    private func over255(_ value: Int) -> Int { (value + 127) / 255 }

    /// What a pixel becomes, by the definitions.
    private func expected(_ p: [Int], _ conversion: ColourConversion) -> [Int] {
        func clamp(_ value: Double) -> Int { Int(min(max(value.rounded(), 0), 255)) }
        switch conversion {
        case .grey: return [(77 * p[0] + 150 * p[1] + 29 * p[2] + 128) >> 8]
        case .swapRedBlue: return [p[2], p[1], p[0]] + p.dropFirst(3)
        case .yCbCrFromRGB:
            let (r, g, b) = (Double(p[0]), Double(p[1]), Double(p[2]))
            return [
                clamp(0.299 * r + 0.587 * g + 0.114 * b), clamp(128 - 0.168736 * r - 0.331264 * g + 0.5 * b),
                clamp(128 + 0.5 * r - 0.418688 * g - 0.081312 * b),
            ]
        case .rgbFromYCbCr:
            let (y, cb, cr) = (Double(p[0]), Double(p[1]) - 128, Double(p[2]) - 128)
            return [clamp(y + 1.402 * cr), clamp(y - 0.344136 * cb - 0.714136 * cr), clamp(y + 1.772 * cb)]
        case .premultiply: return p[0..<3].map { over255($0 * p[3]) } + [p[3]]
        case .unpremultiply:
            return p[0..<3].map { p[3] == 0 ? 0 : min(255, ($0 * 255 + p[3] / 2) / p[3]) } + [p[3]]
        case .flatten(let red, let green, let blue):
            return zip(p, [red, green, blue]).map { over255($0 * p[3] + Int($1) * (255 - p[3])) }
        }
    }

    @Test("each conversion follows its definition, with the same bytes in every variant")
    func conversions() {
        let all: [(ColourConversion, [Int], Int)] = [
            (.grey, [3, 4], 0), (.swapRedBlue, [3, 4], 0), (.yCbCrFromRGB, [3], 1), (.rgbFromYCbCr, [3], 1),
            (.premultiply, [4], 0), (.unpremultiply, [4], 0), (.flatten(red: 255, green: 7, blue: 0), [4], 0),
        ]
        for (conversion, sampleCounts, tolerance) in all {
            for samples in sampleCounts {
                for width in PixelFixture.widths {
                    let picture = PixelFixture(width: width, height: 3, samples: samples, seed: UInt64(width))
                    let wanted = (0..<3).flatMap { y in
                        (0..<width).flatMap { x in
                            expected((0..<samples).map { picture.sample(x, y, $0) }, conversion)
                        }
                    }
                    let results = KernelVariant.supported.map { variant in
                        filled(wanted.count, of: UInt8(0)) {
                            convertColours(picture.bytes.span, picture.raster, into: &$0, conversion, variant: variant)
                        }
                    }
                    for result in results { #expect(result == results[0], "\(conversion) \(width)") }
                    let worst = zip(results[0], wanted).map { abs(Int($0) - $1) }.max() ?? 0
                    #expect(worst <= tolerance, "\(conversion) \(samples) x \(width)")
                }
            }
        }
    }

    private func changed(_ values: [Float], _ change: ColourSpaceChange) -> [Float] {
        filled(values.count, of: Float(0)) { convertColours(values.span, into: &$0, pixels: values.count / 3, change) }
    }

    @Test("hue, saturation and value of known colours, and back")
    func hsv() {
        let colours: [Float] = [1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0.5, 0.5, 0.5, 0, 0, 0]
        let known: [Float] = [
            0, 1, 1, 60, 1, 1, 120, 1, 1, 180, 1, 1, 240, 1, 1, 300, 1, 1, 0, 0, 0.5, 0, 0, 0,
        ]
        #expect(changed(colours, .hsvFromRGB) == known)
        let random = PixelFixture(width: 100, height: 1, samples: 3, gap: 0, seed: 8).floats
        let again = changed(changed(random, .hsvFromRGB), .rgbFromHSV)
        #expect((zip(random, again).map { abs($0 - $1) }.max() ?? 1) < 1e-5)
    }

    @Test("L*a*b* of known colours, and back")
    func lab() {
        // White, black, and the primaries of linear sRGB under D65.
        let light: [Float] = [1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]
        let known: [Float] = [100, 0, 0, 0, 0, 0, 53.24, 80.09, 67.20, 87.73, -86.18, 83.18, 32.30, 79.19, -107.86]
        #expect((zip(changed(light, .labFromLight), known).map { abs($0 - $1) }.max() ?? 1) < 0.05)
        let random = PixelFixture(width: 100, height: 1, samples: 3, gap: 0, seed: 9).floats
        let again = changed(changed(random, .labFromLight), .lightFromLab)
        #expect((zip(random, again).map { abs($0 - $1) }.max() ?? 1) < 1e-4)
    }

    @Test("tensor planes are sample x scale + offset, with the same bits in every variant", arguments: [1, 3, 4])
    func tensors(samples: Int) {
        let scale: [Float] = [1 / 58.395, 1 / 57.12, 1 / 57.375]
        let offset: [Float] = [-2.117_904, -2.035_714, -1.804_444]
        for width in PixelFixture.widths {
            let picture = PixelFixture(width: width, height: 2, samples: samples, seed: UInt64(width))
            let expected = (0..<3).flatMap { c in
                (0..<(2 * width)).map { at in
                    Float(picture.sample(at % width, at / width, samples == 1 ? 0 : c)) * scale[c] + offset[c]
                }
            }
            for variant in KernelVariant.supported {
                let planes = filled(6 * width, of: Float(0)) {
                    packTensor(
                        picture.bytes.span, picture.raster, into: &$0, scale: scale, offset: offset, variant: variant)
                }
                #expect(planes == expected, "\(width) \(variant)")
            }
        }
    }
}
