import Testing

@testable import Learning

@Suite("Factors of losses by their trends")
struct TaskWeightTests {
    @Test("LEARN-018 of two losses at one height the one that still falls counts, within the limits")
    func falling() {
        var weights = TaskWeights(count: 2, window: 2, inertia: 0)
        for pair in [[2, 1], [2, 1], [1, 1]] as [[Double]] {
            weights.received(pair)
            #expect(weights.weights == [1, 1], "factors stand until two windows are full")
        }
        weights.received([1, 1])
        // Trends 1 and 0, heights equal: factors 2 and 0, and 0 is held at the lower limit.
        #expect(weights.weights == [2, 0.1])
    }

    @Test("LEARN-018 of two losses that move alike the higher one counts more, and the old factor has its share")
    func higher() {
        var weights = TaskWeights(count: 2, window: 1, inertia: 0.5)
        weights.received([6, 2])
        weights.received([3, 1])
        // Trends equal, heights 3 and 1 around 2: factors 1.5 and 0.5, each half mixed with 1.
        #expect(weights.weights == [1.25, 0.75])
    }

    @Test("a loss that is no number is not taken in, and a checkpoint goes on from where it stood")
    func restore() {
        var weights = TaskWeights(count: 1, window: 1)
        weights.received([.nan])
        weights.received([2])
        var other = TaskWeights(count: 1, window: 1)
        let (fits, others, none) = (
            other.restore(weights.json), other.restore(TaskWeights(count: 2).json), other.restore(nil)
        )
        #expect(fits && !others && !none)
        #expect(other == weights)
    }
}
