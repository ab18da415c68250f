import Foundation
import Imaging
import Panorama
import Testing

@Suite("Surfaces that pictures are drawn on")
struct CompositionSurfaceTests {
    /// A light door in a dark wall straight ahead: edges are planes through the viewer.
    private static func doorWorld() throws -> RenderedWorld {
        let (width, height) = (1600, 800)
        var rgb = [UInt8](repeating: 60, count: width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let yaw = (Double(x) + 0.5) / Double(width) * 2 * .pi - .pi
                let pitch = (Double(y) + 0.5) / Double(height) * .pi - .pi / 2
                guard cos(yaw) > 0.05 else { continue }
                let (u, v) = (tan(yaw), tan(pitch) / cos(yaw))
                guard u > 0.3, u < 0.62, v > -0.6, v < 0.5 else { continue }
                for channel in 0..<3 { rgb[(y * width + x) * 3 + channel] = 200 }
            }
        }
        return RenderedWorld(sphere: try Image(width: width, height: height, format: .rgb8, bytes: rgb))
    }

    @Test("PANO-201 the edges of a rendered door deviate from straight lines by less than half a pixel")
    func door() throws {
        let cameras = RenderedComposition.ring(2, focal: 300, turned: -0.2, span: 0.8)
        let scene = try RenderedComposition(Self.doorWorld(), cameras: cameras, width: 300, height: 260)
        let image = try #require(try scene.composed(.plane)).image
        var lefts: [(row: Double, at: Double)] = []
        for y in stride(from: image.height / 2 - 70, to: image.height / 2 + 60, by: 3) {
            let row = (0..<image.width).map { Double(image.bytes[y * image.stride + $0 * 3]) }
            guard let x = row.indices.dropLast().first(where: { row[$0] < 130 && row[$0 + 1] >= 130 }) else { continue }
            lefts.append((Double(y), Double(x) + (130 - row[x]) / (row[x + 1] - row[x])))
        }
        try #require(lefts.count > 30)
        let n = Double(lefts.count)
        let (my, mx) = (lefts.reduce(0) { $0 + $1.row } / n, lefts.reduce(0) { $0 + $1.at } / n)
        let slope =
            lefts.reduce(0) { $0 + ($1.row - my) * ($1.at - mx) }
            / lefts.reduce(0) { $0 + ($1.row - my) * ($1.row - my) }
        for edge in lefts { #expect(abs(edge.at - mx - slope * (edge.row - my)) < 0.5) }
    }

    @Test("PANO-202 100 degrees forced onto a plane are drawn, with a warning that names the factor")
    func stretched() throws {
        let ring = try RenderedRing(RenderedWorld(seed: 61), count: 3, span: 66, seed: 8, width: 300, height: 225)
        var options = StitchOptions()
        options.surface = .plane
        let verdict = try Stitcher(options: options).stitch(ring.photos()) { _ in nil }
        let group = try #require(verdict.groups.first)
        #expect(verdict.state == .done && group.surface == "plane" && group.used == 3)
        let warning = try #require(group.warnings.first { $0.hasPrefix("stretched") })
        #expect(warning.contains("2.") && warning.contains("times as wide"))
    }

    @Test("PANO-202, PANO-203, PANO-204 the surface follows from the angles: plane, cylinder, sphere")
    func chosen() throws {
        func surface(_ cameras: [Camera]) -> Surface? {
            let placed = cameras.enumerated().map {
                PlacedPhoto(photo: $0, width: 600, height: 450, magnification: 1, camera: $1, map: nil)
            }
            return SurfaceChoice.rotation(placed, wanted: nil, limits: CanvasLimits(pixels: 1e7))?.canvas.surface
        }
        #expect(surface(RenderedComposition.ring(2, focal: 520, span: 0.8)) == .plane)
        #expect(surface(RenderedComposition.ring(4, focal: 520, span: 2)) == .cylinder)
        #expect(surface(RenderedComposition.ring(12, focal: 520)) == .cylinder)
        let high = RenderedComposition.ring(12, focal: 520).map {
            Camera(rotation: .rotation(Vector3(0.7, 0, 0)) * $0.rotation, focal: $0.focal)
        }
        #expect(surface(RenderedComposition.ring(12, focal: 520) + high) == .sphere)
    }

    /// Colours that change with the direction alone, also at the poles.
    private static func smoothWorld() throws -> RenderedWorld {
        let (width, height) = (512, 256)
        let rgb = (0..<(width * height)).flatMap { at -> [UInt8] in
            let yaw = (Double(at % width) + 0.5) / Double(width) * 2 * .pi - .pi
            let pitch = (Double(at / width) + 0.5) / Double(height) * .pi - .pi / 2
            let (x, y, z) = (sin(yaw) * cos(pitch), sin(pitch), cos(yaw) * cos(pitch))
            return [
                UInt8(128 + 60 * sin(7 * x + 3 * y)), UInt8(128 + 60 * cos(6 * z - 4 * y)),
                UInt8(128 + 50 * sin(9 * y) + 40 * cos(8 * x)),
            ]
        }
        return RenderedWorld(sphere: try Image(width: width, height: height, format: .rgb8, bytes: rgb))
    }

    /// Six views of 100°, one a side of a cube.
    private static func allRound() throws -> RenderedComposition {
        let half = Double.pi / 2
        let cameras =
            RenderedComposition.ring(4, focal: 110)
            + [-half, half].map { Camera(rotation: .rotation(Vector3($0, 0, 0)), focal: 110) }
        return try RenderedComposition(smoothWorld(), cameras: cameras, width: 262, height: 262)
    }

    @Test("PANO-204, PANO-327 a sphere is covered up to both poles, and each pole has one colour")
    func poles() throws {
        let made = try #require(try Self.allRound().composed(.sphere))
        #expect(made.canvas.isClosed && made.holes == 0 && made.empty == 0)
        #expect(abs(Double(made.image.width) / Double(made.image.height) - 2) < 0.05)
        for y in [0, made.image.height - 1] {
            let row = (0..<made.image.width).map { Int(made.image.bytes[y * made.image.stride + $0 * 3 + 1]) }
            #expect((row.max() ?? 0) - (row.min() ?? 0) < 40)
        }
    }

    @Test(
        "PANO-309 a little planet and a fisheye are drawn without holes around their middle",
        arguments: [Surface.planet, .fisheye, .stereographic])
    func round(surface: Surface) throws {
        var options = StitchOptions()
        options.crops = false
        let made = try #require(try Self.allRound().composed(surface, pixels: 300_000, options: options))
        let (w, h) = (made.image.width, made.image.height)
        #expect(made.holes == 0 && w > 200 && h > 200)
        // The middle of the planet is what the camera below saw: compared with the sphere's lower pole.
        let sphere = try #require(try Self.allRound().composed(.sphere)).image
        func mean(_ image: Image, _ columns: Range<Int>, _ rows: Range<Int>) -> Int {
            let all = rows.flatMap { y in columns.map { Int(image.bytes[y * image.stride + $0 * 3 + 1]) } }
            return all.reduce(0, +) / all.count
        }
        let middle = mean(made.image, (w / 2 - 2)..<(w / 2 + 2), (h / 2 - 2)..<(h / 2 + 2))
        let there =
            surface == .planet
            ? mean(sphere, 0..<sphere.width, (sphere.height - 2)..<sphere.height)
            : mean(
                sphere, (sphere.width / 2 - 2)..<(sphere.width / 2 + 2),
                (sphere.height / 2 - 2)..<(sphere.height / 2 + 2))
        #expect(abs(middle - there) < 30, "\(middle) and \(there)")
    }

    @Test("PANO-205 faces of a cube meet: pixels on an edge are the same on both sides to a level")
    func cubeEdges() throws {
        let cube = try #require(CubeMap(sphere: try RenderedWorld(seed: 65, width: 512).sphere, side: 65))
        var compared = 0
        for face in CubeMap.Face.allCases {
            for step in 0..<65 {
                for (x, y) in [(0, step), (64, step), (step, 0), (step, 64)] {
                    let ray = cube.direction(face, x: x, y: y)
                    for other in CubeMap.Face.allCases where other != face {
                        for (ox, oy) in [
                            (0, step), (64, step), (step, 0), (step, 64), (0, 64 - step), (64, 64 - step),
                            (64 - step, 0), (64 - step, 64),
                        ] {
                            guard (cube.direction(other, x: ox, y: oy) - ray).length < 1e-9 else { continue }
                            compared += 1
                            for channel in 0..<3 {
                                let a = cube.faces[face.rawValue].bytes[(y * 65 + x) * 3 + channel]
                                let b = cube.faces[other.rawValue].bytes[(oy * 65 + ox) * 3 + channel]
                                #expect(abs(Int(a) - Int(b)) <= 1)
                            }
                        }
                    }
                }
            }
        }
        #expect(compared >= 6 * 4 * 65)
    }

    @Test("PANO-205 directions find their face and place again; tiles are at most 512 pixels and cover each level")
    func cubePlaces() throws {
        let cube = try #require(CubeMap(sphere: try RenderedWorld(seed: 65, width: 256).sphere, side: 700))
        for face in CubeMap.Face.allCases {
            let found = cube.place(of: cube.direction(face, x: 300, y: 411))
            #expect(found.face == face && abs(found.x - 300) < 1e-9 && abs(found.y - 411) < 1e-9)
        }
        #expect(cube.levels == [700, 350])
        let tiles = [(0, 0), (1, 0), (0, 1), (1, 1)].compactMap { cube.tile(.up, level: 0, column: $0.0, row: $0.1) }
        #expect(tiles.map(\.width) == [512, 188, 512, 188] && tiles.map(\.height) == [512, 512, 188, 188])
        #expect(cube.tile(.up, level: 1, column: 0, row: 0)?.width == 350)
        #expect(
            cube.tile(.up, level: 0, column: 2, row: 0) == nil && cube.tile(.up, level: 2, column: 0, row: 0) == nil)
    }
}
