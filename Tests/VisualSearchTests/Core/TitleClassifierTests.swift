import Testing

@testable import VisualSearch

@Suite("Categories by titles")
struct TitleClassifierTests {
    private static let examples: [TitleClassifier.Example] = {
        var demo = DemoTitles(seed: 3)
        return demo.titles(240).map { .init(title: $0.text, category: $0.category, seller: $0.seller) }
    }()

    private var settings: TitleClassifier.Settings {
        var settings = TitleClassifier.Settings()
        (settings.buckets, settings.epochs) = (1 << 12, 4)
        return settings
    }

    @Test("SCAN-105 titles of sellers that were not learned from are told by their words, in English and Chinese")
    func heldOut() {
        let figures = TitleClassifier.figures(heldOutBySeller: Self.examples, settings: settings)
        #expect(figures.scores.count == 5 && figures.macroF1 > 0.9, "\(figures.scores)")
    }

    @Test("SCAN-105 without a connection between titles and categories nothing is told: the figures do not flatter")
    func shuffled() {
        var planted = Planted(seed: 9)
        let categories = planted.shuffled(Self.examples.map(\.category))
        let mixed = zip(Self.examples, categories).map {
            TitleClassifier.Example(title: $0.title, category: $1, seller: $0.seller)
        }
        #expect(TitleClassifier.figures(heldOutBySeller: mixed, settings: settings).macroF1 < 0.4)
    }

    @Test("SCAN-108 a title that clearly says another category than the given one becomes an objection")
    func objection() {
        let classifier = TitleClassifier(learningFrom: Self.examples, settings: settings)
        let title = "Kestrel rice cooker steel 3 l"
        #expect(classifier.objection(to: "bags", title: title)?.category == "appliances")
        #expect(classifier.objection(to: "appliances", title: title) == nil)
        #expect(classifier.objection(to: "bags", title: "北风 电饭煲 不锈钢")?.category == "appliances")
        let sum = classifier.shares(of: title).reduce(0) { $0 + $1.probability }
        #expect(abs(sum - 1) < 1e-5)
        #expect(TitleClassifier(learningFrom: [], settings: settings).shares(of: title).isEmpty)
    }

    @Test("SCAN-105 F1 is that of the counts")
    func figures() {
        let answers = [("a", "a"), ("a", "b"), ("b", "b"), ("b", "b"), ("c", "a")].map { (truth: $0.0, told: $0.1) }
        let figures = TitleClassifier.Figures(answers: answers)
        #expect(figures.scores["a"] == 0.5 && figures.scores["b"] == 0.8 && figures.scores["c"] == 0)
        #expect(abs(figures.macroF1 - 1.3 / 3) < 1e-12)
    }

    @Test("SCAN-105 a model survives being stored; damaged bytes are refused and never trap")
    func stored() throws {
        var small = settings
        (small.buckets, small.epochs) = (64, 1)
        let classifier = TitleClassifier(learningFrom: Array(Self.examples.prefix(20)), settings: small)
        let bytes = classifier.encoded
        let read = try #require(TitleClassifier(encoded: bytes))
        #expect(read.shares(of: "plush bear") == classifier.shares(of: "plush bear"))
        for length in 0..<min(200, bytes.count) {
            #expect(TitleClassifier(encoded: Array(bytes.prefix(length))) == nil)
        }
        #expect(TitleClassifier(encoded: bytes + [0]) == nil)
        var planted = Planted(seed: 5)
        for _ in 0..<300 {
            var damaged = bytes
            damaged[planted.number(below: 100)] = UInt8(planted.number(below: 256))
            _ = TitleClassifier(encoded: damaged)
        }
    }
}
