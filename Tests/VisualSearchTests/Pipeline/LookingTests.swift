import Basics
import Foundation
import Imaging
import Testing

@testable import VisualSearch

@Suite("What pictures are looked at with")
struct LookingTests {
    @Test("the built-in feature finds a thing again that is darker, smaller and cut, among others")
    func floor() throws {
        let floor = FloorFeature()
        let known = try (1...12 as ClosedRange<UInt64>).map { seed in
            (seed, try floor.vector(of: try Image.decode(Goods.photo(seed)).image))
        }
        for (seed, vector) in known {
            #expect(vector.count == floor.space.dimensions)
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
            let again = try floor.vector(of: try Image.decode(Goods.again(seed)).image)
            let best = known.max { cosine($0.1, again) < cosine($1.1, again) }
            #expect(best?.0 == seed)
        }
    }

    @Test("the built-in feature gives a vector with a direction for pictures that show next to nothing")
    func plain() throws {
        for level in [0, 10, 128, 250, 255] as [UInt8] {
            var image = try Image(
                width: 30, height: 20, format: .rgb8, filledWith: Pixel(red: level, green: level, blue: level))
            image.withMutablePixels { $0[0] = level &+ 1 }
            let vector = try FloorFeature().vector(of: image)
            #expect(vector.allSatisfy(\.isFinite) && vector.contains { $0 != 0 })
        }
    }

    @Test("a large picture is decoded smaller, boxes are in pixels of the file, and small parts are decoded again")
    func scales() throws {
        let large = try Image.decode(Goods.photo(1)).image.resized(width: 1_600, height: 1_200, by: .bilinear)
        let looked = try LookedAt(try large.encoded(as: .jpeg(quality: 90)), limits: ImageLimits())
        #expect(looked.size == ImageSize(width: 1_600, height: 1_200))
        #expect(looked.decoded.image.width == 800)
        let part = try #require(UnitBox(x: 0.5, y: 0.25, width: 0.25, height: 0.25))
        #expect(try looked.crop(part).width == 400)
        #expect(try looked.crop(.full).width == 800)
    }

    @Test("without models there is the built-in feature; a broken manifest is named, and nothing else stops")
    func installed() throws {
        let shop = try Shop()
        let none = InstalledModels(folders: ["\(shop.path)/models"], runtimeFolders: [])
        #expect(none.problems.isEmpty && none.models.embedders.map(\.space.name) == ["floor/1"])
        #expect(!none.models.finder.isLooking)
        try Data("{\"schema\":\"vitrine.model/1\"}".utf8).write(to: URL(fileURLWithPath: "\(shop.path)/a.json"))
        try Data("{\"some\":\"thing\"}".utf8).write(to: URL(fileURLWithPath: "\(shop.path)/b.json"))
        let broken = InstalledModels(folders: [shop.path], runtimeFolders: [])
        #expect(broken.problems.count == 1 && broken.models.embedders.count == 1)
    }

    @Test("SCAN-030 what is exported comes in again as the same")
    func roundTrip() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let first = try await open.catalogues.create("first")
        try await first.put(
            ItemDraft(
                sku: "a", shop: "s", title: "Boots, \"red\"", category: "shoes", price: 4_990, currency: "EUR",
                stock: 2,
                link: "https://x.test", attributes: ["size": 41]), pictures: [Goods.upload(1), Goods.upload(2)])
        try await first.put(ItemDraft(sku: "b", price: 500, currency: "JPY"), pictures: [Goods.upload(3)])
        #expect(try await first.export(to: "\(shop.path)/copy") == 2)
        let second = try await open.catalogues.create("second")
        let job = try await CatalogueJobs(open.catalogues).requestImport("\(shop.path)/copy", into: "second")
        try await ImportTests.work(open)
        #expect(try await second.importCounts(of: job).lines == [.accepted: 2])
        #expect(try await second.items().map(\.draft) == first.items().map(\.draft))
        #expect(try await second.found(Goods.photo(2)).first == "a")
        await open.close()
    }

    private func cosine(_ one: [Float], _ other: [Float]) -> Float { zip(one, other).reduce(0) { $0 + $1.0 * $1.1 } }
}
