import Basics
import Foundation
import Imaging
import Panorama
import Testing

@Suite("Points followed through a video")
struct TrackCheckTests {
    @Test("PANO-158 a track of the scene holds, one that slides with something in front of it is dropped")
    func tracks() throws {
        let scene = WavyScene(seed: 19, count: 40, shortest: 7)
        let front = WavyScene(seed: 55, count: 40, shortest: 7)
        // The scene moves to the left and turns a little; a thing in front covers the middle later on.
        let frames = try (0..<8).map { index -> AlignmentPicture in
            let t = Double(index)
            let map = Matrix3.rotation(Vector3(0, 0, 0.01 * t)) * shift(0.8 * t, 0.2 * t)
            var image = try scene.view(map, width: 120, height: 90)
            let cover = try front.view(shift(-3 * t, 0), width: 120, height: 90)
            image.withMutableValues { values in
                for row in 30..<60 {
                    let left = 100 - 12 * index
                    for column in max(0, left)..<min(120, max(0, left) + 30) where left < 120 {
                        values[row * 120 + column] = cover.values[row * 120 + column]
                    }
                }
            }
            return try AlignmentPicture(image)
        }
        let check = TrackCheck()
        let kept = check.follow(frames, x: 40, y: 18)
        #expect(kept.count == frames.count)
        // Where the scene's point is in the last frame: the map leads from the frame to the scene.
        let last = try #require(kept.last)
        let map = Matrix3.rotation(Vector3(0, 0, 0.07)) * shift(5.6, 1.4)
        let end = try #require(map.maps(x: last.x - 59.5, y: last.y - 44.5))
        #expect(hypot(end.x - (40 - 59.5), end.y - (18 - 44.5)) < 1)
        let covered = check.follow(frames, x: 62, y: 45)
        #expect(covered.count < frames.count)
        #expect(check.follow([], x: 0, y: 0).isEmpty)
        #expect(!check.holds(frames[0], x: 2, y: 2, frames[1], u: 2, v: 2))
    }
}
