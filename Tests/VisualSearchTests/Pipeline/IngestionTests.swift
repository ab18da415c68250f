import Basics
import Foundation
import Imaging
import Storage
import Synchronization
import Testing
import VisualSearch

@Suite("Taking pictures in")
struct IngestionTests {
    @Test(
        "SCAN-034 SCAN-035 copies of a shop become aliases before anything is computed, and answer through the kept one"
    )
    func aliases() async throws {
        let shop = try Shop()
        let small = try Image.decode(Goods.photo(1)).image.encoded(as: .jpeg(quality: 90))
        try await shop.with { catalogue in
            let first = try await catalogue.put(ItemDraft(sku: "a", shop: "s"), pictures: [Goods.upload(1)])
            let second = try await catalogue.put(
                ItemDraft(sku: "b", shop: "s"), pictures: [PictureUpload(bytes: small), Goods.upload(2)])
            #expect(first.pictures.map(\.outcome) == [.accepted])
            #expect(second.pictures.map(\.outcome) == [.alias, .accepted])
            #expect(second.pictures[0].other == first.pictures[0].picture)
            // The kept picture answers for both items.
            #expect(Set(try await catalogue.found(Goods.again(1)).prefix(2)) == ["a", "b"])
            #expect(try await catalogue.standing(of: second.item) == .searchable)
            let vectors = try await catalogue.statistics().partitions.reduce(0) { $0 + $1.vectors }
            #expect(vectors == 2)
            // When it goes, the copy answers for itself.
            let removal = try await catalogue.removeItem(first.item)
            #expect(try await catalogue.found(Goods.again(1)).first == "b")
            try await catalogue.undo(removal)
            #expect(Set(try await catalogue.found(Goods.again(1)).prefix(2)) == ["a", "b"])
        }
    }

    @Test("SCAN-034 one picture of two sellers stays with both, and is a hint that their items are one")
    func sellers() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await catalogue.put(ItemDraft(sku: "a", shop: "one"), pictures: [Goods.upload(1)])
            let other = try await catalogue.put(ItemDraft(sku: "b", shop: "two"), pictures: [Goods.upload(1)])
            #expect(other.pictures.map(\.outcome) == [.accepted])
            #expect(try await catalogue.statistics().reviews[.merge] == 1)
        }
    }

    @Test("SCAN-038 each picture that cannot be used is named with its reason, and the others are taken")
    func refusals() async throws {
        let shop = try Shop()
        let blank = try Image(width: 40, height: 40, format: .rgb8, filledWith: .white).encoded(as: .png)
        let cut = Array(Goods.photo(3).prefix(60))
        try await shop.with { catalogue in
            let result = try await catalogue.put(
                ItemDraft(sku: "a"),
                pictures: [
                    PictureUpload(bytes: Array("hello".utf8)), PictureUpload(bytes: blank), Goods.upload(1),
                    PictureUpload(bytes: cut), PictureUpload(bytes: []),
                ])
            #expect(result.pictures.map(\.outcome) == [.refused, .refused, .accepted, .refused, .refused])
            #expect(result.pictures.allSatisfy { ($0.outcome == .refused) == ($0.cause != nil) })
            #expect(try await catalogue.standing(of: result.item) == .searchable)
            let bad = try await catalogue.put(ItemDraft(sku: "b"), pictures: [PictureUpload(bytes: blank)])
            #expect(try await catalogue.standing(of: bad.item) == .unsearchable(.refused))
        }
    }

    @Test("SCAN-035 the same item put again changes nothing")
    func twice() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            let draft = ItemDraft(sku: "a", title: "Boots", attributes: ["size": 41])
            let first = try await catalogue.put(draft, pictures: [Goods.upload(1), Goods.upload(2)])
            let before = try await catalogue.items()
            let second = try await catalogue.put(draft, pictures: [Goods.upload(1), Goods.upload(2)])
            #expect(first.isChanged && !second.isChanged)
            #expect(second.pictures.map(\.outcome) == [.unchanged, .unchanged])
            #expect(try await catalogue.items() == before)
        }
    }

    @Test(
        "SCAN-035 stopped after any step, the next start goes on and ends as if nothing had happened",
        arguments: ["item", "stored", "judged", "embedded", "put"])
    func stops(at point: String) async throws {
        let shop = try Shop()
        let wanted = try await Shop().with { catalogue in
            try await Self.fill(catalogue)
            return try await catalogue.state()
        }
        // The third time the point is passed.
        let left = Mutex(3)
        var options = CatalogueOptions()
        options.faultPoint = { passed in
            guard passed == point else { return }
            let isNow = left.withLock { left in
                left -= 1
                return left == 0
            }
            if isNow { throw IngestFault(point) }
        }
        await #expect(throws: IngestFault.self) {
            try await shop.with(options) { catalogue in try await Self.fill(catalogue) }
        }
        try await shop.with { catalogue in
            try await catalogue.finishPending()
            try await Self.fill(catalogue)
            #expect(try await catalogue.state() == wanted)
            #expect(try await catalogue.found(Goods.again(5)).first == "5")
        }
    }

    private static func fill(_ catalogue: Catalogue) async throws {
        for seed in 1...5 as ClosedRange<UInt64> {
            try await catalogue.put(
                ItemDraft(sku: "\(seed)", category: seed % 2 == 0 ? "shoes" : "bags"),
                pictures: [Goods.upload(seed), Goods.upload(seed + 6)])
        }
    }

    @Test("SCAN-036 an index that is lost, damaged or of another database is built again from the tables")
    func rebuilt() async throws {
        let shop = try Shop()
        try await shop.with { try await Self.fill($0) }
        let files = FileManager.default
        let folder = "\(shop.path)/index/1/1"
        try files.removeItem(atPath: folder)
        #expect(try await shop.with { try await $0.found(Goods.again(3)).first } == "3")
        let part = try #require(try files.contentsOfDirectory(atPath: folder).first { $0.hasPrefix("c") })
        try Data("nonsense".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(part)/MANIFEST"))
        #expect(try await shop.with { try await $0.found(Goods.again(4)).first } == "4")
        #expect(files.fileExists(atPath: folder + ".damaged"))
        try Data("7 floor/1 192\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/STAMP"))
        try await shop.with { catalogue in
            let found = try await catalogue.found(Goods.again(2))
            #expect(found.first == "2")
            #expect(try await catalogue.statistics().partitions.reduce(0) { $0 + $1.vectors } == 10)
        }
    }

    @Test("SCAN-015 each top category has an index of its own, and an item that changes its category moves")
    func parts() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await Self.fill(catalogue)
            func vectors() async throws -> [String: Int] {
                Dictionary(
                    uniqueKeysWithValues: try await catalogue.statistics().partitions.map { ($0.category, $0.vectors) })
            }
            #expect(try await vectors() == ["shoes": 4, "bags": 6])
            try await catalogue.update(ItemDraft(sku: "2", category: "toys"))
            #expect(try await vectors() == ["shoes": 2, "bags": 6, "toys": 2])
            let answer = try await catalogue.scan(Goods.again(2))
            #expect(answer.similar.first?.style == "2" && answer.category.final.first?.category == "toys")
        }
    }
}
