import Foundation
import Imaging
import Kernels
import Panorama
import Testing

/// A room with doors, windows and shelves: their upright edges are vertical in the world, whatever the camera does.
private enum Room {
    /// Made once: millions of pixels in a debug build.
    static let world = try? sphere()

    private static func sphere(width: Int = 2048) throws -> RenderedWorld {
        let height = width / 2
        var rgb = [UInt8](repeating: 0, count: width * height * 3)
        for at in rgb.indices { rgb[at] = UInt8(150 + (at / 3 * 31 + at / 3 / width * 17) % 9) }
        var state: UInt64 = 9
        func next(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        for _ in 0..<150 {
            let (left, top) = (next(width), height / 4 + next(height / 2))
            let (across, down) = (12 + next(70), 60 + next(150))
            let colour = (0..<3).map { _ in UInt8(20 + next(220)) }
            for y in top..<min(height * 4 / 5, top + down) {
                for x in left..<(left + across) {
                    let at = (y * width + x % width) * 3
                    for channel in 0..<3 { rgb[at + channel] = colour[channel] }
                }
            }
        }
        return RenderedWorld(
            sphere: try Image(width: width, height: height, format: .rgb8, bytes: rgb).gaussianBlurred(sigma: 0.8))
    }
}

@Suite("Levelling by vertical lines")
struct UprightTests {
    private static let degree = Double.pi / 180

    @Test(
        "PANO-307 the vertical lines of a room tell down within 0.2 degrees, however the camera was held",
        arguments: 0..<3)
    func down(place: Int) throws {
        let world = try #require(Room.world)
        let (pitch, roll) = [(12.0, 5.0), (-15, -8), (4, 10)][place]
        let camera = Camera(
            rotation: Matrix3.rotation(Vector3(0, 0, roll * Self.degree))
                * .rotation(Vector3(pitch * Self.degree, 0, 0))
                * .rotation(Vector3(0, Double(place), 0)), focal: 420)
        let plane = try world.view(camera, width: 480, height: 360).converted(to: .gray8).floats()
        let light = WeightedPlane(width: 480, height: 360, values: plane.values)
        // The camera is all that is known: as if the world were turned as it is.
        let unknown = Camera(rotation: .identity, focal: 420)
        let lines = UprightLine.of(light, camera: unknown, halfDiagonal: 300)
        let down = try #require(UprightLine.down(lines, near: Vector3(0, 1, 0)))
        let truth = camera.rotation * Vector3(0, 1, 0)
        #expect(acos(min(1, down.dot(truth))) < 0.2 * Self.degree, "\(down) \(truth)")
    }

    @Test("PANO-307 three photos that were all held askew come out with their vertical lines upright")
    func levelled() throws {
        let world = try #require(Room.world)
        let rotations = [-24.0, 0, 24].map { yaw in
            Matrix3.rotation(Vector3(0, 0, 6 * Self.degree)) * .rotation(Vector3(10 * Self.degree, 0, 0))
                * .rotation(Vector3(0, -yaw * Self.degree, 0))
        }
        let (width, height, focal) = (360, 270, 330.0)
        let photos = try rotations.enumerated().map { index, rotation in
            let view = try world.view(rotation, focal: focal, width: width, height: height)
            return StitchPhoto(name: "r\(index).jpg", bytes: try view.encoded(as: .jpeg(quality: 94)))
        }
        var options = StitchOptions.small
        options.surface = .cylinder
        options.crops = false
        var leans: [Double] = []
        let verdict = try Stitcher(options: options).stitch(photos) { panorama in
            // A vertical line of the world through the middle of each photo, in the panorama.
            for (photo, rotation) in rotations.enumerated() {
                let camera = Camera(rotation: rotation, focal: focal)
                let half = hypot(Double(width), Double(height)) / 2
                let middle = camera.ray(x: 0, y: 0, halfDiagonal: half)
                let ends = [-0.2, 0.2].compactMap { rise -> (x: Double, y: Double)? in
                    let place = Vector3(middle.x, middle.y + rise, middle.z)
                    guard let pixel = camera.pixel(of: place, halfDiagonal: half) else { return nil }
                    return panorama.editor.place(
                        photo: photo, x: pixel.x / Double(width) + 0.5, y: pixel.y / Double(height) + 0.5,
                        frame: panorama.frame)
                }
                if ends.count == 2 { leans.append(atan2(ends[1].x - ends[0].x, ends[1].y - ends[0].y)) }
            }
            return nil
        }
        #expect(verdict.groups.map(\.used) == [3] && leans.count == 3)
        for lean in leans { #expect(abs(lean) < 0.5 * Self.degree, "\(lean / Self.degree)") }
    }

    @Test("PANO-307 lines without order, few of them, or seen in one direction tell nothing")
    func nothing() {
        func line(_ x: Double, _ y: Double, _ z: Double) -> UprightLine {
            UprightLine(normal: Vector3(x, y, z).normalized, length: 0.1)
        }
        let scattered = (0..<60).map { index in
            line(1, sin(Double(index) * 2.4) * 0.5, cos(Double(index) * 1.7) * 0.6)
        }
        #expect(UprightLine.down(scattered, near: Vector3(0, 1, 0)) == nil)
        let same = (0..<40).map { _ in line(1, 0, 0) }
        #expect(UprightLine.down(same, near: Vector3(0, 1, 0)) == nil)
        let few = (0..<5).map { line(1, 0, Double($0)) }
        #expect(UprightLine.down(few, near: Vector3(0, 1, 0)) == nil)
        let flat = WeightedPlane(width: 60, height: 40, values: [Float](repeating: 0.5, count: 2400))
        #expect(uprightEdges(flat).isEmpty)
        #expect(uprightEdges(WeightedPlane(width: 2, height: 2, values: [0, 1, 0, 1])).isEmpty)
    }

    @Test("PANO-307 a straight slanted edge is found with both its ends to a tenth of a pixel")
    func edge() throws {
        let values = (0..<(80 * 60)).map { at -> Float in
            let (x, y) = (Double(at % 80), Double(at / 80))
            return Float(0.2 + 0.6 / (1 + exp(-(x - 30 - 0.25 * y) / 0.7)))
        }
        let found = uprightEdges(WeightedPlane(width: 80, height: 60, values: values))
        let edge = try #require(found.first)
        #expect(found.count == 1 && edge.y0 < 3 && edge.y1 > 56)
        #expect(abs(edge.x0 - 30 - 0.25 * edge.y0) < 0.1 && abs(edge.x1 - 30 - 0.25 * edge.y1) < 0.1)
    }
}
