import Testing

@testable import VisualSearch

@Suite("Labels from a model's own boxes")
struct PseudoLabelTests {
    /// Objects in a row, and a detector that finds most of them; the surer it is, the more often it is right.
    private func detected(_ planted: inout Planted, pictures: Int) throws -> (found: [PseudoBox], truth: [PseudoBox]) {
        var (found, truth) = ([PseudoBox](), [PseudoBox]())
        for picture in 0..<pictures {
            for place in 0..<4 {
                let category = planted.number(below: 3) == 0 ? "pear" : "apple"
                let box = try #require(UnitBox(x: Double(place) / 4, y: 0.2, width: 0.2, height: 0.5))
                truth.append(PseudoBox(picture: Int64(picture), box: box, category: category, score: 1))
                let score = (planted.share() * 100).rounded() / 100
                let isRight = planted.share() < 0.5 + 0.5 * score
                let shift = isRight ? 0.02 : 0.15
                let seen = try #require(UnitBox(x: box.x, y: 0.2 + shift, width: 0.2, height: isRight ? 0.5 : 0.1))
                found.append(PseudoBox(picture: Int64(picture), box: seen, category: category, score: score))
                // The same object seen twice: only the surer box may be right.
                if planted.number(below: 5) == 0 {
                    found.append(PseudoBox(picture: Int64(picture), box: seen, category: category, score: score / 2))
                }
            }
        }
        return (found, truth)
    }

    @Test(
        "SCAN-053 thresholds are the lowest at which held-out boxes are precise, as by hand",
        arguments: 1...8 as ClosedRange<UInt64>)
    func thresholds(seed: UInt64) throws {
        var planted = Planted(seed: seed)
        let (found, truth) = try detected(&planted, pictures: 60)
        let thresholds = PseudoLabelRound.thresholds(found, truth, rules: PseudoLabelRules())
        // Each object was seen at its own place; of several boxes there the surest that overlaps is the right one.
        var taken: Set<String> = []
        let judged = found.sorted { $0.score > $1.score }.map { box in
            let key = "\(box.picture) \(box.box.x) \(box.category)"
            return (box: box, isRight: box.box.height > 0.2 && taken.insert(key).inserted)
        }
        for category in ["apple", "pear"] {
            let own = judged.filter { $0.box.category == category }
            let good = Set(own.map(\.box.score)).filter { score in
                let accepted = own.filter { $0.box.score >= score }
                return Double(accepted.count { $0.isRight }) >= 0.95 * Double(accepted.count)
            }
            #expect(thresholds[category] == good.min() ?? .infinity)
        }
        if let precision = PseudoLabelRound.precision(heldOut: found, truth: truth, thresholds: thresholds) {
            #expect(precision >= 0.95)
        }
    }

    @Test("SCAN-052, SCAN-053 sure boxes are accepted, the middle goes to people, the rest is masked")
    func sorting() throws {
        var planted = Planted(seed: 3)
        let (held, truth) = try detected(&planted, pictures: 60)
        let (boxes, _) = try detected(&planted, pictures: 40)
        let round = PseudoLabelRound(
            boxes: boxes, heldOut: held, truth: truth, labels: ["apple": 200, "pear": 20], seed: 1)
        let all = round.accepted + round.queue + round.masked + round.waiting
        #expect(all.count == boxes.count && Set(all) == Set(boxes))
        #expect(round.accepted.count <= 66 && (round.waiting.isEmpty || round.accepted.count == 66))
        #expect(round.masked.allSatisfy { $0.score < 0.3 } && round.queue.allSatisfy { $0.score >= 0.3 })
        let last = round.accepted.last?.score ?? 0
        #expect(round.waiting.allSatisfy { $0.score <= last })
        // Nearest to a half first, rare categories doubled.
        let gains = round.queue.map { (1 - abs(2 * $0.score - 1)) * ($0.category == "pear" ? 2 : 1) }
        #expect(gains == gains.sorted(by: >))
    }

    @Test("SCAN-053 of a category without held-out boxes only those over 0.8 are accepted")
    func unknown() {
        let boxes = [0.79, 0.8, 0.95].map { PseudoBox(picture: 1, box: .full, category: "new", score: $0) }
        let round = PseudoLabelRound(boxes: boxes, heldOut: [], truth: [], labels: [:], seed: 1)
        #expect(round.accepted.map(\.score) == [0.95, 0.8] && round.queue.map(\.score) == [0.79])
    }

    @Test("SCAN-056 two of a hundred accepted boxes are drawn for a look, the same ones for the same seed")
    func audit() throws {
        let boxes = (0..<500).map { PseudoBox(picture: Int64($0), box: .full, category: "a", score: 0.9) }
        func audited(_ seed: UInt64) -> [PseudoBox] {
            PseudoLabelRound(boxes: boxes, heldOut: [], truth: [], labels: [:], seed: seed).audited
        }
        #expect(audited(1).count == 10 && audited(1) == audited(1) && audited(1) != audited(2))
        #expect(Set(audited(1)).count == 10)
    }

    @Test("SCAN-052 the loop goes on while it gains, stops after two dull rounds, and takes back a round that errs")
    func loop() {
        var loop = PseudoLabelLoop(baseline: 0.5)
        var steps = [(0.56, 0.97), (0.562, 0.96), (0.58, 0.96), (0.583, 0.96), (0.584, 0.95), (0.9, 1)].map {
            loop.finished(averagePrecision: $0.0, precision: $0.1)
        }
        #expect(steps == [.goOn, .goOn, .goOn, .goOn, .stop, .stop] && loop.rounds.count == 5 && loop.isOver)
        var bad = PseudoLabelLoop(baseline: 0.5)
        steps = [(0.56, 0.97), (0.6, 0.94), (0.7, 1)].map { bad.finished(averagePrecision: $0.0, precision: $0.1) }
        #expect(steps == [.goOn, .rollBack, .rollBack] && bad.rounds.map(\.averagePrecision) == [0.56])
        var sick = PseudoLabelLoop(baseline: 0.5)
        #expect(sick.finished(averagePrecision: 0.6, precision: .nan) == .rollBack)
    }
}
