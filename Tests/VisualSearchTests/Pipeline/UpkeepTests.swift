import Basics
import Imaging
import Storage
import Synchronization
import Testing
import VisualSearch

@Suite("Upkeep of a catalogue")
struct UpkeepTests {
    /// The built-in feature under another name and turned about: another model.
    private struct Other: PictureEmbedder {
        let space = EmbeddingSpace(name: "other/1", dimensions: 192)

        func vector(of picture: Image) throws -> [Float] { try FloorFeature().vector(of: picture).reversed() }
    }

    private static let both = CatalogueModels(embedders: [Other(), FloorFeature()])

    private static func fill(_ catalogue: Catalogue, _ seeds: ClosedRange<UInt64> = 1...6) async throws {
        for seed in seeds {
            try await catalogue.put(ItemDraft(sku: "\(seed)"), pictures: [Goods.upload(seed)], waitsForIndex: false)
        }
        try await catalogue.catchUp()
    }

    @Test("SCAN-116 a new model's space is filled beside the old one, answers in one step, and one step goes back")
    func newModel() async throws {
        let shop = try Shop()
        try await shop.with { try await Self.fill($0) }
        let open = try shop.open(models: Self.both)
        let catalogue = try await open.catalogues.catalogue("shop")
        let old = try #require(try await catalogue.statistics().serving)
        // New pictures are in the old space as long as it answers.
        try await catalogue.put(ItemDraft(sku: "7"), pictures: [Goods.upload(7)])
        #expect(try await catalogue.found(Goods.photo(7)).first == "7")
        let jobs = CatalogueJobs(open.catalogues)
        let job = try await jobs.requestReembedding(of: "shop", gate: SwitchGate(override: "a test"))
        try await ImportTests.work(open)
        #expect(try await jobs.job(job)?.state == .done)
        let new = try #require(try await catalogue.statistics().serving)
        #expect(new != old)
        let answer = try await catalogue.scan(Goods.photo(3))
        #expect(answer.generation == "\(new) other/1" && answer.similar.first?.style == "3")
        // Both spaces answer, each with its own vector, and both hear of changes.
        try await catalogue.put(ItemDraft(sku: "8"), pictures: [Goods.upload(8)])
        for generation in [old, new] {
            let answer = try await catalogue.scan(Goods.photo(8), generation: generation)
            #expect(answer.similar.first?.style == "8")
        }
        try await catalogue.serveBefore()
        #expect(try await catalogue.scan(Goods.photo(3)).generation == "\(old) floor/1")
        try await catalogue.serve(generation: new)
        #expect(try await catalogue.dropOldGenerations() == 0)
        await open.close()
    }

    @Test("SCAN-115 SCAN-116 re-embedding that stops in the middle goes on", arguments: ["chunk", "filled"])
    func stops(at point: String) async throws {
        let shop = try Shop()
        try await shop.with { try await Self.fill($0) }
        var options = CatalogueOptions()
        options.faultPoint = { if $0 == point { throw IngestFault(point) } }
        let first = try shop.open(options, models: Self.both)
        _ = try await CatalogueJobs(first.catalogues).requestReembedding(
            of: "shop", gate: SwitchGate(override: "a test"))
        await #expect(throws: IngestFault.self) { try await ImportTests.work(first) }
        let before = try await first.catalogues.catalogue("shop").scan(Goods.photo(2))
        #expect(before.generation.hasSuffix("floor/1") && before.similar.first?.style == "2")
        await first.close()
        let second = try shop.open(models: Self.both)
        try await ImportTests.work(second)
        let answer = try await second.catalogues.catalogue("shop").scan(Goods.photo(2))
        #expect(answer.generation.hasSuffix("other/1") && answer.similar.first?.style == "2")
        await second.close()
    }

    @Test("SCAN-116 a space that no longer answers is forgotten after seven days")
    func forgotten() async throws {
        let shop = try Shop()
        let clock = TestClock()
        try await shop.with(clock: clock) { try await Self.fill($0) }
        let open = try shop.open(models: Self.both, clock: clock)
        let catalogue = try await open.catalogues.catalogue("shop")
        _ = try await CatalogueJobs(open.catalogues).requestReembedding(
            of: "shop", gate: SwitchGate(override: "a test"))
        try await ImportTests.work(open)
        clock.advance(milliseconds: 6 * 86_400_000)
        #expect(try await catalogue.dropOldGenerations() == 0)
        clock.advance(milliseconds: 2 * 86_400_000)
        #expect(try await catalogue.dropOldGenerations() == 1)
        #expect(try await catalogue.statistics().generations.count == 1)
        await #expect(throws: RequestError.self) { try await catalogue.serveBefore() }
        #expect(try await catalogue.found(Goods.photo(1)).first == "1")
        await open.close()
    }

    @Test("SCAN-019 without the model of its space a scan says so, and the catalogue goes on")
    func noModel() async throws {
        let shop = try Shop()
        try await shop.with(models: CatalogueModels(embedders: [Other()])) { try await Self.fill($0, 1...2) }
        try await shop.with { catalogue in
            let answer = try await catalogue.scan(Goods.photo(1))
            #expect(answer.verdict == .nothing(.noModel) && answer.reason == .noModel)
            #expect(try await catalogue.items().count == 2)
        }
    }

    @Test("SCAN-127 the recall of each part is measured by a job, on what customers scanned as far as that is kept")
    func recall() async throws {
        let shop = try Shop()
        let open = try shop.open()
        let catalogue = try await open.catalogues.create("shop")
        try await Self.fill(catalogue)
        let jobs = CatalogueJobs(open.catalogues)
        for seed in 1...3 as ClosedRange<UInt64> {
            let photo = try Goods.again(seed)
            let scan = try await catalogue.beginScan([photo])
            let answer = try await scan.answer()
            try await catalogue.keep(answer, photo: photo, vector: await scan.searchedVector)
            // What is forgotten is not asked again; another part of a photo is what was asked then.
            if seed == 1 { try await catalogue.forgetScan(answer.id) }
            if seed == 2 {
                let box = try #require(UnitBox(x: 0.1, y: 0.1, width: 0.5, height: 0.5))
                let other = try await scan.answer(box: .own(box))
                try await catalogue.replace(other, vector: await scan.searchedVector)
            }
        }
        let job = try await jobs.requestRecallCheck(of: "shop")
        try await ImportTests.work(open)
        let result = try JSON(parsing: try #require(try await jobs.job(job)?.result))
        let part = try #require(result["parts"]?.arrayValue?.first)
        #expect(part["recall"]?.doubleValue == 1 && part["asked"] == 2)
        await open.close()
    }

    @Test("SCAN-110 a job that was called off ends, and an unknown catalogue is refused at once")
    func cancelled() async throws {
        let shop = try Shop()
        let open = try shop.open()
        _ = try await open.catalogues.create("shop")
        let jobs = CatalogueJobs(open.catalogues)
        let job = try await jobs.requestDenoising(of: "shop")
        try await jobs.cancel(job)
        try await ImportTests.work(open)
        #expect(try await jobs.job(job)?.state == .cancelled)
        await #expect(throws: RequestError.self) { try await jobs.requestMerging(of: "nowhere") }
        await open.close()
    }
}
