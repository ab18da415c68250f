import Basics
import Foundation
import Kernels
import Testing

@testable import Panorama

@Suite("Groups solved as a whole")
struct GroupTests {
    @Test("PANO-304 a focal length that a file makes up does no harm", arguments: [3.0, 40, 9000, .infinity, .nan])
    func wrongHint(hint: Double) throws {
        let ring = SyntheticRing(count: 4, step: 30, noise: 0.1, points: 500)
        var solver = GroupSolver(group: Array(0..<4), points: SyntheticRing.points(4))
        solver.focalHint = hint
        let solved = try #require(solver.solve(try ring.matchEdges()))
        guard case .rotation(let cameras) = solved.geometry else {
            Issue.record("no cameras")
            return
        }
        #expect(cameras.values.allSatisfy { abs($0.focal / 340 - 1) < 0.02 })
        #expect((solved.expected ?? 9) < 0.1 && solved.cause == MismatchCause.nothing)
    }

    @Test("PANO-184 a group can be solved by every objective", arguments: BundleObjective.allCases)
    func objectives(objective: BundleObjective) throws {
        let ring = SyntheticRing(count: 5, step: 30, noise: 0.1, points: 400)
        var solver = GroupSolver(group: Array(0..<5), points: SyntheticRing.points(5))
        solver.objective = objective
        let solved = try #require(solver.solve(try ring.matchEdges()))
        guard case .rotation(let cameras) = solved.geometry else {
            Issue.record("no cameras")
            return
        }
        let errors = ring.errors(try (0..<5).map { try #require(cameras[$0]) })
        #expect(errors[errors.count / 2] < 0.1)
    }

    @Test("PANO-187 a line across parts of a plane stays straight, and no part shrinks")
    func straightLines() throws {
        var random = SeededRandom(seed: 4)
        let truth = try (0..<4).map { at -> Matrix3 in
            let x = Double(at) * 230
            return try #require(
                PlanarMotion.homography.map([0.02, 0.01, x, -0.015, -0.01, 5, 2e-5, -1e-5]))
        }
        var edges: [(j: Int, k: Int, pairs: [Double])] = []
        for j in 0..<3 {
            var pairs: [Double] = []
            let back = try #require(truth[j + 1].inverse)
            for at in 0..<60 {
                let (x, y) = (40 + Double(at % 6) * 30, Double(at / 6) * 28 - 130)
                let world = try #require(truth[j].maps(x: x, y: y))
                let there = try #require(back.maps(x: world.x, y: world.y))
                pairs += [x + 0.2 * normal(&random), y, there.x, there.y + 0.2 * normal(&random)]
            }
            edges.append((j, j + 1, pairs))
        }
        let home = try #require(truth[0].inverse)
        let starts = try truth.map { try #require(Homography.scaled(home * $0 * shift(3, -2))) }
        var bundle = PlaneBundle(kind: .homography, reference: 0, maps: starts)
        let isSolved = bundle.solve(edges, huber: 2)
        #expect(isSolved)
        // A line of the world through all parts.
        var places: [(x: Double, y: Double)] = []
        for at in 0..<4 {
            let back = try #require(truth[at].inverse)
            for step in 0..<3 {
                let x = Double(at) * 230 + Double(step) * 60
                let pixel = try #require(back.maps(x: x, y: 0.1 * x - 40))
                places.append(try #require(bundle.maps[at].maps(x: pixel.x, y: pixel.y)))
            }
        }
        let (a, b) = (places[0], places[places.count - 1])
        for p in places {
            let across = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
            #expect(abs(across) / hypot(b.x - a.x, b.y - a.y) < 1)
        }
        for (found, wanted) in zip(bundle.maps, truth) {
            let whole = home * wanted
            let size = whole.determinant / (whole.third.z * whole.third.z * whole.third.z)
            #expect(abs(found.determinant / size - 1) < 0.02)
        }
    }
}
