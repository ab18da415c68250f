import Foundation
import Kernels
import Panorama
import Testing

@Suite("Cameras solved together")
struct BundleTests {
    private static let turns = [
        Matrix3.rotation(Vector3(0.02, 0, 0.01)), .rotation(Vector3(-0.03, -0.5, 0.02)),
        .rotation(Vector3(0.01, -1.0, -0.02)),
    ]
    private static let half = 500.0

    /// Pairs of pixels of two cameras on a grid, where both see them.
    private static func pairs(_ a: Camera, _ b: Camera) -> [Double] {
        (0..<48).flatMap { at -> [Double] in
            let (x, y) = (Double(at % 8 - 4) * 90 + 40, Double(at / 8 - 3) * 80 + 40)
            guard let there = b.pixel(of: a.ray(x: x, y: y, halfDiagonal: half), halfDiagonal: half),
                abs(there.x) < 400, abs(there.y) < 300
            else { return [] }
            return [x, y, there.x, there.y]
        }
    }

    private static func edges(_ cameras: [Camera]) -> [(j: Int, k: Int, pairs: [Double])] {
        [(0, 1), (1, 2)].map { ($0.0, $0.1, pairs(cameras[$0.0], cameras[$0.1])) }
    }

    @Test("PANO-186 derivatives of the rays equal finite differences")
    func derivatives() {
        let pair = [120.0, -80, -210, 95]
        func view(_ change: [Double], _ at: Int) -> RayView {
            let turn = Matrix3.rotation(Vector3(change[at], change[at + 1], change[at + 2])) * Self.turns[at / 5]
            return RayView(
                rotation: turn.values, focal: 640 + change[at + 3], lens: -0.05 + change[at + 4],
                inverseSquare: 1 / (Self.half * Self.half))
        }
        func equations(_ change: [Double]) -> PairEquations {
            rayEquations(view(change, 0), view(change, 5), pairs: pair, huber: 1e9)
        }
        let zero = [Double](repeating: 0, count: 10)
        let here = equations(zero)
        for unknown in 0..<10 {
            let step = unknown % 5 == 3 ? 1e-3 : 1e-6
            var (more, less) = (zero, zero)
            more[unknown] = step
            less[unknown] = -step
            // The factor of both focal lengths is not differentiated: it is taken out.
            func cost(_ change: [Double]) -> Double {
                let factor = ((640 + change[3]) * (640 + change[8])).squareRoot() / 640
                return equations(change).cost / (factor * factor)
            }
            let slope = (cost(more) - cost(less)) / (2 * step)
            #expect(abs(slope - 2 * here.vector[unknown]) <= 1e-4 * max(1, abs(slope)), "unknown \(unknown)")
        }
    }

    @Test("PANO-187 derivatives of planar maps equal finite differences")
    func planeDerivatives() throws {
        let hi = [1.02, 0.03, 20, -0.02, 0.98, 8, 4e-5, -2e-5, 1]
        let hj = [0.97, -0.04, -60, 0.05, 1.03, 12, -3e-5, 5e-5, 1]
        let pair = [140.0, -70, 200, -95]
        func cost(_ i: [Double], _ j: [Double]) throws -> Double {
            let map = try #require(Matrix3(j))
            let inverse = try #require(map.inverse)
            return planeEquations(i, inverse: inverse.values, pairs: pair, huber: 1e9).cost
        }
        let there = try #require(Matrix3(hj))
        let back = try #require(there.inverse)
        let here = planeEquations(hi, inverse: back.values, pairs: pair, huber: 1e9)
        for entry in 0..<18 {
            let step = entry % 9 >= 6 ? 1e-8 : 1e-5
            var (more, less) = ((hi, hj), (hi, hj))
            if entry < 9 {
                more.0[entry] += step
                less.0[entry] -= step
            } else {
                more.1[entry - 9] += step
                less.1[entry - 9] -= step
            }
            let slope = (try cost(more.0, more.1) - cost(less.0, less.1)) / (2 * step)
            #expect(abs(slope - 2 * here.vector[entry]) <= 1e-4 * max(1, abs(slope)), "entry \(entry)")
        }
    }

    @Test("PANO-186, PANO-113 turns, focal lengths and the lens come back from a start far off")
    func comesBack() {
        let focals = [630.0, 640, 655]
        let cameras = zip(Self.turns, focals).map { Camera(rotation: $0, focal: $1, lens: -0.04) }
        var bundle = RayBundle(
            rotations: Self.turns.map { .rotation(Vector3(0.03, 0.04, -0.02)) * $0 }, focal: 560,
            halfDiagonals: [Self.half, Self.half, Self.half])
        let edges = Self.edges(cameras)
        let isCommon = bundle.solve(edges, freedom: .init(lens: true, ownFocal: false), huber: 1e9)
        let isOwn = bundle.solve(edges, freedom: .init(lens: true, ownFocal: true), huber: 2)
        let worst = edges.flatMap { bundle.errors($0) }.max() ?? .infinity
        #expect(isCommon && isOwn && worst < 0.2)
        #expect(abs(bundle.lens + 0.04) < 0.01)
        #expect(abs(bundle.camera(1).focal / 640 - 1) < 0.01)
    }

    @Test("PANO-187 planar maps of every kind come back, and nothing shrinks", arguments: PlanarKind.allCases)
    func planes(kind: PlanarKind) throws {
        let bend = kind == .homography ? 1e-4 : 0
        let shear = kind == .similarity ? 0 : 0.05
        let truth = [
            Matrix3.identity,
            Matrix3(rows: Vector3(0.95, -0.1, 250), Vector3(0.1 + shear, 0.95, 20), Vector3(bend, 0, 1)),
        ]
        var pairs: [Double] = []
        for at in 0..<30 {
            let (x, y) = (Double(at % 6) * 50 - 350, Double(at / 6) * 100 - 200)
            let world = try #require(truth[1].maps(x: x, y: y))
            pairs += [world.x, world.y, x, y]
        }
        var bundle = PlaneBundle(kind: kind, reference: 0, maps: [.identity, .diagonal(1, 1, 1)])
        let isSolved = bundle.solve([(j: 0, k: 1, pairs: pairs)], huber: 1e9)
        let worst = bundle.errors((j: 0, k: 1, pairs: pairs)).max() ?? .infinity
        #expect(isSolved && worst < 1e-3)
        #expect(abs(bundle.maps[1].determinant - truth[1].determinant) < 1e-3)
    }
}
