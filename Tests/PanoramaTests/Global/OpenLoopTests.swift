import Basics
import Foundation
import Kernels
import Testing

@testable import Panorama

@Suite("Rings of which two photos that adjoin have no edge")
struct OpenLoopTests {
    /// A ring of ten views, its edges without that of two neighbours, and the solver of it.
    private static func gaping(seed: UInt64, codes: Bool) throws -> (
        ring: SyntheticRing, solver: GroupSolver, edges: [MatchEdge], missing: [Double]
    ) {
        let ring = SyntheticRing(noise: 0.4, seed: seed, points: 500)
        let all = try ring.matchEdges()
        let missing = try #require(all.first { $0.first == 3 && $0.second == 4 })
        var points = SyntheticRing.points(10)
        if codes {
            points[3] = Self.coded(missing.pairs, at: 0, seed: 5)
            points[4] = Self.coded(missing.pairs, at: 2, seed: 6)
        }
        let edges = all.filter { $0.first != 3 || $0.second != 4 }
        return (ring, GroupSolver(group: Array(0..<10), points: points), edges, missing.pairs)
    }

    /// One code for each pair, a little another one in each photo, and as many points of no pair.
    private static func coded(_ pairs: [Double], at offset: Int, seed: UInt64) -> PhotoPoints {
        var (shared, own) = (SeededRandom(seed: 77), SeededRandom(seed: seed))
        var (x, y, rows, norms): ([Float], [Float], [UInt8], [Int32]) = ([], [], [], [])
        func add(_ px: Double, _ py: Double, _ code: [UInt8]) {
            x.append(Float(px))
            y.append(Float(py))
            rows += code
            norms.append(code.reduce(0) { $0 + Int32($1) * Int32($1) })
        }
        for at in stride(from: 0, to: pairs.count, by: 4) {
            let code = (0..<128).map { _ in UInt8(shared.next() % 100) }
            add(pairs[at + offset], pairs[at + offset + 1], code.map { $0 + UInt8(own.next() % 12) })
            let place = (Double(own.next() % 400) - 200, Double(own.next() % 300) - 150)
            add(place.0, place.1, (0..<128).map { _ in UInt8(own.next() % 112) })
        }
        return PhotoPoints(
            x: x, y: y, codes: PackedCodes(rows: rows, norms: norms), width: SyntheticRing.width,
            height: SyntheticRing.height)
    }

    @Test("PANO-323 photos that nothing joins but a long way round are compared again where they must lie")
    func closes() throws {
        let (ring, solver, edges, _) = try Self.gaping(seed: 3, codes: true)
        let closed = solver.closingLoops(try #require(solver.solve(edges)), edges)
        #expect(closed.edges.contains { $0.edge.first == 3 && $0.edge.second == 4 && $0.median < 2 })
        #expect(closed.open.isEmpty && closed.dropped.isEmpty)
        guard case .rotation(let cameras) = closed.geometry else {
            Issue.record("no cameras")
            return
        }
        let errors = ring.errors(try (0..<10).map { try #require(cameras[$0]) })
        #expect(errors[errors.count * 95 / 100] < 1)
    }

    @Test("PANO-323 where that finds nothing, what the loop may gape by is told", arguments: [3, 4, 5] as [UInt64])
    func tells(seed: UInt64) throws {
        let (_, solver, edges, missing) = try Self.gaping(seed: seed, codes: false)
        let solved = solver.closingLoops(try #require(solver.solve(edges)), edges)
        let open = try #require(solved.open.first)
        #expect(solved.open.count == 1 && open.first == 3 && open.second == 4)
        let there = solved.geometry.mapping(3, 4, solver.points)
        let errors = try stride(from: 0, to: missing.count, by: 4).map { at in
            let seen = try #require(there(missing[at], missing[at + 1]))
            return hypot(seen.x - missing[at + 2], seen.y - missing[at + 3])
        }
        #expect(GroupSolver.median(errors) < 4 * open.deviation + 0.5, "\(open)")
        #expect(open.deviation < 40)
    }

    @Test("PANO-323 a ring of which every overlap is confirmed has no open loop")
    func whole() throws {
        let ring = SyntheticRing(noise: 0.4, points: 500)
        let solver = GroupSolver(group: Array(0..<10), points: SyntheticRing.points(10))
        let edges = try ring.matchEdges()
        #expect(solver.closingLoops(try #require(solver.solve(edges)), edges).open.isEmpty)
    }
}
