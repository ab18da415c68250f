import Basics
import Testing
import VisualSearch

@Suite("A catalogue")
struct CatalogueTests {
    @Test("SCAN-036 an item is found after it was put, differently after it was replaced, and not after it went")
    func there() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            for seed in 1...4 as ClosedRange<UInt64> {
                try await catalogue.put(ItemDraft(sku: "thing-\(seed)"), pictures: [Goods.upload(seed)])
            }
            #expect(try await catalogue.found(Goods.again(2)).first == "thing-2")
            try await catalogue.put(ItemDraft(sku: "thing-2"), pictures: [Goods.upload(9)])
            #expect(try await catalogue.found(Goods.again(9)).first == "thing-2")
            #expect(try await catalogue.scan(Goods.photo(2)).similar.first.map { $0.score < 0.99 } == true)
            let item = try #require(try await catalogue.items(sku: "thing-2").first)
            let removal = try await catalogue.removeItem(item.number)
            #expect(try await !catalogue.found(Goods.again(9)).contains("thing-2"))
            #expect(try await catalogue.item(item.number) == nil)
            #expect(try await catalogue.items(sku: "thing-2").isEmpty)
            #expect(try await catalogue.undo(removal) == 1)
            #expect(try await catalogue.found(Goods.again(9)).first == "thing-2")
            await #expect(throws: RequestError.self) { try await catalogue.undo(removal) }
        }
    }

    @Test("SCAN-036 one picture is added, replaced and taken away by itself")
    func pictures() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            let item = try await catalogue.put(ItemDraft(sku: "a"), pictures: [Goods.upload(1)]).item
            try await catalogue.put(ItemDraft(sku: "b"), pictures: [Goods.upload(2)])
            let second = try await catalogue.putPicture(Goods.upload(3), at: 1, of: item)
            #expect(try await catalogue.found(Goods.again(3)).first == "a")
            try await catalogue.putPicture(Goods.upload(4), at: 1, of: item)
            #expect(try await catalogue.found(Goods.again(4)).first == "a")
            #expect(try await catalogue.pictures(of: item).map(\.name) == ["1.png", "4.png"])
            #expect(try await catalogue.pictures(of: item).allSatisfy { $0.number != second })
            let last = try #require(try await catalogue.pictures(of: item).last)
            let removal = try await catalogue.removePicture(last.number)
            #expect(try await catalogue.scan(Goods.photo(4)).similar.allSatisfy { $0.score < 0.99 })
            try await catalogue.undo(removal)
            #expect(try await catalogue.found(Goods.photo(4)).first == "a")
        }
    }

    @Test("SCAN-037 all items of a shop go with one call, and come back with one")
    func wholeShop() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            for seed in 1...6 as ClosedRange<UInt64> {
                let draft = ItemDraft(sku: "\(seed)", shop: seed % 2 == 0 ? "even" : "odd")
                try await catalogue.put(draft, pictures: [Goods.upload(seed)], waitsForIndex: false)
            }
            try await catalogue.catchUp()
            #expect(Set(try await catalogue.found(Goods.photo(1))) == ["1", "2", "3", "4", "5", "6"])
            let (removal, items) = try await catalogue.removeShop("even")
            #expect(items == 3)
            #expect(Set(try await catalogue.found(Goods.photo(2))) == ["1", "3", "5"])
            #expect(try await catalogue.undo(removal) == 3)
            #expect(Set(try await catalogue.found(Goods.photo(2))) == ["1", "2", "3", "4", "5", "6"])
            await #expect(throws: RequestError.self) { try await catalogue.removeShop("nobody") }
        }
    }

    @Test("SCAN-048 what was removed is deleted for good when its time is over, and not before")
    func purge() async throws {
        let shop = try Shop()
        let clock = TestClock()
        try await shop.with(clock: clock) { catalogue in
            let item = try await catalogue.put(ItemDraft(sku: "a"), pictures: [Goods.upload(1)]).item
            try await catalogue.put(ItemDraft(sku: "b"), pictures: [Goods.upload(2)])
            let removal = try await catalogue.removeItem(item)
            clock.advance(milliseconds: 29 * 86_400_000)
            #expect(try await catalogue.purge() == 0)
            clock.advance(milliseconds: 2 * 86_400_000)
            #expect(try await catalogue.purge() == 1)
            #expect(try await catalogue.undo(removal) == 0)
            #expect(try await catalogue.statistics().partitions.reduce(0) { $0 + $1.vectors } == 1)
            #expect(try await catalogue.found(Goods.photo(1)) == ["b"])
        }
    }

    @Test("SCAN-003 begins with eleven categories; what is unknown counts as other, and new ones are added")
    func categories() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            #expect(try await catalogue.categories().count == 11)
            try await catalogue.put(ItemDraft(sku: "1", category: "Shoes"), pictures: [])
            try await catalogue.put(ItemDraft(sku: "2", category: "spaceships"), pictures: [])
            try await catalogue.addCategory("spaceships")
            try await catalogue.put(ItemDraft(sku: "3", category: "spaceships"), pictures: [])
            let items = try await catalogue.items()
            #expect(items.map(\.draft.category) == ["shoes", "other", "spaceships"])
            try await catalogue.addCategory("rockets", under: "spaceships")
            await #expect(throws: RequestError.self) { try await catalogue.addCategory("x", under: "nothing") }
        }
    }

    @Test("pages of items go by cursor, and what an item may be is checked")
    func pages() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            for number in 0..<7 { try await catalogue.put(ItemDraft(sku: "\(number)"), pictures: []) }
            let first = try await catalogue.items(limit: 4)
            let rest = try await catalogue.items(after: first.last?.number ?? 0, limit: 4)
            #expect((first + rest).map(\.draft.sku) == (0..<7).map { "\($0)" })
            #expect(try await catalogue.standing(of: first[0].number) == .unsearchable(.noPicture))
            for wrong in [ItemDraft(sku: ""), ItemDraft(sku: "x", title: String(repeating: "x", count: 501))] {
                await #expect(throws: RequestError.self) { try await catalogue.put(wrong, pictures: []) }
            }
        }
        let open = try shop.open()
        await #expect(throws: RequestError.self) { try await open.catalogues.create("shop") }
        await #expect(throws: RequestError.self) { try await open.catalogues.create("a/b") }
        await #expect(throws: RequestError.self) { try await open.catalogues.catalogue("nowhere") }
        await open.close()
    }
}
