import Basics
import Foundation
import Storage
import Testing

@testable import VisualSearch

@Suite("Merging by what a trained classifier confuses")
struct LearntMergeTests {
    private static func counts(_ rows: JSON) throws -> LearntCounts {
        try LearntCounts(["category": ["x": ["x": 1]], "style": rows])
    }

    @Test(
        "LEARN-032, SCAN-071, SCAN-112 counts of a training become proposals, what was merged trains as one style, and the next round goes on"
    )
    func rounds() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        for (place, sku) in ["a", "b", "c", "d"].enumerated() {
            let codes: JSONObject = sku == "c" ? ["barcode": "1"] : sku == "d" ? ["barcode": "2"] : [:]
            for picture in 0..<2 {
                let seed = UInt64(place * 2 + picture + 1)
                try await catalogue.put(
                    ItemDraft(sku: sku, attributes: codes), pictures: [Goods.upload(seed)], waitsForIndex: false)
            }
        }
        try await catalogue.catchUp()
        let jobs = CatalogueJobs(open.catalogues)
        // a and b are taken for each other, c and d too; codes of c and d differ. "gone" is nothing here.
        let first = try Self.counts([
            "a": ["a": 6, "b": 4], "b": ["b": 5, "a": 5], "c": ["c": 5, "d": 5], "d": ["c": 5, "d": 5],
            "gone": ["a": 9],
        ])
        let job = try await jobs.requestMerging(of: "shop", learnt: first)
        try await ImportTests.work(open)
        let result = try JSON(parsing: try #require(try await jobs.job(job)?.result))
        #expect(result["proposed"] == 1 && result["unknown"] == 1 && result["items"] == 4, "\(result.text)")
        let review = try #require(try await catalogue.reviews(.merge).first)
        #expect(review.score == 0.45 && review.evidence["why"]?.stringValue?.contains("trained classifier") == true)
        try await catalogue.decide(review.number, .yes)

        // What goes out to learn from now has three styles.
        let set = try await catalogue.exportTraining(to: "\(shop.path)/lesson")
        let styles = try LabelledFile.read("\(shop.path)/lesson/styles.csv").map(\.label)
        #expect(styles.count == set.pictures && Set(styles) == ["a", "c", "d"])

        // The next training knows the merged style by one name, and takes d for it.
        let second = try Self.counts(["a": ["a": 16, "d": 4], "d": ["d": 4, "a": 6], "b": ["a": 9]])
        let next = try await jobs.requestMerging(of: "shop", learnt: second)
        try await ImportTests.work(open)
        let later = try JSON(parsing: try #require(try await jobs.job(next)?.result))
        #expect(later["proposed"] == 1, "\(later.text)")
        let open2 = try await catalogue.reviews(.merge)
        #expect(open2.count == 1 && open2.first?.evidence["left"]?.arrayValue?.count == 2, "\(open2)")
        await open.close()
    }

    @Test(
        "LEARN-032 counts that are none are refused with their place",
        arguments: [
            ("[]", "object of labels"), (#"{"x": {}, "y": {}}"#, "x, y"), (#"{"x": {"a": 1}}"#, "x.a"),
            (#"{"x": {"a": {"b": -1}}}"#, "x.a.b"), (#"{"x": {"a": {"b": 1.5}}}"#, "x.a.b"),
        ])
    func refused(text: String, part: String) throws {
        let json = try JSON(parsing: Array(text.utf8), limits: JSONLimits(maximumBytes: 1_000))
        #expect { try LearntCounts(json) } throws: { ($0 as? RequestError)?.message.contains(part) == true }
    }
}
