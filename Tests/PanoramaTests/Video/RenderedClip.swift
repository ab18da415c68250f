import Basics
import Foundation
import Imaging
import Panorama

/// Clips whose motion is known.
enum RenderedClip {
    /// Frames as a clip in memory.
    static func clip(_ images: [Image], sampling: VideoSampling = .half) throws -> Y4MReader {
        let first = images[0]
        let format = try VideoFormat(width: first.width, height: first.height, sampling: sampling)
        var bytes: [UInt8] = []
        var writer = try Y4MWriter(format: format) { bytes += $0 }
        for image in images { try writer.append(VideoFrame(image, format: format)) }
        return try Y4MReader(bytes: bytes)
    }

    /// Views of a flat scene. Each map leads from a frame's pixels to the scene's, both from their middles.
    static func views(of scene: Image, _ maps: [Matrix3], width: Int, height: Int) throws -> [Image] {
        try maps.map { map in
            let plane = PlaneMap.translation(x: -Double(width - 1) / 2, y: -Double(height - 1) / 2)
                .then(PlaneMap(map.values) ?? .identity)
                .then(.translation(x: Double(scene.width - 1) / 2, y: Double(scene.height - 1) / 2))
            return scene.warped(by: try PlaceMap(width: width, height: height, plane), sampling: .bicubic).image
        }
    }

    /// A flat scene with a lot to see.
    static func scene(seed: UInt64) throws -> Image { try RenderedWorld(seed: seed).sphere.converted(to: .rgb8) }

    /// A similarity about the middle.
    static func pose(x: Double, y: Double, degrees: Double = 0, scale: Double = 1) -> Matrix3 {
        let angle = degrees * .pi / 180
        let (a, b) = (scale * cos(angle), scale * sin(angle))
        return Matrix3(rows: Vector3(a, -b, x), Vector3(b, a, y), Vector3(0, 0, 1))
    }

    /// Numbers of a normal distribution.
    struct Normal {
        private var random: SeededRandom

        init(seed: UInt64) { random = SeededRandom(seed: seed) }

        mutating func next(_ deviation: Double) -> Double {
            let u = Double(random.next() >> 11 | 1) / Double(1 << 53)
            let v = Double(random.next() >> 11) / Double(1 << 53)
            return deviation * (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
        }
    }
}
