import Basics
import Evaluation
import Foundation
import Testing

@Suite("Calibration")
struct CalibrationTests {
    @Test("the calibration error equals the number computed by hand, with 1.0 in the last bin")
    func byHand() throws {
        let figure = try #require(
            Calibration.expectedError(
                confidences: [0.1, 0.1, 0.9, 1.0], isRight: [false, true, true, true], bins: 2))
        // Lower bin: 0.1 against 1/2; upper: 0.95 against 1.
        #expect(abs(figure.value - (2 * 0.4 + 2 * 0.05) / 4) < 1e-12)
        #expect(Calibration.expectedError(confidences: [], isRight: []) == nil)
        #expect(Calibration.expectedError(confidences: [.nan, 7, -1], isRight: [false, true, false])?.value == 0)
    }

    @Test("a net that is three times too sure gets the temperature 3")
    func temperature() throws {
        var random = SeededRandom(seed: 31)
        var logits: [Float] = []
        var labels: [Int] = []
        for _ in 0..<3_000 {
            let honest = (0..<3).map { _ in Double.random(in: -1.5...1.5, using: &random) }
            let powers = honest.map { exp($0) }
            var left = Double.random(in: 0..<powers.reduce(0, +), using: &random)
            labels.append(
                powers.firstIndex { power in
                    left -= power; return left < 0
                } ?? 2)
            logits += honest.map { Float($0 * 3) }
        }
        let fitted = try Temperature(logits: logits, classes: 3, labels: labels)
        #expect(abs(fitted.value - 3) < 0.25 && fitted.lossAfter < fitted.lossBefore)
        let probabilities = fitted.probabilities([3, 0, -3])
        #expect(abs(probabilities.reduce(0, +) - 1) < 1e-12)
        #expect(abs(log(probabilities[0] / probabilities[1]) - 3 / fitted.value) < 1e-9)
        #expect(throws: EvaluationError.self) { try Temperature(logits: [1, 2], classes: 2, labels: [2]) }
        #expect(throws: EvaluationError.self) { try Temperature(logits: [.nan, 2], classes: 2, labels: [0]) }
        #expect(throws: EvaluationError.self) { try Temperature(logits: [], classes: 2, labels: []) }
    }

    @Test("the isotonic map has the least squared error of all rising maps")
    func isotonic() throws {
        let scores = [1.0, 2, 3, 4, 5, 6]
        let map = try #require(IsotonicMap(scores: scores, isRight: [false, true, false, false, true, true]))
        #expect(zip(scores, [0, 1.0 / 3, 1.0 / 3, 1.0 / 3, 1, 1]).allSatisfy { abs(map.share(at: $0) - $1) < 1e-12 })
        #expect(map.share(at: -5) == 0 && map.share(at: 50) == 1)
        #expect(abs(map.share(at: 1.5) - 1.0 / 6) < 1e-12)
        #expect(zip(map.shares, map.shares.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(IsotonicMap(scores: [.nan], isRight: [true]) == nil)
        #expect(IsotonicMap(scores: [2, 2], isRight: [true, false])?.share(at: 2) == 0.5)
    }

    @Test(
        "the isotonic map never falls and keeps the mean, whatever it learns from",
        arguments: 1...5 as ClosedRange<UInt64>)
    func isotonicProperty(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let scores = (0..<80).map { _ in Double(Int.random(in: 0..<30, using: &random)) }
        let isRight = scores.map { Double.random(in: 0..<30, using: &random) < $0 }
        let map = try #require(IsotonicMap(scores: scores, isRight: isRight))
        #expect(zip(map.shares, map.shares.dropFirst()).allSatisfy { $0 <= $1 })
        let mapped = scores.reduce(0) { $0 + map.share(at: $1) }
        #expect(abs(mapped - Double(isRight.count { $0 })) < 1e-9)
    }

    @Test("the threshold of a wanted precision shows as much as it can; that of a wanted acceptance as little")
    func threshold() throws {
        let scores = [0.9, 0.8, 0.7, 0.6, 0.5]
        let isRight = [true, false, true, true, false]
        let precise = try #require(ThresholdChoice.precision(0.75, scores: scores, isRight: isRight))
        #expect(precise.threshold == 0.6 && precise.precision.value == 0.75 && precise.acceptance.value == 0.8)
        #expect(ThresholdChoice.precision(1, scores: scores, isRight: isRight)?.threshold == 0.9)
        #expect(ThresholdChoice.precision(0.75, scores: [0.5], isRight: [false]) == nil)
        let accepting = try #require(ThresholdChoice.acceptance(0.5, scores: scores, isRight: isRight))
        #expect(accepting.threshold == 0.7 && accepting.acceptance.value == 0.6)
        #expect(ThresholdChoice.acceptance(0.5, scores: [], isRight: []) == nil)
    }
}
