import Basics
import Testing
import VisualSearch

@Suite("Answer of a scan")
struct ScanAnswerTests {
    private func answer() throws -> ScanAnswer {
        var answer = ScanAnswer(id: "s42")
        let box = try #require(UnitBox(x: 0.1, y: 0.2, width: 0.5, height: 0.25))
        answer.boxes = [Detection(box: box, score: 0.75, category: "bags"), Detection(box: .full, score: 0.5)]
        (answer.chosen, answer.source) = (box, .detected)
        answer.category = .init(
            final: [.init(category: "bags", probability: 0.9)], detector: [.init(category: "toys", probability: 0.6)],
            votes: [.init(category: "bags", probability: 1)])
        answer.verdict = .sameItem(style: "k1", probability: 0.97)
        let offer = ScanOffer(
            item: "i1", sku: "k1", seller: "Ann", title: "袋子 \"M\"", price: 1299, currency: "CNY", stock: 2,
            orderURL: "https://shop.example/i1")
        answer.groups = [.init(style: "k1", score: 0.88, probability: 0.97, offers: [offer])]
        answer.similar = [.init(style: "k2", score: 0.5)]
        answer.encyclopedia = [.init(id: "e1", title: "Bag", url: "/e/1", source: "shop")]
        (answer.barcode, answer.qr) = ("96385074", "https://shop.example/01/00000096385074")
        answer.timings = [.init(stage: "decode", milliseconds: 2.125), .init(stage: "embed", milliseconds: 31.5)]
        answer.generation = "g7"
        return answer
    }

    @Test("SCAN-001, SCAN-023 an answer survives JSON")
    func roundTrip() throws {
        var answer = try answer()
        #expect(ScanAnswer(try JSON(parsing: answer.json.encoded())) == answer)
        answer.groups = []
        for (verdict, reason) in [
            (Verdict.similarOnly(probability: 0.25), ScanReason.belowThreshold), (.uncalibrated, .notCalibrated),
            (.nothing(.indexEmpty), .indexEmpty),
        ] {
            (answer.verdict, answer.reason) = (verdict, reason)
            #expect(ScanAnswer(try JSON(parsing: answer.json.encoded())) == answer)
        }
    }

    @Test("SCAN-001 an answer without one of its members is not read")
    func damaged() throws {
        let json = try answer().json
        let object = try #require(json.objectValue)
        #expect(ScanAnswer(json) != nil)
        for key in object.keys where !["reason", "barcode", "qr", "source"].contains(key) {
            var damaged = object
            damaged[key] = nil
            #expect(ScanAnswer(.object(damaged)) == nil, "\(key)")
            damaged[key] = [1, ["x": 2]]
            #expect(ScanAnswer(.object(damaged)) == nil, "\(key)")
        }
        #expect(ScanAnswer(nil as JSON) == nil)
    }

    @Test("SCAN-023 numbers that are none become null, so that the text stays JSON")
    func numbers() throws {
        var answer = try answer()
        answer.groups[0].score = .nan
        answer.timings = [.init(stage: "decode", milliseconds: .infinity)]
        #expect(throws: Never.self) { try JSON(parsing: answer.json.encoded()) }
    }
}
