import Basics
import Imaging
import Storage
import Synchronization
import Testing

@testable import VisualSearch

/// A detector made by numbers: it finds the upper left quarter of every picture, as surely as it is told.
private final class Painter: ObjectFinder {
    let model: String
    let isLooking = true
    let sure = 0.3
    private let box: UnitBox
    private let scores: Mutex<[Double]>

    /// The scores are given out in turn, one a picture.
    init(_ model: String, box: UnitBox, scores: [Double]) {
        (self.model, self.box) = (model, box)
        self.scores = Mutex(scores)
    }

    func objects(in picture: Image) -> [Detection] {
        let score = scores.withLock { scores in
            scores.append(scores.removeFirst())
            return scores.last ?? 0
        }
        return [Detection(box: box, score: score)]
    }
}

@Suite("Rounds of labelling by a model")
struct LabelRoundTests {
    private static let quarter = UnitBox(x: 0, y: 0, width: 0.5, height: 0.5) ?? .full
    private static let other = UnitBox(x: 0.5, y: 0.5, width: 0.5, height: 0.5) ?? .full

    /// A photo whose content says whether it is held out; what stands behind the end of a PNG changes no pixel.
    private static func photo(_ seed: UInt64, isHeldOut: Bool) -> PictureUpload {
        var bytes = Goods.photo(seed)
        while (PictureAnalysis.sha256(bytes).first ?? 0) % 5 == 0 ? !isHeldOut : isHeldOut { bytes.append(0) }
        return PictureUpload(bytes: bytes, name: "\(seed).png")
    }

    /// A catalogue of 24 pictures of which people have finished ten: six that measure and four that train.
    private static func open(_ shop: Shop, _ finder: any ObjectFinder) async throws -> (Shop.Open, Catalogue) {
        let open = try shop.open(models: CatalogueModels(finder: finder))
        let names = try await open.catalogues.names()
        if !names.isEmpty { return (open, try await open.catalogues.catalogue("shop")) }
        let catalogue = try await open.catalogues.create("shop")
        for seed in 1...24 as ClosedRange<UInt64> {
            try await catalogue.put(
                ItemDraft(sku: "s\(seed)", category: "toys"), pictures: [photo(seed, isHeldOut: seed <= 6)])
        }
        try await catalogue.collectLabelPictures()
        let box = try #require(LabelSet.Box(left: 0, top: 0, right: 48, bottom: 36, category: "toys"))
        for picture in try await catalogue.labelPictures(limit: 10) {
            try await catalogue.saveLabels(
                [LabelEdit(box: box)], of: picture.number, revision: picture.revision, isDone: true, by: "anna")
        }
        return (open, catalogue)
    }

    private static func propose(_ open: Shop.Open, again: Bool = false) async throws -> Job {
        let jobs = CatalogueJobs(open.catalogues)
        let number = try await jobs.requestLabelRound(of: "shop", by: "anna", again: again)
        try await ImportTests.work(open)
        return try #require(try await jobs.job(number))
    }

    @Test(
        "SCAN-052 SCAN-053 SCAN-056 sure boxes become labels, unsure ones questions, some sure ones are asked too; a round is taken back"
    )
    func round() async throws {
        let shop = try Shop()
        let (open, catalogue) = try await Self.open(shop, Painter("painter/1", box: Self.quarter, scores: [0.95]))
        #expect(try await catalogue.labelFigures().heldOut == 6)
        let job = try await Self.propose(open)
        let result = try JSON(parsing: try #require(job.result))
        // At most 30 of a hundred boxes that there are, and one of them for the audit.
        #expect(result["accepted"] == 3 && result["waiting"] == 11 && result["queued"] == 0 && result["audited"] == 1)
        #expect(result["ap50"] == 1.0)
        let question = try #require(try await catalogue.take(Self.boxes, by: "bo").first)
        #expect(question.view["category"] == "toys" && question.view["box"] == [0.0, 0.0, 48.0, 36.0])
        try await catalogue.decide(question.review.number, .no, by: "bo")
        #expect(try await catalogue.labelFigures().errorRate == 1)
        let box = try await catalogue.labelHistory(question.review.other).map(\.act)
        #expect(box == ["rejected", "proposed"])
        try await catalogue.undecide(question.review.number, by: "bo")
        #expect(try await catalogue.labelHistory(question.review.other).first?.act == "reopened")
        try await catalogue.decide(question.review.number, .yes, by: "bo")
        let round = try #require(try await catalogue.labelRounds().last)
        #expect(round.state == .stands && round.model == "painter/1" && round.precision == 1)
        // What somebody confirmed stays.
        #expect(try await catalogue.rollBackLabels(round.number, by: "anna") == 2)
        #expect(try await catalogue.labelFigures().boxes["toys"] == 11)
        #expect(try await catalogue.labelRounds().last?.state == .rolledBack)
        await open.close()
    }

    private static var boxes: Catalogue.QuestionWish {
        var wish = Catalogue.QuestionWish()
        (wish.kind, wish.limit) = (.box, 20)
        return wish
    }

    @Test("SCAN-053 boxes of middle certainty are questions; drawing on the picture answers them too")
    func middle() async throws {
        let shop = try Shop()
        let (open, catalogue) = try await Self.open(shop, Painter("painter/1", box: Self.other, scores: [0.5]))
        let job = try await Self.propose(open)
        let result = try JSON(parsing: try #require(job.result))
        #expect(result["accepted"] == 0 && result["queued"] == 14)
        let asked = try await catalogue.reviews(.box)
        let (picture, drawn) = try await catalogue.labelPicture(asked[0].other)
        #expect(drawn.map(\.state) == [.unsure] && picture.unsure == 1)
        try await catalogue.saveLabels(
            [LabelEdit(number: drawn[0].number, box: drawn[0].box)], of: picture.number, revision: picture.revision,
            isDone: true, by: "anna")
        #expect(try await catalogue.review(asked[0].number)?.decision == .yes)
        try await catalogue.decide(asked[1].number, .no, by: "bo")
        let (second, left) = try await catalogue.labelPicture(asked[1].other)
        #expect(left.isEmpty && second.editedBy == "bo")
        #expect(try await catalogue.exportLabels(.training).labels.pictures.contains { !$0.masked.isEmpty } == false)
        await open.close()
    }

    @Test(
        "SCAN-052 the loop goes on while models get better, takes a round back that made one worse, and stops when nothing is gained"
    )
    func loop() async throws {
        let shop = try Shop()
        var (open, catalogue) = try await Self.open(shop, Painter("painter/1", box: Self.quarter, scores: [0.95]))
        _ = try await Self.propose(open)
        let same = try await Self.propose(open)
        #expect(same.state == .failed && same.error?.contains("painter/1") == true)
        await open.close()
        // A model that draws beside the things as surely as before: the round is taken back.
        (open, catalogue) = try await Self.open(shop, Painter("painter/2", box: Self.other, scores: [0.95]))
        let worse = try JSON(parsing: try #require(try await Self.propose(open).result))
        #expect(worse["step"] == "roll_back" && worse["why"]?.stringValue?.contains("0.95") == true)
        #expect(try await catalogue.labelRounds().map(\.state) == [.rolledBack, .stopped])
        await open.close()
        // What was taken back is remembered: a model below the one that drew it draws nothing, however often it is asked.
        for name in ["painter/2", "painter/2", "painter/2b"] {
            (open, catalogue) = try await Self.open(shop, Painter(name, box: Self.other, scores: [0.95]))
            let below = try JSON(parsing: try #require(try await Self.propose(open).result))
            #expect(below["step"] == "stop" && below["why"]?.stringValue?.contains("of round 1") == true, "\(name)")
            await open.close()
        }
        // Models that are as good as the first: two rounds without gain are the end.
        for (name, step) in [("painter/3", "proposed"), ("painter/4", "proposed"), ("painter/5", "stop")] {
            (open, catalogue) = try await Self.open(shop, Painter(name, box: Self.quarter, scores: [0.95]))
            let result = try JSON(parsing: try #require(try await Self.propose(open).result))
            #expect(result["step"]?.stringValue == step, "\(name)")
            await open.close()
        }
        (open, catalogue) = try await Self.open(shop, Painter("painter/6", box: Self.quarter, scores: [0.95]))
        #expect(
            try await catalogue.labelRounds().map(\.state) == [
                .rolledBack, .stopped, .stopped, .stands, .stands, .stopped,
            ])
        await open.close()
    }

    @Test("SCAN-052 without a detector the answer says how one is installed")
    func noModel() async throws {
        let shop = try Shop()
        let (open, catalogue) = try await Self.open(shop, WholePicture())
        let early = await #expect(throws: RequestError.self) { try await Self.propose(open) }
        #expect(early?.code == "no_model" && early?.message.contains("models") == true)
        let picture = try #require(try await catalogue.labelPictures().first)
        let refusal = await #expect(throws: RequestError.self) { try await catalogue.suggestLabels(picture.number) }
        #expect(refusal?.code == "no_model")
        await open.close()
    }
}
