import Evaluation
import Testing

@testable import VisualSearch

@Suite("Report on a calibration")
struct CalibrationReportTests {
    @Test("SCAN-131 on questions it has not seen the calibration error is small and false accepts are few")
    func heldOut() throws {
        let calibration = try #require(
            ScanCalibration(generation: "g", fitting: CalibrationTests.examples(1200, seed: 1)))
        let report = CalibrationReport(
            calibration, on: CalibrationTests.examples(2000, seed: 2), bootstrap: Bootstrap(resamples: 40))
        #expect(try #require(report.calibrationError) <= 0.05)
        #expect(try #require(report.falseAccepts).value <= 0.07 && #require(report.precision).value >= 0.92)
        #expect(try #require(report.known).value > 0.8 && #require(report.right).value > 0.95)
        #expect(report.curve.count == 10 && report.curve.last?.coverage == 1)
        #expect(report.curve.map(\.threshold) == report.curve.map(\.threshold).sorted(by: >))
    }

    @Test(
        "SCAN-131 the area of the open set is that of all pairs of a present and an absent question",
        arguments: 1...6 as ClosedRange<UInt64>)
    func openSet(seed: UInt64) throws {
        var planted = Planted(seed: seed)
        let answers = (0..<60).map { _ in
            let isPresent = planted.share() < 0.6
            return (
                score: Double(planted.number(below: 12)), isRight: isPresent && planted.share() < 0.7,
                isPresent: isPresent
            )
        }
        var sum = 0.0
        var pairs = 0.0
        for present in answers where present.isPresent {
            for absent in answers where !absent.isPresent {
                pairs += 1
                guard present.isRight else { continue }
                sum += present.score > absent.score ? 1 : present.score == absent.score ? 0.5 : 0
            }
        }
        let area = CalibrationReport.openSetArea(answers.map(\.score), answers.map(\.isRight), answers.map(\.isPresent))
        #expect(abs(try #require(area) - sum / pairs) < 1e-12)
    }

    @Test("SCAN-131 bins hold equally many questions: certain and right is no error, certain and wrong is all of it")
    func error() {
        #expect(CalibrationReport.calibrationError([], []) == nil)
        #expect(CalibrationReport.calibrationError([1, 1, 0], [true, true, false]) == 0)
        #expect(CalibrationReport.calibrationError([1, 1], [false, false]) == 1)
        let scores = (0..<100).map { Double($0) / 100 }
        let isRight = (0..<100).map { $0 % 2 == 0 }
        // Ten bins around 0.045, 0.145, ...; each half right.
        let middles: [Double] = (0..<10).map { 0.045 + Double($0) / 10 }
        let expected = middles.map { abs($0 - 0.5) }.reduce(0, +) / 10
        #expect(abs((CalibrationReport.calibrationError(scores, isRight) ?? 9) - expected) < 1e-12)
    }
}
