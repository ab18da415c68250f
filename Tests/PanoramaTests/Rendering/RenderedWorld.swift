import Basics
import Foundation
import Imaging
import Panorama

/// A world of coloured boxes and spots around a point, of which any view can be rendered.
struct RenderedWorld {
    /// Equirectangular: all directions.
    let sphere: Image

    /// The world of a picture of all directions.
    init(sphere: Image) { self.sphere = sphere }

    /// The world of a seed.
    init(seed: UInt64, width: Int = 1024) throws {
        var random = SeededRandom(seed: seed)
        let height = width / 2
        var rgb = [UInt8](repeating: 0, count: width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let at = (y * width + x) * 3
                rgb[at] = UInt8(90 + 60 * y / height)
                rgb[at + 1] = UInt8(110 + 40 * y / height)
                rgb[at + 2] = UInt8(170 - 60 * y / height)
            }
        }
        for _ in 0..<2600 {
            let (cx, cy) = (Int(random.next() % UInt64(width)), Int(random.next() % UInt64(height)))
            let (w, h) = (3 + Int(random.next() % 18), 3 + Int(random.next() % 14))
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

    /// A view: world to camera, focal length in pixels, a factor on its light.
    func view(_ rotation: Matrix3, focal: Double, width: Int, height: Int, gain: Double = 1, lens: Double = 0) throws
        -> Image
    {
        let camera = Camera(rotation: rotation, focal: focal, lens: lens)
        let half = (Double(width * width + height * height)).squareRoot() / 2
        var (x, y) = ([Float](repeating: 0, count: width * height), [Float](repeating: 0, count: width * height))
        for row in 0..<height {
            for column in 0..<width {
                let ray = camera.ray(
                    x: Double(column) - Double(width - 1) / 2, y: Double(row) - Double(height - 1) / 2,
                    halfDiagonal: half)
                let yaw = atan2(ray.x, ray.z)
                let pitch = asin(min(1, max(-1, ray.y)))
                x[row * width + column] = Float((yaw / (2 * .pi) + 0.5) * Double(sphere.width) - 0.5)
                y[row * width + column] = Float((pitch / .pi + 0.5) * Double(sphere.height) - 0.5)
            }
        }
        let map = try PlaceMap(width: width, height: height, x: x, y: y)
        var image = sphere.warped(by: map, sampling: .bicubic, border: .wrap).image
        guard gain != 1 else { return image }
        image.withMutablePixels { pixels in
            for at in 0..<pixels.count { pixels[at] = UInt8(min(255, Double(pixels[at]) * gain)) }
        }
        return image
    }
}

/// Views once round with known cameras.
struct RenderedRing {
    let rotations: [Matrix3]
    let focal: Double
    let width: Int
    let height: Int
    let images: [Image]

    /// A ring of `count` views, `span` degrees in all, with jitter, in the order of yaw.
    init(
        _ world: RenderedWorld, count: Int, span: Double = 360, seed: UInt64, width: Int = 360, height: Int = 270,
        fieldOfView: Double = 60, lens: Double = 0, gains: ClosedRange<Double> = 1...1
    ) throws {
        var random = SeededRandom(seed: seed)
        func jitter(_ spread: Double) -> Double { (Double(random.next() % 2001) / 1000 - 1) * spread * .pi / 180 }
        focal = Double(width) / 2 / tan(fieldOfView * .pi / 360)
        self.width = width
        self.height = height
        var turns: [Matrix3] = []
        var images: [Image] = []
        for index in 0..<count {
            let yaw = span * .pi / 180 * Double(index) / Double(count) + jitter(1.5)
            let turn =
                Matrix3.rotation(Vector3(0, 0, jitter(2))) * .rotation(Vector3(jitter(3), 0, 0))
                * .rotation(Vector3(0, -yaw, 0))
            turns.append(turn)
            let gain = gains.lowerBound + (gains.upperBound - gains.lowerBound) * Double(random.next() % 1001) / 1000
            images.append(try world.view(turn, focal: focal, width: width, height: height, gain: gain, lens: lens))
        }
        rotations = turns
        self.images = images
    }

    /// The views as files.
    func photos(_ name: String = "v") throws -> [StitchPhoto] {
        try images.enumerated().map { index, image in
            StitchPhoto(name: "\(name)\(index).jpg", bytes: try image.encoded(as: .jpeg(quality: 94)))
        }
    }

    /// Distances between true and estimated places over a grid of each view in each overlapping view, ascending.
    func errors(_ cameras: [Int: Camera]) -> [Double] {
        let half = (Double(width * width + height * height)).squareRoot() / 2
        var all: [Double] = []
        for (a, cameraA) in cameras {
            for (b, cameraB) in cameras where a != b {
                let trueA = Camera(rotation: rotations[a], focal: focal)
                let trueB = Camera(rotation: rotations[b], focal: focal)
                for row in 0..<5 {
                    for column in 0..<7 {
                        let x = Double(width) * (Double(column) / 7 - 3.0 / 7)
                        let y = Double(height) * (Double(row) / 5 - 0.4)
                        guard
                            let there = trueB.pixel(of: trueA.ray(x: x, y: y, halfDiagonal: half), halfDiagonal: half),
                            abs(there.x) < Double(width) / 2, abs(there.y) < Double(height) / 2,
                            let guess = cameraB.pixel(
                                of: cameraA.ray(x: x, y: y, halfDiagonal: half), halfDiagonal: half)
                        else { continue }
                        all.append(
                            ((there.x - guess.x) * (there.x - guess.x) + (there.y - guess.y) * (there.y - guess.y))
                                .squareRoot())
                    }
                }
            }
        }
        return all.sorted()
    }
}
