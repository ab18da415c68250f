import Testing
import VisualSearch

@Suite("Ingestion of a picture")
struct IngestPictureTests {
    /// Lets every step succeed until nothing is asked for; returns the steps that were done.
    private func drive(
        _ picture: inout IngestPicture, judgement: IngestJudgement = .unique
    ) -> (steps: [IngestStep], actions: [IngestAction]) {
        var steps: [IngestStep] = []
        var all: [IngestAction] = []
        var actions = picture.received(.resumed, at: 0)
        while !actions.isEmpty {
            all += actions
            let next = actions.compactMap { action -> IngestStep? in
                if case .run(let step) = action { step } else { nil }
            }
            steps += next
            actions = next.flatMap {
                picture.received($0 == .judge ? .judged(judgement) : .finished($0), at: 0)
            }
        }
        return (steps, all)
    }

    @Test("SCAN-034, SCAN-035 a picture passes all steps in order and becomes visible")
    func passes() {
        var picture = IngestPicture(id: 7)
        #expect(drive(&picture).steps == IngestStep.allCases)
        #expect(picture.stage == .visible)
    }

    @Test("SCAN-034 a picture in review is visible, and the verdict of a person is heard afterwards")
    func review() {
        var picture = IngestPicture(id: 7)
        #expect(drive(&picture, judgement: .review(3)).actions.contains(.openReview(against: 3)))
        #expect(picture.stage == .visible && picture.review == 3)
        var other = picture
        #expect(picture.received(.decided(isSame: false), at: 0) == [.closeReview])
        #expect(picture.stage == .visible && picture.review == nil)
        #expect(other.received(.decided(isSame: true), at: 0) == [.closeReview, .takeOut, .alias(of: 3)])
        #expect(other.stage == .aliased && other.alias == 3)
        #expect(other.received(.decided(isSame: true), at: 0) == [])
    }

    @Test("SCAN-048 an alias that is undone goes on to become visible, and so does one whose kept picture went")
    func undone() {
        for event in [IngestEvent.aliasUndone, .keptRemoved(3)] {
            var picture = IngestPicture(id: 7)
            #expect(drive(&picture, judgement: .alias(3)).steps == [.store, .fingerprint, .judge])
            #expect(picture.received(.keptRemoved(4), at: 0) == [])
            #expect(picture.received(event, at: 0) == [.dropAlias, .run(.locate)])
            _ = drive(&picture)
            #expect(picture.stage == .visible && picture.alias == nil)
        }
    }

    @Test("SCAN-036 the old picture goes once the new one is visible, and stays when the new one fails")
    func replaced() {
        var picture = IngestPicture(id: 7, replaces: 3)
        // The new picture looks like the one it replaces: that is no reason to keep the old one.
        let driven = drive(&picture, judgement: .alias(3))
        #expect(driven.actions.last == .remove(3) && picture.stage == .visible)
        var broken = IngestPicture(id: 8, replaces: 3)
        _ = broken.received(.finished(.store), at: 0)
        #expect(broken.received(.refused(code: "damaged_picture"), at: 0) == [.report("damaged_picture")])
        #expect(broken.stage == .refused && !broken.hasReplaced)
    }

    @Test("SCAN-035 a step that fails is tried again after growing pauses, then the picture is dead with its cause")
    func retries() {
        var picture = IngestPicture(id: 7)
        var now: Int64 = 0
        for pause in [1000, 4000, 16_000, 64_000] as [Int64] {
            let actions = picture.received(.failed(.store, reason: "full", isLasting: false), at: now)
            #expect(actions == [.wait(until: now + pause)])
            #expect(picture.received(.due, at: now + pause - 1) == [])
            now += pause
            #expect(picture.received(.due, at: now) == [.run(.store)])
        }
        let last = picture.received(.failed(.store, reason: "full", isLasting: false), at: now)
        #expect(last == [.takeOut, .report("full")] && picture.stage == .dead && picture.cause == "full")
        #expect(picture.received(.revived, at: now) == [.run(.store)] && picture.stage == .received)
        var poisoned = IngestPicture(id: 8)
        _ = poisoned.received(.failed(.store, reason: "too large", isLasting: true), at: .max)
        #expect(poisoned.stage == .dead)
    }

    @Test("SCAN-034 a picture that died after its verdict is judged anew before it is looked at again")
    func revived() {
        var picture = IngestPicture(id: 7, stage: .categorised)
        _ = picture.received(.failed(.embed, reason: "no model", isLasting: true), at: 0)
        #expect(picture.received(.revived, at: 0) == [.run(.judge)])
    }

    @Test("SCAN-035 an item without a picture that can be found says why")
    func standing() {
        #expect(ItemStanding(of: []) == .unsearchable(.noPicture))
        #expect(ItemStanding(of: [.removed]) == .unsearchable(.noPicture))
        #expect(ItemStanding(of: [.refused, .embedded]) == .unsearchable(.inProgress))
        #expect(ItemStanding(of: [.refused, .refused]) == .unsearchable(.refused))
        #expect(ItemStanding(of: [.refused, .dead]) == .unsearchable(.failed))
        #expect(ItemStanding(of: [.dead, .aliased]) == .searchable)
        #expect(ItemStanding(of: [.stored, .visible]) == .searchable)
    }
}
