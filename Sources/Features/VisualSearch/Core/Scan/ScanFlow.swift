/// A scan from its pictures to its answer, and on when a person chooses another part or category.
///
/// The flow computes nothing heavy itself: it asks for work, hears what came of it, and joins it by the rules of
/// ``ObjectChoice``, ``FrameFusion``, ``CategoryVote`` and ``VerdictEvidence``.
public struct ScanFlow: Sendable, Hashable {
    /// What was asked for last.
    public private(set) var request: ScanRequest
    private let setting: ScanSetting
    /// Grows with each change of the request, so that late answers are known.
    public private(set) var round = 0
    private var pictures: [ScanPicture] = []
    private var detections: [[Detection]]?
    private var parts: [ScanAction.Part] = []
    private var vector: [Float]?
    /// What the model takes the thing for.
    private var told: [String: Double] = [:]
    /// How undecided it is.
    private var doubt = 0.0
    private var neighbours: [CategoryVote.Neighbour] = []
    private var sharpness = 0.0
    private var object: Detection?
    private var waiting: ScanStage?
    private var waitsSince: Int64 = 0
    private var answer: ScanAnswer

    /// A scan that was not begun.
    public init(id: String, request: ScanRequest, setting: ScanSetting) {
        self.request = request
        self.setting = setting
        answer = ScanAnswer(id: id)
        answer.generation = setting.generation
    }

    /// What work is under way; nil when the scan is answered or not begun.
    public var stage: ScanStage? { waiting }

    /// Whether the very item was found, as far as the scan has come.
    var hasSameItem: Bool { !answer.groups.isEmpty }

    /// The vector of what is searched; nil before there is one.
    var searchedVector: [Float]? { vector }

    /// How many candidates a search asks for.
    var candidates: Int { setting.candidates }

    /// The frame that boxes belong to: the sharpest one.
    public var shownFrame: Int { parts.first?.frame ?? 0 }

    /// Hears what happened and tells what has to be done.
    ///
    /// - Parameter now: The time in microseconds, for the times that the answer tells.
    public mutating func received(_ event: ScanEvent, at now: Int64) -> [ScanAction] {
        let actions = hear(event, at: now)
        if let stage = actions.first?.stage {
            waiting = stage
            waitsSince = now
        }
        return actions
    }

    private mutating func hear(_ event: ScanEvent, at now: Int64) -> [ScanAction] {
        switch event {
        case .began: return waiting == nil && pictures.isEmpty ? [.decode] : []
        case .boxChanged(let box): return changed(box)
        case .categoryChanged(let category): return changed(category)
        case .modelMissing:
            guard waiting == .locate || waiting == .embed else { return [] }
            return finish(.nothing(.noModel), .noModel)
        default: break
        }
        guard let ended = event.stage, ended == waiting, event.round ?? round == round else { return [] }
        note(ended, since: waitsSince, until: now)
        switch event {
        case .decoded(let pictures): return decoded(pictures)
        case .barcode(let code, let qr, let styles): return readBarcode(code, qr, styles)
        case .located(let detections): return located(detections)
        case .embedded(_, let vectors, let categories, let doubt):
            (told, self.doubt) = (categories, doubt)
            return embedded(vectors)
        case .voted(_, let neighbours): return voted(neighbours)
        case .found(_, let findings): return found(findings)
        case .described(_, let description): return described(description)
        default: return []
        }
    }

    private mutating func note(_ stage: ScanStage, since start: Int64, until end: Int64) {
        let (length, isOver) = end.subtractingReportingOverflow(start)
        let milliseconds = isOver ? 0 : max(0, Double(length) / 1000)
        answer.timings.append(.init(stage: stage.rawValue, milliseconds: milliseconds))
    }

    private mutating func finish(_ verdict: Verdict, _ reason: ScanReason?) -> [ScanAction] {
        (answer.verdict, answer.reason) = (verdict, reason)
        waiting = nil
        if case .nothing = verdict { (answer.groups, answer.similar) = ([], []) }
        return [.answer(answer)]
    }
}

// MARK: The picture

extension ScanFlow {
    private mutating func decoded(_ pictures: [ScanPicture]) -> [ScanAction] {
        self.pictures = Array(pictures.prefix(setting.frames.limit))
        guard self.pictures.contains(where: { !$0.isBlank }) else {
            return finish(.nothing(.nothingToSee), .nothingToSee)
        }
        return [.readBarcode]
    }

    /// A code that the catalogue knows is answered before any model runs.
    private mutating func readBarcode(_ code: String?, _ qr: String?, _ styles: [String]) -> [ScanAction] {
        (answer.barcode, answer.qr) = (code, qr)
        guard !styles.isEmpty else { return request.box == .full || !setting.hasFinder ? look() : [.locate] }
        answer.groups = styles.prefix(request.limit).map { .init(style: $0, score: 1, probability: 1) }
        return [.describe(round: round, styles: answer.groups.map(\.style), category: nil)]
    }

    private mutating func located(_ detections: [[Detection]]) -> [ScanAction] {
        self.detections = detections
        return look()
    }

    /// Chooses the part of each frame; a part that a person drew belongs to the shown frame alone.
    private mutating func look() -> [ScanAction] {
        let choices = pictures.indices.map { frame in
            ObjectChoice(
                detections.flatMap { $0.indices.contains(frame) ? $0[frame] : nil } ?? [], request: request.box,
                rules: setting.objects, hasLooked: setting.hasFinder)
        }
        let seeing = pictures.indices.filter { !pictures[$0].isBlank }
        guard let shown = seeing.max(by: { (pictures[$0].sharpness, $1) < (pictures[$1].sharpness, $0) }) else {
            return finish(.nothing(.nothingToSee), .nothingToSee)
        }
        show(choices[shown], frame: shown)
        var frames = [shown]
        if case .own = request.box {} else { frames += seeing.filter { $0 != shown } }
        parts = frames.map { .init(frame: $0, box: choices[$0].box) }
        return [.embed(round: round, parts)]
    }

    private mutating func show(_ choice: ObjectChoice, frame: Int) {
        answer.boxes = choice.objects
        answer.chosen = choice.box
        answer.source = choice.source
        object = choice.object
        sharpness = pictures[frame].sharpness
    }
}

// MARK: The search

extension ScanFlow {
    private mutating func embedded(_ vectors: [[Float]]) -> [ScanAction] {
        let frames = zip(parts, vectors).map { part, vector in
            FrameFusion.Frame(vector: vector, sharpness: pictures[part.frame].sharpness)
        }
        guard let fused = FrameFusion(frames, rules: setting.frames) else {
            return finish(.nothing(.nothingToSee), .nothingToSee)
        }
        vector = fused.vector
        return [.vote(round: round, vector: fused.vector, count: setting.vote.neighbours)]
    }

    private mutating func voted(_ neighbours: [CategoryVote.Neighbour]) -> [ScanAction] {
        self.neighbours = neighbours
        return search()
    }

    private mutating func search() -> [ScanAction] {
        guard let vector else { return [] }
        let detector = object.flatMap { object in object.category.map { [$0: object.score] } } ?? told
        let vote = CategoryVote(
            detector: detector, neighbours: neighbours, categories: setting.categories, rules: setting.vote)
        answer.category = .init(final: Array(vote.shares.prefix(3)), detector: vote.detector, votes: vote.votes)
        if let named = request.category { answer.category.final = [.init(category: named, probability: 1)] }
        // The word of the model may be right where the vote is wrong: what both hold likely is looked through with care.
        let likely = vote.searched + vote.detector.prefix(2).map(\.category).filter { !vote.searched.contains($0) }
        return [
            .search(
                round: round, vector: vector, categories: request.category.map { [$0] } ?? likely,
                isOnly: request.category != nil, count: setting.candidates)
        ]
    }

    private mutating func found(_ findings: ScanFindings) -> [ScanAction] {
        let prior = CategoryPrior(request.category == nil ? told : [:])
        let ranking = SameItemRanking(findings.candidates, prior: prior)
        let evidence = evidence(findings, ranking, told: prior.probability(ranking.groups.first?.category))
        let (verdict, reason) = evidence.verdict(by: setting.calibration)
        (answer.verdict, answer.reason) = (verdict, reason)
        answer.groups = []
        answer.similar = ranking.groups.prefix(request.limit).map { .init(style: $0.style, score: $0.score) }
        if let probability = verdict.probability, !answer.similar.isEmpty {
            answer.similar[0].probability = probability
        }
        // A similar item is never shown as the same one.
        if case .sameItem = verdict { answer.groups = [answer.similar.removeFirst()] }
        let styles = answer.groups.map(\.style) + answer.similar.map(\.style)
        return [.describe(round: round, styles: styles, category: answer.category.final.first?.category)]
    }

    private func evidence(
        _ findings: ScanFindings, _ ranking: SameItemRanking, told: Double?
    ) -> VerdictEvidence {
        VerdictEvidence(
            ranking: ranking, category: answer.category.final.first, told: told, doubt: doubt, sharpness: sharpness,
            // What a person drew is certain.
            boxScore: object?.score ?? (answer.source == .own ? 1 : 0),
            hasObject: answer.source != .nothingFound, indexCount: findings.indexCount,
            passingCount: findings.passingCount, isComplete: findings.isComplete)
    }

    private mutating func described(_ description: ScanDescription) -> [ScanAction] {
        func dressed(_ group: ScanAnswer.Group) -> ScanAnswer.Group {
            var group = group
            group.offers = SameItemRanking.sorted(
                description.offers[group.style, default: []], currency: request.currency)
            return group
        }
        answer.groups = answer.groups.map(dressed)
        answer.similar = answer.similar.map(dressed)
        answer.encyclopedia = description.encyclopedia
        answer.articles = description.articles
        if vector == nil, let coded = answer.groups.first {
            return finish(.sameItem(style: coded.style, probability: 1), nil)
        }
        return finish(answer.verdict, answer.reason)
    }
}

// MARK: Another part, another category

extension ScanFlow {
    /// The picture was read and looked at already: only the part's vector is new.
    private mutating func changed(_ box: BoxRequest) -> [ScanAction] {
        request.box = box
        guard !pictures.isEmpty, pictures.contains(where: { !$0.isBlank }) else { return [] }
        if waiting == .barcode || waiting == .locate { return [] }
        begin()
        return detections == nil && box != .full && setting.hasFinder ? [.locate] : look()
    }

    private mutating func changed(_ category: String?) -> [ScanAction] {
        request.category = category
        guard vector != nil, waiting != .embed, waiting != .vote else { return [] }
        begin()
        return search()
    }

    private mutating func begin() {
        round += 1
        (answer.groups, answer.similar, answer.encyclopedia, answer.articles) = ([], [], [], [])
        (answer.timings, answer.reason) = ([], nil)
    }
}

extension ScanAction {
    /// The stage that an action begins.
    var stage: ScanStage? {
        switch self {
        case .decode: .decode
        case .readBarcode: .barcode
        case .locate: .locate
        case .embed: .embed
        case .vote: .vote
        case .search: .search
        case .describe: .describe
        case .answer: nil
        }
    }
}

extension ScanEvent {
    /// The stage that an event ends.
    var stage: ScanStage? {
        switch self {
        case .decoded: .decode
        case .barcode: .barcode
        case .located: .locate
        case .embedded: .embed
        case .voted: .vote
        case .found: .search
        case .described: .describe
        case .began, .modelMissing, .boxChanged, .categoryChanged: nil
        }
    }

    /// The round that an answer belongs to.
    var round: Int? {
        switch self {
        case .embedded(let round, _, _, _), .voted(let round, _), .found(let round, _), .described(let round, _): round
        default: nil
        }
    }
}
