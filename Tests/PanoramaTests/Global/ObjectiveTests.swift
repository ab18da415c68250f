import Basics
import Foundation
import Kernels
import Testing

@testable import Panorama

@Suite("What is made least when cameras are solved together")
struct ObjectiveTests {
    private static let plain = RayBundle.Freedom(lens: false, ownFocal: false)

    private static func solved(_ ring: SyntheticRing, _ objective: BundleObjective, huber: Double = 1e9) -> RayBundle? {
        var bundle = ring.start(objective)
        return bundle.solve(ring.edges, freedom: plain, huber: huber) ? bundle : nil
    }

    @Test(
        "PANO-183, PANO-184, PANO-185, PANO-186 every objective finds the cameras of pairs without noise",
        arguments: BundleObjective.allCases)
    func exact(objective: BundleObjective) throws {
        let ring = SyntheticRing(count: 5, step: 30, points: 260)
        let bundle = try #require(Self.solved(ring, objective))
        #expect(abs(bundle.focal - 340) < 1e-3)
        #expect(ring.errors(ring.cameras.indices.map { bundle.camera($0) }).last ?? 9 < 1e-3)
    }

    @Test("PANO-183, PANO-184, PANO-185 with noise the objectives agree within 0.02 px of each other's cameras")
    func agree() throws {
        let ring = SyntheticRing(count: 10, noise: 0.1, points: 900)
        let reference = try #require(Self.solved(ring, .pairsInRaySpace))
        let other = SyntheticRingView(ring, reference)
        for objective in BundleObjective.allCases {
            let bundle = try #require(Self.solved(ring, objective))
            let errors = ring.errors(ring.cameras.indices.map { bundle.camera($0) })
            #expect(errors[errors.count / 2] < 0.05 && errors[errors.count * 95 / 100] < 0.15, "\(objective)")
            #expect(other.distance(bundle) < 0.02, "\(objective)")
            #expect(bundle.steps <= 60, "\(objective)")
        }
    }

    @Test("PANO-183 derivatives in the image plane equal finite differences")
    func derivatives() {
        let pair = [60.0, -40, -105, 48]
        func view(_ change: [Double], _ at: Int) -> RayView {
            let base = at == 0 ? Matrix3.rotation(Vector3(0.02, 0, 0.01)) : .rotation(Vector3(-0.03, -0.5, 0.02))
            let turn = Matrix3.rotation(Vector3(change[at], change[at + 1], change[at + 2])) * base
            return RayView(
                rotation: turn.values, focal: 320 + change[at + 3], lens: -0.05 + change[at + 4],
                inverseSquare: 1 / (250.0 * 250))
        }
        func equations(_ change: [Double]) -> PairEquations {
            imagePlaneEquations(view(change, 0), view(change, 5), pairs: pair, huber: 1e9)
        }
        let zero = [Double](repeating: 0, count: 10)
        let here = equations(zero)
        for unknown in 0..<10 {
            let step = unknown % 5 == 3 ? 1e-3 : 1e-6
            var (more, less) = (zero, zero)
            more[unknown] = step
            less[unknown] = -step
            let slope = (equations(more).cost - equations(less).cost) / (2 * step)
            #expect(abs(slope - 2 * here.vector[unknown]) <= 1e-4 * max(1, abs(slope)), "unknown \(unknown)")
        }
    }

    @Test("PANO-184, PANO-185 derivatives with points eliminated equal finite differences", arguments: [false, true])
    func trackDerivatives(inPictures: Bool) throws {
        let places = [60.0, -40, -105, 48, -260, 70]
        func views(_ change: [Double]) -> [RayView] {
            (0..<3).map { at in
                let c = Array(change[(at * 5)..<(at * 5 + 5)])
                let turn =
                    Matrix3.rotation(Vector3(c[0], c[1], c[2]))
                    * .rotation(Vector3(0.01 * Double(at), -0.4 * Double(at), 0.02))
                return RayView(
                    rotation: turn.values, focal: 320 + c[3], lens: -0.03 + c[4], inverseSquare: 1 / (250.0 * 250))
            }
        }
        func equations(_ change: [Double]) throws -> PairEquations {
            guard inPictures else { return rayTrackEquations(views(change), places: places, huber: 1e9) }
            return try #require(
                imageTrackEquations(views(change), places: places, start: SIMD3(0.2, -0.1, 1), huber: 1e9)
            ).equations
        }
        let zero = [Double](repeating: 0, count: 15)
        let here = try equations(zero)
        for unknown in 0..<15 {
            // Focal lengths weigh residuals of rays as well, which is not differentiated.
            if !inPictures, unknown % 5 == 3 { continue }
            let step = unknown % 5 == 3 ? 1e-3 : 1e-6
            var (more, less) = (zero, zero)
            more[unknown] = step
            less[unknown] = -step
            let slope = (try equations(more).cost - equations(less).cost) / (2 * step)
            #expect(abs(slope - 2 * here.vector[unknown]) <= 1e-3 * max(1, abs(slope)), "unknown \(unknown)")
        }
    }

    @Test("PANO-184 pairs of one feature become one track, and a feature seen k times counts k")
    func tracks() throws {
        let edges: [(j: Int, k: Int, pairs: [Double])] = [
            (0, 1, [1, 2, 11, 12, 3, 4, 13, 14]), (1, 2, [11, 12, 21, 22]), (0, 2, [1, 2, 21, 22, 3, 4, 29, 29]),
            (1, 3, [13, 14, 30, 30]), (2, 3, [29, 29, 31, 31]),
        ]
        let tracks = FeatureTracks.of(edges)
        // The second feature would be at two places of photo 3: it is left out.
        #expect(tracks == [FeatureTrack(photos: [0, 1, 2], places: [1, 2, 11, 12, 21, 22])])
        // k rays that lie evenly about their mean: the cost grows with k, that of pairs with k (k - 1) / 2.
        func views(_ count: Int) -> [RayView] {
            (0..<count).map { _ in
                RayView(rotation: Matrix3.identity.values, focal: 300, lens: 0, inverseSquare: 1 / (250.0 * 250))
            }
        }
        let two = rayTrackEquations(views(2), places: [1, 0, -1, 0], huber: 1e9).cost
        let four = rayTrackEquations(views(4), places: [1, 0, -1, 0, 1, 0, -1, 0], huber: 1e9).cost
        #expect(abs(four / two - 2) < 1e-6)
    }

    @Test("PANO-182 a ring that starts with a focal length 5 % off is closed, and spreads what is left")
    func gap() throws {
        let ring = SyntheticRing(count: 12, step: 30, noise: 0.1, points: 700)
        let order = (0..<12).map { at -> [Double] in
            let next = (at + 1) % 12
            let (low, high) = (min(at, next), max(at, next))
            let pairs = ring.edges.first { $0.j == low && $0.k == high }?.pairs ?? []
            guard at > next else { return pairs }
            let edge = MatchEdge(first: low, second: high, pairs: pairs, homography: .identity, matches: 0)
            return edge.pairs(from: at)
        }
        let views = GapClosing.Ring(edges: order)
        for wrong in [0.95, 1.05] {
            let gap = try #require(GapClosing.gap(views, focal: 340 * wrong))
            #expect(abs(gap) > 10 && (gap > 0) == (wrong > 1))
            let focal = try #require(GapClosing.focal(views, start: 340 * wrong))
            #expect(abs(focal / 340 - 1) < 0.01)
            let turns = try #require(GapClosing.rotations(views, focal: focal))
            var bundle = ring.start()
            bundle.rotations = turns
            bundle.focal = focal
            let isSolved = bundle.solve(ring.edges, freedom: Self.plain, huber: 2)
            #expect(isSolved)
            let errors = ring.errors(ring.cameras.indices.map { bundle.camera($0) })
            #expect(errors[errors.count / 2] < 0.05)
        }
        #expect(GapClosing.focal(.init(edges: [[], [], []]), start: 300) == nil)
    }

    @Test("PANO-181 the order in which photos join changes nothing beyond 0.05 px")
    func order() throws {
        let ring = SyntheticRing(count: 8, step: 30, noise: 0.2, points: 500)
        func cameras(_ permutation: [Int]) throws -> [Camera] {
            // Photo n of the group is view permutation[n].
            let place = Dictionary(uniqueKeysWithValues: permutation.enumerated().map { ($1, $0) })
            let edges = try ring.edges.map { edge -> MatchEdge in
                let (a, b) = (try #require(place[edge.j]), try #require(place[edge.k]))
                let whole = MatchEdge(
                    first: a, second: b, pairs: edge.pairs, homography: .identity, matches: edge.pairs.count / 4)
                guard a > b else { return whole }
                return MatchEdge(
                    first: b, second: a, pairs: whole.pairs(from: b), homography: .identity, matches: whole.matches)
            }
            let found = IncrementalRegistration(
                group: Array(0..<8), edges: edges, halfDiagonals: [Double](repeating: SyntheticRing.half, count: 8))
            let bundle = try #require(found.solved(focal: 330))
            return try (0..<8).map { bundle.camera(try #require(place[$0])) }
        }
        let first = try cameras([0, 1, 2, 3, 4, 5, 6, 7])
        for permutation in [[7, 6, 5, 4, 3, 2, 1, 0], [3, 7, 0, 5, 1, 6, 2, 4]] {
            let other = try cameras(permutation)
            var worst = 0.0
            for edge in ring.edges {
                for (x, y) in [(-100.0, -80.0), (0, 0), (90, 70)] {
                    let h = SyntheticRing.half
                    guard
                        let a = first[edge.k].pixel(
                            of: first[edge.j].ray(x: x, y: y, halfDiagonal: h), halfDiagonal: h),
                        let b = other[edge.k].pixel(of: other[edge.j].ray(x: x, y: y, halfDiagonal: h), halfDiagonal: h)
                    else { continue }
                    worst = max(worst, hypot(a.x - b.x, a.y - b.y))
                }
            }
            #expect(worst < 0.05)
        }
    }

    @Test("PANO-335 two thirds of true errors lie within the expected standard deviation, over a hundred rings")
    func covariance() throws {
        var (inside, all) = (0, 0)
        for seed in 0..<100 {
            let ring = SyntheticRing(
                count: 4, step: 25, seed: UInt64(seed), points: 260, ownNoise: true)
            var bundle = ring.start(turn: 0.005, focal: 0.99)
            guard bundle.solve(ring.edges, freedom: Self.plain, huber: 1e9),
                let covariance = PoseCovariance(bundle, edges: ring.edges, freedom: Self.plain)
            else { continue }
            for edge in ring.edges {
                for (x, y) in [(-120.0, -90.0), (130, 80), (60, -70)] {
                    let h = SyntheticRing.half
                    guard
                        let truth = ring.cameras[edge.k].pixel(
                            of: ring.cameras[edge.j].ray(x: x, y: y, halfDiagonal: h), halfDiagonal: h),
                        abs(truth.x) < 200, abs(truth.y) < 150,
                        let found = covariance.deviation(edge.j, edge.k, x: x, y: y)
                    else { continue }
                    inside += abs(found.place.x - truth.x) <= found.x ? 1 : 0
                    inside += abs(found.place.y - truth.y) <= found.y ? 1 : 0
                    all += 2
                }
            }
        }
        let share = Double(inside) / Double(all)
        #expect(all > 200 && abs(share - 0.68) < 0.10, "\(share) of \(all)")
    }
}

/// Distances between the mappings of two solutions.
private struct SyntheticRingView {
    let ring: SyntheticRing
    let reference: RayBundle

    init(_ ring: SyntheticRing, _ reference: RayBundle) {
        self.ring = ring
        self.reference = reference
    }

    /// The median over all edges.
    func distance(_ other: RayBundle) -> Double {
        var all: [Double] = []
        let h = SyntheticRing.half
        for edge in ring.edges {
            for (x, y) in [(-100.0, -80.0), (0, 0), (90, 70), (150, -60)] {
                guard
                    let a = reference.camera(edge.k).pixel(
                        of: reference.camera(edge.j).ray(x: x, y: y, halfDiagonal: h), halfDiagonal: h),
                    let b = other.camera(edge.k).pixel(
                        of: other.camera(edge.j).ray(x: x, y: y, halfDiagonal: h), halfDiagonal: h)
                else { continue }
                all.append(hypot(a.x - b.x, a.y - b.y))
            }
        }
        return all.sorted()[all.count / 2]
    }
}
