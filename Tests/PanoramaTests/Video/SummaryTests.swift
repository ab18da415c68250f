import Foundation
import Imaging
import Panorama
import Testing

@Suite("Summaries of clips")
struct SummaryTests {
    private static let paint = Pixel(red: 255, green: 0, blue: 255)

    /// A slow move along a flat scene in which a painted thing of 24 x 40 pixels moves on by 58 pixels a frame.
    private static func photos() throws -> [StitchPhoto] {
        let scene = try RenderedClip.scene(seed: 31)
        return try (0..<6).map { index in
            var here = scene
            here.withMutablePixels { pixels in
                for y in 240..<280 {
                    for x in (160 + 58 * index)..<(184 + 58 * index) {
                        for (channel, sample) in [paint.red, paint.green, paint.blue].enumerated() {
                            pixels[(y * scene.width + x) * 3 + channel] = sample
                        }
                    }
                }
            }
            let pose = RenderedClip.pose(x: 200.0 + 48 * Double(index) - 511.5, y: 0)
            let view = try RenderedClip.views(of: here, [pose], width: 288, height: 180)[0]
            return StitchPhoto(name: "frame-00000\(index)", bytes: try view.encoded(as: .png))
        }
    }

    /// Pixels that have the thing's colour, which nothing in the scene has: its samples are 20...234.
    private static func painted(_ image: Image) -> Int {
        var count = 0
        let rgb = image.converted(to: .rgb8)
        for y in 0..<rgb.height {
            for x in 0..<rgb.width {
                guard let pixel = rgb.pixel(x: x, y: y) else { continue }
                if pixel.red > 240, pixel.green < 15, pixel.blue > 240 { count += 1 }
            }
        }
        return count
    }

    @Test("PANO-261 a summary shows what moves at each place where it was, and the cleared picture shows none of it")
    func summary() throws {
        var options = StitchOptions()
        options.isOrdered = true
        options.fusesBrackets = false
        options.crops = false
        var found: [(all: Int, none: Int, movements: Int)] = []
        let photos = try Self.photos()
        let single = try Self.painted(Image.decode(photos[2].load()).image)
        _ = try Stitcher(options: options).stitch(photos) { panorama in
            var editor = panorama.editor
            let all = try #require(try editor.picture(showing: .all))
            let none = try #require(try editor.picture(showing: .none))
            found.append((Self.painted(all), Self.painted(none), editor.movements))
            return nil
        }
        #expect(found.count == 1)
        let result = try #require(found.first)
        #expect(result.movements == 6)
        #expect(abs(Double(result.all) / Double(single) - 6) < 0.6, "\(result) \(single)")
        #expect(Double(result.none) < 0.02 * Double(single), "\(result) \(single)")
    }
}
