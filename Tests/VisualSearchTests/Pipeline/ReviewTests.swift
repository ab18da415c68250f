import Basics
import Imaging
import Testing
import VisualSearch

@Suite("Proposals and decisions")
struct ReviewTests {
    /// Views of one thing, near to each other for the built-in feature, and no copies of each other for hashes.
    private static func views(_ seed: UInt64, _ count: Int) throws -> [PictureUpload] {
        let image = try Image.decode(Goods.photo(seed)).image
        return try (0..<count).map { step in
            let part = try image.cropped(
                to: PixelBox(x: 3 + 4 * step, y: 2 + 3 * step, width: 84 - 6 * step, height: 64 - 5 * step))
            return PictureUpload(bytes: try part.encoded(as: .png), name: "\(seed)-\(step)")
        }
    }

    private static func work(_ open: Shop.Open) async throws { try await ImportTests.work(open) }

    @Test("SCAN-060 SCAN-064 a foreign picture is proposed as noise; a yes takes it out and can be taken back")
    func noise() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        try await catalogue.put(ItemDraft(sku: "a"), pictures: try Self.views(1, 4) + [Goods.upload(8)])
        _ = try await CatalogueJobs(open.catalogues).requestDenoising(of: "shop")
        try await Self.work(open)
        let reviews = try await catalogue.reviews(.noise)
        let item = try #require(try await catalogue.items().first)
        let foreign = try #require(try await catalogue.pictures(of: item.number).last)
        #expect(reviews.map(\.subject).contains(foreign.number))
        let review = try #require(reviews.first { $0.subject == foreign.number })
        #expect(try await catalogue.scan(Goods.photo(8)).similar.first.map { $0.score > 0.99 } == true)
        try await catalogue.decide(review.number, .yes, by: "anna")
        #expect(try await catalogue.scan(Goods.photo(8)).similar.first.map { $0.score < 0.99 } == true)
        let error = await #expect(throws: RequestError.self) { try await catalogue.decide(review.number, .no) }
        #expect(error?.message.contains("anna") == true)
        try await catalogue.undecide(review.number)
        #expect(try await catalogue.scan(Goods.photo(8)).similar.first.map { $0.score > 0.99 } == true)
        try await catalogue.decide(review.number, .no)
        _ = try await CatalogueJobs(open.catalogues).requestDenoising(of: "shop")
        try await Self.work(open)
        #expect(try await catalogue.reviews(.noise).allSatisfy { $0.subject != foreign.number })
        await open.close()
    }

    @Test("SCAN-074 a merge joins offers under one style, and splitting brings back exactly what was")
    func merges() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            for seed in 1...4 as ClosedRange<UInt64> {
                try await catalogue.put(
                    ItemDraft(sku: "s\(seed)", shop: "shop \(seed)", price: 100 - Int64(seed)),
                    pictures: [Goods.upload(seed)])
            }
            let before = try await catalogue.scan(Goods.photo(1)).similar.map(\.style)
            try await catalogue.merge("s1", with: "s2", by: "anna")
            try await catalogue.merge("s3", with: "s2", by: "anna")
            let merged = try await catalogue.scan(Goods.photo(3)).similar
            #expect(merged.map(\.style).contains("s1") && !merged.map(\.style).contains("s3"))
            let group = try #require(merged.first)
            #expect(group.style == "s1" && group.offers.map(\.sku) == ["s3", "s2", "s1"])
            await #expect(throws: RequestError.self) { try await catalogue.merge("s1", with: "s3") }
            try await catalogue.split("s3")
            #expect(try await catalogue.scan(Goods.photo(3)).similar.first?.style == "s3")
            #expect(try await catalogue.scan(Goods.photo(2)).similar.first?.style == "s1")
            try await catalogue.split("s2")
            #expect(try await catalogue.scan(Goods.photo(1)).similar.map(\.style) == before)
            await #expect(throws: RequestError.self) { try await catalogue.split("s2") }
        }
    }

    @Test("SCAN-070 SCAN-076 two listings of one thing are proposed as one; a code that differs forbids it")
    func confusion() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        let views = try Self.views(1, 6)
        let other = try Self.views(7, 3)
        func put(_ sku: String, _ pictures: [PictureUpload], _ attributes: JSONObject = [:]) async throws {
            try await catalogue.put(ItemDraft(sku: sku, shop: sku, attributes: attributes), pictures: pictures)
        }
        try await put("left", [views[0], views[2], views[4]])
        try await put("right", [views[1], views[3], views[5]])
        try await put("else", other)
        _ = try await CatalogueJobs(open.catalogues).requestMerging(of: "shop")
        try await Self.work(open)
        let items = try await catalogue.items()
        let review = try #require(try await catalogue.reviews(.merge).first)
        let skus = items.filter { [review.subject, review.other].contains($0.number) }.map(\.draft.sku)
        #expect(skus == ["left", "right"])
        #expect(try await catalogue.reviews(.merge).count == 1)
        try await catalogue.decide(review.number, .yes)
        #expect(try await catalogue.scan(views[1].bytes).similar.first?.style == "left")
        await open.close()
    }

    @Test("SCAN-045 SCAN-048 a perhaps copy is searchable while a person is asked, and every answer can be taken back")
    func duplicates() async throws {
        let shop = try Shop()
        var options = CatalogueOptions()
        // With one of the checks impossible, copies are never more than perhaps.
        options.duplicates.correlation = 2
        try await shop.with(options) { catalogue in
            try await catalogue.put(ItemDraft(sku: "a"), pictures: [Goods.upload(1)])
            let half = try Image.decode(Goods.photo(1)).image.resized(width: 48, height: 36).encoded(as: .png)
            let result = try await catalogue.put(ItemDraft(sku: "b"), pictures: [PictureUpload(bytes: half)])
            #expect(result.pictures.map(\.outcome) == [.review])
            #expect(Set(try await catalogue.found(Goods.photo(1))) == ["a", "b"])
            let review = try #require(try await catalogue.reviews(.duplicate).first)
            func vectors() async throws -> Int {
                try await catalogue.statistics().partitions.reduce(0) { $0 + $1.vectors }
            }
            #expect(try await vectors() == 2)
            try await catalogue.decide(review.number, .yes)
            #expect(try await vectors() == 1)
            #expect(Set(try await catalogue.found(Goods.photo(1))) == ["a", "b"])
            try await catalogue.undecide(review.number)
            #expect(try await vectors() == 2)
            try await catalogue.decide(review.number, .no)
            #expect(try await vectors() == 2)
            #expect(try await catalogue.reviews(.duplicate).isEmpty)
        }
    }
}
