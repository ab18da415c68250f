import Foundation
import Imaging
import Panorama
import Testing

@Suite("Views joined by shifts on a cylinder or sphere")
struct SurfaceShiftTests {
    private static let focal = 180.0

    private static func view(_ world: RenderedWorld, yaw: Double, tilt: Double) throws -> FloatImage {
        // The camera looks down by the tilt wherever it turns.
        let turn = Matrix3.rotation(Vector3(tilt, 0, 0)) * .rotation(Vector3(0, -yaw, 0))
        let image = try world.view(turn, focal: focal, width: 200, height: 150)
        return try image.converted(to: .gray8).gaussianBlurred(sigma: 0.7).floats()
    }

    @Test(
        "PANO-111, PANO-112 a level ring, or one of known tilt, is joined by shifts alone to 0.3 px",
        arguments: [false, true], [0.0, 0.15])
    func shifts(isSphere: Bool, tilt: Double) throws {
        let world = try RenderedWorld(seed: 5)
        var surface = SurfaceShift(isSphere: isSphere, focal: Self.focal)
        surface.tilt = tilt
        for index in 0..<2 {
            let (from, to) = (Double(index) * 0.5, Double(index) * 0.5 + 0.42)
            let found = try surface.align(
                Self.view(world, yaw: from, tilt: tilt), Self.view(world, yaw: to, tilt: tilt))
            #expect(abs(found.yaw - 0.42) * Self.focal < 0.3, "\(found)")
            #expect(abs(found.rise) < 0.3 && found.tiltDegrees < 3, "\(found)")
        }
    }

    @Test("PANO-111 a tilt of over 3 degrees that nobody told is refused")
    func tilted() throws {
        let world = try RenderedWorld(seed: 5)
        let surface = SurfaceShift(isSphere: false, focal: Self.focal)
        #expect(throws: SurfaceShiftError.self) {
            try surface.align(Self.view(world, yaw: 0, tilt: 0.16), Self.view(world, yaw: 0.42, tilt: 0.16))
        }
    }

    @Test("PANO-111, PANO-112 pixels go to the surface and back, as the closed forms say", arguments: [false, true])
    func roundTrip(isSphere: Bool) throws {
        var surface = SurfaceShift(isSphere: isSphere, focal: 300)
        for tilt in [0.0, 0.2] {
            surface.tilt = tilt
            for x in stride(from: -200.0, through: 200, by: 80) {
                let point = surface.point(x: x, y: 0.4 * x - 30)
                let back = try #require(surface.pixel(x: point.x, y: point.y))
                #expect(abs(back.x - x) < 1e-9 && abs(back.y - 0.4 * x + 30) < 1e-9)
            }
        }
        surface.tilt = 0
        let point = surface.point(x: 120, y: 50)
        let rise = 50 / (120.0 * 120 + 300 * 300).squareRoot()
        #expect(abs(point.x - 300 * atan(0.4)) < 1e-9)
        #expect(abs(point.y - 300 * (isSphere ? atan(rise) : rise)) < 1e-9)
        #expect(surface.pixel(x: 300 * 2.0, y: 0) == nil)
    }
}
