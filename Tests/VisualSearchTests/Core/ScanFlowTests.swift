import Basics
import Testing
import VisualSearch

/// Answers what a scan asks for: one bag that is searched, one shoe beside it.
private struct ScanWorld {
    var flow: ScanFlow
    var now: Int64 = 1_000_000
    var steps: [ScanStage?] = []
    var objects: [Detection] = []
    var code: (String?, [String]) = (nil, [])
    var scores: [Double] = [0.9, 0.7, 0.4]
    var pictures = [ScanPicture(sharpness: 300)]
    var findings = (indexCount: 10, passingCount: 10)

    init(request: ScanRequest = ScanRequest(), calibrated: Bool = true) throws {
        let model = CalibrationModel(weights: [20, 0, 0, 0, 0, 0], bias: -10, threshold: 0.9, examples: 400)
        let calibration = ScanCalibration(generation: "g7", global: model, categories: [:])
        flow = ScanFlow(
            id: "s1", request: request,
            setting: ScanSetting(
                generation: "g7", calibration: calibrated ? calibration : nil, categories: ["bags", "shoes"]))
        objects = [
            Detection(
                box: try #require(UnitBox(x: 0.1, y: 0.1, width: 0.3, height: 0.3)), score: 0.9, category: "bags"),
            Detection(
                box: try #require(UnitBox(x: 0.6, y: 0.6, width: 0.3, height: 0.3)), score: 0.7, category: "shoes"),
        ]
    }

    func reply(to action: ScanAction) -> ScanEvent? {
        switch action {
        case .decode: .decoded(pictures)
        case .readBarcode: .barcode(code: code.0, styles: code.1)
        case .locate: .located(pictures.map { _ in objects })
        case .embed(let round, let parts): .embedded(round: round, parts.map { [Float($0.box.x), 1] })
        case .vote(let round, _, let count):
            .voted(round: round, (0..<count).map { _ in .init(category: "bags", similarity: 0.8) })
        case .search(let round, _, _, _, _):
            .found(
                round: round,
                ScanFindings(
                    candidates: scores.enumerated().map {
                        ScanCandidate(picture: Int64($0.offset), sku: "k\($0.offset)", score: $0.element)
                    }, indexCount: findings.indexCount, passingCount: findings.passingCount))
        case .describe(let round, let styles, _):
            .described(
                round: round,
                ScanDescription(
                    offers: Dictionary(
                        uniqueKeysWithValues: styles.map { style in
                            (
                                style,
                                [2, 1].map {
                                    ScanOffer(
                                        item: "\(style)-\($0)", sku: style, seller: "seller \($0)", title: "Bag",
                                        price: Int64($0) * 100, currency: "EUR", stock: 1)
                                }
                            )
                        }),
                    articles: [.init(id: "a1", title: "On bags", url: "/articles/a1", source: "shop")]))
        case .answer: nil
        }
    }

    struct NoAnswer: Error {}

    mutating func answered(_ event: ScanEvent) throws -> ScanAnswer {
        guard let answer = run(event) else { throw NoAnswer() }
        return answer
    }

    /// Runs until the answer.
    mutating func run(_ event: ScanEvent) -> ScanAnswer? {
        var actions = flow.received(event, at: now)
        steps = []
        while let action = actions.first {
            if case .answer(let answer) = action { return answer }
            steps.append(flow.stage)
            now += 5000
            guard let reply = reply(to: action) else { return nil }
            actions = flow.received(reply, at: now)
        }
        return nil
    }
}

@Suite("Course of a scan")
struct ScanFlowTests {
    @Test("SCAN-001, SCAN-023 a picture becomes box, category, grouped offers, verdict, times and generation")
    func whole() throws {
        var world = try ScanWorld()
        let answer = try world.answered(.began)
        #expect(world.steps == ScanStage.allCases)
        #expect(answer.boxes.count == 2 && answer.chosen == world.objects[0].box && answer.source == .detected)
        #expect(answer.category.final.first?.category == "bags" && answer.category.final.count == 2)
        #expect(answer.verdict.name == "sameItem" && answer.reason == nil && answer.generation == "g7")
        #expect(answer.groups.map(\.style) == ["k0"] && answer.similar.map(\.style) == ["k1", "k2"])
        #expect(answer.groups.first?.offers.map(\.price) == [100, 200] && answer.articles.count == 1)
        #expect(answer.timings.map(\.stage) == ScanStage.allCases.map(\.rawValue))
        #expect(answer.timings.allSatisfy { $0.milliseconds == 5 })
        let text = String(decoding: answer.json.encoded(), as: UTF8.self)
        #expect(text.contains("\"verdict\":\"sameItem\"") && text.contains("\"timings\":{\"decode\":5.0"))
    }

    @Test("SCAN-016, SCAN-131 what is only similar never stands where the same item would")
    func similar() throws {
        for calibrated in [true, false] {
            var world = try ScanWorld(calibrated: calibrated)
            world.scores = [0.45, 0.4]
            let answer = try world.answered(.began)
            #expect(answer.groups.isEmpty && answer.similar.map(\.style) == ["k0", "k1"])
            #expect(answer.verdict.name == (calibrated ? "similarOnly" : "uncalibrated") && answer.reason != nil)
        }
    }

    @Test("SCAN-020 another box asks only for its vector and the search")
    func box() throws {
        var world = try ScanWorld()
        _ = world.run(.began)
        let shoe = world.objects[1].box
        let answer = try world.answered(.boxChanged(.own(shoe)))
        #expect(world.steps == [.embed, .vote, .search, .describe])
        #expect(answer.chosen == shoe && answer.source == .own && answer.boxes.count == 2)
        let whole = try world.answered(.boxChanged(.full))
        #expect(whole.chosen == .full)
        let corrected = try world.answered(.categoryChanged("shoes"))
        #expect(world.steps == [.search, .describe])
        #expect(corrected.category.final == [.init(category: "shoes", probability: 1)])
    }

    @Test("SCAN-020 the whole picture is searched without looking for objects")
    func full() throws {
        var world = try ScanWorld(request: ScanRequest(box: .full))
        let answer = try world.answered(.began)
        #expect(!world.steps.contains(.locate) && answer.chosen == .full && answer.boxes.isEmpty)
        // A box that is drawn afterwards can be compared with the objects.
        let own = try #require(UnitBox(x: 0.6, y: 0.6, width: 0.3, height: 0.3))
        _ = world.run(.boxChanged(.own(own)))
        #expect(world.steps.first == .locate)
    }

    @Test("SCAN-020 an answer to an older box is not heard")
    func late() throws {
        var world = try ScanWorld()
        _ = world.run(.began)
        let first = world.flow.received(.boxChanged(.own(world.objects[1].box)), at: 0)
        let second = world.flow.received(.boxChanged(.own(world.objects[0].box)), at: 0)
        let stale = try #require(first.first.flatMap(world.reply))
        let unheard = world.flow.received(stale, at: 1)
        #expect(unheard == [])
        let fresh = try #require(second.first.flatMap(world.reply))
        let next = world.flow.received(fresh, at: 2)
        #expect(next.count == 1)
    }

    @Test("SCAN-011 a code that the catalogue knows is answered before any model runs")
    func barcode() throws {
        var world = try ScanWorld()
        world.code = ("4006381333931", ["k5"])
        let answer = try world.answered(.began)
        #expect(world.steps == [.decode, .barcode, .describe])
        #expect(answer.verdict == .sameItem(style: "k5", probability: 1) && answer.barcode == "4006381333931")
        #expect(answer.groups.first?.offers.count == 2)
        // The thing itself can still be searched.
        let seen = try world.answered(.boxChanged(.automatic))
        #expect(seen.groups.map(\.style) == ["k0"])
        var unknown = try ScanWorld()
        unknown.code = ("4006381333931", [])
        let found = try unknown.answered(.began)
        #expect(found.groups.map(\.style) == ["k0"])
    }

    @Test("SCAN-002 frames of a burst make one search; a drawn box belongs to the sharpest one")
    func burst() throws {
        var world = try ScanWorld()
        world.pictures = [10, 500, 80].map { ScanPicture(sharpness: $0) } + [ScanPicture(sharpness: 0, isBlank: true)]
        _ = try world.answered(.began)
        let actions = world.flow.received(.boxChanged(.automatic), at: 0)
        guard case .embed(_, let parts) = actions.first else {
            Issue.record("no vectors are asked for")
            return
        }
        #expect(parts.map(\.frame) == [1, 0, 2])
        guard case .embed(_, let own) = world.flow.received(.boxChanged(.full), at: 0).first else { return }
        #expect(own.count == 3)
        let drawn = world.flow.received(.boxChanged(.own(world.objects[0].box)), at: 0)
        #expect(drawn == [.embed(round: 4 - 1, [.init(frame: 1, box: world.objects[0].box)])])
    }

    @Test("SCAN-019 a blank picture, a missing model, a filter and an empty index are told apart")
    func reasons() throws {
        var blank = try ScanWorld()
        blank.pictures = [ScanPicture(sharpness: 0, isBlank: true)]
        let unseen = try blank.answered(.began)
        #expect(unseen.reason == .nothingToSee)
        var bare = try ScanWorld()
        _ = bare.flow.received(.began, at: 0)
        _ = bare.flow.received(.decoded(bare.pictures), at: 0)
        let early = bare.flow.received(.modelMissing, at: 0)
        #expect(early == [])
        _ = bare.flow.received(.barcode(code: nil, styles: []), at: 0)
        guard case .answer(let answer) = bare.flow.received(.modelMissing, at: 0).first else {
            Issue.record("no answer")
            return
        }
        #expect(answer.verdict == .nothing(.noModel))
        for (counts, reason) in [((0, 0), ScanReason.indexEmpty), ((10, 0), .filterExcludedAll)] {
            var world = try ScanWorld()
            world.scores = []
            world.findings = counts
            let answer = try world.answered(.began)
            #expect(answer.reason == reason)
        }
    }

    @Test(
        "SCAN-001 events in any order, late or twice, never end a scan twice in one round",
        arguments: 1...4 as ClosedRange<UInt64>)
    func anyOrder(seed: UInt64) throws {
        var planted = Planted(seed: seed)
        for _ in 0..<300 {
            var world = try ScanWorld()
            var open: [ScanAction] = world.flow.received(.began, at: 0)
            var answers: [Int: Int] = [:]
            for step in 0..<60 {
                let event: ScanEvent?
                switch planted.number(below: 10) {
                case 0: event = .boxChanged(planted.number(below: 2) == 0 ? .full : .own(world.objects[1].box))
                case 1: event = .categoryChanged(planted.number(below: 2) == 0 ? "shoes" : nil)
                default:
                    event = open.isEmpty ? nil : world.reply(to: open[planted.number(below: open.count)])
                }
                guard let event else { continue }
                for action in world.flow.received(event, at: Int64(step)) {
                    if case .answer = action { answers[world.flow.round, default: 0] += 1 } else { open.append(action) }
                }
            }
            #expect(answers.values.allSatisfy { $0 == 1 })
        }
    }
}
