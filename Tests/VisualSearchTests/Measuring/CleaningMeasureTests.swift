import Evaluation
import Imaging
import Testing

@testable import VisualSearch

@Suite("Measuring what keeps a catalogue clean")
struct CleaningMeasureTests {
    private let few = Bootstrap(resamples: 50)

    @Test("SCAN-061 SCAN-062 SCAN-063 planted foreign pictures are found, own ones stay, four ways side by side")
    func denoise() throws {
        var world = PlantedWorld(items: 20)
        let fitted = world.photos(each: 8, noise: 0.7)
        let report = try DenoiseMeasure(world.photos(each: 12, noise: 0.7), fitted: fitted, bootstrap: few).report()
        #expect(report.rows.count == 2 * 3 * DenoiseMethod.allCases.count)
        let name = "hierarchical DBSCAN, 20 % foreign"
        #expect(try #require(report["\(name): found", "model"]).value >= 0.9)
        #expect(try #require(report["\(name): own lost", "model"]).value <= 0.03)
        #expect(throws: EvaluationError.self) {
            try DenoiseMeasure(Array(fitted.prefix(3)), bootstrap: few).report()
        }
    }

    @Test("SCAN-070 SCAN-071 SCAN-076 items dealt to two SKUs come together, whole ones stay alone")
    func merge() throws {
        var world = PlantedWorld(items: 18)
        let report = try MergeMeasure(world.photos(each: 12, noise: 0.7)).report()
        #expect(try #require(report["proposals right down to 0.2", "model"]).value >= 0.95)
        #expect(try #require(report["parted items found down to 0.2", "model"]).value >= 0.9)
        #expect(throws: EvaluationError.self) { try MergeMeasure(world.photos(each: 3, noise: 0.7)).report() }
    }

    @Test("SCAN-045 copies are found by the kind of edit, and no two different pictures are put aside as one")
    func copies() throws {
        var measure = DuplicateMeasure()
        for seed in 1...6 as ClosedRange<UInt64> {
            try measure.add(try Photos.photo(seed: seed).encoded(as: .png), name: "\(seed)")
        }
        let report = measure.report(bootstrap: few)
        for edit in [PictureEdit.jpegQuality40, .halfSize, .mirrored, .quarterTurn] {
            #expect(report[edit.rawValue, "put aside or asked"]?.value == 1, "\(edit.rawValue)")
        }
        #expect(report["pairs of different pictures", "put aside"]?.value == 0)
        #expect(report["pairs of different pictures", "put aside"]?.count == 15)
    }

    @Test(
        "SCAN-080 SCAN-081 SCAN-083 several detectors' boxes stand side by side, and beside the middle of the picture")
    func boxes() throws {
        let size = ImageSize(width: 200, height: 100)
        let answers = try (0..<12).map { number -> DetectionMeasure.Answer in
            let left = Double(number * 8)
            let truth = try #require(
                LabelSet.Box(left: left, top: 20, right: left + 60, bottom: 80, category: "thing"))
            let box = try #require(truth.unit(in: size))
            let wrong = try #require(UnitBox(x: 0.8, y: 0, width: 0.2, height: 0.2))
            return .init(
                size: size, truth: [truth],
                found: [.init(box: box, score: 0.9), .init(box: wrong, score: number % 3 == 0 ? 0.95 : 0.2)])
        }
        let report = DetectionMeasure(answers, bootstrap: few).report()
        #expect(try #require(report["AP50", "detector"]).value > #require(report["AP50", "middle"]).value)
        #expect(abs(try #require(report["surest box is the largest thing", "detector"]).value - 2.0 / 3) < 1e-9)
        #expect(report["surest box is the largest thing", "whole"]?.value == 0)
        let blind = DetectionMeasure.Other(name: "blind", found: answers.map { _ in [] })
        let exact = DetectionMeasure.Other(
            name: "exact",
            found: answers.map { $0.truth.compactMap { $0.unit(in: size).map { Detection(box: $0, score: 0.5) } } },
            milliseconds: 3)
        let all = DetectionMeasure(answers, milliseconds: 7, others: [blind, exact], bootstrap: few).report()
        #expect(all.columns == ["detector", "blind", "exact", "middle", "whole"])
        #expect(all["AP50", "detector"] == report["AP50", "detector"])
        #expect(all["AP50", "exact"]?.value == 1 && all["AP50:95", "exact"]?.value == 1)
        #expect(all["has a box", "blind"]?.value == 0 && all["surest box is the largest thing", "blind"]?.value == 0)
        #expect(all["processor milliseconds a picture", "exact"]?.value == 3)
    }

    @Test("SCAN-054 a table of boxes is read, and a line that is none is named")
    func table() throws {
        let text = "path,left,top,right,bottom,label\na.jpg,1,2,30,40,bag\na.jpg,5,5,9,9,\nb.jpg,0,0,1,1,shoe\n"
        let labels = try LabelSet(table: Array(text.utf8))
        #expect(labels.pictures.map(\.boxes.count) == [2, 1] && labels.categories == ["", "bag", "shoe"])
        let fault = #expect(throws: LabelSet.Fault.self) {
            try LabelSet(table: Array((text + "c.jpg,1,2,x,4,\n").utf8))
        }
        #expect(fault?.description.contains("line 5") == true)
        #expect(throws: LabelSet.Fault.self) { try LabelSet(table: Array("path,label\na,b\n".utf8)) }
    }
}
