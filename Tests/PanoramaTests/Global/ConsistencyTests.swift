import Foundation
import Kernels
import Testing

@testable import Panorama

@Suite("All edges of a group judged together")
struct ConsistencyTests {
    private static func cameras(_ solved: SolvedGroup, _ count: Int) throws -> [Camera] {
        guard case .rotation(let cameras) = solved.geometry else { return [] }
        return try (0..<count).map { try #require(cameras[$0]) }
    }

    @Test(
        "PANO-195 an edge as strong as the true ones that no loop agrees with falls, and the ring comes out",
        arguments: [(0, 4), (0, 5), (3, 7), (1, 6)])
    func falseEdge(first: Int, second: Int) throws {
        let ring = SyntheticRing(count: 10, step: 36, noise: 0.1, points: 1500)
        var edges = try ring.matchEdges()
        #expect(edges.count == 10)
        #expect(!edges.contains { $0.first == first && $0.second == second })
        // A facade that repeats: the strongest of all, exactly like the edge of two neighbours.
        let twin = try #require(edges.max { $0.inliers < $1.inliers })
        edges.append(
            MatchEdge(
                first: first, second: second, pairs: twin.pairs + twin.pairs, homography: twin.homography,
                matches: twin.matches * 2))
        let group = Array(0..<10)
        let bad = TreeConsensus().contradicted(group, edges: edges, focal: 320)
        #expect(bad == [edges.count - 1])
        let solved = try #require(GroupSolver(group: group, points: SyntheticRing.points(10)).solve(edges))
        #expect(solved.dropped.map { [$0.first, $0.second] } == [[first, second]])
        let errors = ring.errors(try Self.cameras(solved, 10))
        #expect(errors[errors.count / 2] < 0.1)
    }

    @Test("PANO-195 a ring whose focal length starts a seventh wrong loses no edge", arguments: [0.86, 1.14])
    func gaping(factor: Double) throws {
        let ring = SyntheticRing(count: 10, step: 36, noise: 0.1, points: 1500)
        let bad = TreeConsensus().contradicted(Array(0..<10), edges: try ring.matchEdges(), focal: 340 * factor)
        #expect(bad.isEmpty)
    }

    @Test("PANO-189 photos of two camera bodies get a lens each, both to 0.005")
    func bodies() throws {
        let ring = SyntheticRing(count: 12, step: 30, noise: 0.05, points: 1200, lenses: [-0.04, 0.03])
        var solver = GroupSolver(group: Array(0..<12), points: SyntheticRing.points(12))
        solver.bodies = (0..<12).map { $0 % 2 }
        let solved = try #require(solver.solve(try ring.matchEdges()))
        for (index, camera) in try Self.cameras(solved, 12).enumerated() {
            let truth = index % 2 == 0 ? -0.04 : 0.03
            #expect(abs(camera.lens - truth) < 0.005, "\(index): \(camera.lens)")
        }
        // A body with two photos says too little by itself.
        solver.bodies = [1, 1] + [Int](repeating: 0, count: 10)
        #expect(Set(solver.bodyNumbers) == [0])
    }

    @Test("PANO-306 four pairs that a person set hold two photos together, whatever the checks say")
    func pinned() throws {
        let ring = SyntheticRing(count: 4, step: 12, noise: 0.1, points: 900)
        var edges = try ring.matchEdges()
        let wrong = try #require(edges.first { $0.first == 0 && $0.second == 1 })
        let moved = wrong.pairs.enumerated().map { at, value in at % 4 == 2 ? value + 60 : value }
        edges.removeAll { $0.first == 0 && $0.second == 1 }
        for isPinned in [false, true] {
            let edge = MatchEdge(
                first: 0, second: 1, pairs: moved, homography: wrong.homography, matches: wrong.matches,
                isPinned: isPinned)
            let solver = GroupSolver(group: Array(0..<4), points: SyntheticRing.points(4))
            let solved = try #require(solver.solve(edges + [edge]))
            let isDropped = solved.dropped.contains { $0.first == 0 && $0.second == 1 }
            #expect(isDropped == !isPinned)
        }
    }

    @Test("PANO-186 from the tree of the surest edges a ring is solved in at most twenty steps", arguments: 1...4)
    func steps(seed: Int) throws {
        let ring = SyntheticRing(count: 12, step: 30, noise: 0.1, seed: UInt64(seed), points: 900)
        let edges = try ring.matchEdges()
        let group = Array(0..<12)
        let focal = try #require(SpanningStart.focal(edges, size: SyntheticRing.width))
        var bundle = RayBundle(
            rotations: SpanningStart.rotations(group, edges: edges, focal: focal), focal: focal,
            halfDiagonals: group.map { _ in SyntheticRing.half })
        let isSolved = bundle.solve(ring.edges, freedom: .init(lens: false, ownFocal: false), huber: 2)
        #expect(isSolved && bundle.steps <= 20)
        let errors = ring.errors(group.map { bundle.camera($0) })
        #expect(errors[errors.count / 2] <= 0.05 && errors[errors.count * 95 / 100] <= 0.15)
    }
}
