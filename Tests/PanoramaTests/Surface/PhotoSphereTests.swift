import Foundation
import Panorama
import Testing

@Suite("What files tell viewers of spheres and rings")
struct PhotoSphereTests {
    private static func frame(
        _ surface: String, scale: Double, left: Double, top: Double, width: Int, height: Int, closed: Bool = false
    ) throws -> PanoramaFrame {
        let fields: [String: Any] = [
            "surface": surface, "hasAngles": true, "scale": scale, "left": left, "top": top, "width": width,
            "height": height, "closed": closed,
        ]
        return try JSONDecoder().decode(PanoramaFrame.self, from: JSONSerialization.data(withJSONObject: fields))
    }

    /// Numbers of the metadata by name.
    private static func fields(_ frame: PanoramaFrame) throws -> [String: Int] {
        let packet = try #require(frame.photoSphere)
        var found: [String: Int] = [:]
        for part in packet.components(separatedBy: " GPano:").dropFirst() {
            let pieces = part.split(separator: "\"")
            if pieces.count > 1, let number = Int(pieces[1]) { found[String(pieces[0].dropLast())] = number }
        }
        return found
    }

    /// The angle in radians, downwards, at which a viewer of spheres shows a row; 0.5 is the middle of the second one.
    private static func shown(_ row: Double, _ fields: [String: Int]) throws -> Double {
        let (full, top) = (try #require(fields["FullPanoHeightPixels"]), try #require(fields["CroppedAreaTopPixels"]))
        return (row + 0.5 + Double(top)) / Double(full) * .pi - .pi / 2
    }

    @Test(
        "PANO-315 viewers of spheres show each row of a sphere's part at its angle, to half a row",
        arguments: [(858.1, -0.2657, 454), (521.5, -1.2, 700), (1000.25, 0.1, 333), (640, -0.7003, 801)])
    func part(scale: Double, top: Double, height: Int) throws {
        let frame = try Self.frame("sphere", scale: scale, left: -1.3, top: top, width: 1500, height: height)
        let fields = try Self.fields(frame)
        for row in [0, height / 2, height - 1] {
            let off = try Self.shown(Double(row), fields) - (top + Double(row) / scale)
            #expect(abs(off) * scale < 0.5, "row \(row): \(off * scale)")
        }
        #expect(fields["CroppedAreaImageWidthPixels"] == 1500 && fields["CroppedAreaImageHeightPixels"] == height)
        let width = try #require(fields["FullPanoWidthPixels"])
        #expect(abs(Double(width) - 2 * .pi * scale) <= 0.5)
    }

    @Test("PANO-315 a whole sphere is twice as wide as high and nothing is cut off")
    func whole() throws {
        let scale = 2048 / (2 * Double.pi)
        let frame = try Self.frame(
            "sphere", scale: scale, left: -.pi + 0.5 / scale, top: -.pi / 2 + 0.5 / scale, width: 2048, height: 1024,
            closed: true)
        #expect(
            try Self.fields(frame) == [
                "FullPanoWidthPixels": 2048, "FullPanoHeightPixels": 1024, "CroppedAreaImageWidthPixels": 2048,
                "CroppedAreaImageHeightPixels": 1024, "CroppedAreaLeftPixels": 0, "CroppedAreaTopPixels": 0,
            ])
    }

    @Test(
        "PANO-315 viewers that take a ring for part of a sphere show it within a degree, and its edges exactly",
        arguments: [(-24.0, 24.0), (-28, 28), (-24, 10), (-5, 24)])
    func ring(high: Double, low: Double) throws {
        let scale = 4352 / (2 * Double.pi)
        let (above, below) = (tan(high * .pi / 180), tan(low * .pi / 180))
        let height = Int((below - above) * scale)
        let frame = try Self.frame(
            "cylinder", scale: scale, left: -.pi + 0.5 / scale, top: above + 0.5 / scale, width: 4352, height: height,
            closed: true)
        let fields = try Self.fields(frame)
        #expect(fields["FullPanoWidthPixels"] == 4352 && fields["CroppedAreaLeftPixels"] == 0)
        let off = try (0..<height).map { row in
            let truth = atan(above + (Double(row) + 0.5) / scale)
            return abs(try Self.shown(Double(row), fields) - truth) * 180 / .pi
        }
        #expect(try #require(off.max()) < 1)
        #expect(max(off[0], off[height - 1]) < 0.06)
    }

    @Test("PANO-315 surfaces that viewers of spheres do not know have no such metadata")
    func others() throws {
        for surface in ["plane", "panini", "planet", "mercator"] {
            let frame = try Self.frame(surface, scale: 500, left: -1, top: -0.5, width: 1000, height: 500)
            #expect(frame.photoSphere == nil)
        }
    }
}
