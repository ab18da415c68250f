import Basics
import Foundation
import Kernels
import Testing

@testable import Panorama

/// Cameras once round or part of it, and the pairs of pixels of far points that neighbours see.
struct SyntheticRing {
    let cameras: [Camera]
    let edges: [(j: Int, k: Int, pairs: [Double])]
    static let width = 400.0
    static let height = 300.0
    static let half = (400.0 * 400 + 300 * 300).squareRoot() / 2

    /// Points of the world are seen by all cameras at one place each: pairs of one point share their pixels.
    init(
        count: Int = 10, step: Double = 36, focal: Double = 340, lens: Double = 0, noise: Double = 0, seed: UInt64 = 1,
        points: Int = 900, offset: Double = 0, ownNoise: Bool = false, lenses: [Double] = []
    ) {
        var random = SeededRandom(seed: seed)
        let cameras = (0..<count).map { index -> Camera in
            let (pitch, roll) = (number(&random, -0.05...0.05), number(&random, -0.04...0.04))
            let yaw = -Double(index) * step * Double.pi / 180
            let turn = Matrix3.rotation(Vector3(pitch, 0, roll)) * Matrix3.rotation(Vector3(0, yaw, 0))
            return Camera(rotation: turn, focal: focal, lens: lenses.isEmpty ? lens : lenses[index % lenses.count])
        }
        self.cameras = cameras
        var seen = [[Int: (x: Double, y: Double)]](repeating: [:], count: count)
        for point in 0..<points {
            let yaw = number(&random, -Double.pi...(.pi))
            let y = number(&random, -0.5...0.5)
            let depth = number(&random, 2...8)
            let world = Vector3(sin(yaw), y, cos(yaw)) * depth
            for index in 0..<count {
                // A camera that is held in front of the body: its centre moves on a circle.
                let centre = cameras[index].rotation.third * offset
                guard
                    let pixel = cameras[index].pixel(of: world - centre, halfDiagonal: Self.half),
                    abs(pixel.x) < Self.width / 2, abs(pixel.y) < Self.height / 2
                else { continue }
                seen[index][point] = (pixel.x + noise * normal(&random), pixel.y + noise * normal(&random))
            }
        }
        var edges: [(j: Int, k: Int, pairs: [Double])] = []
        for k in 0..<count {
            for j in 0..<k {
                var pairs: [Double] = []
                for (point, a) in seen[j].sorted(by: { $0.key < $1.key }) {
                    guard let b = seen[k][point] else { continue }
                    if ownNoise {
                        // Each pair with noise of its own, as if no point were shared.
                        guard
                            let p = cameras[k].pixel(
                                of: cameras[j].ray(x: a.x, y: a.y, halfDiagonal: Self.half), halfDiagonal: Self.half)
                        else { continue }
                        pairs += [a.x, a.y, p.x + 0.3 * normal(&random), p.y + 0.3 * normal(&random)]
                    } else {
                        pairs += [a.x, a.y, b.x, b.y]
                    }
                }
                if pairs.count >= 60 { edges.append((j, k, pairs)) }
            }
        }
        self.edges = edges
    }

    /// A start some degrees and percent off.
    func start(_ objective: BundleObjective = .pairsInRaySpace, turn: Double = 0.02, focal: Double = 0.97) -> RayBundle
    {
        var random = SeededRandom(seed: 77)
        var bundle = RayBundle(
            rotations: cameras.map { camera -> Matrix3 in
                let (x, y, z) = (
                    number(&random, -turn...turn), number(&random, -turn...turn), number(&random, -turn...turn)
                )
                return Matrix3.rotation(Vector3(x, y, z)) * camera.rotation
            }, focal: cameras[0].focal * focal, halfDiagonals: cameras.map { _ in Self.half })
        bundle.objective = objective
        return bundle
    }

    /// How far the mapping of a solution is from the truth, over pixels of all edges, ascending.
    func errors(_ solved: [Camera]) -> [Double] {
        var all: [Double] = []
        for edge in edges {
            for at in 0..<20 {
                let (x, y) = (Double(at % 5 - 2) * 90, Double(at / 5) * 80 - 120)
                let h = Self.half
                guard
                    let there = cameras[edge.k].pixel(
                        of: cameras[edge.j].ray(x: x, y: y, halfDiagonal: h), halfDiagonal: h),
                    abs(there.x) < Self.width / 2, abs(there.y) < Self.height / 2,
                    let found = solved[edge.k].pixel(
                        of: solved[edge.j].ray(x: x, y: y, halfDiagonal: h), halfDiagonal: h)
                else { continue }
                all.append(hypot(there.x - found.x, there.y - found.y))
            }
        }
        return all.sorted()
    }
}

/// What a solver of groups takes in.
extension SyntheticRing {
    /// Photos of the ring's size whose points nobody looks at.
    static func points(_ count: Int) -> [PhotoPoints] {
        (0..<count).map { _ in
            PhotoPoints(x: [], y: [], codes: PackedCodes(rows: [], norms: []), width: width, height: height)
        }
    }

    /// The ring's edges, each with the map that fits it.
    func matchEdges() throws -> [MatchEdge] {
        try edges.map { edge in
            let map = try #require(Homography.fit(edge.pairs))
            return MatchEdge(
                first: edge.j, second: edge.k, pairs: edge.pairs, homography: map, matches: edge.pairs.count / 4)
        }
    }
}
