import Basics
import Evaluation
import Foundation
import Testing

@Suite("Ranked lists")
struct RankingTests {
    @Test("LEARN-072 NDCG@5 equals the numbers computed by hand")
    func byHand() throws {
        // Gains at places 0 and 3 of two relevant: (1 + 1/log2 5) / (1 + 1/log2 3).
        let gain = try #require(Ranking.gain([true, false, false, true, false], relevant: 2))
        #expect(abs(gain - (1 + 1 / log2(5)) / (1 + 1 / log2(3))) < 1e-15)
        #expect(Ranking.gain([true, true, true, true, true, false], relevant: 9) == 1)
        #expect(Ranking.gain([false, false, false, false, false, true], relevant: 1) == 0)
        #expect(Ranking.gain([false], relevant: 0) == nil)
        #expect(Ranking.gain([], relevant: 3) == 0)
    }

    @Test("LEARN-072 a table of scores is ranked by query, ties by the product's number, unanswered queries apart")
    func table() throws {
        let answers = [
            ScoredAnswer(query: 1, product: 20, score: 0.5, isRelevant: true),
            ScoredAnswer(query: 1, product: 10, score: 0.5, isRelevant: false),
            ScoredAnswer(query: 1, product: 30, score: .nan, isRelevant: false),
            ScoredAnswer(query: 2, product: 1, score: 0.1, isRelevant: false),
            ScoredAnswer(query: 3, product: 1, score: 0.9, isRelevant: true),
        ]
        let ranked = RankedAnswers(answers)
        #expect(ranked.withoutAnswer == 1 && ranked.gains.map(\.query) == [1, 3])
        let figure = try #require(ranked.figure())
        #expect(abs(figure.value - (1 / log2(3) + 1) / 2) < 1e-15 && figure.count == 2)
        let known = RankedAnswers(answers, relevant: [2: 1, 3: 2])
        #expect(known.withoutAnswer == 0 && known.gains.map(\.query) == [1, 2, 3])
    }

    @Test("LEARN-071 the weights of an ensemble are found on one half and told on the other")
    func ensemble() throws {
        var random = SeededRandom(seed: 21)
        var answers: [ScoredAnswer] = []
        var scores: [[Double]] = [[], [], []]
        for query in 0..<60 {
            for product in 0..<8 {
                let isRelevant = product < 2
                answers.append(ScoredAnswer(query: query, product: 100 - product, score: 0, isRelevant: isRelevant))
                // Two models that each see half of the truth, and one that sees nothing.
                let truth = isRelevant ? 1.0 : 0
                scores[0].append(truth + Double.random(in: -1.5...1.5, using: &random))
                scores[1].append(truth + Double.random(in: -1.5...1.5, using: &random))
                scores[2].append(Double.random(in: -2...2, using: &random))
            }
        }
        let found = try Ensemble(scores, of: answers, steps: 5, bootstrap: Bootstrap(resamples: 50))
        #expect(abs(found.weights.reduce(0, +) - 1) < 1e-12)
        #expect(found.weights[0] > 0 && found.weights[1] > 0 && found.weights[2] <= 0.2)
        #expect(found.chosen.count + found.heldOut.count == 60)
        #expect(found.heldOut.value > (found.alone.map(\.value).max() ?? 1))
        // Models that agree: the first weights of the grid are as good as any.
        #expect(try Ensemble([scores[0], scores[0]], of: answers, steps: 2).weights == [0, 1])
        #expect(throws: EvaluationError.self) { try Ensemble([], of: answers) }
        #expect(throws: EvaluationError.self) { try Ensemble([[1]], of: answers) }
        #expect(throws: EvaluationError.self) { try Ensemble([[]], of: []) }
    }
}
