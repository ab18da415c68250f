import Foundation
internal import Imaging

/// Collects what becomes of photos and groups into a verdict.
struct StitchReport {
    private let photos: [StitchPhoto]
    private let read: [ReadPhoto]
    private let graph: MatchGraph
    private var verdicts: [PhotoVerdict]
    private var groups: [GroupVerdict] = []
    private var causes = LeftOutCauses()
    /// Photos whose group has not been tried yet.
    private var waiting: Set<Int> = []
    private var isCalledOff = false
    private var fates: [[Int]: (fate: StitchGraph.Fate, median: Double?)] = [:]
    /// Pairs that were joined only when their group was solved.
    private var found: [[Int]: PairOutcome] = [:]

    /// Of photos of which nothing is known yet.
    init(unfinished photos: [StitchPhoto], taken: Int) {
        self.photos = photos
        read = []
        graph = MatchGraph(points: [])
        verdicts = photos.indices.map {
            PhotoVerdict(name: photos[$0].name, verdict: $0 < taken ? .unfinished : .overLimit)
        }
    }

    init(photos: [StitchPhoto], read: [ReadPhoto], graph: MatchGraph, causes: LeftOutCauses = LeftOutCauses()) {
        self.photos = photos
        self.causes = causes
        self.read = read
        self.graph = graph
        verdicts = photos.map { PhotoVerdict(name: $0.name, verdict: .overLimit) }
        var first: [UInt64: Int] = [:]
        for index in read.indices {
            var verdict = leftOut(index)
            if let refusal = read[index].refusal, refusal != .noTexture {
                verdict = PhotoVerdict(name: photos[index].name, verdict: refusal)
            } else if let same = first.updateValue(
                first[read[index].fingerprint] ?? index, forKey: read[index].fingerprint)
            {
                verdict = copy(index, of: same)
            } else if let same = graph.copies[index] {
                verdict = copy(index, of: same)
            }
            verdicts[index] = verdict
        }
    }

    private func copy(_ index: Int, of same: Int) -> PhotoVerdict {
        var verdict = PhotoVerdict(name: photos[index].name, verdict: .duplicateOf)
        verdict.duplicateOf = photos[same].name
        return verdict
    }

    /// The verdict of a photo that nothing joins.
    private func leftOut(_ index: Int) -> PhotoVerdict {
        // Its own copy is no neighbour.
        let near = graph.nearest[index].flatMap { graph.copies[$0.photo] == nil ? $0 : nil }
        var reason = PhotoReason.noOverlap
        if causes.blurred.contains(index) {
            reason = .blurred
        } else if causes.moved.contains(index) {
            reason = .parallax
        } else if read[index].refusal == .noTexture {
            reason = .noTexture
        } else if let near, near.inliers >= 8 {
            reason = .overlapTooSmall
        }
        var verdict = PhotoVerdict(name: photos[index].name, verdict: reason)
        verdict.triedTier = graph.tiers[index]
        verdict.bestCandidate = near.map { near in
            let needed = max(Double(EdgeAcceptance.least), EdgeAcceptance.needed(matches: near.matches))
            return PhotoVerdict.BestCandidate(
                photo: photos[near.photo].name, matches: near.matches, inliers: near.inliers,
                needed: Int(needed.rounded(.up)))
        }
        return verdict
    }

    /// Notes which photos wait for their group to be tried.
    mutating func await(_ groups: [[Int]]) { waiting = Set(groups.joined()) }

    /// Notes that the work was called off: what waits stays undecided.
    mutating func callOff() {
        isCalledOff = true
        for index in waiting { verdicts[index] = PhotoVerdict(name: photos[index].name, verdict: .unfinished) }
    }

    mutating func couldNotSolve(_ group: [Int]) {
        waiting.subtract(group)
        for index in group { verdicts[index] = PhotoVerdict(name: photos[index].name, verdict: .inconsistent) }
    }

    mutating func replaceLast(_ verdict: GroupVerdict) { groups[groups.count - 1] = verdict }

    /// Notes a group that came out.
    mutating func add(_ solved: SolvedGroup, _ made: Composition) -> GroupVerdict {
        let number = groups.count + 1
        waiting.subtract(solved.photos)
        for photo in solved.photos {
            verdicts[photo] = used(photo, solved, number)
            verdicts[photo].shownShare = made.shown[photo]?.thousandths
        }
        for (edge, median) in solved.edges {
            let pair = [edge.first, edge.second]
            fates[pair] = (.used, median)
            if graph.compared[pair]?.edge == nil {
                found[pair] = PairOutcome(edge: edge, matches: edge.matches, inliers: edge.inliers)
            }
        }
        for edge in solved.dropped { fates[[edge.first, edge.second]] = (.contradicts, nil) }
        let residuals = solved.residuals
        func at(_ share: Double) -> Double {
            residuals.isEmpty ? 0 : residuals[min(residuals.count - 1, Int(Double(residuals.count) * share))]
        }
        var verdict = GroupVerdict(
            group: number, grade: .good, model: solved.model, modelEvidence: solved.evidence.mapValues { $0.rounded() },
            surface: made.canvas.surface.name, closed: made.canvas.isClosed, used: solved.photos.count,
            fovDegrees: made.fieldOfView.map { [$0.across.tenths, $0.down.tenths] },
            size: [made.image.width, made.image.height], scaleReduced: made.reduction.thousandths,
            residualPx: .init(
                median: at(0.5).thousandths, p95: at(0.95).thousandths, expected: solved.expected?.thousandths),
            mismatch: solved.cause, lens: lens(solved),
            tone: .init(stepMedian: made.tone.stepMedian.thousandths, worst: made.tone.worst.thousandths),
            holes: made.holes, torn: made.torn.thousandths, emptyAfterCrop: made.empty,
            droppedEdges: solved.dropped.count, warnings: [], file: nil)
        if made.finer > 1 {
            verdict.warnings.append(
                "finerScale: drawn at \(made.finer.tenths) times the scale of most photos, for some show more detail.")
        }
        let soft = solved.photos.filter { causes.soft.contains($0) }.map { photos[$0].name }
        if !soft.isEmpty {
            verdict.warnings.append("blurred: only \(soft.joined(separator: ", ")) shows some part; take it again.")
        }
        let magnification = solved.photos.map { read[$0].magnification }.max() ?? 1
        // Gaps of rendered rings were up to four deviations wide: a lens is never quite the one that is solved for.
        verdict.judge(magnification: magnification, apart: 4 * (solved.open.map(\.deviation).max() ?? 0))
        groups.append(verdict)
        return verdict
    }

    private func used(_ photo: Int, _ solved: SolvedGroup, _ number: Int) -> PhotoVerdict {
        let mine = solved.edges.filter { $0.edge.first == photo || $0.edge.second == photo }
        let inliers = mine.reduce(0) { $0 + $1.edge.inliers }
        let isWeak = mine.count == 1 && inliers < 20
        let isSoft = causes.soft.contains(photo)
        var verdict = PhotoVerdict(name: photos[photo].name, verdict: isWeak || isSoft ? .usedWeak : .used)
        if isSoft { verdict.advice = PhotoReason.blurred.advice }
        verdict.group = number
        verdict.edges = mine.count
        verdict.inliers = inliers
        let medians = mine.map(\.median).sorted()
        verdict.residualPx = medians.isEmpty ? nil : medians[medians.count / 2].thousandths
        if case .rotation(let cameras) = solved.geometry { verdict.focal = cameras[photo]?.focal.tenths }
        return verdict
    }

    private func lens(_ solved: SolvedGroup) -> GroupVerdict.Lens? {
        guard case .rotation(let cameras) = solved.geometry else { return nil }
        let focals = cameras.values.map(\.focal)
        let lenses = Dictionary(grouping: cameras.values) { $0.lens }.mapValues(\.count)
        let common = lenses.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
        return GroupVerdict.Lens(
            lambda: common.thousandths, bodies: lenses.count > 1 ? lenses.keys.sorted().map(\.thousandths) : nil,
            focal: [(focals.min() ?? 0).tenths, (focals.max() ?? 0).tenths])
    }

    /// The whole; `order` tells where each photo stood when it was handed in.
    func verdict(seconds: [String: Double], order: [Int]) -> StitchVerdict {
        var handedIn = verdicts
        for (place, original) in order.enumerated() { handedIn[original] = verdicts[place] }
        let state: StitchVerdict.State = isCalledOff ? .cancelled : groups.isEmpty ? .failed : .done
        return StitchVerdict(
            state: state, reason: isCalledOff ? "cancelled: it was called off." : groups.isEmpty ? reason : nil,
            groups: groups, photos: handedIn, seconds: seconds)
    }

    /// What was compared, with the numbers of what was handed in; `order` as for ``verdict(seconds:order:)``.
    func graph(order: [Int]) -> StitchGraph {
        var names = verdicts.map(\.name)
        for (place, original) in order.enumerated() { names[original] = verdicts[place].name }
        let compared = graph.compared.merging(found) { $1 }
        let edges = compared.map { pair, outcome -> StitchGraph.Edge in
            let isCopy = graph.copies[pair[0]] != nil || graph.copies[pair[1]] != nil
            let known = fates[pair]
            let isSpare = causes.blurred.contains(pair[0]) || causes.blurred.contains(pair[1])
            let fate =
                known?.fate ?? (isCopy ? .copy : outcome.edge == nil ? .tooFew : isSpare ? .leftOut : .unsolved)
            var needed = max(Double(EdgeAcceptance.least), EdgeAcceptance.needed(matches: outcome.matches))
            // Where cameras were known, fewer were enough.
            if found[pair] != nil { needed = min(needed, Double(outcome.inliers)) }
            return StitchGraph.Edge(
                first: min(order[pair[0]], order[pair[1]]), second: max(order[pair[0]], order[pair[1]]),
                matches: outcome.matches, inliers: outcome.inliers, needed: Int(needed.rounded(.up)),
                residualPx: known?.median?.thousandths, fate: fate)
        }
        return StitchGraph(
            photos: names,
            edges: edges.sorted { ($1.inliers, $0.first, $0.second) < ($0.inliers, $1.first, $1.second) })
    }

    private var reason: String {
        guard read.contains(where: { $0.points != nil }) else { return "notReadable: no photo could be read." }
        guard let near = graph.nearest.max(by: { ($0.value.inliers, $1.key) < ($1.value.inliers, $0.key) }) else {
            return "nothingConnects: there is only one photo."
        }
        return "nothingConnects: nearest are \(photos[near.key].name) and \(photos[near.value.photo].name) with "
            + "\(near.value.inliers) of \(near.value.matches) matches that agree."
    }
}

extension GroupVerdict {
    /// Grades the group by what was measured.
    ///
    /// - Parameters:
    ///   - magnification: Output pixels a matching pixel.
    ///   - apart: How far photos that lie on each other unconfirmed may be apart, in matching pixels.
    mutating func judge(magnification: Double, apart: Double) {
        // Residuals are at the matching size; people see the output.
        let expected = (residualPx.expected ?? 0) * magnification
        let (median, p95) = (residualPx.median * magnification, residualPx.p95 * magnification)
        let apart = apart * magnification
        if scaleReduced < 0.999 { warnings.append("scaleReduced: drawn at \(scaleReduced) of the photos' size.") }
        if droppedEdges > 0 { warnings.append("droppedEdges: \(droppedEdges) contradict the others.") }
        if surface == "plane", let widest = fovDegrees?.max(), widest > 90 {
            // Lengths along the radius grow with 1 / cos² of the angle from the middle.
            let edge = cos(min(widest, 178) * .pi / 360)
            warnings.append(
                "stretched: a plane shows \(widest) degrees; things at the edge are drawn "
                    + "\((1 / (edge * edge)).tenths) times as wide as in the middle.")
        }
        // What moved with the camera is not among the pairs that agree: their residuals say too little then.
        let isUneven = mismatch == .parallax
        if holes > 0 || p95 > 8 {
            grade = .poor
        } else if median > 1 || p95 > 3 || isUneven || torn > 0.02 || tone.stepMedian > 0.05 || expected > 1.5
            || apart > 3
        {
            grade = .usable
        }
        if apart > 3 {
            warnings.append(
                "openLoop: photos that lie on each other are joined but a long way round; there they may be "
                    + "\(apart.tenths) pixels apart.")
        }
        if mismatch == .parallax {
            warnings.append("parallax: the camera moved between photos; near things may not meet.")
        }
    }
}

extension Double {
    var thousandths: Double { isFinite ? (self * 1000).rounded() / 1000 : 0 }
    var tenths: Double { isFinite ? (self * 10).rounded() / 10 : 0 }
}
