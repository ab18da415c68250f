import Testing
import VisualSearch

@Suite("Choice of the object")
struct ObjectChoiceTests {
    private func box(_ x: Double, _ y: Double, _ width: Double, _ height: Double) throws -> UnitBox {
        try #require(UnitBox(x: x, y: y, width: width, height: height))
    }

    private func goods() throws -> [Detection] {
        [
            Detection(box: try box(0.5, 0, 0.4, 0.4), score: 0.6, category: "shoes"),
            Detection(box: try box(0, 0, 0.4, 0.8), score: 0.9, category: "bags"),
            Detection(box: try box(0.01, 0, 0.4, 0.8), score: 0.8, category: "bags"),
            Detection(box: try box(0.01, 0, 0.4, 0.8), score: 0.7, category: "clothing"),
            Detection(box: try box(0.6, 0.6, 0.2, 0.2), score: 0.1, category: "toys"),
            Detection(box: try box(0.6, 0.6, 0.2, 0.2), score: .nan, category: "food"),
        ]
    }

    @Test("SCAN-014 the most certain object is searched, the others stay in the answer")
    func automatic() throws {
        let choice = ObjectChoice(try goods())
        #expect(choice.source == .detected && choice.object?.category == "bags" && choice.object?.score == 0.9)
        #expect(choice.objects.map(\.category) == ["bags", "clothing", "shoes"])
    }

    @Test("SCAN-020 the whole picture or an own box is taken as it is")
    func asked() throws {
        let full = ObjectChoice(try goods(), request: .full)
        #expect(full.box == .full && full.source == .full && full.object == nil && full.objects.count == 3)
        let drawn = ObjectChoice(try goods(), request: .own(try box(0.5, 0, 0.4, 0.45)))
        #expect(drawn.source == .own && drawn.object?.category == "shoes" && drawn.box.height == 0.45)
        let elsewhere = ObjectChoice(try goods(), request: .own(try box(0.8, 0.8, 0.1, 0.1)))
        #expect(elsewhere.object == nil)
    }

    @Test("SCAN-014, SCAN-019 where no object is seen the whole picture is searched, and the answer can say so")
    func nothing() throws {
        let choice = ObjectChoice([])
        #expect(choice.box == .full && choice.source == .nothingFound)
    }

    @Test(
        "SCAN-014 the order in which the detector names objects does not matter",
        arguments: 1...5 as ClosedRange<UInt64>)
    func order(seed: UInt64) throws {
        var planted = Planted(seed: seed)
        #expect(ObjectChoice(planted.shuffled(try goods())) == ObjectChoice(try goods()))
    }

    @Test("SCAN-086 SCAN-014 where no object is certain enough the middle is searched, and all are in the answer")
    func middle() throws {
        var rules = ObjectChoice.Rules()
        (rules.sure, rules.middle) = (0.95, 0.7)
        let choice = ObjectChoice(try goods(), rules: rules)
        #expect(choice.source == .middle && choice.box == .middle(0.7) && choice.object == nil)
        #expect(choice.objects.count == 3 && abs(choice.box.width - 0.7) < 1e-12 && abs(choice.box.x - 0.15) < 1e-12)
        #expect(ObjectChoice([], rules: rules).source == .nothingFound)
        let blind = ObjectChoice([], rules: rules, hasLooked: false)
        #expect(blind.source == .middle && ObjectChoice([], hasLooked: false).source == .full)
        rules.sure = 0.9
        #expect(ObjectChoice(try goods(), rules: rules).source == .detected)
    }
}
