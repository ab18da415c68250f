import Basics
import Foundation
public import Imaging

/// A world of coloured boxes and spots around a point, of which any view can be rendered with its camera known.
///
/// Its colours are a picture of all directions, painted onto the walls of a room: from the middle of the room the walls
/// do not matter, from elsewhere near walls move before far corners as they would for a camera (parallax).
public struct RenderedWorld: Sendable {
    /// Equirectangular: all directions from the middle of the room.
    public let sphere: Image
    /// Half the room's width, height and depth; camera centres are in the same unit.
    public static let room = Vector3(1, 0.6, 1)

    /// The world of a picture of all directions, twice as wide as high.
    public init(sphere: Image) { self.sphere = sphere }

    /// The world of a seed.
    ///
    /// - Throws: `ImageError` for a width that no picture has.
    public init(seed: UInt64, width: Int = 1024) throws(ImageError) {
        var random = SeededRandom(seed: seed)
        let height = max(1, width / 2)
        let grain = max(1, width / 1024)
        var rgb = Self.dawn(width: max(1, width), height: height)
        for _ in 0..<2600 {
            let (cx, cy) = (Int(random.next() % UInt64(width)), Int(random.next() % UInt64(height)))
            let (w, h) = ((3 + Int(random.next() % 18)) * grain, (3 + Int(random.next() % 14)) * grain)
            let colour = (0..<3).map { _ in UInt8(20 + random.next() % 215) }
            let isRound = random.next() % 2 == 0
            for y in max(0, cy - h)..<min(height, cy + h) {
                for x in (cx - w)..<(cx + w) {
                    let (dx, dy) = (Double(x - cx) / Double(w), Double(y - cy) / Double(h))
                    if isRound, dx * dx + dy * dy > 1 { continue }
                    let at = (y * width + (x + width) % width) * 3
                    for channel in 0..<3 { rgb[at + channel] = colour[channel] }
                }
            }
        }
        // A little blur: edges of one pixel are not what cameras see.
        sphere = try Image(width: width, height: height, format: .rgb8, bytes: rgb).gaussianBlurred(sigma: 0.8)
    }

    private static func dawn(width: Int, height: Int) -> [UInt8] {
        var rgb = [UInt8](repeating: 0, count: width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let at = (y * width + x) * 3
                rgb[at] = UInt8(90 + 60 * y / height)
                rgb[at + 1] = UInt8(110 + 40 * y / height)
                rgb[at + 2] = UInt8(170 - 60 * y / height)
            }
        }
        return rgb
    }

    /// What a camera shows.
    ///
    /// - Parameters:
    ///   - camera: World to camera, focal length in pixels.
    ///   - centre: Where it stands, in units of ``room``; outside the room it stands in the middle.
    /// - Throws: `ImageError` for sides under 1.
    public func view(
        _ camera: Camera, width: Int, height: Int, centre: Vector3 = Vector3(0, 0, 0)
    ) throws(ImageError) -> Image {
        let half = (Double(width * width + height * height)).squareRoot() / 2
        var x = [Float](repeating: 0, count: max(0, width) * max(0, height))
        var y = x
        for row in 0..<max(0, height) {
            for column in 0..<max(0, width) {
                let ray = camera.ray(
                    x: Double(column) - Double(width - 1) / 2, y: Double(row) - Double(height - 1) / 2,
                    halfDiagonal: half)
                let seen = Self.wall(from: centre, along: ray)
                let yaw = atan2(seen.x, seen.z)
                let pitch = asin(min(1, max(-1, seen.y)))
                x[row * width + column] = Float((yaw / (2 * .pi) + 0.5) * Double(sphere.width) - 0.5)
                y[row * width + column] = Float((pitch / .pi + 0.5) * Double(sphere.height) - 0.5)
            }
        }
        let map = try PlaceMap(width: width, height: height, x: x, y: y)
        return sphere.converted(to: .rgb8).warped(by: map, sampling: .bicubic, border: .wrap).image
    }

    /// The direction, from the middle of the room, of the place on its walls that a ray meets.
    public static func wall(from centre: Vector3, along ray: Vector3) -> Vector3 {
        guard centre.x != 0 || centre.y != 0 || centre.z != 0 else { return ray }
        return place(from: centre, along: ray)?.normalized ?? ray
    }

    /// The place on the walls that a ray meets; nil from outside of the room.
    public static func place(from centre: Vector3, along ray: Vector3) -> Vector3? {
        func reach(_ at: Double, _ step: Double, _ side: Double) -> Double {
            step > 1e-12 ? (side - at) / step : step < -1e-12 ? (-side - at) / step : .infinity
        }
        let far = min(
            reach(centre.x, ray.x, room.x), reach(centre.y, ray.y, room.y), reach(centre.z, ray.z, room.z))
        return far.isFinite && far > 0 ? centre + ray * far : nil
    }
}
