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
        // Flat things look the same in both photos: how well the photos meet is told by patches, not by points.
        guard case .plane = best.geometry else { return best }
        let edges = best.edges.map { repaired($0.edge, best.geometry, solver.points, planes) }
        return best.measured(by: edges, points: solver.points)
    }

    /// An edge with pairs of patches in place of its points, where there are enough.
    func repaired(
        _ edge: MatchEdge, _ geometry: GroupGeometry, _ points: [PhotoPoints], _ planes: [Int: [WeightedPlane]]
    ) -> MatchEdge {
        guard let a = planes[edge.first], let b = planes[edge.second] else { return edge }
        let there = geometry.mapping(edge.first, edge.second, points)
        let found = patches.find(a, b, there: there)
        guard found.count >= least else { return edge }
        return MatchEdge(
            first: edge.first, second: edge.second, pairs: found.flatMap(\.pair), homography: edge.homography,
            matches: edge.matches)
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
