import Foundation

extension GroupSolver {
    /// The best solution as turning cameras: with one focal length, a lens, or focal lengths of their own.
    func rotation(_ all: [MatchEdge]) -> Candidate? {
        let size = group.map { max(points[$0].width, points[$0].height) }.max() ?? 1
        let told = SpanningStart.focal(all, size: size)
        var starts = [told, focalHint].compactMap { $0 }
        if starts.isEmpty { starts = [0.7 * size, 1.2 * size, 3 * size] }
        var best: Candidate?
        for start in starts {
            guard let found = rotation(all, focal: start) else { continue }
            if found.score < (best?.score ?? .infinity) { best = found }
            // A start that fits needs no other.
            if Self.median(found.errors.flatMap { $0 }) < 2 { break }
        }
        return best
    }

    private func rotation(_ all: [MatchEdge], focal: Double) -> Candidate? {
        let alone = TreeConsensus().contradicted(group, edges: all, focal: focal)
        var edges = CycleCheck.dropping(alone, from: all, group: group)
        let open = CycleCheck.contradicted(group, edges: edges, focal: focal)
        edges = CycleCheck.dropping(open, from: edges, group: group)
        guard var bundle = started(edges, focal: focal) else { return nil }
        for _ in 0..<3 {
            guard let next = refined(bundle, local(edges)) else { return nil }
            bundle = next
            let medians = local(edges).map { Self.median(bundle.errors($0)) }
            let kept = CycleCheck.dropping(CycleCheck.outliers(medians: medians), from: edges, group: group)
            if kept.count == edges.count { break }
            edges = kept
        }
        // What was dropped by rough cameras and fits the good ones comes back: the end of a ring that gaped.
        let kept = Set(edges.map { SIMD2($0.first, $0.second) })
        let back = all.filter { edge in
            guard !kept.contains(SIMD2(edge.first, edge.second)), let one = local([edge]).first else { return false }
            return Self.median(bundle.errors(one)) <= 4
        }
        if !back.isEmpty, let next = refined(bundle, local(edges + back)) {
            (bundle, edges) = (next, (edges + back).sorted { ($0.first, $0.second) < ($1.first, $1.second) })
        }
        let pairs = local(edges)
        return chosen(bundle, pairs, edges)
    }

    /// From the spanning tree, or photo by photo when that ends far off.
    private func started(_ edges: [MatchEdge], focal: Double) -> RayBundle? {
        let halves = group.map { points[$0].halfDiagonal }
        let own = SpanningStart.ownFocals(group, edges: edges, focal: focal)
        var bundle = RayBundle(
            rotations: SpanningStart.rotations(group, edges: edges, focal: focal, own: own), focal: focal,
            halfDiagonals: halves, bodies: bodyNumbers)
        bundle.ownFocals = own
        let plain = RayBundle.Freedom(lens: false, ownFocal: false)
        let pairs = local(edges)
        guard bundle.solve(pairs, freedom: plain, huber: 20, limit: 20) else { return nil }
        if Self.median(pairs.flatMap { bundle.errors($0) }) > 4, let closed = closed(bundle, edges) {
            var trial = closed
            if trial.solve(pairs, freedom: plain, huber: 20, limit: 20), trial.cost < bundle.cost { bundle = trial }
        }
        if Self.median(pairs.flatMap { bundle.errors($0) }) > 20, group.count > 2 {
            let grown = IncrementalRegistration(
                group: group, edges: edges, halfDiagonals: halves, bodies: bodyNumbers
            ).solved(focal: focal)
            if let grown, grown.cost < bundle.cost { bundle = grown }
        }
        return bundle
    }

    /// The ring that the views form, closed; nil where they form none or it hardly gapes.
    private func closed(_ bundle: RayBundle, _ edges: [MatchEdge]) -> RayBundle? {
        guard let found = GapClosing.ring(group, edges: edges, rotations: bundle.rotations),
            let gap = GapClosing.gap(found.ring, focal: bundle.focal), abs(gap) > 2,
            let focal = GapClosing.focal(found.ring, start: bundle.focal),
            let turns = GapClosing.rotations(found.ring, focal: focal)
        else { return nil }
        var closed = bundle
        closed.focal = focal
        for (place, at) in found.order.enumerated() { closed.rotations[at] = turns[place] }
        return closed
    }

    private func refined(_ start: RayBundle, _ pairs: [Edge]) -> RayBundle? {
        var bundle = start
        let plain = RayBundle.Freedom(lens: false, ownFocal: false)
        guard bundle.solve(pairs, freedom: plain, huber: 2) else { return nil }
        // All freedom, so that edges are judged without the lens' errors.
        var free = bundle
        guard free.solve(pairs, freedom: .init(lens: bendsLenses, ownFocal: true), huber: 2), free.cost <= bundle.cost
        else {
            return bundle
        }
        return free
    }

    /// Of the choices of freedom the one with the best evidence.
    private func chosen(_ bundle: RayBundle, _ pairs: [Edge], _ edges: [MatchEdge]) -> Candidate? {
        var best: Candidate?
        let freedoms = [
            RayBundle.Freedom(lens: false, ownFocal: false), .init(lens: true, ownFocal: false),
            .init(lens: true, ownFocal: true), .init(lens: false, ownFocal: true),
        ]
        for freedom in freedoms where bendsLenses || !freedom.lens {
            var trial = bundle
            if !freedom.ownFocal {
                let own = Self.median(trial.ownFocals)
                trial.focal += own
                trial.ownFocals = trial.ownFocals.map { _ in 0 }
            }
            if !freedom.lens { trial.lens = 0 }
            trial.objective = objective
            guard trial.solve(pairs, freedom: freedom, huber: 2) else { continue }
            let errors = pairs.map { trial.errors($0) }
            let parameters =
                3 * (group.count - 1) + freedom.parameters(photos: group.count, bodies: trial.lenses.count)
            let score = ModelEvidence.score(errors: errors.flatMap { $0 }, parameters: parameters)
            guard score < (best?.score ?? .infinity) else { continue }
            let cameras = Dictionary(
                uniqueKeysWithValues: group.enumerated().map { ($1, trial.camera($0)) })
            best = Candidate(
                geometry: .rotation(cameras), model: "rotation", score: score, errors: errors, edges: edges,
                bundle: trial, freedom: freedom)
        }
        return best
    }

    /// The widest angle between two cameras' axes.
    func spread(of candidate: Candidate) -> Double {
        guard case .rotation(let cameras) = candidate.geometry else { return 0 }
        let axes = cameras.values.map { $0.rotation.third }
        return axes.reduce(0.0) { widest, a in
            axes.reduce(widest) { max($0, acos(min(1, max(-1, a.dot($1))))) }
        }
    }
}
