import Foundation
import Imaging
import Testing

@Suite("Resizing, cropping and converting")
struct ResizeTests {
    /// The definition: the mean over the area of each new pixel, in floating point.
    private func oracle(_ image: Image, width: Int, height: Int, linear: Bool) -> [Double] {
        func light(_ sample: UInt8) -> Double {
            let value = Double(sample) / 255
            guard linear else { return value }
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        func sample(_ light: Double) -> Double {
            guard linear else { return light * 255 }
            return 255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055)
        }
        let scaleX = Double(image.width) / Double(width)
        let scaleY = Double(image.height) / Double(height)
        let colours = image.format == .gray8 ? 1 : 3
        let perPixel = image.format.bytesPerPixel
        var result: [Double] = []
        for y in 0..<height {
            for x in 0..<width {
                var sums = [Double](repeating: 0, count: 4)
                var alphaSum = 0.0
                let top = Double(y) * scaleY
                let left = Double(x) * scaleX
                for sourceY in Int(top)..<min(image.height, Int((top + scaleY).rounded(.up))) {
                    let high = min(top + scaleY, Double(sourceY + 1)) - max(top, Double(sourceY))
                    for sourceX in Int(left)..<min(image.width, Int((left + scaleX).rounded(.up))) {
                        let wide = min(left + scaleX, Double(sourceX + 1)) - max(left, Double(sourceX))
                        let at = (sourceY * image.width + sourceX) * perPixel
                        let alpha = perPixel == 4 ? Double(image.bytes[at + 3]) / 255 : 1
                        let weight = max(0, high) * max(0, wide)
                        for channel in 0..<colours {
                            sums[channel] += light(image.bytes[at + channel]) * alpha * weight
                        }
                        alphaSum += alpha * weight
                    }
                }
                for channel in 0..<colours { result.append(alphaSum == 0 ? 0 : sample(sums[channel] / alphaSum)) }
                if perPixel == 4 { result.append(alphaSum / (scaleX * scaleY) * 255) }
            }
        }
        return result
    }

    @Test("each new pixel is the mean of the area under it", arguments: PixelFormat.allCases)
    func area(format: PixelFormat) throws {
        let image = try TestPictures.noise(width: 37, height: 29, format: format, seed: 21)
        for (width, height) in [(37, 28), (36, 28), (18, 14), (10, 29), (37, 5), (3, 2), (1, 1)] {
            for space in [BlendSpace.gamma, .linear] {
                let small = try image.resized(width: width, height: height, in: space)
                let expected = oracle(image, width: width, height: height, linear: space == .linear)
                #expect(small.width == width && small.height == height && small.bytes.count == expected.count)
                let worst = zip(small.bytes, expected).map { abs(Double($0) - $1) }.max() ?? 0
                #expect(worst <= 0.51 + (space == .linear ? 0.1 : 0), "\(width) x \(height) \(space)")
            }
        }
    }

    @Test("one colour stays that colour at every size")
    func plain() throws {
        let colour = Pixel(red: 13, green: 200, blue: 77)
        for format in PixelFormat.allCases {
            let image = try TestPictures.plain(width: 31, height: 17, colour, format: format)
            for space in [BlendSpace.gamma, .linear] {
                let small = try image.resized(width: 7, height: 5, in: space)
                #expect(small == (try TestPictures.plain(width: 7, height: 5, colour, format: format)))
            }
        }
    }

    @Test("a fine pattern keeps its brightness in light, and darkens as samples")
    func pattern() throws {
        let bytes = (0..<64).map { UInt8(($0 + $0 / 8) % 2 * 255) }
        let image = try Image(width: 8, height: 8, format: .gray8, bytes: bytes)
        #expect(try image.resized(width: 1, height: 1).bytes == [128])
        #expect(try image.resized(width: 1, height: 1, in: .linear).bytes == [188])
    }

    @Test("the colour of clear pixels does not bleed")
    func bleeding() throws {
        let bytes: [UInt8] = [255, 0, 0, 255, 0, 255, 0, 0]
        let image = try Image(width: 2, height: 1, format: .rgba8, bytes: bytes)
        #expect(try image.resized(width: 1, height: 1).bytes == [255, 0, 0, 128])
    }

    @Test("enlarging and empty sizes are refused")
    func refused() throws {
        let image = try TestPictures.gradient(width: 10, height: 10)
        #expect(throws: ImageError.cannotEnlarge(width: 11, height: 10)) { try image.resized(width: 11, height: 10) }
        #expect(throws: ImageError.invalidArea(width: 0, height: 3)) { try image.resized(width: 0, height: 3) }
        #expect(throws: ImageError.invalidArea(width: 10, height: 10)) {
            try image.cropped(to: PixelBox(x: 1, y: 0, width: 10, height: 10))
        }
        #expect(throws: ImageError.self) { try image.cropped(to: PixelBox(x: .max, y: 0, width: 1, height: 1)) }
        #expect(throws: ImageError.self) { try image.cropped(to: PixelBox(x: 0, y: 0, width: .max, height: 1)) }
        #expect(throws: ImageError.self) { try Image(width: .max, height: .max, format: .rgba8, bytes: []) }
    }

    @Test("a crop is the rectangle")
    func crop() throws {
        let image = try TestPictures.noise(width: 9, height: 7, seed: 2)
        let part = try image.cropped(to: PixelBox(x: 2, y: 3, width: 4, height: 2))
        for y in 0..<2 {
            for x in 0..<4 { #expect(part.pixel(x: x, y: y) == image.pixel(x: x + 2, y: y + 3)) }
        }
    }

    @Test("SCAN-121 alpha is laid over the background, and conversions agree")
    func convert() throws {
        let image = try Image(
            width: 3, height: 1, format: .rgba8, bytes: [10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 51])
        #expect(image.flattened().bytes == [10, 20, 30, 255, 255, 255, 204, 204, 204])
        #expect(image.hasClearPixels && !image.flattened().hasClearPixels)
        let grey = try Image(width: 2, height: 1, format: .gray8, bytes: [5, 250])
        #expect(grey.converted(to: .rgba8).bytes == [5, 5, 5, 255, 250, 250, 250, 255])
        #expect(grey.converted(to: .rgb8).converted(to: .gray8) == grey)
    }

    @Test("pixels are lent without a copy and changed in place")
    func spans() throws {
        var image = try TestPictures.plain(width: 4, height: 4, .white)
        let sum = image.withPixels { span in span.indices.reduce(0) { $0 + Int(span[$1]) } }
        #expect(sum == 48 * 255)
        let copy = image
        image.withMutablePixels { span in span[0] = 7 }
        #expect(image.pixel(x: 0, y: 0)?.red == 7 && copy.pixel(x: 0, y: 0)?.red == 255)
    }
}
