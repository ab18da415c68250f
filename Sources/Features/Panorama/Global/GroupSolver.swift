import Foundation

/// Which models a group may be solved with.
public enum ModelChoice: String, Sendable, Codable, CaseIterable {
    /// Whatever the evidence is best for.
    case auto
    /// Cameras that turned about one point.
    case rotation
    /// A flat thing, seen from anywhere.
    case plane
    /// A flat thing under a scanner or from afar: similarity or affine.
    case scan
}

/// A group's geometry, and what speaks for it.
package struct SolvedGroup: Sendable {
    /// Numbers of its photos.
    package let photos: [Int]
    /// The geometry that was chosen.
    package let geometry: GroupGeometry
    /// Name of the model: rotation, plane or scan.
    package let model: String
    /// Scores of the models that were tried; lower is better.
    package let evidence: [String: Double]
    /// Residuals of all pairs in matching pixels, ascending.
    package let residuals: [Double]
    /// Median residual of each edge.
    package let edges: [(edge: MatchEdge, median: Double)]
    /// Edges that were dropped because they contradict the others.
    package let dropped: [MatchEdge]
    /// How far a pixel is expected to be from its place in another photo, in matching pixels; nil for planes.
    package let expected: Double?
    /// What the residuals look like; nil for planes.
    package let cause: MismatchCause?
    /// Photos that lie on each other by the geometry, and that edges join but a long way round.
    package var open: [OpenOverlap] = []
}

extension SolvedGroup {
    /// The same with another geometry and the residuals of its own pairs under it; nil when they are over 5 % worse.
    func with(_ geometry: GroupGeometry, points: [PhotoPoints]) -> SolvedGroup? {
        let next = held(geometry, by: edges.map(\.edge), points)
        let (before, after) = (GroupSolver.median(residuals), GroupSolver.median(next.residuals))
        // Residuals of rays and of pixels differ by a few percent in the corners.
        return after <= 1.15 * before + 0.02 ? next : nil
    }

    /// The same with the residuals of other pairs.
    func measured(by edges: [MatchEdge], points: [PhotoPoints]) -> SolvedGroup { held(geometry, by: edges, points) }

    private func held(_ geometry: GroupGeometry, by edges: [MatchEdge], _ points: [PhotoPoints]) -> SolvedGroup {
        let errors = edges.map { edge -> [Double] in
            let there = geometry.mapping(edge.first, edge.second, points)
            let p = edge.pairs
            return stride(from: 0, to: p.count, by: 4).map { at in
                guard let seen = there(p[at], p[at + 1]) else { return 1e4 }
                let (x, y) = (seen.x - p[at + 2], seen.y - p[at + 3])
                return (x * x + y * y).squareRoot()
            }
        }
        return SolvedGroup(
            photos: photos, geometry: geometry, model: model, evidence: evidence,
            residuals: errors.joined().sorted(),
            edges: zip(edges, errors).map { ($0, GroupSolver.median($1)) }, dropped: dropped, expected: expected,
            cause: cause, open: open)
    }
}

/// Solves a group with every model that may be, and keeps the one with the best evidence.
package struct GroupSolver: Sendable {
    /// Photos of the group.
    package let group: [Int]
    /// Points by photo number.
    package let points: [PhotoPoints]
    /// What the user asked for.
    package var choice = ModelChoice.auto
    /// Focal length in matching pixels that the photos' EXIF tells.
    package var focalHint: Double?
    /// Numbers of the camera bodies by photo number; empty for one body.
    package var bodies: [Int] = []
    /// Whether lenses may bend; without, a lens counts as straight (to measure what it brings).
    package var bendsLenses = true
    /// What is made least in the end; starts always use all pairs in ray space.
    package var objective = BundleObjective.pairsInRaySpace

    /// A solver.
    package init(group: [Int], points: [PhotoPoints]) {
        self.group = group
        self.points = points
    }

    typealias Edge = (j: Int, k: Int, pairs: [Double])

    struct Candidate {
        let geometry: GroupGeometry
        let model: String
        let score: Double
        let errors: [[Double]]
        let edges: [MatchEdge]
        /// The cameras and what was free, for what follows from them.
        var bundle: RayBundle?
        var freedom: RayBundle.Freedom?
    }

    /// The geometry; nil when no model holds.
    package func solve(_ all: [MatchEdge]) -> SolvedGroup? {
        var candidates: [Candidate] = []
        if choice == .auto || choice == .rotation, let rotation = rotation(all) { candidates.append(rotation) }
        let isWide = candidates.first.map { spread(of: $0) > 120 * .pi / 180 } ?? false
        if choice == .plane || choice == .auto && !isWide {
            planar(.homography, all).map { candidates.append($0) }
        }
        if choice == .scan || choice == .auto && !isWide {
            for kind in [PlanarKind.similarity, .affine] { planar(kind, all).map { candidates.append($0) } }
        }
        guard let least = candidates.map(\.score).min() else { return nil }
        // Near the best, a turning camera is what people have.
        let chosen =
            candidates.first { $0.model == "rotation" && $0.score <= least * ModelEvidence.tie }
            ?? candidates.first { $0.score == least }
        guard let chosen else { return nil }
        return solved(chosen, candidates, all)
    }

    private func solved(_ chosen: Candidate, _ candidates: [Candidate], _ all: [MatchEdge]) -> SolvedGroup {
        var evidence: [String: Double] = [:]
        for candidate in candidates {
            evidence[candidate.model] = min(evidence[candidate.model] ?? .infinity, candidate.score)
        }
        let kept = Set(chosen.edges.map { SIMD2($0.first, $0.second) })
        return SolvedGroup(
            photos: group, geometry: chosen.geometry, model: chosen.model, evidence: evidence,
            residuals: chosen.errors.joined().sorted(),
            edges: zip(chosen.edges, chosen.errors).map { ($0, Self.median($1)) },
            dropped: all.filter { !kept.contains(SIMD2($0.first, $0.second)) }, expected: expected(chosen),
            cause: cause(chosen, all))
    }

    private func expected(_ chosen: Candidate) -> Double? {
        guard let bundle = chosen.bundle, let freedom = chosen.freedom else { return nil }
        let pairs = local(chosen.edges)
        return PoseCovariance(bundle, edges: pairs, freedom: freedom)?.expected(pairs)
    }

    private func cause(_ chosen: Candidate, _ all: [MatchEdge]) -> MismatchCause? {
        guard let bundle = chosen.bundle else { return nil }
        return MismatchReport(bundle, edges: local(all)).cause
    }

    /// The same group with its geometry solved from other pairs, judged by its own; nil when that fits them worse.
    package func resolved(_ group: SolvedGroup, with edges: [MatchEdge]) -> SolvedGroup? {
        let pairs = local(edges)
        let geometry: GroupGeometry
        switch group.geometry {
        case .rotation:
            guard case (var bundle, let freedom)? = bundle(of: group) else { return nil }
            guard bundle.solve(pairs, freedom: freedom, huber: 1) else { return nil }
            geometry = .rotation(
                Dictionary(uniqueKeysWithValues: self.group.enumerated().map { ($1, bundle.camera($0)) }))
        case .plane(let kind, let reference, let maps):
            let old = self.group.compactMap { maps[$0] }
            guard old.count == self.group.count, let at = self.group.firstIndex(of: reference) else { return nil }
            var bundle = PlaneBundle(kind: kind, reference: at, maps: old)
            guard bundle.solve(pairs, huber: 1) else { return nil }
            geometry = .plane(
                kind, reference: reference, Dictionary(uniqueKeysWithValues: zip(self.group, bundle.maps)))
        }
        return group.with(geometry, points: points)
    }

    /// The camera body of each photo of the group, numbered from 0 in their order. A body that took under three of the
    /// photos says too little about its lens: it counts as the commonest.
    var bodyNumbers: [Int] {
        let told = group.map { bodies.indices.contains($0) ? bodies[$0] : 0 }
        let counts = Dictionary(grouping: told) { $0 }.mapValues(\.count)
        let common = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
        var numbers: [Int: Int] = [:]
        return told.map { body in
            let kept = (counts[body] ?? 0) >= 3 ? body : common
            if numbers[kept] == nil { numbers[kept] = numbers.count }
            return numbers[kept] ?? 0
        }
    }

    func local(_ edges: [MatchEdge]) -> [Edge] {
        let place = Dictionary(uniqueKeysWithValues: group.enumerated().map { ($1, $0) })
        return edges.compactMap { edge in
            guard let j = place[edge.first], let k = place[edge.second] else { return nil }
            return (j, k, edge.pairs)
        }
    }

    static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }

    // MARK: Planes

    private func planar(_ kind: PlanarKind, _ all: [MatchEdge]) -> Candidate? {
        guard let start = SpanningStart.maps(group, edges: all, kind: kind) else { return nil }
        var edges = all
        var bundle = PlaneBundle(kind: kind, reference: start.reference, maps: start.maps)
        for _ in 0..<3 {
            guard bundle.solve(local(edges), huber: 2) else { return nil }
            let medians = local(edges).map { Self.median(bundle.errors($0)) }
            let next = CycleCheck.dropping(CycleCheck.outliers(medians: medians), from: edges, group: group)
            if next.count == edges.count { break }
            edges = next
        }
        guard isInFront(bundle) else { return nil }
        // Dropped edges speak against the model too.
        let errors = local(edges).map { bundle.errors($0) }
        let judged = local(all).flatMap { bundle.errors($0) }
        let score = ModelEvidence.score(errors: judged, parameters: kind.parameters * (group.count - 1))
        let maps = Dictionary(uniqueKeysWithValues: zip(group, bundle.maps))
        return Candidate(
            geometry: .plane(kind, reference: group[bundle.reference], maps),
            model: kind == .homography ? "plane" : "scan", score: score, errors: errors, edges: edges)
    }

    /// A plane needs every corner well before the horizon of the reference.
    private func isInFront(_ bundle: PlaneBundle) -> Bool {
        zip(group, bundle.maps).allSatisfy { photo, map in
            let (w, h) = (points[photo].width / 2, points[photo].height / 2)
            return [(-w, -h), (w, -h), (-w, h), (w, h)].allSatisfy { corner in
                map.third.x * corner.0 + map.third.y * corner.1 + map.third.z > 0.2
            }
        }
    }
}
