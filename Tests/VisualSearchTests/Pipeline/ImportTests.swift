import Basics
import Foundation
import Storage
import Synchronization
import Testing

@testable import VisualSearch

@Suite("Imports")
struct ImportTests {
    /// A folder of SKUs as a shopkeeper has it: two pictures each, one copy, one broken file, one loose file.
    static func folder(in shop: Shop) throws -> String {
        let path = "\(shop.path)/goods"
        func write(_ bytes: [UInt8], _ name: String) throws {
            let url = URL(fileURLWithPath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
        for seed in 1...4 as ClosedRange<UInt64> {
            try write(Goods.photo(seed), "sku-\(seed)/front.png")
            try write(Goods.photo(seed + 10), "sku-\(seed)/side.png")
        }
        try write(Goods.photo(1), "sku-5/copy.png")
        try write(Array("no picture".utf8), "sku-5/broken.jpg")
        try write(Goods.photo(9), "loose.png")
        try write(Array("notes".utf8), "readme.txt")
        return path
    }

    /// Runs all jobs that wait.
    static func work(_ open: Shop.Open) async throws {
        let jobs = CatalogueJobs(open.catalogues)
        try await jobs.takeOver()
        while try await jobs.runNext(owner: "test") != nil {}
    }

    @Test("SCAN-030 SCAN-038 a folder comes in, counts add up to the input, and a second run changes nothing")
    func folders() async throws {
        let shop = try Shop()
        let path = try Self.folder(in: shop)
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        let jobs = CatalogueJobs(open.catalogues)
        let dry = try await catalogue.dryRun(path)
        #expect(dry.counts.lines == [.accepted: 5, .refused: 1])
        #expect(dry.counts.pictures == [.accepted: 9, .refused: 2])
        #expect(try await catalogue.items().isEmpty)
        let job = try await jobs.requestImport(path, into: "shop")
        #expect(try await jobs.requestImport(path, into: "shop") == job)
        try await Self.work(open)
        let counts = try await catalogue.importCounts(of: job)
        #expect(counts.lines == [.accepted: 5, .refused: 1])
        #expect(counts.pictures[.refused] == 2)
        #expect(counts.pictures.values.reduce(0, +) == 11)
        #expect(counts.pictures[.alias] == 1 && counts.pictures[.accepted] == 8)
        #expect(try await catalogue.found(Goods.again(3)).first == "sku-3")
        let report = try await catalogue.importReport(of: job)
        #expect(report.csv.split(separator: "\n").count == 1 + 6 + 11)
        #expect(report.csv.contains("belongs to none"))
        let page = try await catalogue.importPage(report)
        #expect(page.contains("data:image/") && page.contains("sku-5/copy.png") && page.contains("broken.jpg"))
        let before = try await catalogue.items()
        let again = try await jobs.requestImport(path, into: "shop")
        #expect(again != job)
        try await Self.work(open)
        let second = try await catalogue.importCounts(of: again)
        #expect(second.lines == [.unchanged: 5, .refused: 1])
        #expect(second.pictures == [.unchanged: 9, .refused: 2])
        #expect(try await catalogue.items() == before)
        await open.close()
    }

    @Test("SCAN-030 a table's faulty lines are named with their number and cause, the others are taken")
    func tables() async throws {
        let shop = try Shop()
        _ = try Self.folder(in: shop)
        let table = """
            sku,title,category,price,currency,stock,link,picture1,picture2,colour\r
            a,"Boots, red",shoes,49.90,EUR,3,https://example.test/a,sku-1/front.png,sku-1/side.png,red\r
            b,Bag,bags,"12,5",EUR,,,sku-2/front.png,,\r
            ,Nameless,bags,1,EUR,,,sku-2/side.png,,\r
            c,Bad price,bags,cheap,EUR,,,sku-3/front.png,,\r
            a,Again,shoes,1,EUR,,,,,\r
            d,"Two
            lines",toys,100,JPY,0,,../secret.png,missing.png,\r
            e,Too,many,1,EUR,1,x,y,z,green,extra\r
            f,"open quote,toys,1,EUR,,,,,

            """
        try Data(table.utf8).write(to: URL(fileURLWithPath: "\(shop.path)/goods/table.csv"))
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        let job = try await CatalogueJobs(open.catalogues).requestImport("\(shop.path)/goods/table.csv", into: "shop")
        try await Self.work(open)
        let report = try await catalogue.importReport(of: job)
        #expect(report.lines.map(\.line) == [2, 3, 4, 5, 6, 7, 9, 10])
        #expect(report.lines.filter { $0.outcome == .refused }.map(\.line) == [4, 5, 6, 9, 10])
        let causes = report.lines.compactMap(\.cause)
        for word in ["sku", "price", "line 2", "fields", "quotation mark"] {
            #expect(causes.contains { $0.contains(word) }, "\(word)")
        }
        let pictures = report.pictures.filter { $0.line == 7 }
        #expect(pictures.map(\.outcome) == [.refused, .refused])
        let boots = try #require(try await catalogue.items(sku: "a").first).draft
        #expect(boots.title == "Boots, red" && boots.category == "shoes" && boots.price == 4_990 && boots.stock == 3)
        #expect(boots.attributes["colour"] == "red" && boots.link == "https://example.test/a")
        #expect(try await catalogue.items(sku: "b").first?.draft.price == 1_250)
        let other = try #require(try await catalogue.items(sku: "d").first).draft
        #expect(other.title == "Two\nlines" && other.price == 100)
        await open.close()
    }

    @Test("SCAN-030 lines of JSON with files beside them come in; categories are added when asked for")
    func lines() async throws {
        let shop = try Shop()
        _ = try Self.folder(in: shop)
        let lines = """
            {"sku":"a","title":"Lamp","category":"lamps","price":19.5,"currency":"EUR","pictures":["sku-1/front.png"]}
            {"sku":"b","category":"lamps","pictures":["sku-2/front.png","sku-3/front.png"],"attributes":{"size":3}}
            nonsense
            [1]
            """
        try Data(lines.utf8).write(to: URL(fileURLWithPath: "\(shop.path)/goods/all.ndjson"))
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        var defaults = ImportDefaults()
        defaults.addsCategories = true
        defaults.shop = "north"
        let job = try await CatalogueJobs(open.catalogues).requestImport(
            "\(shop.path)/goods/all.ndjson", into: "shop", defaults: defaults)
        try await Self.work(open)
        #expect(try await catalogue.importCounts(of: job).lines == [.accepted: 2, .refused: 2])
        let items = try await catalogue.items()
        #expect(Set(items.map(\.draft.category)) == ["lamps"] && Set(items.map(\.draft.shop)) == ["north"])
        #expect(items.first { $0.draft.sku == "a" }?.draft.price == 1_950)
        #expect(items.first { $0.draft.sku == "b" }?.draft.attributes["size"] == 3)
        await open.close()
    }

    @Test(
        "SCAN-030 SCAN-115 an import that stops anywhere goes on and ends as if it had not",
        arguments: ["item", "stored", "judged", "embedded", "put", "line"])
    func goesOn(after point: String) async throws {
        let shop = try Shop()
        let path = try Self.folder(in: shop)
        let left = Mutex(3)
        var options = CatalogueOptions()
        options.faultPoint = { passed in
            guard passed == point else { return }
            let isNow = left.withLock { left in
                left -= 1
                return left <= 0
            }
            if isNow { throw IngestFault(point) }
        }
        let first = try shop.open(options)
        _ = try await first.catalogues.create("shop")
        let job = try await CatalogueJobs(first.catalogues).requestImport(path, into: "shop")
        await #expect(throws: IngestFault.self) { try await Self.work(first) }
        await first.close()
        let second = try shop.open()
        let catalogue = try await second.catalogues.catalogue("shop")
        try await Self.work(second)
        #expect(try await CatalogueJobs(second.catalogues).job(job)?.state == .done)
        let counts = try await catalogue.importCounts(of: job)
        #expect(counts.lines.values.reduce(0, +) == 6 && counts.pictures.values.reduce(0, +) == 11)
        #expect(try await catalogue.items().count == 5)
        #expect(try await catalogue.statistics().partitions.reduce(0) { $0 + $1.vectors } == 8)
        for seed in 1...4 as ClosedRange<UInt64> {
            #expect(try await catalogue.found(Goods.photo(seed + 10)).first == "sku-\(seed)")
        }
        await second.close()
    }

    @Test(
        "prices are read in the smallest unit of their currency",
        arguments: [("12.90", "EUR", 1_290), ("12,9", "EUR", 1_290), ("7", "EUR", 700), ("500", "JPY", 500)])
    func prices(text: String, currency: String, amount: Int64) {
        #expect(ImportFields.smallestUnits(text, currency: currency) == amount)
        for wrong in ["", ".", "1.2.3", "-1", "1.999", "١٢", "9999999999999999"] {
            #expect(ImportFields.smallestUnits(wrong, currency: "EUR") == nil, "\(wrong)")
        }
    }
}
