/// One picture on its way into the catalogue: what was done with it, and what has to be done next.
///
/// `received -> stored -> fingerprinted -> (aliased | cleared) -> located -> categorised -> embedded -> indexed -> visible`,
/// with the side exits `refused`, `dead` and `removed`. A picture that waits for a person's word about a copy is cleared
/// too and becomes visible: a false duplicate must not hide goods.
///
/// The machine asks for nothing and does nothing: events come in with their time, actions come out. An event that was
/// heard before, or belongs to another step, changes nothing, so everything may be repeated after a crash.
public struct IngestPicture: Sendable, Hashable {
    /// How far a picture has come.
    public enum Stage: String, Sendable, Hashable, CaseIterable {
        /// Its row is written.
        case received
        /// Its bytes are kept.
        case stored
        /// Its hashes are known.
        case fingerprinted
        /// Another picture answers for it.
        case aliased
        /// It is no copy, or a person has yet to say so.
        case cleared
        /// Its main object is found.
        case located
        /// Its category is known.
        case categorised
        /// Its vector is known.
        case embedded
        /// The index holds it.
        case indexed
        /// Searches find it.
        case visible
        /// It is no picture that can be taken.
        case refused
        /// A step failed too often.
        case dead
        /// It was deleted.
        case removed
    }

    /// The picture.
    public let id: Int64
    /// The picture that goes as soon as this one is visible or answered for.
    public let replaces: Int64?
    /// Whether that picture was asked to go.
    public private(set) var hasReplaced: Bool
    /// How far it has come.
    public private(set) var stage: Stage
    /// The known picture that a person compares it with, as long as nobody has decided.
    public private(set) var review: Int64?
    /// The picture that answers for it; set when it is aliased.
    public private(set) var alias: Int64?
    /// How often the next step has failed.
    public private(set) var attempt: Int
    /// When the next step may be tried again, in milliseconds of the caller's clock.
    public private(set) var retryAt: Int64?
    /// The step at which it died.
    public private(set) var deadAt: IngestStep?
    /// Why it was refused or is dead.
    public private(set) var cause: String?

    /// A picture that has just come, or one that is read back from where it was kept.
    public init(
        id: Int64, replaces: Int64? = nil, hasReplaced: Bool = false, stage: Stage = .received,
        review: Int64? = nil, alias: Int64? = nil, attempt: Int = 0, retryAt: Int64? = nil, deadAt: IngestStep? = nil,
        cause: String? = nil
    ) {
        self.id = id
        self.replaces = replaces
        self.hasReplaced = hasReplaced
        self.stage = stage
        self.review = review
        self.alias = alias
        self.attempt = attempt
        self.retryAt = retryAt
        self.deadAt = deadAt
        self.cause = cause
    }

    /// A step is tried so often before the picture is dead.
    public static let maximumAttempts = 5

    /// The step that is to be done, unless nothing is.
    public var nextStep: IngestStep? { stage.nextStep }

    /// Hears what happened and tells what has to be done.
    ///
    /// The state and the actions belong into one transaction; the actions are carried out after it.
    /// - Parameter now: The time in milliseconds.
    public mutating func received(_ event: IngestEvent, at now: Int64) -> [IngestAction] {
        switch event {
        case .resumed: return resume(at: now)
        case .due: return due(at: now)
        case .finished(let step): return finished(step)
        case .judged(let judgement): return judged(judgement)
        case .refused(let code): return refuse(code)
        case .failed(let step, let reason, let isLasting): return failed(step, reason, isLasting: isLasting, at: now)
        case .decided(let isSame): return decided(isSame: isSame)
        case .aliasUndone: return freed()
        case .keptRemoved(let kept): return alias == kept ? freed() : []
        case .revived: return revive()
        case .removed: return remove()
        }
    }

    // MARK: Going on

    private func resume(at now: Int64) -> [IngestAction] {
        guard let step = nextStep else { return [] }
        if let retryAt, retryAt > now { return [.wait(until: retryAt)] }
        return [.run(step)]
    }

    private mutating func due(at now: Int64) -> [IngestAction] {
        guard let retryAt, retryAt <= now, let step = nextStep else { return [] }
        self.retryAt = nil
        return [.run(step)]
    }

    private mutating func finished(_ step: IngestStep) -> [IngestAction] {
        // Work that was under way when the picture left comes back and must not stay in the index.
        if step == .index || step == .show, stage.hasLeft { return [.takeOut] }
        guard step == nextStep, step != .judge else { return [] }
        enter(step.outcome)
        return stage == .visible ? dropReplaced() : run()
    }

    private mutating func judged(_ judgement: IngestJudgement) -> [IngestAction] {
        guard nextStep == .judge else { return [] }
        switch judgement {
        case .alias(let known) where !isItself(known):
            enter(.aliased)
            alias = known
            return [.alias(of: known)] + dropReplaced()
        case .review(let known) where !isItself(known):
            enter(.cleared)
            review = known
            return [.openReview(against: known)] + run()
        default:
            enter(.cleared)
            return run()
        }
    }

    /// A picture is no copy of itself, and none of the one that it replaces: that one goes.
    private func isItself(_ known: Int64) -> Bool { known == id || known == replaces }

    private mutating func enter(_ next: Stage) {
        stage = next
        attempt = 0
        retryAt = nil
    }

    private func run() -> [IngestAction] { nextStep.map { [.run($0)] } ?? [] }

    private mutating func dropReplaced() -> [IngestAction] {
        guard let old = replaces, !hasReplaced else { return [] }
        hasReplaced = true
        return [.remove(old)]
    }
}

// MARK: Failures

extension IngestPicture {
    private mutating func refuse(_ code: String) -> [IngestAction] {
        guard [.received, .stored, .fingerprinted].contains(stage) else { return [] }
        enter(.refused)
        cause = code
        return [.report(code)]
    }

    private mutating func failed(
        _ step: IngestStep, _ reason: String, isLasting: Bool, at now: Int64
    ) -> [IngestAction] {
        guard step == nextStep, retryAt == nil else { return [] }
        attempt += 1
        guard !isLasting, attempt < Self.maximumAttempts else {
            let leaving = leave()
            enter(.dead)
            (deadAt, cause) = (step, reason)
            return leaving + [.report(reason)]
        }
        let (until, isOver) = now.addingReportingOverflow(Self.pause(after: attempt))
        let time = isOver ? now : until
        retryAt = time
        return [.wait(until: time)]
    }

    /// 1, 4, 16, 64 seconds: as long as a restarted neighbour takes, and short enough for a person who waits.
    static func pause(after attempt: Int) -> Int64 { 1000 << Int64(2 * (min(max(attempt, 1), 4) - 1)) }

    private mutating func revive() -> [IngestAction] {
        guard stage == .dead, let step = deadAt else { return [] }
        // What was found out about copies may be out of date: before the verdict nothing is looked at.
        enter(step.isAfterVerdict ? .fingerprinted : step.origin)
        (deadAt, cause) = (nil, nil)
        return run()
    }
}

// MARK: Copies and deletion

extension IngestPicture {
    private mutating func decided(isSame: Bool) -> [IngestAction] {
        guard let known = review else { return [] }
        guard isSame else {
            review = nil
            return [.closeReview]
        }
        let leaving = leave()
        enter(.aliased)
        alias = known
        return leaving + [.alias(of: known)] + dropReplaced()
    }

    private mutating func freed() -> [IngestAction] {
        guard stage == .aliased else { return [] }
        enter(.cleared)
        alias = nil
        return [.dropAlias] + run()
    }

    private mutating func remove() -> [IngestAction] {
        guard stage != .removed else { return [] }
        let leaving = leave()
        enter(.removed)
        (deadAt, cause) = (nil, nil)
        return leaving + [.freeAliases, .releaseBlob]
    }

    /// What ends with the picture's time in the catalogue. Its entry is taken out whatever the stage: work that began
    /// before an alias was undone may have written one.
    private mutating func leave() -> [IngestAction] {
        let closing: [IngestAction] = review == nil ? [] : [.closeReview]
        let unnaming: [IngestAction] = alias == nil ? [] : [.dropAlias]
        (review, alias) = (nil, nil)
        return closing + unnaming + [.takeOut]
    }
}
