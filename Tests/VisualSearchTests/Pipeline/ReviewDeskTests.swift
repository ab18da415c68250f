import Basics
import Imaging
import Testing
import VisualSearch

@Suite("Questions handed out to people")
struct ReviewDeskTests {
    /// Whole items whose pictures two sellers share: each pair is a question whether they are one.
    private static func stock(_ catalogue: Catalogue, pairs: Int) async throws {
        for seed in 1...UInt64(pairs) {
            try await catalogue.put(ItemDraft(sku: "a\(seed)", shop: "one"), pictures: [Goods.upload(seed)])
            try await catalogue.put(ItemDraft(sku: "b\(seed)", shop: "two"), pictures: [Goods.upload(seed)])
        }
    }

    private static func wish(
        _ kind: CatalogueReview.Kind? = .merge, limit: Int = 2, again: Bool = false, second: Bool = false
    ) -> Catalogue.QuestionWish {
        var wish = Catalogue.QuestionWish()
        (wish.kind, wish.limit, wish.again, wish.isSecond) = (kind, limit, again, second)
        return wish
    }

    @Test("SCAN-110 nobody is shown what somebody else has before them, until their time is over")
    func leases() async throws {
        let shop = try Shop()
        let clock = TestClock()
        try await shop.with(clock: clock) { catalogue in
            try await Self.stock(catalogue, pairs: 3)
            let anna = try await catalogue.take(Self.wish(), by: "anna").map(\.review.number)
            let bo = try await catalogue.take(Self.wish(), by: "bo").map(\.review.number)
            #expect(anna.count == 2 && bo.count == 1 && Set(anna).isDisjoint(with: bo))
            #expect(try await catalogue.take(Self.wish(), by: "anna").map(\.review.number) == anna)
            let held = await #expect(throws: RequestError.self) { try await catalogue.decide(anna[0], .yes, by: "bo") }
            #expect(held?.status == 409 && held?.code == "held" && held?.message.contains("anna") == true)
            clock.advance(milliseconds: Catalogue.heldMilliseconds + 1)
            try await catalogue.decide(anna[0], .yes, by: "bo")
            let late = await #expect(throws: RequestError.self) { try await catalogue.decide(anna[0], .no, by: "anna") }
            #expect(late?.code == "decided" && late?.message.contains("bo") == true)
            try await catalogue.releaseAll(of: "anna")
            #expect(try await catalogue.take(Self.wish(limit: 5), by: "bo").count == 2)
        }
    }

    @Test("SCAN-110 of many who decide one question at the same time one is heard, and the others hear who")
    func race() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await Self.stock(catalogue, pairs: 1)
            let review = try #require(try await catalogue.reviews(.merge).first).number
            let outcomes = await withTaskGroup(of: RequestError?.self) { group in
                for person in 0..<8 {
                    group.addTask {
                        do {
                            try await catalogue.decide(review, person % 2 == 0 ? .yes : .no, by: "p\(person)")
                            return nil
                        } catch { return error as? RequestError }
                    }
                }
                return await group.reduce(into: [RequestError?]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == nil } == 1)
            #expect(outcomes.compactMap { $0?.code } == Array(repeating: "decided", count: 7))
            let lines = try await catalogue.reviewLog(review: review)
            #expect(lines.count == 1)
        }
    }

    @Test(
        "SCAN-110 SCAN-073 every decision, skip and undo is a line with who, why and how long; two people's agreement counts"
    )
    func log() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await Self.stock(catalogue, pairs: 2)
            let numbers = try await catalogue.take(Self.wish(), by: "anna").map(\.review.number)
            try await catalogue.decide(
                numbers[0], .yes, ReviewOpinion(by: "anna", why: "same label", tookMilliseconds: 4_000))
            try await catalogue.skip(numbers[1], ReviewOpinion(by: "anna"))
            #expect(try await catalogue.take(Self.wish(), by: "anna").isEmpty)
            #expect(try await catalogue.take(Self.wish(again: true), by: "anna").map(\.review.number) == [numbers[1]])
            try await catalogue.unskip(numbers[1], by: "anna")
            #expect(try await catalogue.take(Self.wish(), by: "anna").count == 1)

            #expect(try await catalogue.take(Self.wish(second: true), by: "anna").isEmpty)
            #expect(try await catalogue.take(Self.wish(second: true), by: "bo").map(\.review.number) == [numbers[0]])
            let agrees = try await catalogue.secondOpinion(numbers[0], .no, ReviewOpinion(by: "bo"))
            #expect(!agrees)
            #expect(try await catalogue.take(Self.wish(second: true), by: "eva").isEmpty)
            #expect(try await catalogue.review(numbers[0])?.decision == .yes)

            let progress = try #require(try await catalogue.reviewProgress().first { $0.kind == .merge })
            #expect(progress.open == 1 && progress.yes == 1 && progress.no == 0 && progress.held == 1)
            #expect(progress.seconds == 4 && progress.opinions == 1 && progress.agreeing == 0)
            try await catalogue.undecide(numbers[0], by: "eva", why: "two sizes")
            let lines = try await catalogue.reviewLog()
            #expect(lines.map(\.act) == [.undo, .no, .unskip, .skip, .yes])
            #expect(lines.map(\.by) == ["eva", "bo", "anna", "anna", "anna"])
            #expect(lines.first?.why == "two sizes" && lines.last?.why == "same label" && lines[1].isSecond)
        }
    }

    @Test("SCAN-110 a question about what is gone closes itself and makes room for the next one")
    func gone() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await Self.stock(catalogue, pairs: 2)
            let item = try #require(try await catalogue.items(sku: "a1").first)
            try await catalogue.removeItem(item.number)
            let taken = try await catalogue.take(Self.wish(limit: 1), by: "anna")
            #expect(taken.count == 1 && taken.first?.view["left"]?["sku"] == "a2")
            #expect(try await catalogue.reviewLog().map(\.act) == [.gone])
        }
    }

    @Test("SCAN-108 a title that speaks against its category is a question; a yes moves the item and back")
    func titles() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        for number in 0..<20 {
            let (title, category) =
                number % 2 == 0
                ? ("leather boots size \(number)", "shoes") : ("picture novel volume \(number)", "books")
            try await catalogue.update(
                ItemDraft(sku: "t\(number)", shop: "s\(number % 3)", title: title, category: category))
        }
        try await catalogue.update(ItemDraft(sku: "odd", shop: "s1", title: "leather boots size 44", category: "books"))
        _ = try await CatalogueJobs(open.catalogues).request(.titles, of: "shop")
        try await ImportTests.work(open)
        let taken = try await catalogue.take(Self.wish(.category), by: "anna")
        let question = try #require(taken.first)
        #expect(taken.count == 1 && question.view["item"]?["sku"] == "odd" && question.view["proposed"] == "shoes")
        try await catalogue.decide(question.review.number, .yes, by: "anna")
        #expect(try await catalogue.items(sku: "odd").first?.draft.category == "shoes")
        try await catalogue.undecide(question.review.number, by: "anna")
        #expect(try await catalogue.items(sku: "odd").first?.draft.category == "books")
        let last = try await CatalogueJobs(open.catalogues).last(.titles, of: "shop")
        #expect((last?.result["macro_f1"]?.doubleValue ?? 0) > 0.8)
        await open.close()
    }

    @Test(
        "SCAN-008 what a customer calls wrong is a question until they change their mind; forgetting the scan ends it")
    func feedback() async throws {
        let shop = try Shop()
        try await shop.with { catalogue in
            try await catalogue.put(ItemDraft(sku: "a"), pictures: [Goods.upload(1)])
            let answer = try await catalogue.scan(Goods.photo(1))
            try await catalogue.keep(answer, photo: Goods.photo(1), visitor: 7)
            try await catalogue.feedback(.wrongItem, on: answer.id)
            let question = try #require(try await catalogue.take(Self.wish(.feedback), by: "anna").first)
            #expect(question.view["verdict"] == "wrong_item" && question.view["item"]?["sku"] == "a")
            #expect(question.view["scan"]?.stringValue == answer.id)
            try await catalogue.feedback(.right, on: answer.id)
            #expect(try await catalogue.reviews(.feedback).isEmpty)
            try await catalogue.feedback(.wrongCategory, on: answer.id, sku: "a", category: "bags")
            let again = try #require(try await catalogue.reviews(.feedback).first)
            try await catalogue.decide(again.number, .no, by: "anna")
            let cell = try #require(try await catalogue.coverage().cells.first)
            #expect(cell.scans == 1)
            try await catalogue.forgetScan(answer.id)
            #expect(try await catalogue.review(again.number) == nil)
        }
    }
}
