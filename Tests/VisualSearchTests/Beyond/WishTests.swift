import Basics
import Storage
import Synchronization
import Testing

@testable import VisualSearch

@Suite("What customers looked for in vain")
struct WishTests {
    private static func stock(_ catalogue: Catalogue, _ seeds: ClosedRange<UInt64> = 1...3) async throws {
        for seed in seeds {
            try await catalogue.put(ItemDraft(sku: "\(seed)", category: "bags"), pictures: [Goods.upload(seed)])
        }
    }

    /// Scans a thing and keeps the answer, as the server does.
    @discardableResult
    private static func ask(
        _ catalogue: Catalogue, _ photo: [UInt8], visitor: Int64 = 1, feedback: ScanFeedback? = .wrongItem
    ) async throws -> String {
        let answer = try await catalogue.scan(photo)
        try await catalogue.keep(answer, photo: photo, visitor: visitor)
        if let feedback { try await catalogue.feedback(feedback, on: answer.id) }
        return answer.id
    }

    @Test(
        "SCAN-033 what several visitors scan in vain gathers to a gap of the week, with samples that go with their scans"
    )
    func gaps() async throws {
        let shop = try Shop()
        let clock = TestClock()
        let open = try shop.open(clock: clock)
        let catalogue = try await open.catalogues.create("shop")
        try await Self.stock(catalogue)
        var ids: [String] = []
        for visitor in 1...3 as ClosedRange<Int64> {
            ids.append(try await Self.ask(catalogue, Goods.photo(9), visitor: visitor))
            try await Self.ask(catalogue, Goods.photo(2), visitor: visitor, feedback: .right)
        }
        // One visitor alone is no demand.
        for _ in 0..<4 { try await Self.ask(catalogue, Goods.photo(12), visitor: 7) }
        let jobs = CatalogueJobs(open.catalogues)
        let job = try await jobs.requestGaps(of: "shop")
        try await ImportTests.work(open)
        let result = try JSON(parsing: try #require(try await jobs.job(job)?.result))
        #expect(result["scans"] == 10 && result["missed"] == 7 && result["gaps"] == 1, "\(result.text)")
        let known = try await catalogue.gaps()
        let gap = try #require(known.gaps.first)
        #expect(gap.scans == 3 && gap.visitors == 3 && Set(gap.samples) == Set(ids) && gap.category == "bags")
        #expect(known.weeks == [CalendarWeek(day: Int(clock.now() / 86_400_000)).description])
        // The same week again replaces, another week stands beside it.
        _ = try await jobs.requestGaps(of: "shop")
        try await ImportTests.work(open)
        #expect(try await catalogue.gaps().gaps.count == 1)
        try await catalogue.forgetScan(ids[0])
        #expect(try await catalogue.gaps().gaps.first?.samples.count == 2)
        clock.advance(milliseconds: 7 * 86_400_000)
        try await jobs.requestWeeklyGaps()
        try await jobs.requestWeeklyGaps()
        #expect(try await jobs.jobs.list(kind: "catalogue.gaps").count == 3)
        await open.close()
    }

    @Test("SCAN-032 a scan is answered again when the catalogue has grown, and what was asked for by name is counted")
    func replay() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        try await Self.stock(catalogue)
        let id = try await Self.ask(catalogue, Goods.photo(8))
        let jobs = CatalogueJobs(open.catalogues)
        _ = try await jobs.requestReplay(of: "shop")
        try await ImportTests.work(open)
        #expect(try await catalogue.replays().map(\.id) == [id])
        #expect(try await catalogue.replays().first?.style != "8")
        #expect(try await !catalogue.hasUnreplayed())
        try await Self.stock(catalogue, 8...8)
        #expect(try await catalogue.hasUnreplayed())
        _ = try await jobs.requestReplay(of: "shop")
        try await ImportTests.work(open)
        let replayed = try #require(try await catalogue.replays().first)
        #expect(replayed.style == "8" && replayed.score > 0.99)
        #expect(try await catalogue.replay(id).similar.first?.style == "8")
        // The answer that the customer got stays as it was.
        #expect(try await catalogue.keptScan(id).similar.contains { $0.style == "8" } == false)
        try await catalogue.want(.sku, "99")
        try await catalogue.want(.sku, "99")
        try await catalogue.want(.sku, "1")
        try await catalogue.want(.link, "https://other.test/boots")
        #expect(try await catalogue.wanted().map(\.key) == ["99", "https://other.test/boots"])
        #expect(try await catalogue.wanted().first?.count == 2)
        await open.close()
    }

    @Test("SCAN-025 a scan waits for its item, is answered once when it comes, and is told")
    func watch() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        try await Self.stock(catalogue)
        let id = try await Self.ask(catalogue, Goods.photo(6), feedback: nil)
        let begun = try await catalogue.watch(id, visitor: 1, room: "!r:test")
        #expect(begun.state == .waiting)
        // Something else comes first.
        try await Self.stock(catalogue, 10...11)
        try await catalogue.answerWatches()
        #expect(try await catalogue.watch(of: id)?.state == .waiting)
        #expect(try await open.catalogues.untoldWatches().isEmpty)
        try await Self.stock(catalogue, 6...6)
        try await catalogue.answerWatches()
        let answered = try #require(try await catalogue.watch(of: id))
        let item = try #require(try await catalogue.items(sku: "6").first)
        #expect(answered.state == .answered && answered.item == item.number)
        let untold = try await open.catalogues.untoldWatches()
        #expect(untold.map(\.scan) == [id] && untold.first?.item.draft.sku == "6")
        try await open.catalogues.setTold(answered)
        #expect(try await open.catalogues.untoldWatches().isEmpty)
        // A second photo of it is no second answer.
        try await catalogue.putPicture(Goods.upload(20), at: 1, of: item.number)
        try await catalogue.answerWatches()
        #expect(try await open.catalogues.untoldWatches().isEmpty)
        await open.close()
    }

    @Test(
        "SCAN-025 what came between the scan and the wish is found at once; a cancelled or expired wish is not answered"
    )
    func ends() async throws {
        let shop = try Shop()
        let clock = TestClock()
        let open = try shop.open(clock: clock)
        let catalogue = try await open.catalogues.create("shop")
        try await Self.stock(catalogue)
        let ids = [
            try await Self.ask(catalogue, Goods.photo(6)), try await Self.ask(catalogue, Goods.photo(7)),
            try await Self.ask(catalogue, Goods.photo(8)),
        ]
        try await Self.stock(catalogue, 6...6)
        #expect(try await catalogue.watch(ids[0], visitor: 1).state == .answered)
        try await catalogue.watch(ids[1], visitor: 1)
        try await catalogue.watch(ids[2], visitor: 1, milliseconds: 3_600_000)
        try await catalogue.cancelWatch(of: ids[1])
        clock.advance(milliseconds: 2 * 3_600_000)
        try await Self.stock(catalogue, 7...8)
        try await catalogue.answerWatches()
        #expect(try await catalogue.watch(of: ids[1])?.state == .cancelled)
        #expect(try await catalogue.watch(of: ids[2])?.state == .expired)
        // Who asks again waits again.
        #expect(try await catalogue.watch(ids[1], visitor: 1).state == .answered)
        try await catalogue.forgetScan(ids[1])
        #expect(try await catalogue.watch(of: ids[1]) == nil)
        await #expect(throws: RequestError.self) { try await catalogue.watch("none", visitor: 1) }
        await open.close()
    }

    @Test(
        "SCAN-025 SCAN-115 a wish that is looked at when the process stops is answered by the next one, and once",
        arguments: ["watched", "proposed", "watch"])
    func stops(at point: String) async throws {
        let shop = try Shop()
        var options = CatalogueOptions()
        let isArmed = Mutex(false)
        options.faultPoint = { passed in
            if passed == point, isArmed.withLock({ $0 }) { throw IngestFault(point) }
        }
        let first = try shop.open(options)
        let catalogue = try await first.catalogues.create("shop")
        try await Self.stock(catalogue)
        let id = try await Self.ask(catalogue, Goods.photo(6))
        if point == "watched" {
            isArmed.withLock { $0 = true }
            await #expect(throws: IngestFault.self) { try await catalogue.watch(id, visitor: 1, room: "!r:test") }
            try await Self.stock(catalogue, 6...6)
        } else {
            try await catalogue.watch(id, visitor: 1, room: "!r:test")
            try await Self.stock(catalogue, 6...6)
            isArmed.withLock { $0 = true }
            await #expect(throws: IngestFault.self) { try await catalogue.answerWatches() }
        }
        await first.close()
        let second = try shop.open()
        let again = try await second.catalogues.catalogue("shop")
        for _ in 0..<2 { try await again.answerWatches() }
        #expect(try await again.watch(of: id)?.state == .answered)
        #expect(try await second.catalogues.untoldWatches().count == 1)
        await second.close()
    }
}
