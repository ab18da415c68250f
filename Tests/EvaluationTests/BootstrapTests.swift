import Basics
import Evaluation
import Testing

@Suite("Intervals by drawing again")
struct BootstrapTests {
    @Test("the interval of a mean is that of the normal approximation, about")
    func meanInterval() throws {
        var random = SeededRandom(seed: 3)
        let values = (0..<400).map { _ in Double.random(in: 0..<1, using: &random) }
        let figure = try #require(Bootstrap().mean(values))
        let interval = try #require(figure.interval)
        let mean = values.reduce(0, +) / 400
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 399).squareRoot()
        let half = 1.96 * deviation / 20
        #expect(figure.value == mean && figure.count == 400)
        #expect(abs(interval.lowerBound - (mean - half)) < half * 0.15)
        #expect(abs(interval.upperBound - (mean + half)) < half * 0.15)
    }

    @Test("measurements of one group are drawn together: copies of a measurement make nobody surer")
    func groups() throws {
        var random = SeededRandom(seed: 5)
        let values = (0..<60).map { _ in Double.random(in: 0..<1, using: &random) }
        let tenfold = values.flatMap { [Double](repeating: $0, count: 10) }
        let groups = tenfold.indices.map { $0 / 10 }
        let once = try #require(Bootstrap().mean(values)?.interval)
        let grouped = try #require(Bootstrap().mean(tenfold, groups: groups)?.interval)
        let apart = try #require(Bootstrap().mean(tenfold)?.interval)
        #expect(abs(once.lowerBound - grouped.lowerBound) < 1e-9 && abs(once.upperBound - grouped.upperBound) < 1e-9)
        #expect(apart.upperBound - apart.lowerBound < (once.upperBound - once.lowerBound) / 2)
    }

    @Test("a statistic with weights gives the same draws as the mean")
    func weighted() throws {
        let values = [0.1, 0.9, 0.4, 0.7, 0.2, 0.8]
        let mean = try #require(Bootstrap().mean(values))
        let same = try #require(
            Bootstrap().figure(count: values.count) { weights in
                zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
            })
        let ends = (try #require(mean.interval), try #require(same.interval))
        #expect(abs(ends.0.lowerBound - ends.1.lowerBound) < 1e-12)
        #expect(abs(ends.0.upperBound - ends.1.upperBound) < 1e-12)
    }

    @Test("nothing measured is no figure, one group is no interval, and the same seed draws the same")
    func edges() {
        #expect(Bootstrap().mean([]) == nil)
        #expect(Bootstrap().mean([0.5]) == Figure(value: 0.5, count: 1))
        #expect(Bootstrap().mean([0, 1], groups: [4, 4]) == Figure(value: 0.5, count: 2))
        #expect(Bootstrap().mean([0, 1, 1]) == Bootstrap().mean([0, 1, 1]))
        #expect(Bootstrap().figure(count: 3) { _ in nil } == nil)
        #expect(Figure(value: -0.5, count: 3, interval: -1...0.25).text == "-0.5000 [-1.0000, 0.2500] n=3")
    }

    @Test("95 of 100 intervals hold the truth, about")
    func coverage() {
        var random = SeededRandom(seed: 11)
        let held = (0..<200).count { _ in
            let values = (0..<80).map { _ in Double.random(in: 0..<1, using: &random) }
            return Bootstrap(resamples: 200).mean(values)?.interval?.contains(0.5) == true
        }
        #expect((178...199).contains(held))
    }
}

@Suite("The gate")
struct GateTests {
    private func compare(_ change: (Double) -> Double, count: Int = 200) -> Gate.Verdict {
        var random = SeededRandom(seed: 17)
        let old = (0..<count).map { _ in Double.random(in: 0..<1, using: &random) }
        return Gate().compare(old: old, new: old.map { change($0) })
    }

    @Test("LEARN-131 what is as good passes, what is worse or unsure does not, and the numbers are told")
    func verdicts() throws {
        #expect(compare { $0 }.passes)
        let better = compare { $0 + 0.02 }
        #expect(better.passes)
        #expect(abs(try #require(better.difference).value - 0.02) < 1e-12)
        let worse = compare { $0 - 0.02 }
        #expect(!worse.passes && worse.reason.hasPrefix("Worse: new minus old is -0.0200"))
        // Better on average by luck alone: half of the queries lose.
        let unsure = compare { $0 > 0.5 ? $0 + 0.21 : $0 - 0.2 }
        #expect(!unsure.passes)
    }

    @Test("few queries, different queries and numbers that are none decide nothing")
    func refusals() {
        #expect(!compare({ $0 + 0.1 }, count: 29).passes)
        #expect(compare({ $0 + 0.1 }, count: 30).passes)
        #expect(!Gate().compare(old: [1], new: []).passes)
        let hole = [Double](repeating: 0.5, count: 40) + [.nan]
        #expect(!Gate().compare(old: hole, new: hole).passes)
    }
}
