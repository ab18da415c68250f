import Basics
import Foundation
import Imaging
import Kernels
import Testing

@testable import Panorama

@Suite("Photos brought together locally")
struct LocalTests {
    private static func plane(_ image: FloatImage) -> WeightedPlane {
        WeightedPlane(width: image.width, height: image.height, values: image.values)
    }

    @Test("PANO-140 patches find where they lie to a tenth of a pixel, and refuse what is not there")
    func patches() throws {
        let scene = WavyScene(seed: 6, count: 40, shortest: 7)
        let truth = Matrix3(rows: Vector3(0.99, -0.02, 3.3), Vector3(0.02, 0.99, -2.1), Vector3(0, 0, 1))
        let back = try #require(truth.inverse)
        let a = Self.plane(try scene.view(.identity, width: 200, height: 150))
        let b = Self.plane(try scene.view(back, width: 200, height: 150, gain: 0.8, bias: 0.05))
        // What is expected is a pixel off.
        let found = PatchPairs().find([a], [b]) { x, y in
            truth.maps(x: x, y: y).map { ($0.x + 0.9, $0.y - 0.7) }
        }
        #expect(found.count >= 12)
        for patch in found {
            let there = try #require(truth.maps(x: patch.pair[0], y: patch.pair[1]))
            // A patch about a whole pixel may end at a fraction of it: the pair is what it says.
            #expect(hypot(there.x - patch.pair[2], there.y - patch.pair[3]) < 1.4)
        }
        let errors = found.map { patch -> Double in
            guard let end = truth.maps(x: patch.pair[0], y: patch.pair[1]) else { return 9 }
            return hypot(end.x - patch.pair[2], end.y - patch.pair[3])
        }.sorted()
        #expect(errors[errors.count / 2] < 0.1)
        let other = Self.plane(try WavyScene(seed: 99, count: 40, shortest: 7).view(.identity, width: 200, height: 150))
        #expect(PatchPairs().find([a], [other]) { ($0, $1) }.count <= 1)
        let flat = WeightedPlane(width: 200, height: 150, values: [Float](repeating: 0.5, count: 30_000))
        #expect(PatchPairs().find([flat], [flat]) { ($0, $1) }.isEmpty)
    }

    @Test("PANO-104 patches tell places of the photo, whose sides are no whole pixels, and not of its plane")
    func wholeSides() throws {
        let scene = WavyScene(seed: 8, count: 40, shortest: 7)
        let truth = Matrix3(rows: Vector3(0.9, -0.03, 4.3), Vector3(0.03, 0.9, -3.1), Vector3(0, 0, 1))
        let back = try #require(truth.inverse)
        let sizes = [(201, 151, 200.4, 150.4), (203, 149, 203.5, 149.45)]
        let planes = try sizes.enumerated().map { number, size in
            let fine = Matrix3.diagonal(size.2 / Double(size.0), size.3 / Double(size.1), 1)
            let map = number == 0 ? fine : back * fine
            return Self.plane(try scene.view(map, width: size.0, height: size.1))
        }
        let points = sizes.map {
            PhotoPoints(x: [], y: [], codes: PackedCodes(rows: [], norms: []), width: $0.2, height: $0.3)
        }
        let edge = MatchEdge(first: 0, second: 1, pairs: [], homography: truth, matches: 0)
        let geometry = GroupGeometry.plane(.similarity, reference: 0, [0: .identity, 1: back])
        let found = Refinement().repaired(edge, geometry, points, [0: [planes[0]], 1: [planes[1]]])
        #expect(found.pairs.count >= 12 * 4)
        var worst = 0.0
        for at in stride(from: 0, to: found.pairs.count, by: 4) {
            let there = try #require(truth.maps(x: found.pairs[at], y: found.pairs[at + 1]))
            worst = max(worst, hypot(there.x - found.pairs[at + 2], there.y - found.pairs[at + 3]))
        }
        #expect(worst < 0.1, "\(worst) pixels")
    }

    @Test("PANO-191 two views that differ by some pixels here and there meet after a smooth warp of both")
    func warps() throws {
        let scene = WavyScene(seed: 16, count: 40, shortest: 8)
        func bump(_ x: Double, _ y: Double) -> Double { 2.5 * exp(-(x * x + y * y) / 5000) }
        let (width, height) = (240, 180)
        let a = try scene.view(.identity, width: width, height: height)
        let b = try FloatImage(
            width: width, height: height, channels: 1,
            values: (0..<(width * height)).map { at in
                let (x, y) = (Double(at % width) - 119.5, Double(at / width) - 89.5)
                return Float(scene.value(x - bump(x, y), y + 0.5 * bump(x, y)))
            })
        let edge = MatchEdge(first: 0, second: 1, pairs: [], homography: .identity, matches: 0)
        let group = SolvedGroup(
            photos: [0, 1], geometry: .plane(.homography, reference: 0, [0: .identity, 1: .identity]), model: "plane",
            evidence: [:], residuals: [], edges: [(edge, 0)], dropped: [], expected: nil, cause: nil)
        let points = [0, 1].map { _ in
            PhotoPoints(
                x: [], y: [], codes: PackedCodes(rows: [], norms: []), width: Double(width), height: Double(height))
        }
        let fields = LocalAlignment().fields(group, points: points) { Self.plane($0 == 0 ? a : b) }
        let (one, two) = (try #require(fields[0]), try #require(fields[1]))
        func bytes(_ image: FloatImage) throws -> Image {
            try Image(
                width: width, height: height, format: .gray8,
                bytes: image.values.map { UInt8(min(255, max(0, $0 * 255))) })
        }
        func apart(_ a: Image, _ b: Image) throws -> Double {
            var sum = 0.0
            let (p, q) = (a.floats().values, b.floats().values)
            for row in 30..<150 {
                for column in 40..<200 {
                    let d = Double(p[row * width + column] - q[row * width + column])
                    sum += d * d
                }
            }
            return sum.squareRoot()
        }
        let (first, second) = (try bytes(a), try bytes(b))
        let (before, after) = (
            try apart(first, second), try apart(one.applied(to: first), two.applied(to: second))
        )
        #expect(after < 0.5 * before, "\(after) \(before)")
        #expect(one.bend < 1 && two.bend < 1)
        // Without anything to align nothing is bent.
        #expect(LocalAlignment().fields(group, points: points) { _ in Self.plane(a) }.isEmpty)
    }

    @Test("a field is what its samples say where there are many, and fades where there are none")
    func field() {
        let samples = stride(from: -90.0, through: 0, by: 10).flatMap { x in
            stride(from: -60.0, through: 60, by: 10).map { (x: x, y: $0, move: SIMD2(1.0, -0.5)) }
        }
        let field = WarpField(width: 200, height: 150, samples: samples)
        let near = field.move(x: -45, y: 0)
        #expect(abs(near.x - 1) < 0.05 && abs(near.y + 0.5) < 0.05)
        #expect(field.move(x: 95, y: 70).x < near.x)
        #expect(field.move(x: 5000, y: 0) == .zero)
    }
}
