import Foundation
import Imaging
import Testing

@Suite("Warps")
struct WarpTests {
    @Test("the map that changes nothing changes nothing", arguments: PixelFormat.allCases)
    func identity(format: PixelFormat) throws {
        let image = try TestPictures.noise(width: 20, height: 13, format: format, seed: 1)
        let map = try PlaceMap(width: 20, height: 13, .identity)
        for sampling in [Sampling.bilinear, .bicubic] {
            let warped = image.warped(by: map, sampling: sampling)
            #expect(warped.image == image)
            #expect(warped.mask.bytes.allSatisfy { $0 == 255 })
        }
        let floats = image.floats()
        #expect(floats.warped(by: map).image == floats)
    }

    @Test("a shift by whole pixels is a crop, with a mask and the border's colour beside it")
    func shift() throws {
        let image = try TestPictures.noise(width: 20, height: 13, seed: 2)
        let map = try PlaceMap(width: 20, height: 13, .translation(x: 5, y: -2))
        let warped = image.warped(by: map, border: .constant(Pixel(red: 1, green: 2, blue: 3)))
        #expect(warped.image.pixel(x: 0, y: 2) == image.pixel(x: 5, y: 0))
        #expect(warped.image.pixel(x: 14, y: 12) == image.pixel(x: 19, y: 10))
        #expect(warped.image.pixel(x: 16, y: 5) == Pixel(red: 1, green: 2, blue: 3))
        #expect(warped.mask.bytes.count { $0 == 255 } == 15 * 11)
    }

    @Test("a map, its inverse and their product fit together")
    func maps() throws {
        let tilt = try #require(PlaneMap([1.1, 0.2, 3, -0.1, 0.9, 5, 0.0004, -0.0003, 1]))
        let back = try #require(tilt.inverse)
        let there = try #require(tilt(x: 40, y: 25))
        let again = try #require(back(x: there.x, y: there.y))
        #expect(abs(again.x - 40) < 1e-9 && abs(again.y - 25) < 1e-9)
        let both = try #require(tilt.then(back)(x: 7, y: 8))
        #expect(abs(both.x - 7) < 1e-9 && abs(both.y - 8) < 1e-9)
        #expect(PlaneMap([0, 0, 0, 0, 0, 0, 0, 0, 0])?.inverse == nil)
        #expect(PlaneMap([1, 2]) == nil && PlaneMap([Double](repeating: .nan, count: 9)) == nil)
        // Behind the horizon there is nothing to see.
        #expect(PlaneMap([1, 0, 0, 0, 1, 0, -1, 0, 1])?(x: 2, y: 0) == nil)
    }

    @Test("a picture tilted and tilted back is the picture where it was all inside")
    func perspective() throws {
        let image = try TestPictures.gradient(width: 60, height: 40)
        let tilt = try #require(PlaneMap([1.05, 0.05, -2, -0.03, 0.97, 1, 0.0005, -0.0004, 1]))
        let there = image.warped(by: try PlaceMap(width: 60, height: 40, tilt), sampling: .bicubic)
        let back = there.image.warped(
            by: try PlaceMap(width: 60, height: 40, try #require(tilt.inverse)), sampling: .bicubic)
        for y in 10..<30 {
            for x in 10..<50 {
                let difference = Int(back.image.pixel(x: x, y: y)?.red ?? 0) - Int(image.pixel(x: x, y: y)?.red ?? 9)
                #expect(abs(difference) <= 3)
            }
        }
    }

    @Test("places that are no numbers are outside, in every picture")
    func nowhere() throws {
        let image = try TestPictures.noise(width: 4, height: 4, seed: 3)
        let places: [Float] = [.nan, .infinity, -.infinity, 1e30]
        let map = try PlaceMap(width: 4, height: 1, x: places, y: places)
        for border in [Border.constant(.white), .replicate, .reflect, .wrap] {
            #expect(image.warped(by: map, border: border).mask.bytes == [0, 0, 0, 0])
            #expect(image.floats().warped(by: map, sampling: .bicubic, border: border).mask.bytes == [0, 0, 0, 0])
        }
        #expect(throws: ImageError.self) { try PlaceMap(width: 3, height: 1, x: places, y: places) }
        #expect(throws: ImageError.self) { try PlaceMap(width: 0, height: 1, .identity) }
    }

    @Test("turns by quarters agree with the exact ones, and others keep the middle", arguments: [90.0, 180, 270, 360])
    func quarters(degrees: Double) throws {
        let image = try TestPictures.gradient(width: 21, height: 12)
        let turned = try image.rotated(degrees: degrees).image
        let exact = image.turned(
            by: [90: Orientation.clockwise, 180: .half, 270: .counterClockwise][degrees] ?? .up)
        #expect(turned.width == exact.width && turned.height == exact.height)
        #expect(TestPictures.psnr(turned, exact) > 50)
        let tilted = try image.rotated(degrees: degrees + 7)
        #expect(tilted.image.width > exact.width && tilted.mask.bytes.contains(0))
        #expect(throws: ImageError.self) { try image.rotated(degrees: .nan) }
    }
}

@Suite("Padding, tensors and measures")
struct PadTests {
    @Test("padding follows its border")
    func pad() throws {
        let row = try Image(width: 3, height: 1, format: .gray8, bytes: [1, 2, 3])
        #expect(try row.padded(left: 2, right: 2, border: .replicate).bytes == [1, 1, 1, 2, 3, 3, 3])
        #expect(try row.padded(left: 2, right: 2, border: .reflect).bytes == [3, 2, 1, 2, 3, 2, 1])
        #expect(try row.padded(left: 2, right: 2, border: .wrap).bytes == [2, 3, 1, 2, 3, 1, 2])
        #expect(try row.padded(left: 1, top: 1, border: .constant(.white)).bytes == [255, 255, 255, 255, 255, 1, 2, 3])
        #expect(throws: ImageError.self) { try row.padded(left: -1, border: .wrap) }
        #expect(throws: ImageError.self) { try row.padded(left: .max, border: .wrap) }
        #expect(row.mirrored().bytes == [3, 2, 1] && row.flipped() == row)
    }

    @Test("a tensor has the layout that the model was trained with")
    func tensors() throws {
        let image = try TestPictures.plain(width: 8, height: 4, Pixel(red: 255, green: 0, blue: 51))
        let stretched = try image.tensor(
            TensorLayout(width: 2, height: 2, fit: .stretch, mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.25, 1]))
        let wanted: [Float] = [1, 1, 1, 1, -2, -2, -2, -2, -0.3, -0.3, -0.3, -0.3]
        #expect(zip(stretched, wanted).allSatisfy { abs($0 - $1) < 1e-6 })
        let padded = try image.tensor(TensorLayout(width: 4, height: 4, fit: .squarePad))
        // A row of white above and below the picture.
        #expect(padded[16] == 1 && padded[16 + 4] == 0 && padded[16 + 11] == 0 && padded[16 + 12] == 1)
        let cropped = try TestPictures.gradient(width: 9, height: 3).tensor(
            TensorLayout(width: 3, height: 3, fit: .centreCrop))
        #expect(abs(cropped[1] - 0.5) < 0.01)
        #expect(throws: ImageError.self) { try TensorLayout(width: 0, height: 2, fit: .stretch) }
        #expect(throws: ImageError.self) { try TensorLayout(width: 2, height: 2, fit: .stretch, deviation: [1, 0, 1]) }
    }

    @Test("histogram and sums of areas count greys")
    func measures() throws {
        let image = try TestPictures.noise(width: 31, height: 17, format: .gray8, seed: 9)
        let bins = image.histogram()
        #expect(bins.count == 256 && bins.reduce(0, +) == 31 * 17)
        let sums = image.summedAreas()
        let part = try image.cropped(to: PixelBox(x: 3, y: 4, width: 11, height: 6)).bytes.map { Double($0) }
        let mean = part.reduce(0, +) / 66
        let found = try #require(sums.statistics(in: PixelBox(x: 3, y: 4, width: 11, height: 6)))
        #expect(abs(found.mean - mean) < 1e-9)
        #expect(abs(found.variance - part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 66) < 1e-6)
        #expect(sums.statistics(in: PixelBox(x: 30, y: 0, width: 2, height: 1)) == nil)
        #expect(sums.statistics(in: PixelBox(x: .max, y: 0, width: 1, height: .max)) == nil)
    }

    @Test("a blurred picture is less sharp; one colour is not sharp at all")
    func sharpness() throws {
        let image = try TestPictures.noise(width: 60, height: 60, seed: 4)
        let sharp = try image.sharpness()
        #expect(try image.gaussianBlurred(sigma: 2).sharpness() < sharp / 20)
        #expect(try TestPictures.plain(width: 60, height: 60, .white).sharpness() == 0)
        #expect(try TestPictures.plain(width: 2, height: 1, .white).sharpness() == 0)
    }

    @Test("colours go to other spaces and back")
    func colours() throws {
        let image = try TestPictures.noise(width: 16, height: 8, seed: 10)
        #expect(Image(image.floats()) == image && Image(image.floats(in: .linear), in: .linear) == image)
        #expect(Image(image.floats().hsvFromRGB().rgbFromHSV()) == image)
        #expect(Image(image.floats(in: .linear).labFromLight().lightFromLab(), in: .linear) == image)
        #expect(TestPictures.psnr(image.yCbCr().rgbFromYCbCr(), image) > 45)
        #expect(image.swappingRedAndBlue().swappingRedAndBlue() == image && image.swappingRedAndBlue() != image)
    }

    @Test("every filter brings a picture to a larger and a smaller size", arguments: ResizeFilter.allCases)
    func filters(filter: ResizeFilter) throws {
        for format in PixelFormat.allCases {
            let image = try TestPictures.gradient(width: 40, height: 30, format: format)
            let again = try image.resized(width: 80, height: 60, by: filter).resized(width: 40, height: 30, by: filter)
            #expect(TestPictures.psnr(image.flattened(), again.flattened()) > 33)
            #expect(try image.resized(width: 10, height: 50, by: filter).height == 50)
        }
        let floats = try TestPictures.gradient(width: 12, height: 9).floats()
        #expect(try floats.resized(width: 24, height: 3, by: filter).values.count == 24 * 3 * 3)
        #expect(throws: ImageError.self) { try floats.resized(width: 0, height: 3, by: filter) }
        let image = try TestPictures.gradient(width: 4, height: 4)
        #expect(throws: ImageError.self) { try image.resized(width: .max, height: .max, by: filter) }
    }
}
