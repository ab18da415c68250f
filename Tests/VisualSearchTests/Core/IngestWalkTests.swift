import Basics
import Testing
import VisualSearch

/// Carries out what a picture's machine asks for, as a server would: work ends late, in any order, or not at all.
private struct IngestWorld {
    var machine = IngestPicture(id: 1, replaces: 2)
    var now: Int64 = 0
    var random: SeededRandom
    var underWay: [IngestStep] = []
    var isIndexed = false
    var isReviewOpen = false
    var alias: Int64?
    var isJudged = false
    var oldRemovals = 0

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func hear(_ event: IngestEvent) -> String? {
        if case .judged = event, machine.nextStep == .judge { isJudged = true }
        if event == .revived, machine.stage == .dead { isJudged = false }
        let before = machine
        for action in machine.received(event, at: now) {
            if let fault = carryOut(action) { return "\(fault): \(event) in \(before)" }
        }
        return fault().map { "\($0): \(event) in \(before)" }
    }

    private mutating func carryOut(_ action: IngestAction) -> String? {
        switch action {
        case .run(let step):
            if step.isAfterVerdict && !isJudged { return "\(step) before the verdict" }
            if let retryAt = machine.retryAt, retryAt > now { return "\(step) before its time" }
            underWay.append(step)
        case .remove(let old):
            oldRemovals += 1
            let isAnswered = machine.stage == .visible || machine.stage == .aliased
            if old != 2 || !isAnswered || oldRemovals > 1 { return "the old picture went too early or twice" }
        case .takeOut: isIndexed = false
        case .openReview: isReviewOpen = true
        case .closeReview: isReviewOpen = false
        case .alias(let known): alias = known
        case .dropAlias: alias = nil
        case .wait, .freeAliases, .releaseBlob, .report: break
        }
        return nil
    }

    private func fault() -> String? {
        if machine.stage == .visible && !isIndexed { return "visible, but not in the index" }
        if machine.stage.hasLeft && isIndexed && !underWay.contains(.index) { return "left, but in the index" }
        if (machine.review != nil) != isReviewOpen { return "the review's state differs" }
        if machine.alias != alias || (alias != nil) != (machine.stage == .aliased) { return "the alias differs" }
        if machine.alias == 1 || machine.alias == 2 || machine.review == 2 { return "a copy of itself" }
        if machine.attempt >= IngestPicture.maximumAttempts { return "tried too often" }
        return nil
    }

    /// One random thing that can happen.
    mutating func step() -> String? {
        now += Int64(random.next() % 3000)
        switch random.next() % 32 {
        case 0..<18: return finishWork()
        case 18..<21: return failWork()
        case 21: return hear(.resumed)
        case 22..<25: return hear(.due)
        case 25: return hear(.decided(isSame: random.next() % 2 == 0))
        case 26: return hear(.aliasUndone)
        case 27: return hear(.keptRemoved(Int64(random.next() % 5)))
        case 28: return hear(.revived)
        case 29: return random.next() % 8 == 0 ? hear(.refused(code: "damaged_picture")) : nil
        case 30: return random.next() % 8 == 0 ? hear(.removed) : nil
        // The program was killed: what was under way is lost.
        default:
            underWay = []
            return hear(.resumed)
        }
    }

    private mutating func takeWork() -> IngestStep? {
        guard !underWay.isEmpty else { return nil }
        return underWay.remove(at: Int(random.next() % UInt64(underWay.count)))
    }

    private mutating func finishWork() -> String? {
        guard let step = takeWork() else { return hear(.resumed) }
        if step == .index { isIndexed = true }
        let event = step == .judge ? IngestEvent.judged(judgement()) : .finished(step)
        // Told once or twice.
        return hear(event) ?? (random.next() % 4 == 0 && step != .index ? hear(event) : nil)
    }

    private mutating func judgement() -> IngestJudgement {
        let known = Int64(random.next() % 5)
        return [.unique, .review(known), .alias(known)][Int(random.next() % 3)]
    }

    private mutating func failWork() -> String? {
        guard let step = takeWork() else { return nil }
        return hear(.failed(step, reason: "no memory", isLasting: random.next() % 16 == 0))
    }
}

@Suite("Ingestion of a picture, walked at random")
struct IngestWalkTests {
    @Test(
        "SCAN-034, SCAN-035, SCAN-036 whatever happens in whatever order, the rules of ingestion hold",
        arguments: 1...8 as ClosedRange<UInt64>)
    func walk(seed: UInt64) {
        var seen: Set<IngestPicture.Stage> = []
        var lives = 0
        var world = IngestWorld(seed: seed)
        for step in 0..<250_000 {
            if let fault = world.step() {
                Issue.record("seed \(seed), step \(step): \(fault)")
                return
            }
            seen.insert(world.machine.stage)
            let isOver = world.machine.stage == .removed && world.underWay.isEmpty
            if isOver || world.machine.stage == .refused {
                lives += 1
                world = IngestWorld(seed: world.random.next())
            }
        }
        #expect(seen == Set(IngestPicture.Stage.allCases), "seed \(seed)")
        #expect(lives > 500, "seed \(seed)")
    }
}
