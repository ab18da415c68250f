import Foundation
import Imaging
import Panorama
import Testing

@Suite("Brackets in a heap")
struct BracketTests {
    /// A JPEG with camera, time of day and exposure time.
    private static func tagged(_ jpeg: [UInt8], second: Int, exposure: (UInt32, UInt32)) -> [UInt8] {
        PhotoTags(
            time: String(format: "2026:05:01 10:%02d:%02d", second / 60, second % 60), exposure: exposure
        ).added(to: jpeg)
    }

    @Test("PANO-313 a camera that turns and sets its exposure anew takes no brackets")
    func turning() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 83), count: 3, span: 66, seed: 6, width: 300, height: 225)
        let photos = try ring.images.enumerated().map { index, image in
            let bytes = try image.encoded(as: .jpeg(quality: 92))
            return StitchPhoto(
                name: "t\(index).jpg",
                bytes: Self.tagged(bytes, second: index, exposure: (1, [60, 120, 240][index])))
        }
        let verdict = try Stitcher().stitch(photos) { _ in nil }
        #expect(verdict.groups.map(\.used) == [3])
    }

    @Test("PANO-313 three exposures in each of six directions become six photos and one ring")
    func sixStacks() throws {
        let ring = try RenderedRing(
            RenderedWorld(seed: 81), count: 6, seed: 5, width: 300, height: 225, fieldOfView: 92)
        var photos: [StitchPhoto] = []
        for (index, image) in ring.images.enumerated() {
            for (part, exposure) in [(UInt32(1), UInt32(60)), (1, 240), (1, 15)].enumerated() {
                var picture = image
                let gain = [1, 0.45, 2.1][part]
                picture.withMutablePixels { pixels in
                    for at in 0..<pixels.count { pixels[at] = UInt8(min(255, Double(pixels[at]) * gain)) }
                }
                let bytes = Self.tagged(
                    try picture.encoded(as: .jpeg(quality: 92)), second: index * 6 + part, exposure: exposure)
                photos.append(StitchPhoto(name: "b\(index)-\(part).jpg", bytes: bytes))
            }
        }
        let verdict = try Stitcher().stitch(photos) { _ in nil }
        #expect(verdict.groups.map(\.used) == [6] && verdict.groups.first?.closed == true)
        #expect(verdict.photos.map(\.name) == photos.map(\.name))
        #expect(verdict.photos.allSatisfy { $0.verdict == .used && $0.group == 1 })
    }
}
