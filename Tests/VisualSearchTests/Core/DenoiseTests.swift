import Testing

@testable import VisualSearch

@Suite("Foreign pictures of a SKU")
struct DenoiseTests {
    /// A SKU: views around its direction, a few of them hard, and foreign pictures.
    private func sku(_ planted: inout Planted, own: Int, foreign: Int) throws -> (vectors: UnitVectors, isOwn: [Bool]) {
        let item = planted.direction(32)
        let views = (0..<own).map { planted.near(item, noise: $0 % 4 == 0 ? 0.8 : 0.45) }
        let strangers = (0..<foreign).map { _ in planted.near(planted.near(item, noise: 3), noise: 0.3) }
        let order = planted.shuffled(Array(0..<own + foreign))
        let all = views + strangers
        return (try #require(UnitVectors(order.map { all[$0] })), order.map { $0 < own })
    }

    private var rules: NoiseRules {
        var rules = NoiseRules()
        (rules.tight, rules.loose) = (0.22, 0.4)
        return rules
    }

    @Test("SCAN-063 the second step finds own pictures again and brings hardly a foreign one")
    func secondStep() throws {
        var planted = Planted(seed: 5)
        let skus = try (0..<40).map { _ in try sku(&planted, own: 16, foreign: 4) }
        let plain = DenoiseFigures(.plain, skus: skus, rules: rules)
        let both = DenoiseFigures(.hierarchical, skus: skus, rules: rules)
        #expect(both.recall > plain.recall + 0.03, "\(plain.recall) \(both.recall)")
        #expect(both.precision > plain.precision - 0.02, "\(plain.precision) \(both.precision)")
    }

    @Test("SCAN-061 the methods stand side by side; where an item has two looks a cut around the mean fails")
    func comparison() throws {
        var planted = Planted(seed: 6)
        // Two looks of one item, bridged by views between them, as the distribution of a real item may be.
        let skus = try (0..<30).map { _ -> (vectors: UnitVectors, isOwn: [Bool]) in
            let (front, back) = (planted.direction(32), planted.direction(32))
            let own = (0..<16).map { view -> [Float] in
                let t = Float(view) / 15
                return planted.near(zip(front, back).map { $0 * (1 - t) + $1 * t }, noise: 0.2)
            }
            let foreign = (0..<4).map { _ in planted.direction(32) }
            return (try #require(UnitVectors(own + foreign)), own.map { _ in true } + foreign.map { _ in false })
        }
        let figures = Dictionary(
            uniqueKeysWithValues: DenoiseMethod.allCases.map { ($0, DenoiseFigures($0, skus: skus, rules: rules)) })
        let best = try #require(figures[.hierarchical])
        for method in [DenoiseMethod.centroid, .completeLinkage] {
            let other = try #require(figures[method])
            #expect(best.recall > other.recall + 0.1, "\(method)")
        }
        #expect(best.recall > 0.95 && best.precision > 0.95)
    }

    @Test("SCAN-063 what came back attracts nobody: a row of pictures is not followed")
    func noChain() throws {
        func at(_ degrees: Double) -> [Float] { Angle.vector(degrees) }
        let vectors = try #require(UnitVectors([at(0), at(1), at(2), at(41), at(78), at(115)]))
        var rules = NoiseRules()
        (rules.tight, rules.loose, rules.nearest) = (0.01, 0.3, 1)
        let report = HierarchicalDBSCAN(rules: rules).report(on: vectors)
        #expect(report.kept == [0, 1, 2] && report.recalled.map(\.place) == [3])
        #expect(report.noise.map(\.place) == [5, 4] && report.recalled.first?.nearest == 2)
        #expect(report.staying == [0, 1, 2, 3] && !report.isUndecided)
    }

    @Test("SCAN-063 the distance that recalls is the mean to the three nearest members")
    func threeNearest() throws {
        let vectors = try #require(UnitVectors([0, 2, 4, 6, 40].map(Angle.vector)))
        var rules = NoiseRules()
        (rules.tight, rules.loose) = (0.01, 0.5)
        let outsider = try #require(HierarchicalDBSCAN(rules: rules).report(on: vectors).recalled.first)
        let expected = [2, 4, 6].reduce(0.0) { $0 + 1 - Angle.cosine(40 - Double($1)) } / 3
        #expect(abs(outsider.distance - expected) < 1e-5)
        rules.loose = expected - 1e-4
        #expect(HierarchicalDBSCAN(rules: rules).report(on: vectors).recalled.isEmpty)
    }

    @Test("SCAN-064 a SKU without a large cluster is left alone")
    func undecided() throws {
        var planted = Planted(seed: 2)
        let scattered = try #require(UnitVectors((0..<12).map { _ in planted.direction(64) }))
        var rules = NoiseRules()
        rules.tight = 0.1
        let report = HierarchicalDBSCAN(rules: rules).report(on: scattered)
        #expect(report.isUndecided && report.staying == Array(0..<12) && report.noise.isEmpty)
        // Two of eleven are near each other: less than a fifth.
        let pair = try #require(UnitVectors([scattered[0]] + (0..<10).map { scattered[$0] }))
        #expect(HierarchicalDBSCAN(rules: rules).report(on: pair).isUndecided)
        let five = try #require(UnitVectors([scattered[0]] + (0..<9).map { scattered[$0] }))
        #expect(!HierarchicalDBSCAN(rules: rules).report(on: five).isUndecided)
        #expect(HierarchicalDBSCAN().report(on: UnitVectors(dimension: 4)).isUndecided)
    }

    @Test("SCAN-062 radii come from labelled pairs: the largest at which pairs within are right so often")
    func calibrated() {
        var planted = Planted(seed: 9)
        let pairs = (0..<400).map { _ in
            let isSame = planted.share() < 0.5
            return (distance: (planted.share() * (isSame ? 0.5 : 1) * 40).rounded() / 40, isSame: isSame)
        }.filter { $0.isSame || $0.distance > 0.2 }
        let rules = NoiseRules(calibratedOn: pairs)
        for (radius, precision) in [(rules.tight, 0.99), (rules.loose, 0.95)] {
            let good = Set(pairs.map(\.distance)).filter { radius in
                let within = pairs.filter { $0.distance <= radius }
                return Double(within.count { $0.isSame }) >= precision * Double(within.count)
            }
            #expect(radius == good.max())
        }
        #expect(NoiseRules(calibratedOn: [(0.1, false)]) == NoiseRules())
    }

    @Test("SCAN-061 complete linkage by chains joins as the obvious way does", arguments: 1...12 as ClosedRange<UInt64>)
    func linkage(seed: UInt64) throws {
        var planted = Planted(seed: seed)
        let centres = (0..<3).map { _ in planted.direction(5) }
        let vectors = try #require(
            UnitVectors((0..<24).map { _ in planted.near(centres[planted.number(below: 3)], noise: 0.8) }))
        let radius = Float(0.05 + 0.5 * planted.share())
        var clusters = (0..<24).map { [$0] }
        while true {
            var best: (width: Float, a: Int, b: Int)?
            for a in clusters.indices {
                for b in 0..<a {
                    let width = clusters[a].flatMap { x in clusters[b].map { vectors.distance(x, $0) } }.max() ?? 0
                    if width <= radius, width < best?.width ?? .infinity { best = (width, a, b) }
                }
            }
            guard let best else { break }
            clusters[best.b] += clusters[best.a]
            clusters.remove(at: best.a)
        }
        let expected = Set(clusters.map { $0.sorted() })
        #expect(Set(CompleteLinkage.clusters(vectors, radius: radius)) == expected)
    }
}
