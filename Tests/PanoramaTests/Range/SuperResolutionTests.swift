import Foundation
import Imaging
import Panorama
import Testing

@Suite("Larger pictures from shifted shots")
struct SuperResolutionTests {
    @Test("PANO-262 eight shots displaced by half pixels win at least a decibel over one that is enlarged")
    func winsDecibels() throws {
        let (width, height) = (96, 72)
        // The scene, four times as fine as the shots: shifts of half a pixel are whole steps in it.
        func scene(_ x: Int, _ y: Int) -> Double {
            let (u, v) = (Double(x) / 4, Double(y) / 4)
            return 128 + 60 * sin(u * u / 60) * cos(v * 1.1) + 40 * sin((u + 2 * v) * 0.9)
        }
        func mean(_ x: Int, _ y: Int, _ side: Int) -> UInt8 {
            var sum = 0.0
            for dy in 0..<side { for dx in 0..<side { sum += scene(x + dx, y + dy) } }
            return UInt8(min(max(sum / Double(side * side), 0), 255).rounded())
        }
        let steps = [(0, 0), (2, 0), (0, 2), (2, 2), (1, 1), (3, 1), (1, 3), (3, 3)]
        let frames = try steps.map { dx, dy in
            let bytes = (0..<(width * height)).flatMap { at in
                [UInt8](repeating: mean(at % width * 4 + dx, at / width * 4 + dy, 4), count: 3)
            }
            return try Image(width: width, height: height, format: .rgb8, bytes: bytes)
        }
        let shifts = steps.map { SIMD2(-Float($0.0) / 4, -Float($0.1) / 4) }
        let truth = (0..<(4 * width * height)).map { mean($0 % (2 * width) * 2, $0 / (2 * width) * 2, 2) }
        func psnr(_ image: Image) -> Double {
            var (squares, count) = (0.0, 0.0)
            for y in 12..<(2 * height - 12) {
                for x in 12..<(2 * width - 12) {
                    let off = Double(image.bytes[(y * 2 * width + x) * 3]) - Double(truth[y * 2 * width + x])
                    squares += off * off
                    count += 1
                }
            }
            return 10 * log10(255 * 255 * count / squares)
        }
        let made = try #require(SuperResolution.doubled(frames, shifts: shifts))
        let enlarged = try frames[0].resized(width: 2 * width, height: 2 * height, by: .bicubic)
        #expect(psnr(made) > psnr(enlarged) + 1, "\(psnr(made)) dB against \(psnr(enlarged)) dB")
        #expect(SuperResolution.doubled([frames[0]], shifts: [.zero]) == nil)
    }
}
