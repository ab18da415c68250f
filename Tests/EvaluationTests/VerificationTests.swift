import Basics
import Evaluation
import Testing

@Suite("Verification")
struct VerificationTests {
    private static func pairs(_ genuine: [Double], _ impostors: [Double]) -> [ScoredPair] {
        genuine.enumerated().map { ScoredPair(score: $1, first: $0, second: $0) }
            + impostors.enumerated().map { ScoredPair(score: $1, first: $0, second: $0 + 1) }
    }

    private static func random(_ count: Int, seed: UInt64) -> [ScoredPair] {
        var random = SeededRandom(seed: seed)
        func score(_ base: Double) -> Double { base + Double(Int.random(in: 0..<40, using: &random)) / 40 }
        return pairs((0..<count).map { _ in score(0.4) }, (0..<count * 3).map { _ in score(0) })
    }

    @Test("both error rates at a threshold are shares with the threshold itself accepted")
    func rates() {
        let verification = Verification(Self.pairs([0.9, 0.5, 0.4], [0.5, 0.3, 0.2, 0.1]))
        #expect(verification.falseAcceptRate(at: 0.5)?.value == 0.25)
        #expect(verification.falseRejectRate(at: 0.5)?.value == 1.0 / 3)
        #expect(verification.falseAcceptRate(at: 0.51)?.value == 0)
        #expect(verification.falseAcceptRate(at: 0.5)?.count == 4)
    }

    @Test("the equal error rate lies where the lines between steps cross", arguments: [1, 2, 3, 4] as [UInt64])
    func equalErrorRate(seed: UInt64) throws {
        let pairs = Self.random(40, seed: seed)
        let genuine = pairs.filter(\.isGenuine).map(\.score)
        let impostors = pairs.filter { !$0.isGenuine }.map(\.score)
        let thresholds = [Double.infinity] + Set(pairs.map(\.score)).sorted(by: >)
        let curve = thresholds.map { threshold in
            (
                Double(impostors.count { $0 >= threshold }) / Double(impostors.count),
                Double(genuine.count { $0 < threshold }) / Double(genuine.count)
            )
        }
        let next = try #require(curve.firstIndex { $0.0 >= $0.1 })
        let (a, b) = (curve[next - 1], curve[next])
        let share = (a.1 - a.0) / (a.1 - a.0 + b.0 - b.1)
        let expected = a.0 + share * (b.0 - a.0)
        let figure = try #require(Verification(pairs, bootstrap: Bootstrap(resamples: 40)).equalErrorRate)
        #expect(abs(figure.value - expected) < 1e-12)
        #expect(figure.interval?.contains(expected) == true)
    }

    @Test("scores that part both kinds completely have no errors; without one kind there is no rate")
    func extremes() {
        #expect(Verification(Self.pairs([0.9, 0.8], [0.1, 0.2])).equalErrorRate?.value == 0)
        #expect(Verification(Self.pairs([0.1, 0.2], [0.9, 0.8])).equalErrorRate?.value == 1)
        #expect(Verification(Self.pairs([0.9], [])).equalErrorRate == nil)
        #expect(Verification(Self.pairs([], [0.9])).equalErrorRate == nil)
        #expect(Verification([]).falseAcceptRate(at: 0) == nil)
    }

    @Test("the threshold of a wanted rate is that of the floor(rate n)-th impostor, and too few impostors tell nothing")
    func acceptance() throws {
        let impostors = (0..<1_000).map { Double($0) / 1_000 }
        let verification = Verification(
            Self.pairs([0.995, 0.985, 0.2, 0.991], impostors), bootstrap: Bootstrap(resamples: 20))
        let found = try #require(verification.acceptance(falseAcceptRate: 0.01))
        #expect(found.threshold == 0.99 && found.falseAcceptRate == 0.01)
        #expect(found.trueAcceptRate.value == 0.5 && found.trueAcceptRate.count == 4)
        #expect(verification.acceptance(falseAcceptRate: 0.0099) == nil)
    }

    @Test("impostors that share the threshold with one too many are not accepted")
    func ties() throws {
        let impostors = (0..<1_000).map { Double($0 / 8 * 8) / 1_000 }
        let found = try #require(
            Verification(Self.pairs([1], impostors), bootstrap: Bootstrap(resamples: 2)).acceptance(
                falseAcceptRate: 0.01))
        #expect(found.falseAcceptRate == 0.008 && found.threshold == 0.992)
    }

    @Test("folds share no people; the threshold comes from the others")
    func folds() throws {
        // Genuine pairs score 0.6 and impostors 0.4, among 40 people.
        var pairs: [ScoredPair] = []
        for first in 0..<40 {
            pairs.append(ScoredPair(score: 0.6, first: first, second: first))
            for second in 0..<first { pairs.append(ScoredPair(score: 0.4, first: first, second: second)) }
        }
        let found = try #require(Verification.accuracy(pairs, folds: 4, bootstrap: Bootstrap(resamples: 10)))
        #expect(found.accuracy.value == 1 && found.folds.count == 4)
        #expect(found.folds.allSatisfy { $0.threshold == 0.6 })
        #expect(found.accuracy.count + found.unused == pairs.count)
        #expect(found.accuracy.count == 4 * (10 + 45))
        #expect(Verification.accuracy([], folds: 4) == nil && Verification.accuracy(pairs, folds: 1) == nil)
    }

    @Test("the area under the curve equals the share of pairs in the right order", arguments: [5, 6] as [UInt64])
    func area(seed: UInt64) throws {
        let pairs = Self.random(30, seed: seed)
        let high = pairs.filter(\.isGenuine).map(\.score)
        let low = pairs.filter { !$0.isGenuine }.map(\.score)
        let won = high.reduce(0.0) { sum, a in sum + low.reduce(0.0) { $0 + ($1 < a ? 1 : $1 == a ? 0.5 : 0) } }
        let figure = try #require(
            NotFound.areaUnderCurve(
                scores: pairs.map(\.score), hasAnswer: pairs.map(\.isGenuine), bootstrap: Bootstrap(resamples: 50)))
        #expect(abs(figure.value - won / Double(high.count * low.count)) < 1e-12)
        #expect(figure.interval?.contains(figure.value) == true)
        #expect(NotFound.areaUnderCurve(scores: [1], hasAnswer: [true]) == nil)
    }
}
