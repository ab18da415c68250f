import Basics
import Foundation
import Storage
import Testing

@testable import VisualSearch

@Suite("Articles beside a catalogue")
struct ArticleTests {
    /// A folder with an entry of the encyclopaedia, a page, a picture and a file that is no article.
    private static func folder(in shop: Shop) throws -> String {
        let path = "\(shop.path)/texts"
        try FileManager.default.createDirectory(atPath: "\(path)/news", withIntermediateDirectories: true)
        func write(_ bytes: [UInt8], _ name: String) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        }
        let entry = """
            ---
            kind: encyclopedia
            category: shoes
            source: Museum
            ---
            # The Acme Trail boots
            Boots by Acme, first made for foresters.

            ![The boots](pictures/boots.png) ![Lost](lost.png)
            """
        try FileManager.default.createDirectory(atPath: "\(path)/pictures", withIntermediateDirectories: true)
        try write(Array(entry.utf8), "boots.md")
        try write(Goods.photo(1), "pictures/boots.png")
        try write(
            Array("<title>Acme boots seen</title><p>In town.<img src=../pictures/boots.png>".utf8), "news/town.html")
        try write(Array("<p>No title</p>".utf8), "news/none.html")
        try write(Array("{}".utf8), "settings.json")
        return path
    }

    private static func stock(_ catalogue: Catalogue) async throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            try await catalogue.put(
                ItemDraft(
                    sku: "\(seed)", title: seed == 1 ? "Acme Trail" : "Thing \(seed)", category: "shoes",
                    attributes: seed == 1 ? ["brand": "Acme", "type": "boots"] : [:]),
                pictures: [Goods.upload(seed)])
        }
    }

    @Test(
        "SCAN-004 SCAN-006 SCAN-107 texts that name the thing stand in the answer with score and reason, without offers"
    )
    func answers() async throws {
        let shop = try Shop()
        let path = try Self.folder(in: shop)
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        try await Self.stock(catalogue)
        let dry = try await catalogue.dryRunArticles(path)
        #expect(dry["accepted"] == 2 && dry["refused"] == 1)
        #expect(try await catalogue.articles().isEmpty)
        let jobs = CatalogueJobs(open.catalogues)
        let job = try await jobs.requestArticles(path, into: "shop")
        try await ImportTests.work(open)
        let result = try JSON(parsing: try #require(try await jobs.job(job)?.result))
        #expect(result["accepted"] == 2 && result["refused"] == 1)
        let causes = result["faults"]?.arrayValue?.compactMap { $0["cause"]?.stringValue } ?? []
        #expect(causes.contains { $0.contains("lost.png") } && causes.contains { $0.contains("title") })
        // The barcode of an item makes the scan sure of it.
        try await catalogue.update(
            ItemDraft(
                sku: "1", title: "Acme Trail", category: "shoes", stock: 0,
                attributes: ["brand": "Acme", "type": "boots", "ean": "4006381333931"]))
        let texts = try await catalogue.readings(about: "1", isSure: true)
        #expect(texts.encyclopedia.map(\.title) == ["The Acme Trail boots"])
        #expect(texts.encyclopedia.first?.score == 3 && texts.encyclopedia.first?.reason == "brand Acme, type boots")
        #expect(texts.articles.map(\.title) == ["Acme boots seen"])
        #expect(texts.articles.first.map { $0.url == "/a/\($0.id)" } == true)
        // A thing that is only similar is not told to be of that brand.
        let answer = try await catalogue.scan(Goods.photo(1))
        #expect(answer.verdict == .uncalibrated && answer.articles.isEmpty)
        #expect(answer.encyclopedia.map(\.reason) == ["type boots"])
        #expect(ScanAnswer(answer.json)?.encyclopedia == answer.encyclopedia)
        #expect(try await catalogue.readings(about: "2", isSure: true).encyclopedia.isEmpty)
        let again = try await jobs.requestArticles(path, into: "shop")
        try await ImportTests.work(open)
        #expect(try JSON(parsing: try #require(try await jobs.job(again)?.result))["unchanged"] == 2)
        await open.close()
    }

    @Test("SCAN-007 pictures of articles are matched with items, and the links stand beside the picture")
    func links() async throws {
        let shop = try Shop()
        let path = try Self.folder(in: shop)
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        let jobs = CatalogueJobs(open.catalogues)
        _ = try await jobs.requestArticles(path, into: "shop")
        try await ImportTests.work(open)
        try await Self.stock(catalogue)
        _ = try await jobs.requestLinks(of: "shop")
        try await ImportTests.work(open)
        let article = try #require(try await catalogue.articles().first { $0.draft.kind == .encyclopedia })
        #expect(article.pictures.map(\.place) == [0] && article.pictures.map(\.caption) == ["The boots"])
        let linked = try await catalogue.linkedItems(of: article.number)
        #expect(linked[0]?.first?.item.draft.sku == "1" && linked[0]?.first.map { $0.score > 0.99 } == true)
        // What did not change is not looked at again.
        let second = try await jobs.requestLinks(of: "shop")
        try await ImportTests.work(open)
        #expect(try JSON(parsing: try #require(try await jobs.job(second)?.result))["pictures"] == 0)
        // An item that goes is no link any more; an article that goes leaves nothing.
        let item = try #require(try await catalogue.items(sku: "1").first)
        try await catalogue.removeItem(item.number)
        #expect(try await catalogue.linkedItems(of: article.number)[0]?.contains { $0.item.draft.sku == "1" } != true)
        try await catalogue.removeArticle(article.number)
        #expect(try await catalogue.article(article.number) == nil)
        #expect(try await catalogue.readings(about: "2", isSure: false).encyclopedia.isEmpty)
        await open.close()
    }

    @Test("SCAN-007 pictures are understood without anything being kept")
    func understanding() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await Self.stock(catalogue)
            let seen = try await catalogue.understand([Goods.photo(3), Array("none".utf8)])
            #expect(seen[0].items.first?.sku == "3" && seen[0].categories.first?.category == "shoes")
            #expect(seen[1].problem != nil && seen[1].items.isEmpty)
            await #expect(throws: RequestError.self) { try await catalogue.understand([]) }
            #expect(
                try await catalogue.database.read { try $0.first("SELECT COUNT(*) FROM vis_scan") { $0.int(0) } } == 0)
        }
    }

    @Test(
        "SCAN-105 SCAN-106 SCAN-108 titles are learned: figures, names of things, and questions where a title objects")
    func titles() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        let kinds = [("shoes", "boots"), ("bags", "backpack"), ("toys", "puzzle")]
        for number in 0..<36 {
            let (category, type) = kinds[number % 3]
            let brand = ["Acme", "Borea", "Cirrus"][number % 7 % 3]
            // One item of bags was put among the toys.
            let told = number == 4 ? "toys" : category
            try await catalogue.update(
                ItemDraft(
                    sku: "\(number)", shop: "s\(number % 4)", title: "\(brand) \(type)", category: told,
                    attributes: number % 2 == 0 ? ["brand": .string(brand), "type": .string(type)] : [:]))
        }
        #expect(try await catalogue.titleFigures() == nil)
        #expect(try await catalogue.hasNewTitles())
        let jobs = CatalogueJobs(open.catalogues)
        _ = try await jobs.requestTitles(of: "shop")
        try await ImportTests.work(open)
        let figures = try #require(try await catalogue.titleFigures())
        #expect(figures["macro_f1"]?.doubleValue.map { $0 > 0.9 } == true, "\(figures.text)")
        #expect(figures["entity_f1"]?["brand"]?.doubleValue.map { $0 > 0.9 } == true, "\(figures.text)")
        #expect(try await catalogue.categories(ofTitle: "Acme boots").first?.category == "shoes")
        #expect(try await !catalogue.hasNewTitles())
        // An item without columns is named by its title.
        let bare = try #require(try await catalogue.items(sku: "1").first)
        let named = try await catalogue.database.read { try EntityQueries.entities(of: bare, $0) }
        #expect(named.contains { $0.kind == .type && $0.text == "backpack" })
        #expect(figures["objections"] == 1, "\(figures.text)")
        let review = try #require(try await catalogue.reviews(.category).first)
        #expect(review.evidence["seems"] == "bags" && review.evidence["is"] == "toys")
        try await catalogue.decide(review.number, .yes, by: "mei")
        #expect(try await catalogue.items(sku: "4").first?.draft.category == "bags")
        try await catalogue.undecide(review.number)
        #expect(try await catalogue.items(sku: "4").first?.draft.category == "toys")
        await open.close()
    }
}
