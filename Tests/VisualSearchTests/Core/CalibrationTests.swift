import Basics
import Foundation
import Testing

@testable import VisualSearch

@Suite("Calibration of the verdict")
struct CalibrationTests {
    /// Questions asked twice, with the item and without it; right answers tend to higher scores.
    static func examples(_ count: Int, seed: UInt64, categories: [String] = ["bags"]) -> [CalibrationExample] {
        var planted = Planted(seed: seed)
        return (0..<count).map { number in
            let isPresent = number % 2 == 0
            let isRight = isPresent && planted.share() < 0.8
            let score = (isRight ? 0.75 : 0.45) + 0.1 * planted.normal()
            let margin = max(0, (isRight ? 0.2 : 0.05) + 0.05 * planted.normal())
            return CalibrationExample(
                features: VerdictFeatures(
                    score: score, margin: margin, agreement: planted.share(), category: planted.share(),
                    sharpness: 400 * planted.share(), boxScore: planted.share()),
                category: categories[number / 2 % categories.count], isPresent: isPresent, isRight: isRight)
        }
    }

    @Test("SCAN-131 the fit is where the loss has no slope, and no small step from there lowers it")
    func optimum() {
        let examples = Self.examples(400, seed: 5)
        let rows = examples.map(\.features.numbers)
        let labels = examples.map(\.isRight)
        let fit = LogisticFit(rows: rows, labels: labels)
        let positive = Double(labels.count { $0 })
        let problem = LogisticFit.Problem(
            rows: rows.map { $0 + [1] },
            targets: labels.map { $0 ? (positive + 1) / (positive + 2) : 1 / (400 - positive + 2) }, ridge: 1e-3)
        let solution = fit.weights + [fit.bias]
        #expect(problem.gradient(solution).allSatisfy { abs($0) < 1e-4 })
        let loss = problem.loss(solution)
        for at in solution.indices {
            for step in [-0.01, 0.01] {
                var moved = solution
                moved[at] += step
                #expect(problem.loss(moved) > loss)
                // The slope is that of the loss.
                let ahead = problem.loss(moved.enumerated().map { $0.offset == at ? $0.element + 1e-5 : $0.element })
                let behind = problem.loss(moved.enumerated().map { $0.offset == at ? $0.element - 1e-5 : $0.element })
                #expect(abs((ahead - behind) / 2e-5 - problem.gradient(moved)[at]) < 1e-3)
            }
        }
    }

    @Test("SCAN-131 labels that a column parts entirely, or that are all equal, give finite weights")
    func separable() {
        for labels in [(0..<50).map { $0 < 25 }, [Bool](repeating: true, count: 50)] {
            let fit = LogisticFit(rows: (0..<50).map { [Double($0), 0] }, labels: labels)
            #expect(fit.bias.isFinite && fit.weights.allSatisfy(\.isFinite))
        }
    }

    @Test("SCAN-131 weights that made the labels are found again")
    func recovery() {
        var planted = Planted(seed: 8)
        let rows = (0..<4000).map { _ in [planted.normal(), planted.normal()] }
        let labels = rows.map { planted.share() < LogisticFit.sigmoid(2 * $0[0] - $0[1] + 0.5) }
        let fit = LogisticFit(rows: rows, labels: labels)
        #expect(abs(fit.weights[0] - 2) < 0.2 && abs(fit.weights[1] + 1) < 0.15 && abs(fit.bias - 0.5) < 0.15)
    }

    @Test("SCAN-131 the threshold is the smallest that keeps both promises", arguments: 1...20 as ClosedRange<UInt64>)
    func threshold(seed: UInt64) {
        var planted = Planted(seed: seed)
        let answers = (0..<240).map { _ in
            let isPresent = planted.share() < 0.6
            let isRight = isPresent && planted.share() < 0.8
            let p = (planted.share() + (isRight ? 0.6 : 0)) / 1.6
            return (probability: (p * 50).rounded() / 50, isRight: isRight, isPresent: isPresent)
        }
        let rules = ScanCalibration.Rules()
        let absent = answers.count { !$0.isPresent }
        let good = Set(answers.map(\.probability)).filter { $0 >= 0.5 }.filter { tau in
            let accepted = answers.filter { $0.probability >= tau }
            return accepted.count >= 20 && Double(accepted.count { $0.isRight }) >= 0.95 * Double(accepted.count)
                && Double(accepted.count { !$0.isPresent }) <= 0.05 * Double(absent)
        }
        #expect(ScanCalibration.threshold(answers, rules: rules) == good.min())
        #expect(ScanCalibration.threshold(Array(answers.prefix(19)), rules: rules) == nil)
    }

    @Test("SCAN-131 on questions it has not seen, the promises are kept within what chance allows")
    func heldOut() throws {
        let calibration = try #require(ScanCalibration(generation: "g", fitting: Self.examples(1000, seed: 1)))
        let model = calibration.model(for: "bags")
        let fresh = Self.examples(4000, seed: 2)
        let accepted = fresh.filter { model.accepts(model.probability($0.features)) }
        let precision = Double(accepted.count { $0.isRight }) / Double(max(1, accepted.count))
        let falseAccepts = Double(accepted.count { !$0.isPresent }) / Double(fresh.count { !$0.isPresent })
        #expect(accepted.count > 800 && precision > 0.92 && falseAccepts < 0.07)
    }

    @Test("SCAN-131 at most a tenth of the right answers is called probably not there, and of few nothing is said")
    func unlikely() throws {
        var planted = Planted(seed: 5)
        let rules = ScanCalibration.Rules()
        for count in [20, 21, 57, 400] {
            let right = (0..<count).map { _ in planted.share() }
            let bound = try #require(ScanCalibration.unlikely(right, rules: rules))
            #expect(right.count { $0 < bound } <= count / 10 && right.count { $0 <= bound } > count / 10)
        }
        #expect(ScanCalibration.unlikely((0..<19).map { _ in planted.share() }, rules: rules) == nil)
        let fitted = try #require(ScanCalibration(generation: "g", fitting: Self.examples(400, seed: 9)))
        let bound = try #require(fitted.global.unlikely)
        #expect(fitted.global.refuses(bound / 2) && !fitted.global.refuses(bound))
    }

    @Test("SCAN-131 a category has its own model from 200 examples on, fewer than that in all are none")
    func categories() throws {
        var examples = Self.examples(600, seed: 4, categories: ["bags", "toys", "shoes"])
        examples = examples.filter { $0.category != "toys" } + examples.filter { $0.category == "toys" }.prefix(150)
        let calibration = try #require(ScanCalibration(generation: "g", fitting: examples))
        #expect(Set(calibration.categories.keys) == ["bags", "shoes"])
        #expect(calibration.model(for: "toys") == calibration.global && calibration.model(for: nil).examples == 550)
        #expect(ScanCalibration(generation: "g", fitting: Array(examples.prefix(199))) == nil)
    }

    @Test("SCAN-131 strangers turn the order of answers against what they have in common, not what a place in it means")
    func strangers() throws {
        let examples = Self.examples(600, seed: 9)
        // Strangers have good scores, but no near neighbourhood.
        let strangers = Self.examples(200, seed: 10).map { example in
            var stranger = example
            (stranger.isPresent, stranger.isRight) = (false, false)
            (stranger.features.score, stranger.features.near) = (0.75, -0.5)
            return stranger
        }
        let without = try #require(ScanCalibration(generation: "g", fitting: examples)).global
        let with = try #require(ScanCalibration(generation: "g", fitting: examples, strangers: strangers)).global
        func mean(_ model: CalibrationModel, _ examples: [CalibrationExample]) -> Double {
            examples.reduce(0) { $0 + model.probability($1.features) } / Double(examples.count)
        }
        #expect(mean(with, strangers) < 0.5 * mean(without, strangers))
        let right = Double(examples.count { $0.isRight }) / Double(examples.count)
        #expect(abs(mean(with, examples) - right) < 0.02 && with.examples == 600)
    }

    @Test("SCAN-131 feedback of one visitor counts five times a day at most")
    func poisoned() {
        var examples = Self.examples(300, seed: 6)
        for at in 0..<100 {
            examples[at].visitor = "mallory"
            examples[at].day = at / 50
        }
        examples[299].visitor = "ann"
        #expect(ScanCalibration.admitted(examples).count == 210)
    }

    @Test("SCAN-131 a model survives JSON, and what is none is not read")
    func json() throws {
        let model = CalibrationModel(
            weights: [1.25, -3, 0.1, 0, 1e-7, 2, 4, -1], bias: -0.7, threshold: 0.93, examples: 400)
        #expect(CalibrationModel(try JSON(parsing: model.json.encoded())) == model)
        let open = CalibrationModel(weights: [1, 2, 3, 4, 5, 6, 7, 8], bias: 0, threshold: nil, examples: 1)
        #expect(CalibrationModel(try JSON(parsing: open.json.encoded())) == open)
        #expect(CalibrationModel(["weights": [1], "bias": 0, "examples": 1]) == nil && CalibrationModel(nil) == nil)
    }
}
