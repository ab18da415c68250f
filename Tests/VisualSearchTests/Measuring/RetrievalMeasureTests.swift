import Basics
import Evaluation
import Testing

@testable import VisualSearch

@Suite("Measuring retrieval")
struct RetrievalMeasureTests {
    private let few = Bootstrap(resamples: 50)

    @Test("SCAN-100 photos ask merchants' pictures among distractors: top-1, 5, 10 and mAP with intervals, by category")
    func figures() throws {
        var world = PlantedWorld()
        let gallery = world.photos(each: 1, noise: 0.1)
        let photos = world.photos(each: 6, noise: 0.9)
        let measure = RetrievalMeasure(
            queries: photos, gallery: gallery, distractors: world.strangers(60), bootstrap: few)
        let report = try measure.report()
        for name in ["top-1", "top-5", "top-10", "mAP"] {
            let model = try #require(report[name, "model"])
            let floor = try #require(report[name, "floor/1"])
            #expect(model.interval != nil && model.value > floor.value, "\(name)")
        }
        #expect(try #require(report["top-5", "model"]).value >= #require(report["top-1", "model"]).value)
        #expect(report.rows.contains { $0.name == "top-1, kind 2" })
        #expect(report.lines.joined(separator: "\n").contains("top-10"))
        #expect(report.json["figures"]?.arrayValue?.first?["model"]?["low"]?.doubleValue != nil)
    }

    @Test("SCAN-015 SCAN-085 the model's word on categories puts the right item first more often than the cosine alone")
    func word() throws {
        var world = PlantedWorld(items: 40)
        let gallery = world.photos(each: 1, noise: 0.3)
        let report = try RetrievalMeasure(
            queries: world.photos(each: 8, noise: 1.6, trust: 0.8), gallery: gallery, bootstrap: few
        ).report()
        let cosine = try #require(report["top-1", "model"]).value
        let joint = try #require(report["top-1", "as a scan ranks"]).value
        #expect(joint > cosine + 0.05, "\(cosine) \(joint)")
    }

    @Test("SCAN-101 a photo whose own occasion is in the gallery is not asked; when that are all, nothing is measured")
    func occasions() throws {
        var world = PlantedWorld(items: 4)
        let gallery = (0..<4).map { world.picture($0, noise: 0.1, occasion: "monday") }
        let same = (0..<4).map { world.picture($0, noise: 0.1, occasion: "monday", number: 1) }
        let other = (0..<4).map { world.picture($0, noise: 0.1, occasion: "tuesday", number: 2) }
        let measure = RetrievalMeasure(queries: same + other, gallery: gallery, bootstrap: few)
        #expect(measure.refused == 4)
        #expect(try measure.report()["top-1", "model"]?.count == 4)
        #expect(throws: EvaluationError.self) {
            try RetrievalMeasure(queries: same, gallery: gallery, bootstrap: few).report()
        }
    }

    @Test("SCAN-099 k-reciprocal re-ranking stands beside, where few enough pictures can be looked at")
    func reciprocal() throws {
        var world = PlantedWorld(items: 10)
        let gallery = world.photos(each: 5, noise: 0.8)
        let report = try RetrievalMeasure(
            queries: world.photos(each: 3, noise: 0.8), gallery: gallery, bootstrap: few
        ).report()
        #expect(report["top-1", "k-reciprocal"] != nil && report.columns.last == "k-reciprocal")
    }
}
