import Basics
import Foundation
import Imaging
import Storage
import Testing
import VisualSearch

@Suite("The gate before a new space")
struct GateTests {
    /// The built-in feature under another name: as good as itself.
    private struct Same: PictureEmbedder {
        let space = EmbeddingSpace(name: "same/1", dimensions: 192)

        func vector(of picture: Image) throws -> [Float] { try FloorFeature().vector(of: picture) }
    }

    /// Sees how bright a picture is and nothing else.
    private struct Poor: PictureEmbedder {
        let space = EmbeddingSpace(name: "poor/1", dimensions: 2)

        func vector(of picture: Image) throws -> [Float] {
            let grey = try picture.flattened().converted(to: .gray8).resized(width: 1, height: 1, by: .area)
            let light = Float(grey.bytes.first ?? 0) / 400 + 0.1
            return [light, (1 - light * light).squareRoot()]
        }
    }

    /// A catalogue of 24 goods, and a folder with two photos of each.
    private static func shop() async throws -> (shop: Shop, photos: String) {
        let shop = try Shop()
        try await shop.with { catalogue in
            for seed in 1...24 as ClosedRange<UInt64> {
                try await catalogue.put(ItemDraft(sku: "\(seed)"), pictures: [Goods.upload(seed)], waitsForIndex: false)
            }
            try await catalogue.catchUp()
        }
        let photos = "\(shop.path)/customers"
        for seed in 1...24 as ClosedRange<UInt64> {
            try FileManager.default.createDirectory(atPath: "\(photos)/\(seed)", withIntermediateDirectories: true)
            try Data(Goods.photo(seed)).write(to: URL(fileURLWithPath: "\(photos)/\(seed)/a.png"))
            try Data(Goods.again(seed)).write(to: URL(fileURLWithPath: "\(photos)/\(seed)/b.jpg"))
        }
        return (shop, photos)
    }

    private static func reembed(_ open: Shop.Open, _ gate: SwitchGate) async throws -> JSON {
        let jobs = CatalogueJobs(open.catalogues)
        let job = try await jobs.requestReembedding(of: "shop", gate: gate)
        try await ImportTests.work(open)
        return try JSON(parsing: try #require(try await jobs.job(job)?.result))
    }

    @Test("SCAN-117 SCAN-116 a space that finds customers' items as well may answer; one step goes back")
    func passes() async throws {
        let (shop, photos) = try await Self.shop()
        let open = try shop.open(models: CatalogueModels(embedders: [Same(), FloorFeature()]))
        let result = try await Self.reembed(open, SwitchGate(photos: photos))
        #expect(result["answers"]?.boolValue == true)
        let catalogue = try await open.catalogues.catalogue("shop")
        #expect(try await catalogue.scan(Goods.photo(3)).generation.hasSuffix("same/1"))
        let log = try #require(try await catalogue.switches().first)
        #expect(log.isDone && log.override == nil && log.reason.hasPrefix("Not worse"))
        try await catalogue.serveBefore()
        #expect(try await catalogue.scan(Goods.photo(3)).generation.hasSuffix("floor/1"))
        await open.close()
    }

    @Test("SCAN-117 a worse space does not answer, nor does one that nobody measured, but for a reason that is kept")
    func refuses() async throws {
        let (shop, photos) = try await Self.shop()
        let open = try shop.open(models: CatalogueModels(embedders: [Poor(), FloorFeature()]))
        let catalogue = try await open.catalogues.catalogue("shop")
        for gate in [SwitchGate(photos: photos), SwitchGate()] {
            #expect(try await Self.reembed(open, gate)["answers"]?.boolValue == false)
            #expect(try await catalogue.scan(Goods.photo(3)).generation.hasSuffix("floor/1"))
        }
        let result = try await Self.reembed(open, SwitchGate(override: "the shop wants it"))
        #expect(result["answers"]?.boolValue == true)
        #expect(try await catalogue.scan(Goods.photo(3)).generation.hasSuffix("poor/1"))
        let log = try await catalogue.switches()
        #expect(log.map(\.isDone) == [true, false, false] && log.first?.override == "the shop wants it")
        #expect(log.last?.reason.hasPrefix("Worse") == true && log[1].reason.contains("at least 30"))
        await open.close()
    }

    @Test("SCAN-117 without photos at hand those count of which customers said what they show")
    func feedback() async throws {
        let (shop, _) = try await Self.shop()
        let open = try shop.open(models: CatalogueModels(embedders: [Same(), FloorFeature()]))
        let catalogue = try await open.catalogues.catalogue("shop")
        for seed in 1...24 as ClosedRange<UInt64> {
            for photo in [Goods.photo(seed), try Goods.again(seed)] {
                let answer = try await catalogue.scan(photo)
                try await catalogue.keep(answer, photo: photo)
                try await catalogue.feedback(.wrongItem, on: answer.id, sku: "\(seed)")
            }
        }
        #expect(try await Self.reembed(open, SwitchGate())["answers"]?.boolValue == true)
        await open.close()
    }
}
