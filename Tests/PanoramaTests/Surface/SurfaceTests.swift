import Foundation
import Panorama
import Testing

@Suite("Surfaces")
struct SurfaceTests {
    @Test(
        "PANO-111, PANO-112, PANO-201, PANO-207, PANO-309 directions go to a surface and come back",
        arguments: [
            Surface.plane, .cylinder, .sphere, .mercator, .panini(0), .panini(0.5), .panini(1), .stereographic,
            .fisheye,
            .planet,
        ])
    func roundTrip(surface: Surface) throws {
        for yaw in stride(from: -1.2, through: 1.2, by: 0.3) {
            for pitch in stride(from: -0.9, through: 0.9, by: 0.3) {
                let ray = Vector3(sin(yaw) * cos(pitch), sin(pitch), cos(yaw) * cos(pitch))
                let point = try #require(surface.point(of: ray))
                let back = surface.ray(u: point.u, v: point.v).normalized
                #expect((back - ray).length < 1e-9, "\(surface) \(yaw) \(pitch)")
            }
        }
    }

    @Test("PANO-207 Panini without bend is the plane")
    func paniniIsPlane() throws {
        let ray = Vector3(0.4, -0.3, 0.9)
        let (a, b) = (try #require(Surface.panini(0).point(of: ray)), try #require(Surface.plane.point(of: ray)))
        #expect(abs(a.u - b.u) < 1e-12 && abs(a.v - b.v) < 1e-12)
    }

    @Test("a camera's ray and pixel are inverse, also through a lens", arguments: [-0.08, 0, 0.08])
    func cameraRoundTrip(lens: Double) throws {
        let camera = Camera(rotation: .rotation(Vector3(0.3, -0.8, 0.1)), focal: 620, lens: lens)
        for x in stride(from: -400.0, through: 400, by: 100) {
            let back = try #require(
                camera.pixel(of: camera.ray(x: x, y: 0.6 * x - 20, halfDiagonal: 500), halfDiagonal: 500))
            #expect(abs(back.x - x) < 1e-9 && abs(back.y - 0.6 * x + 20) < 1e-9)
        }
    }

    @Test("PANO-206 cameras on a tilted ring are turned upright")
    func upright() {
        let tilt = Matrix3.rotation(Vector3(0.3, 0.1, 0.2))
        let cameras = (0..<8).map { index in
            Camera(rotation: .rotation(Vector3(0, -Double(index) * .pi / 4, 0)) * tilt, focal: 500)
        }
        let turn = Straightening.upright(cameras)
        for camera in cameras {
            // The camera's own down is the world's down again.
            let down = camera.rotation * turn.transposed * Vector3(0, 1, 0)
            #expect((down - Vector3(0, 1, 0)).length < 1e-6)
        }
    }

    @Test("canvases beyond limits are made smaller or refused, never allocated")
    func limits() {
        let limits = CanvasLimits(pixels: 1e6)
        #expect(limits.factor(width: 500, height: 500) == 1)
        #expect(abs((limits.factor(width: 2000, height: 2000) ?? 0) - 0.5) < 1e-12)
        #expect(limits.factor(width: .infinity, height: 10) == nil)
        #expect(limits.factor(width: 0.2, height: 10) == nil)
        #expect(limits.factor(width: .nan, height: 10) == nil)
    }
}
