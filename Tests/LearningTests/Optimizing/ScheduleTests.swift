import Testing

@testable import Learning

@Suite("Schedules and averages equal their formulas")
struct ScheduleTests {
    private func factors(_ schedule: Schedule, of total: Int) -> [Double] {
        (0..<total).map { schedule.factor(step: $0, of: total) }
    }

    @Test("LEARN-106 constant and steps")
    func steps() {
        #expect(factors(.constant, of: 3) == [1, 1, 1])
        #expect(
            agree(factors(.steps(at: [0.5, 0.8], factor: 0.1), of: 10), [1, 1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01]))
    }

    @Test("LEARN-106 a cosine after a warm-up")
    func cosine() {
        let found = factors(.cosine(warmUp: 0.2, floor: 0.1), of: 21)
        let warm = (0..<5).map { Double($0 + 1) / 5 }
        let rest = (5..<21).map { step in
            let fall = 1 + Oracle.cos(.pi * Double(step - 5) / 15)
            return 0.1 + 0.45 * fall
        }
        #expect(agree(found, warm + rest))
        #expect(found[20] == 0.1)
        #expect(agree([factors(.cosine(), of: 1000)[999]], [0.01]))
    }

    @Test("LEARN-106 one cycle: a fifth up, then down to almost nothing")
    func oneCycle() {
        let found = factors(.oneCycle(), of: 101)
        func halfway(_ start: Double, _ end: Double, _ place: Double) -> Double {
            end + (start - end) * (1 + Oracle.cos(.pi * place)) / 2
        }
        let up = (0..<20).map { halfway(0.04, 1, Double($0) / 20) }
        let down = (20...100).map { halfway(1, 4e-6, Double($0 - 20) / 80) }
        #expect(agree(found, up + down))
    }

    @Test(
        "every schedule stays within 0 and 1, also for one step and beyond the end",
        arguments: [
            Schedule.constant, .steps(at: [0.5], factor: 0.5), .cosine(), .oneCycle(), .oneCycle(up: 1),
            .cosine(warmUp: 1),
        ])
    func bounds(schedule: Schedule) {
        for total in [1, 2, 7, 100] {
            for step in 0...total + 5 {
                #expect((0...1 + 1e-12).contains(schedule.factor(step: step, of: total)))
            }
        }
    }

    @Test("LEARN-106 a plateau cuts the rate after waiting, and counts from there")
    func plateau() {
        var schedule = PlateauSchedule(factor: 0.5, patience: 1, threshold: 0.01)
        let found = [0.1, 0.2, 0.205, 0.205, 0.3, .nan, 0.3, 0.2, 0.1].map { schedule.received($0) }
        #expect(found == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125])
    }

    @Test("LEARN-046 the loss scale halves on an overflow, doubles after clean steps, and gives up")
    func scaler() {
        var scaler = LossScaler(scale: 8, growsAfter: 2, patience: 2)
        let verdicts = [true, true, true, false, true, true, false, false, false].map { scaler.received(areFinite: $0) }
        #expect(verdicts == [.step, .step, .step, .skip, .step, .step, .skip, .skip, .stop])
        #expect(scaler.scale == 8 * 2 / 2 * 2 / 8)
    }

    @Test("LEARN-106 averages follow the weights, begin quickly, and step aside again")
    func averages() throws {
        _ = oneThread
        let model = BatchNorm(1)
        model.convert(to: .float64)
        let average = MovingAverage(model, decay: 0.3)
        var expected = 1.0
        for step in 0..<8 {
            model.weight.copyInPlace(Tensor([Double(step)]))
            model.batches.fillInPlace(Double(step))
            try average.update()
            let share = min(0.3, (1 + Double(step)) / (10 + Double(step)))
            expected = share * expected + (1 - share) * Double(step)
        }
        try average.applied {
            #expect(agree([model.weight.item(), model.batches.item()], [expected, 7]))
        }
        #expect(model.weight.item() == 7 && model.weight.requiresGrad)
        let other = BatchNorm(1)
        other.convert(to: .float64)
        let resumed = MovingAverage(other, decay: 0.3)
        let before = other.weights()
        try resumed.restore(average.weights(), steps: average.steps)
        #expect(resumed.weights() == average.weights() && other.weights() == before && resumed.steps == 8)
    }
}
