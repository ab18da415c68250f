import Basics
import Foundation
import Imaging
import Testing

@Suite("Colours of video frames")
struct VideoColourTests {
    /// R'G'B' of one place by the formulas of BT.601 and BT.709, unclamped.
    private func rgb(_ y: Double, _ cb: Double, _ cr: Double, _ colour: VideoColour, full: Bool) -> [Double] {
        let (kr, kb) = colour == .bt601 ? (0.299, 0.114) : (0.2126, 0.0722)
        let light = full ? y / 255 : (y - 16) / 219
        let (u, v) = ((cb - 128) / (full ? 255 : 224), (cr - 128) / (full ? 255 : 224))
        let (r, b) = (light + 2 * (1 - kr) * v, light + 2 * (1 - kb) * u)
        return [r, (light - kr * r - kb * b) / (1 - kr - kb), b].map { $0 * 255 }
    }

    @Test(
        "PANO-261 samples become colours by the closed form, to a level", arguments: VideoColour.allCases,
        [true, false])
    func closedForm(_ colour: VideoColour, _ isFull: Bool) throws {
        let format = try VideoFormat(width: 32, height: 24, sampling: .full, isFullRange: isFull)
        var random = SeededRandom(seed: 3)
        let bytes = (0..<format.frameBytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let image = try VideoFrame(format: format, bytes: bytes).image(colour: colour)
        var worst = 0.0
        for at in 0..<(32 * 24) {
            let wanted = rgb(
                Double(bytes[at]), Double(bytes[768 + at]), Double(bytes[2 * 768 + at]), colour, full: isFull)
            for channel in 0..<3 {
                let clamped = min(255, max(0, wanted[channel]))
                worst = max(worst, abs(clamped - Double(image.bytes[at * 3 + channel])))
            }
        }
        #expect(worst < 0.75, "the worst is off by \(worst)")
        // Black and white are where the standard has them.
        let white = try VideoFrame(
            Image(width: 32, height: 24, format: .rgb8, filledWith: .white), format: format, colour: colour)
        #expect(white.bytes[0] == (isFull ? 255 : 235) && white.bytes[768] == 128 && white.bytes[1536] == 128)
        #expect(white.luma.pixel(x: 3, y: 3) == .white && white.image(colour: colour).pixel(x: 3, y: 3) == .white)
    }

    @Test(
        "PANO-261 a picture goes into frames and back, and slopes of colour stay where they were",
        arguments: VideoSampling.allCases)
    func slopes(_ sampling: VideoSampling) throws {
        // Colours that change evenly: bilinear chroma gives them back exactly, if it lies where it should.
        let (width, height) = (40, 30)
        let rows = (0..<(width * height)).flatMap { at -> [UInt8] in
            let (x, y) = (at % width, at / width)
            return [UInt8(60 + 3 * x), UInt8(100 + 2 * y), UInt8(200 - 2 * x - 2 * y)]
        }
        let image = try Image(width: width, height: height, format: .rgb8, bytes: rows)
        let format = try VideoFormat(width: width, height: height, sampling: sampling)
        let back = try VideoFrame(image, format: format).image()
        guard sampling != .grey else {
            #expect(back.format == .gray8)
            return
        }
        var worst = 0
        for y in 3..<(height - 3) {
            for x in 3..<(width - 3) {
                for channel in 0..<3 {
                    let at = (y * width + x) * 3 + channel
                    worst = max(worst, abs(Int(back.bytes[at]) - Int(rows[at])))
                }
            }
        }
        // A level of chroma is up to two of blue; a shift of half a pixel would be three.
        #expect(worst <= 2, "\(sampling): \(worst)")
    }

    @Test("PANO-261 a shifted frame has colours where its light is", arguments: VideoSampling.allCases)
    func warped(_ sampling: VideoSampling) throws {
        let size = 48
        let rows = (0..<(size * size)).flatMap { at -> [UInt8] in
            [UInt8(40 + 4 * (at % size)), 120, UInt8(220 - 4 * (at / size))]
        }
        let image = try Image(width: size, height: size, format: .rgb8, bytes: rows)
        let format = try VideoFormat(width: size, height: size, sampling: sampling)
        let frame = try VideoFrame(image, format: format)
        let smaller = try format.resized(width: 32, height: 32)
        let moved = try frame.warped(by: .translation(x: 5.5, y: 3), to: smaller)
        #expect(moved.format.width == 32)
        guard sampling != .grey else { return }
        let seen = try #require(moved.image().pixel(x: 12, y: 14))
        #expect(abs(Int(seen.red) - (40 + 4 * 17 + 2)) <= 2 && abs(Int(seen.blue) - (220 - 4 * 17)) <= 3)
        // Where nothing moves, nothing changes.
        #expect(try frame.warped(by: .identity, to: format) == frame)
        #expect(
            try frame.warped(by: .translation(x: 8, y: 8), to: smaller).image().pixel(x: 9, y: 9)
                == frame.image().pixel(x: 17, y: 17))
    }
}
