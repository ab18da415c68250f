import Basics
import Testing
import VisualSearch

@Suite("Verdict of a scan")
struct VerdictTests {
    /// Right from a score of 0.5 on.
    private let calibration = ScanCalibration(
        generation: "g1",
        global: CalibrationModel(weights: [20, 0, 0, 0, 0, 0], bias: -10, threshold: 0.5, examples: 400),
        categories: [
            "toys": CalibrationModel(weights: [20, 0, 0, 0, 0, 0], bias: -10, threshold: nil, examples: 400)
        ])

    private func evidence(_ scores: [Double], category: String = "bags", indexCount: Int = 10) -> VerdictEvidence {
        let candidates = scores.enumerated().map {
            ScanCandidate(picture: Int64($0.offset), sku: "s\($0.offset)", score: $0.element)
        }
        return VerdictEvidence(
            ranking: SameItemRanking(candidates), category: .init(category: category, probability: 0.9),
            sharpness: 100, boxScore: 0.8, indexCount: indexCount)
    }

    @Test("SCAN-016, SCAN-131 only one style over the threshold is the same item; below it is only similar")
    func same() {
        let good = evidence([0.9, 0.8]).verdict(by: calibration)
        #expect(good.reason == nil && good.verdict.name == "sameItem")
        if case .sameItem(let style, let probability) = good.verdict {
            #expect(style == "s0" && probability > 0.99)
        }
        let weak = evidence([0.3]).verdict(by: calibration)
        #expect(weak.verdict.name == "similarOnly" && weak.reason == .belowThreshold)
        #expect((weak.verdict.probability ?? 1) < 0.05)
    }

    @Test("SCAN-131 there are three answers: the same, perhaps the same, and probably not there")
    func three() {
        var model = CalibrationModel(
            weights: [20, 0, 0, 0, 0, 0], bias: -10, threshold: 0.9, unlikely: 0.1, examples: 9)
        func said(_ score: Double) -> String {
            let said = evidence([score]).verdict(by: ScanCalibration(generation: "g", global: model, categories: [:]))
            return said.verdict.name + (said.reason.map { " \($0.rawValue)" } ?? "")
        }
        let scores = [0.2, 0.38, 0.42, 0.58, 0.7]
        #expect(
            scores.map(said) == [
                "similarOnly probably_absent", "similarOnly probably_absent", "similarOnly below_threshold",
                "similarOnly below_threshold", "sameItem",
            ])
        // Where no threshold keeps what "same" promises, what is not unlikely is told to be uncertain.
        model.threshold = nil
        #expect(said(0.2) == "similarOnly probably_absent" && said(0.7) == "similarOnly not_sure")
        // A refusal never goes before what is certain.
        (model.threshold, model.unlikely) = (0.5, 0.9)
        #expect(said(0.6) == "sameItem" && said(0.4) == "similarOnly probably_absent")
        model.weights = (0..<VerdictFeatures.count).map(Double.init)
        #expect(CalibrationModel(model.json) == model)
        // Fits of before say nothing of it.
        var old = model.json.objectValue ?? [:]
        old["unlikely"] = nil
        model.unlikely = nil
        #expect(CalibrationModel(.object(old)) == model)
    }

    @Test("SCAN-131 without a threshold that keeps its promises nothing is called the same item")
    func uncalibrated() {
        let toy = evidence([0.9], category: "toys").verdict(by: calibration)
        #expect(toy.verdict.name == "similarOnly" && toy.reason == .notSure)
        let unknown = evidence([0.9]).verdict(by: nil)
        #expect(unknown.verdict == .uncalibrated && unknown.reason == .notCalibrated)
        #expect(unknown.verdict.probability == nil)
    }

    @Test("SCAN-132 an answer without all parts of the catalogue is at most similar")
    func partial() {
        var partial = evidence([0.99])
        partial.isComplete = false
        let answer = partial.verdict(by: calibration)
        #expect(answer.verdict.name == "similarOnly" && answer.reason == .partsMissing)
    }

    @Test("SCAN-019 every empty or weak answer says why")
    func reasons() {
        func reason(_ change: (inout VerdictEvidence) -> Void) -> ScanReason? {
            var evidence = evidence([])
            change(&evidence)
            let answer = evidence.verdict(by: calibration)
            if let reason = answer.reason { #expect(answer.verdict == .nothing(reason)) }
            return answer.reason
        }
        #expect(
            reason {
                $0.indexCount = 0; $0.passingCount = 0
            } == .indexEmpty)
        #expect(reason { $0.passingCount = 0 } == .filterExcludedAll)
        #expect(reason { $0.hasObject = false } == .noObject)
        #expect(reason { _ in } == .categoryOutside)
        #expect(reason { $0.isComplete = false } == .partsMissing)
        var blurred = evidence([0.2])
        blurred.hasObject = false
        #expect(blurred.verdict(by: calibration).reason == .noObject)
    }

    @Test("SCAN-131 an undecided model and a thin neighbourhood are features of their own")
    func doubt() {
        #expect(PictureReading(vector: [1]).doubt == 0)
        #expect(PictureReading(vector: [1], categories: ["a": 1, "b": 0]).doubt == 0)
        #expect(
            abs(PictureReading(vector: [1], categories: ["a": 0.25, "b": 0.25, "c": 0.25, "d": 0.25]).doubt - 1) < 1e-12
        )
        let candidates = (0..<30).map { ScanCandidate(picture: Int64($0), sku: "s", score: $0 < 10 ? 0.8 : 0.2) }
        #expect(abs(SameItemRanking(candidates).near - 0.5) < 1e-12 && SameItemRanking([]).near == 0)
    }

    @Test("SCAN-131 features that are no numbers do not make a probability that is none")
    func numbers() {
        let features = VerdictFeatures(
            score: .nan, margin: .infinity, agreement: 1, category: -.infinity, sharpness: -5, boxScore: .nan,
            near: .nan,
            doubt: 1)
        #expect(features.numbers == [0, 0, 1, 0, 0, 0, 0, 1] && features.numbers.count == VerdictFeatures.count)
        #expect((0...1).contains(calibration.global.probability(features)))
    }
}
