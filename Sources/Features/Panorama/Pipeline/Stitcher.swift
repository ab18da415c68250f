import Foundation
public import Imaging
internal import Kernels

/// Stitches a heap of photos: every panorama in it, and a verdict for each photo.
///
/// Photos may come in any order, of several scenes, with strangers among them. Nothing a file holds makes it fail as a
/// whole: a photo that cannot be used has a verdict that says why.
public struct Stitcher: Sendable {
    /// What the user asked for.
    public var options: StitchOptions

    /// A stitcher with the given options.
    public init(options: StitchOptions = StitchOptions()) { self.options = options }

    /// One panorama.
    public struct Panorama: Sendable {
        /// Its number, from 1.
        public let group: Int
        /// The picture.
        public let image: Image
        /// What was found about it.
        public let verdict: GroupVerdict
        /// How its photos lie, by their places in what was handed in.
        public let geometry: GroupGeometry
        /// How its pixels relate to directions.
        public let frame: PanoramaFrame
        /// Which photo shows what, at a small size.
        public let shares: PanoramaShares
        /// Upright width and height of its photos at full size, by their places in what was handed in.
        public let photoSizes: [Int: [Int]]
        /// Keeps or removes things in it; holds memory as long as it is held.
        public let editor: PanoramaEditor
        /// Its levels between those of 8 bits, 1 is white; nil unless ``StitchOptions/keepsDepth`` was set.
        public let deep: FloatImage?
        /// Pairs of points that hold it together, by the photos' places in what was handed in.
        package let edges: [MatchEdge]
    }

    /// Stitches the photos.
    ///
    /// - Parameters:
    ///   - photos: Names and files.
    ///   - progress: Is told how far it is; a `CancellationError` from it ends the work with what there is, every other
    ///     error ends it with nothing.
    ///   - deliver: Gets each panorama when it is done, and returns the name under which it was kept, if it was.
    /// - Returns: What became of everything.
    /// - Throws: What `progress` or `deliver` throw, nothing else.
    public func stitch(
        _ photos: [StitchPhoto], progress: (StitchProgress) throws -> Void = { _ in },
        deliver: (Panorama) throws -> String?
    ) throws -> StitchVerdict {
        try outcome(photos, progress: progress, deliver: deliver).verdict
    }

    /// Stitches the photos and tells what was compared as well.
    ///
    /// - Parameters:
    ///   - handedIn: Names and files.
    ///   - cache: Where finished stages of photos with an identity are looked for and kept.
    ///   - progress: As for ``stitch(_:progress:deliver:)``.
    ///   - deliver: As for ``stitch(_:progress:deliver:)``.
    /// - Throws: What `progress`, `deliver` or the cache throw, nothing else.
    public func outcome(
        _ handedIn: [StitchPhoto], cache: StitchCache? = nil, progress: (StitchProgress) throws -> Void = { _ in },
        deliver: (Panorama) throws -> String?
    ) throws -> StitchOutcome {
        var clock = StageClock()
        func tell(_ stage: StitchStage, _ done: Int, _ of: Int) throws {
            clock.enter(stage)
            try progress(StitchProgress(stage: stage, done: done, of: of))
        }
        let fold = options.fusesBrackets ? BracketFold(handedIn, memoryMebibytes: options.memoryMebibytes) : nil
        let photos = fold?.photos ?? handedIn
        // By name, so that the order in which photos come changes nothing; neighbours in name are neighbours in time.
        let order = photos.indices.sorted { (photos[$0].name, $0) < (photos[$1].name, $1) }
        let named = order.map { photos[$0] }
        let taken = Array(named.prefix(options.photoLimit))
        var report = StitchReport(unfinished: named, taken: taken.count)
        do {
            let stages = StageReader(photos: taken, cache: cache)
            var read: [ReadPhoto] = []
            for index in taken.indices {
                try tell(.detect, index, taken.count)
                read.append(try stages.read(index, detector: detector))
            }
            var graph = try matched(stages, read, tell)
            let causes = LeftOutCauses(&graph, taken, read)
            report = StitchReport(photos: named, read: read, graph: graph, causes: causes)
            let numbers = order.map { fold?.members[$0].first ?? $0 }
            try compose(read, graph, taken, numbers, cache, &report, tell, deliver)
        } catch is CancellationError {
            report.callOff()
        }
        let outcome = StitchOutcome(
            verdict: report.verdict(seconds: clock.finish(), order: order), graph: report.graph(order: order))
        return fold?.expanded(outcome, handedIn: handedIn) ?? outcome
    }

    private func compose(
        _ read: [ReadPhoto], _ graph: MatchGraph, _ photos: [StitchPhoto], _ numbers: [Int], _ cache: StitchCache?,
        _ report: inout StitchReport, _ tell: (StitchStage, Int, Int) throws -> Void,
        _ deliver: (Panorama) throws -> String?
    ) throws {
        let groups = Components.groups(count: read.count, edges: graph.edges).filter { $0.count > 1 }
        report.await(groups)
        var composer = GroupComposer(photos: photos, read: read, options: options)
        var delivered = 0
        for (index, group) in groups.enumerated() {
            try tell(.solve, index, groups.count)
            let stages = GroupStages(cache, photos, group: group, options: options)
            let make = { solve(group, graph, photos, read) }
            guard let solved = if let stages { try stages.solution(group, make: make) } else { make() },
                let prepared = try composer.prepare(solved, progress: tell)
            else {
                report.couldNotSolve(group)
                continue
            }
            var chosen = try composer.choose(prepared, stages: stages)
            let things = prepared.painted(
                options.things.filter { $0.group == delivered + 1 }, chosen.labels, numbers: numbers)
            if !things.isEmpty {
                chosen = try composer.choose(prepared, objective: .painted(things), stages: stages)
            }
            guard let made = try composer.draw(prepared, chosen, stages: stages, progress: tell) else {
                report.couldNotSolve(group)
                continue
            }
            delivered += 1
            var verdict = report.add(solved, made)
            let panorama = Panorama(
                group: verdict.group, image: made.image, verdict: verdict,
                geometry: solved.geometry.renumbered(numbers),
                frame: made.frame, shares: made.shares.renumbered(numbers),
                photoSizes: Dictionary(
                    uniqueKeysWithValues: solved.photos.map { (numbers[$0], [read[$0].width, read[$0].height]) }),
                editor: PanoramaEditor(composer: composer, group: prepared, labels: made.labels, numbers: numbers),
                deep: made.deep, edges: solved.edges.map { $0.edge.renumbered(numbers) })
            verdict.file = try deliver(panorama)
            report.replaceLast(verdict)
        }
    }

    private func matched(
        _ stages: StageReader, _ read: [ReadPhoto], _ tell: (StitchStage, Int, Int) throws -> Void
    ) throws -> MatchGraph {
        var seen: [UInt64: Int] = [:]
        let points = read.enumerated().map { index, photo -> PhotoPoints? in
            guard photo.refusal == nil || photo.refusal == .noTexture else { return nil }
            guard seen.updateValue(index, forKey: photo.fingerprint) == nil else { return nil }
            return photo.points
        }
        var graph = MatchGraph(points: points)
        if options.isOrdered {
            try tell(.match, 0, 1)
            graph.take(SequenceTopology().edges(points).edges)
        } else {
            var search = PairSearch(points)
            var done = 0
            while case let pairs = search.next(graph.edges), !pairs.isEmpty {
                for pair in pairs {
                    try tell(.match, done, search.count)
                    try stages.compare(pair.0, pair.1, in: &graph)
                    done += 1
                }
            }
        }
        pin(&graph, stages.photos, read)
        graph.markCopies(pixels: read.map { $0.width * $0.height })
        try retry(stages, read, &graph, tell)
        return graph
    }

    private var detector: PointDetector {
        var detector = PointDetector()
        detector.code = options.code
        return detector
    }

    private func pin(_ graph: inout MatchGraph, _ photos: [StitchPhoto], _ read: [ReadPhoto]) {
        for pin in options.pins {
            guard let a = photos.firstIndex(where: { $0.name == pin.a }),
                let b = photos.firstIndex(where: { $0.name == pin.b }), a != b
            else { continue }
            if pin.pairs.isEmpty {
                let isKnown = graph.edges.contains { $0.first == min(a, b) && $0.second == max(a, b) }
                guard !isKnown, let p = graph.points[min(a, b)], let q = graph.points[max(a, b)] else { continue }
                let outcome = GuidedMatch().compare(min(a, b), max(a, b), p, q)
                if let edge = outcome.edge { graph.pin(edge.first, edge.second, pairs: edge.pairs) }
            } else if let pairs = pin.matching(read[a], read[b]) {
                let edge = MatchEdge(first: a, second: b, pairs: pairs, homography: .identity, matches: 0)
                graph.pin(min(a, b), max(a, b), pairs: edge.pairs(from: min(a, b)))
            }
        }
    }

    /// The ladder: larger and with more points, then into dim parts, then with slanted things made round, then guided by what agrees loosely, then by
    /// brightness alone.
    private func retry(
        _ stages: StageReader, _ read: [ReadPhoto], _ graph: inout MatchGraph,
        _ tell: (StitchStage, Int, Int) throws -> Void
    ) throws {
        let ladder = RetryLadder(stages: stages, read: read, code: options.code)
        for rung in RetryLadder.Rung.allCases {
            try graph.retry(
                tier: rung.rawValue, ratio: 0.8, changes: { ladder.changes($0, rung) },
                scouts: { ladder.scouts($0, rung) }, fresh: { ladder.points($0, rung) },
                progress: { try tell(.retry, $0, $1) })
        }
        let points = graph.points
        try graph.retry(tier: 4, reach: 2, progress: { try tell(.retry, $0, $1) }) { first, second in
            guard let a = points[first], let b = points[second] else { return nil }
            return GuidedMatch().compare(first, second, a, b)
        }
        var planes: [Int: WeightedPlane] = [:]
        func plane(_ photo: Int) -> WeightedPlane? {
            if let known = planes[photo] { return known }
            planes[photo] = points[photo].flatMap { PhotoIntake.plane(stages.photos[photo], like: $0) }
            return planes[photo]
        }
        try graph.retry(tier: 5, reach: 1, progress: { try tell(.retry, $0, $1) }) { first, second in
            guard let a = points[first], let b = points[second], let p = plane(first), let q = plane(second) else {
                return nil
            }
            return DirectMatch().compare(first, second, p, q, a, b)
        }
    }

    private func solve(
        _ group: [Int], _ graph: MatchGraph, _ photos: [StitchPhoto], _ read: [ReadPhoto]
    ) -> SolvedGroup? {
        let (solver, edges) = solver(of: group, graph, read)
        guard let solved = solver.solve(edges).map({ solver.closingLoops($0, edges) }) else { return nil }
        guard options.refines else { return solved }
        return Refinement().refined(solved, solver: solver) { photo in
            read[photo].points.flatMap { PhotoIntake.plane(photos[photo], like: $0) }
        }
    }

    /// The solver of a group with what is known of its photos, and the edges inside.
    func solver(
        of group: [Int], _ graph: MatchGraph, _ read: [ReadPhoto]
    ) -> (solver: GroupSolver, edges: [MatchEdge]) {
        let inside = Set(group)
        let empty = PhotoPoints.none
        var solver = GroupSolver(group: group, points: graph.points.map { $0 ?? empty })
        solver.choice = options.model
        let names = Array(Set(read.map { $0.body ?? "" })).sorted()
        solver.bodies = read.map { names.firstIndex(of: $0.body ?? "") ?? 0 }
        solver.objective = options.bundle
        let hints = group.compactMap { read[$0].focalHint }.sorted()
        solver.focalHint = hints.isEmpty ? nil : hints[hints.count / 2]
        let edges = graph.edges.filter { inside.contains($0.first) && inside.contains($0.second) }
        return (solver, edges)
    }
}

/// Processor seconds by stage.
private struct StageClock {
    private var seconds: [String: Double] = [:]
    private var current: StitchStage?
    private var started = Double(clock()) / Double(CLOCKS_PER_SEC)

    mutating func enter(_ stage: StitchStage) {
        guard stage != current else { return }
        leave()
        current = stage
    }

    private mutating func leave() {
        let now = Double(clock()) / Double(CLOCKS_PER_SEC)
        if let current { seconds[current.rawValue, default: 0] += now - started }
        started = now
    }

    mutating func finish() -> [String: Double] {
        leave()
        current = nil
        return seconds.mapValues { ($0 * 100).rounded() / 100 }
    }
}
