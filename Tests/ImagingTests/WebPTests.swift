import Imaging
import Testing

@Suite("WebP containers")
struct WebPTests {
    @Test("the first frame of an animation is taken", arguments: [true, false])
    func animation(lossless: Bool) throws {
        let first = try TestPictures.gradient(width: 40, height: 30, format: .rgba8)
        let second = try TestPictures.plain(width: 40, height: 30, .white)
        let file = try WebPBuilder.animation(of: [first, second], width: 40, height: 30, lossless: lossless)
        let decoded = try Image.decode(file)
        #expect(decoded.probe.isAnimated && decoded.image.width == 40 && decoded.image.height == 30)
        #expect(decoded.image.format == .rgba8)
        #expect(TestPictures.psnr(decoded.image.flattened(), first.flattened()) > 28)
    }

    @Test("a frame smaller than the canvas stands at its place, and the rest is clear")
    func placed() throws {
        let frame = try TestPictures.plain(width: 10, height: 8, Pixel(red: 200, green: 0, blue: 0))
        let file = try WebPBuilder.animation(of: [frame], left: 4, top: 6, width: 30, height: 20, lossless: true)
        let image = try Image.decode(file).image
        #expect(image.width == 30 && image.height == 20)
        #expect(image.pixel(x: 3, y: 6)?.alpha == 0)
        #expect(image.pixel(x: 4, y: 6) == Pixel(red: 200, green: 0, blue: 0))
        #expect(image.pixel(x: 13, y: 13) == Pixel(red: 200, green: 0, blue: 0))
        #expect(image.pixel(x: 14, y: 13)?.alpha == 0)
    }

    @Test("the EXIF chunk turns the picture")
    func orientation() throws {
        let still = try TestPictures.gradient(width: 12, height: 6)
        let file = WebPBuilder.withOrientation(8, try still.encoded(as: .webPLossless), width: 12, height: 6)
        let decoded = try Image.decode(file)
        #expect(decoded.probe.orientation == .counterClockwise)
        #expect(decoded.image == still.turned(by: .counterClockwise))
    }
}
