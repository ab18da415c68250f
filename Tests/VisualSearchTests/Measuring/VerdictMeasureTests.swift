import Evaluation
import Testing

@testable import VisualSearch

@Suite("Measuring categories and what is not there")
struct VerdictMeasureTests {
    private let few = Bootstrap(resamples: 50)

    @Test("SCAN-085 SCAN-084 word and vote together are right more often than either alone")
    func category() throws {
        var world = PlantedWorld(items: 40)
        let gallery = world.photos(each: 3, noise: 0.5)
        let photos = world.photos(each: 10, noise: 1.8, trust: 0.6)
        // In this world photos are far from all pictures; the vote is trusted there too.
        var rules = CategoryVote.Rules()
        rules.halfTrust = 0.003
        let report = try CategoryMeasure(queries: photos, gallery: gallery, rules: rules, bootstrap: few).report()
        let word = try #require(report["the model's word alone", "model"]).value
        let vote = try #require(report["the vote alone", "model"]).value
        let both = try #require(report["both", "model"]).value
        #expect(both > word && both > vote, "\(word) \(vote) \(both)")
        #expect(try #require(report["gain of both over the word", "model"]).value > 0)
        let bare = photos.map { SeenPicture(file: .init(path: $0.file.path, label: $0.file.label), vector: $0.vector) }
        #expect(throws: EvaluationError.self) { try CategoryMeasure(queries: bare, gallery: gallery).report() }
        // By the usual rules the vote of what is that far away changes next to nothing.
        let usual = try CategoryMeasure(queries: photos, gallery: gallery, bootstrap: few).report()
        #expect(abs(try #require(usual["both", "model"]).value - word) < 0.05)
    }

    @Test(
        "SCAN-131 SCAN-016 strangers are refused while most present items are accepted, at a threshold that was fitted elsewhere"
    )
    func notFound() throws {
        var world = PlantedWorld(items: 30)
        let gallery = world.photos(each: 2, noise: 0.2)
        let input = NotFoundMeasure.Input(
            fitted: world.photos(each: 4, noise: 0.6), queries: world.photos(each: 5, noise: 0.6),
            strangers: world.strangers(80), gallery: gallery)
        let measure = NotFoundMeasure(input, bootstrap: few)
        let report = try measure.report()
        #expect(try #require(report["AUROC, item there or a stranger", "model"]).value > 0.95)
        #expect(try #require(report["strangers refused at 80 % accepted", "model"]).value > 0.9)
        #expect(try #require(report["at the threshold: present accepted", "model"]).value > 0.5)
        #expect(try #require(report["at the threshold: taken away accepted", "model"]).value < 0.15)
        #expect(try measure.calibration().threshold != nil)
        // Hardly any right answer is told to be probably not there, and most strangers are.
        #expect(try #require(report["probably not there: right answers", "model"]).value < 0.25)
        #expect(try #require(report["probably not there: strangers", "model"]).value > 0.7)
        var two = input
        two.other = world.photos(each: 1, noise: 0.4)
        let both = try NotFoundMeasure(two, bootstrap: few).report()
        #expect(both.columns.dropFirst().first == "other catalogue")
        #expect(try #require(both["AUROC, item there or a stranger", "other catalogue"]).value > 0.9)
        var fewPhotos = input
        fewPhotos.fitted = Array(input.fitted.prefix(10))
        #expect(throws: EvaluationError.self) { try NotFoundMeasure(fewPhotos, bootstrap: few).report() }
    }
}
