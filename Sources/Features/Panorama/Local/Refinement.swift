import Foundation
package import Kernels

/// Solves a group again with pairs found by brightness (chapter 3.4): both photos of an edge are brought together by what
/// is known, patches are matched anew, and the cameras or maps are solved with them; once more with the result, the
/// patch-based form of the bundle with pseudo-features (Shum and Szeliski 2000).
package struct Refinement: Sendable {
    /// How patches are found.
    package var patches = PatchPairs()
    /// Rounds of finding and solving.
    package var rounds = 2
    /// An edge with fewer patches keeps its points.
    package var least = 12

    /// A refinement with the usual settings.
    package init() {}

    /// The group with its geometry solved from patches; itself where that is not better held.
    ///
    /// - Parameters:
    ///   - solver: The solver of the group.
    ///   - plane: A photo's light at the matching size, by number.
    package func refined(
        _ group: SolvedGroup, solver: GroupSolver, plane: (Int) -> WeightedPlane?
    ) -> SolvedGroup {
        var planes: [Int: [WeightedPlane]] = [:]
        for photo in group.photos { planes[photo] = plane(photo).map { [$0] } }
        var best = group
        for _ in 0..<rounds {
            let edges = best.edges.map { edge in repaired(edge.edge, best.geometry, solver.points, planes) }
            guard let next = solver.resolved(best, with: edges) else { break }
            best = next
        }
        // A flat thing looks the same in both photos: its points are brought together by what surrounds them.
        guard case .plane = best.geometry else { return best }
        for _ in 0..<rounds {
            let edges = best.edges.map { pointed($0.edge, best.geometry, solver.points, planes) }
            guard let next = solver.resolved(best, with: edges) else { break }
            best = next.measured(by: edges, points: solver.points)
        }
        return best
    }

    /// An edge with pairs of patches over a grid in place of its points, where there are enough.
    func repaired(
        _ edge: MatchEdge, _ geometry: GroupGeometry, _ points: [PhotoPoints], _ planes: [Int: [WeightedPlane]]
    ) -> MatchEdge {
        replaced(edge, geometry, points, planes) { a, b, _, there in patches.find(a, b, there: there) }
    }

    /// An edge whose points lie where their surroundings are most alike, where there are enough.
    private func pointed(
        _ edge: MatchEdge, _ geometry: GroupGeometry, _ points: [PhotoPoints], _ planes: [Int: [WeightedPlane]]
    ) -> MatchEdge {
        replaced(edge, geometry, points, planes) { a, b, size, there in
            let places = stride(from: 0, to: edge.pairs.count, by: 4).map {
                (x: edge.pairs[$0] / size.x, y: edge.pairs[$0 + 1] / size.y)
            }
            return patches.find(a, b, at: places, there: there)
        }
    }

    /// An edge with the pairs that `find` gives. Planes have whole sides, photos at the matching size have not: a place is
    /// `size` times as far from the middle of its photo as it is in the plane.
    private func replaced(
        _ edge: MatchEdge, _ geometry: GroupGeometry, _ points: [PhotoPoints], _ planes: [Int: [WeightedPlane]],
        find: (
            [WeightedPlane], [WeightedPlane], _ size: (x: Double, y: Double),
            _ there: (Double, Double) -> (x: Double, y: Double)?
        ) -> [PatchPairs.Found]
    ) -> MatchEdge {
        guard let a = planes[edge.first], let b = planes[edge.second], let first = a.first, let second = b.first else {
            return edge
        }
        func size(_ points: PhotoPoints, _ plane: WeightedPlane) -> (x: Double, y: Double) {
            (points.width / Double(plane.width), points.height / Double(plane.height))
        }
        let (one, other) = (size(points[edge.first], first), size(points[edge.second], second))
        let there = geometry.mapping(edge.first, edge.second, points)
        let found = find(a, b, one) { x, y in
            there(x * one.x, y * one.y).map { (x: $0.x / other.x, y: $0.y / other.y) }
        }
        guard found.count >= least else { return edge }
        let pairs = found.flatMap {
            [$0.pair[0] * one.x, $0.pair[1] * one.y, $0.pair[2] * other.x, $0.pair[3] * other.y]
        }
        return MatchEdge(
            first: edge.first, second: edge.second, pairs: pairs, homography: edge.homography, matches: edge.matches)
    }
}

extension GroupGeometry {
    /// Where a place of one photo is seen in another, both from their middles.
    func mapping(
        _ first: Int, _ second: Int, _ points: [PhotoPoints]
    ) -> (Double, Double) -> (x: Double, y: Double)? {
        switch self {
        case .rotation(let cameras):
            guard let a = cameras[first], let b = cameras[second] else { return { _, _ in nil } }
            let (ha, hb) = (points[first].halfDiagonal, points[second].halfDiagonal)
            return { b.pixel(of: a.ray(x: $0, y: $1, halfDiagonal: ha), halfDiagonal: hb) }
        case .plane(_, _, let maps):
            guard let a = maps[first], let b = maps[second]?.inverse else { return { _, _ in nil } }
            let map = b * a
            return { map.maps(x: $0, y: $1) }
        }
    }
}
