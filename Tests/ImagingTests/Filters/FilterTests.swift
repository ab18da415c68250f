import Foundation
import Imaging
import Testing

@Suite("Filters")
struct FilterTests {
    @Test("a Gaussian blur keeps one colour and spreads a point by its formula", arguments: [0.8, 1.7, 4.0])
    func gaussian(sigma: Double) throws {
        let plain = try TestPictures.plain(width: 30, height: 9, Pixel(red: 3, green: 130, blue: 251))
        #expect(try plain.gaussianBlurred(sigma: sigma) == plain)
        var values = [Float](repeating: 0, count: 41 * 41)
        values[20 * 41 + 20] = 1
        let soft = try FloatImage(width: 41, height: 41, channels: 1, values: values).gaussianBlurred(sigma: sigma)
        let sum = (-20...20).reduce(0.0) { $0 + exp(-Double($1 * $1) / (2 * sigma * sigma)) }
        for (dx, dy) in [(0, 0), (1, 0), (2, 1)] {
            let wanted = exp(-Double(dx * dx + dy * dy) / (2 * sigma * sigma)) / (sum * sum)
            let found = Double(try #require(soft.value(x: 20 + dx, y: 20 + dy)))
            #expect(abs(found - wanted) < 0.004 * wanted + 1e-6)
        }
    }

    @Test("a box is the mean, a median takes out a speck, sharpening leaves flat areas and steepens edges")
    func others() throws {
        let bytes: [UInt8] = (0..<49).map { $0 == 24 ? 255 : 10 }
        let speck = try Image(width: 7, height: 7, format: .gray8, bytes: bytes)
        #expect(try speck.medianFiltered().bytes.allSatisfy { $0 == 10 })
        let mean = try #require(try speck.boxBlurred(radius: 1).pixel(x: 3, y: 3)).red
        #expect(abs(Int(mean) - (255 + 80) / 9) <= 1)
        let edge = try Image(width: 8, height: 1, format: .gray8, bytes: [50, 50, 50, 50, 150, 150, 150, 150])
        let sharp = try edge.sharpened(sigma: 1, amount: 1).bytes
        #expect(sharp[0] == 50 && sharp[7] == 150 && sharp[3] < 50 && sharp[4] > 150)
        let clear = try TestPictures.gradient(width: 9, height: 9, format: .rgba8)
        let alphas = try clear.sharpened(sigma: 1, amount: 2).pixel(x: 4, y: 4)?.alpha
        #expect(alphas == clear.pixel(x: 4, y: 4)?.alpha)
        let colours = try TestPictures.noise(width: 12, height: 10, seed: 2).medianFiltered(radius: 2)
        #expect(colours.format == .rgb8 && colours.width == 12)
    }

    @Test("derivatives of a slope and of a parabola are what calculus says")
    func derivatives() throws {
        let plane = (0..<63).map { at -> Float in
            let (x, y) = (at % 9, at / 9)
            return Float(x * 3 + y * 5)
        }
        let slope = try FloatImage(width: 9, height: 7, channels: 1, values: plane)
        let (x, y) = slope.sobel()
        #expect(x.value(x: 4, y: 3) == 24)
        #expect(y.value(x: 4, y: 3) == 40)
        let parabola = (0..<63).map { at -> Float in
            let (x, y) = (at % 9, at / 9)
            return Float(x * x + 2 * y * y)
        }
        let bowl = try FloatImage(width: 9, height: 7, channels: 1, values: parabola)
        #expect(bowl.laplacian().value(x: 4, y: 3) == 6)
        let ramp = try slope.convolved(across: [-0.5, 0, 0.5], down: [1])
        #expect(ramp.value(x: 2, y: 2) == 3)
    }

    @Test("impossible strengths are refused")
    func refused() throws {
        let image = try TestPictures.gradient(width: 5, height: 5)
        for sigma in [0, -1, Double.nan, 1e9] {
            #expect(throws: ImageError.self) { try image.gaussianBlurred(sigma: sigma) }
            #expect(throws: ImageError.self) { try image.floats().gaussianBlurred(sigma: sigma) }
        }
        for radius in [0, -3, 100_000] {
            #expect(throws: ImageError.self) { try image.boxBlurred(radius: radius) }
            #expect(throws: ImageError.self) { try image.medianFiltered(radius: radius) }
        }
        #expect(throws: ImageError.self) { try image.sharpened(sigma: 1, amount: .infinity) }
        #expect(throws: ImageError.self) { try image.floats().convolved(across: [1, 2], down: [1]) }
        #expect(throws: ImageError.self) { try FloatImage(width: 2, height: 2, channels: 2, values: []) }
        #expect(throws: ImageError.self) { try FloatImage(width: .max, height: 3, channels: 3) }
    }
}

@Suite("Pyramids")
struct PyramidTests {
    @Test("a Laplacian pyramid put together is the picture, at odd sizes and all borders")
    func exact() throws {
        for (width, height) in [(37, 22), (64, 64), (5, 1), (2, 3), (1, 1)] {
            let image = try TestPictures.noise(width: width, height: height, seed: 6)
            for border in [Border.reflect, .replicate, .wrap] {
                let pyramid = LaplacianPyramid(image.floats(), levels: 6, border: border)
                #expect(Image(pyramid.collapsed()) == image, "\(width) x \(height) \(border)")
            }
        }
    }

    @Test("each level has half the sides, and one colour stays that colour")
    func levels() throws {
        let plain = try TestPictures.plain(width: 50, height: 21, Pixel(red: 100, green: 150, blue: 200))
        let pyramid = GaussianPyramid(plain.floats(), levels: 4)
        #expect(pyramid.levels.map(\.width) == [50, 25, 13, 7] && pyramid.levels.map(\.height) == [21, 11, 6, 3])
        let last = try #require(pyramid.levels.last)
        #expect(abs((last.value(x: 3, y: 1, channel: 1) ?? 0) - 150 / 255) < 1e-5)
        #expect(GaussianPyramid(plain.floats(), levels: 99).levels.count == 7)
    }
}
