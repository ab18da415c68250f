import Basics
import Foundation
import Imaging
import Panorama

extension RenderedWorld {
    /// A view: world to camera, focal length in pixels, a factor on its light.
    func view(_ rotation: Matrix3, focal: Double, width: Int, height: Int, gain: Double = 1, lens: Double = 0) throws
        -> Image
    {
        let camera = Camera(rotation: rotation, focal: focal, lens: lens)
        var image = try view(camera, width: width, height: height)
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
