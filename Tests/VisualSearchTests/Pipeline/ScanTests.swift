import Basics
import Foundation
import Imaging
import Storage
import Testing

@testable import VisualSearch

@Suite("Scans of a catalogue")
struct ScanTests {
    private static func fill(_ catalogue: Catalogue, _ seeds: ClosedRange<UInt64> = 1...8) async throws {
        for seed in seeds {
            let draft = ItemDraft(
                sku: "\(seed)", shop: seed % 2 == 0 ? "even" : "odd", category: seed <= 4 ? "shoes" : "bags",
                price: Int64(seed) * 100, currency: "EUR", stock: seed % 3 == 0 ? 0 : 5,
                attributes: ["place": seed <= 2 ? "here" : "there"])
            try await catalogue.put(draft, pictures: [Goods.upload(seed)], waitsForIndex: false)
        }
        try await catalogue.catchUp()
    }

    @Test("SCAN-001 SCAN-023 a photo is answered with box, category, groups, verdict and the time of each stage")
    func answer() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await Self.fill(catalogue)
            let answer = try await catalogue.scan(Goods.again(3))
            #expect(answer.similar.first?.style == "3" && answer.chosen == .full)
            #expect(answer.category.final.first?.category == "shoes")
            #expect(answer.verdict == .uncalibrated && answer.reason == .notCalibrated && answer.groups.isEmpty)
            #expect(answer.timings.map(\.stage) == ["decode", "barcode", "embed", "vote", "search", "describe"])
            #expect(answer.generation == "1 floor/1")
            let offer = try #require(answer.similar.first?.offers.first)
            #expect(offer.price == 300 && offer.seller == "odd" && offer.currency == "EUR")
            #expect(ScanAnswer(answer.json)?.similar.map(\.offers) == answer.similar.map(\.offers))
        }
    }

    @Test("SCAN-013 a user's photo and a catalogue picture of equal bytes and box have equal vectors, bit for bit")
    func equalVectors() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await catalogue.put(ItemDraft(sku: "a"), pictures: [Goods.upload(1)])
            let stored = try await catalogue.database.read {
                try GenerationQueries.vector(of: 1, generation: 1, $0)
            }
            let looked = try LookedAt(Goods.photo(1), limits: ImageLimits())
            #expect(try FloorFeature().vector(of: looked.crop(.full)) == stored)
        }
    }

    @Test("SCAN-020 another part of the photo is searched without reading it again, and impossible parts are refused")
    func boxes() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await Self.fill(catalogue)
            // Two things side by side.
            let left = try Image.decode(Goods.photo(2)).image
            let right = try Image.decode(Goods.photo(7)).image
            let width = left.width
            let both = left.beside(right)
            let session = try await catalogue.beginScan([try both.encoded(as: .png)])
            _ = try await session.answer()
            let first = try #require(UnitBox(x: 0, y: 0, width: 0.5, height: 1))
            let second = try #require(UnitBox(x: 0.5, y: 0, width: 0.5, height: 1))
            #expect(try await session.answer(box: .own(first)).similar.first?.style == "2")
            let answer = try await session.answer(box: .own(second))
            #expect(answer.similar.first?.style == "7" && answer.source == .own)
            #expect(!answer.timings.map(\.stage).contains("decode"))
            #expect(await session.size()?.width == 2 * width)
        }
    }

    @Test("SCAN-019 each empty answer tells why", arguments: ["empty", "filter", "blank"])
    func reasons(of kind: String) async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            switch kind {
            case "empty": #expect(try await catalogue.scan(Goods.photo(1)).reason == .indexEmpty)
            case "filter":
                try await Self.fill(catalogue, 1...2)
                let answer = try await catalogue.scan(Goods.photo(1), filter: ScanFilter(shops: ["nobody"]))
                #expect(answer.reason == .filterExcludedAll && answer.similar.isEmpty)
            default:
                try await Self.fill(catalogue, 1...2)
                let white = try Image(width: 40, height: 40, format: .rgb8, filledWith: .white).encoded(as: .png)
                #expect(try await catalogue.scan(white).reason == .nothingToSee)
            }
        }
    }

    @Test("SCAN-022 filters by seller, category, price, stock and place never shorten the list below what matches")
    func filters() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await Self.fill(catalogue)
            func found(_ filter: ScanFilter, category: String? = nil) async throws -> Set<String> {
                Set(
                    try await catalogue.scan(
                        Goods.photo(1), request: ScanRequest(category: category), filter: filter
                    ).similar.map(\.style))
            }
            #expect(try await found(ScanFilter(shops: ["even"])) == ["2", "4", "6", "8"])
            #expect(try await found(ScanFilter(shops: ["even", "odd"])).count == 8)
            #expect(try await found(ScanFilter(price: 250...650)) == ["3", "4", "5", "6"])
            #expect(try await found(ScanFilter(isInStock: true)) == ["1", "2", "4", "5", "7", "8"])
            #expect(try await found(ScanFilter(places: ["here"])) == ["1", "2"])
            #expect(try await found(ScanFilter(shops: ["odd"], price: 0...500, isInStock: true)) == ["1", "5"])
            #expect(try await found(ScanFilter(), category: "bags") == ["5", "6", "7", "8"])
        }
    }

    @Test("SCAN-005 offers of one SKU by three sellers stand together, in stock first and by price")
    func sellers() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            for (seller, price, stock) in [("north", 900, 1), ("south", 700, 1), ("west", 100, 0)] {
                let draft = ItemDraft(
                    sku: "boots", shop: seller, price: Int64(price), currency: "EUR", stock: Int64(stock),
                    link: "https://\(seller).example/boots")
                try await catalogue.put(draft, pictures: [Goods.upload(1)])
            }
            try await catalogue.put(ItemDraft(sku: "bag"), pictures: [Goods.upload(2)])
            let group = try #require(try await catalogue.scan(Goods.again(1)).similar.first)
            #expect(group.style == "boots" && group.offers.map(\.seller) == ["south", "north", "west"])
            #expect(group.offers.first?.orderURL == "https://south.example/boots")
        }
    }

    @Test("SCAN-021 what is like an item is listed without the item and its style")
    func similar() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await Self.fill(catalogue)
            let item = try #require(try await catalogue.items(sku: "3").first)
            try await catalogue.merge("3", with: "4")
            let groups = try await catalogue.similar(to: item.number, limit: 5)
            #expect(groups.count == 5 && !groups.map(\.style).contains("3") && !groups.map(\.style).contains("4"))
            await #expect(throws: RequestError.self) { try await catalogue.similar(to: 99) }
        }
    }

    @Test("SCAN-016 SCAN-131 once measured, a scan says same item for the very item and similar for what is not there")
    func calibrated() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await Self.fill(catalogue, 1...12)
            var photos: [LabelledPhoto] = []
            for seed in 1...12 as ClosedRange<UInt64> {
                photos.append(LabelledPhoto(sku: "\(seed)", bytes: try Goods.again(seed)))
                photos.append(LabelledPhoto(sku: "\(seed)", bytes: Goods.photo(seed)))
            }
            let few = photos
            await #expect(throws: RequestError.self) { try await catalogue.calibrate(Array(few.prefix(20))) }
            // The smallest number that is fitted: each photo several times.
            let many = (0..<5).flatMap { _ in few }
            let result = try await catalogue.calibrate(many)
            #expect(result["used"]?.intValue == 120)
            let here = try await catalogue.scan(Goods.again(5))
            guard case .sameItem(let style, let probability) = here.verdict else {
                Issue.record("\(here.verdict)")
                return
            }
            #expect(style == "5" && probability > 0.5 && here.groups.first?.style == "5")
            let away = try await catalogue.scan(Goods.photo(20))
            #expect(away.groups.isEmpty)
            if case .sameItem = away.verdict { Issue.record("an absent item was told to be there") }
        }
    }

    @Test(
        "SCAN-008 an answer is kept with its photo, told right or wrong, and forgotten when asked or when its time is over"
    )
    func kept() async throws {
        let shop = try Shop()
        let clock = TestClock()
        try await shop.with(clock: clock) { catalogue in
            try await Self.fill(catalogue, 1...2)
            let first = try await catalogue.scan(Goods.photo(1))
            let second = try await catalogue.scan(Goods.photo(2))
            try await catalogue.keep(first, photo: Goods.photo(1))
            try await catalogue.keep(second, photo: Goods.photo(2), milliseconds: 1_000)
            #expect(try await catalogue.keptScan(first.id).similar.map(\.style) == first.similar.map(\.style))
            #expect(try await catalogue.keptPhoto(first.id) == Goods.photo(1))
            try await catalogue.feedback(.right, on: first.id)
            try await catalogue.feedback(.wrongItem, on: first.id, sku: "2")
            clock.advance(milliseconds: 2_000)
            #expect(try await catalogue.forgetExpiredScans() == 1)
            await #expect(throws: RequestError.self) { try await catalogue.keptScan(second.id) }
            try await catalogue.forgetScan(first.id)
            await #expect(throws: RequestError.self) { try await catalogue.feedback(.right, on: first.id) }
        }
    }

    @Test("photos that cannot be used are refused by what is wrong with them")
    func refusals() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            for (bytes, status) in [(Array("text".utf8), 415), (Array(Goods.photo(1).prefix(80)), 422)] {
                let error = await #expect(throws: RequestError.self) { try await catalogue.scan(bytes) }
                #expect(error?.status == status)
            }
            await #expect(throws: RequestError.self) { try await catalogue.beginScan([]) }
        }
    }
}

extension Image {
    /// Two pictures of one size next to each other.
    fileprivate func beside(_ other: Image) -> Image {
        var both = try? Image(width: 2 * width, height: height, format: .rgb8, filledWith: .white)
        let (left, right) = (converted(to: .rgb8), other.converted(to: .rgb8))
        both?.withMutablePixels { pixels in
            for y in 0..<height {
                for x in 0..<width * 3 {
                    pixels[y * 6 * width + x] = left.bytes[y * left.stride + x]
                    pixels[y * 6 * width + 3 * width + x] = right.bytes[y * right.stride + x]
                }
            }
        }
        return both ?? self
    }
}
