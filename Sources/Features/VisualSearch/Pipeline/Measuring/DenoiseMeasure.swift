internal import Basics
public import Evaluation

/// How many foreign pictures are found among an item's own, and how many of its own are lost, on truth that is planted.
///
/// Each item keeps its pictures and gets pictures of other items, drawn by a seed, until they are a given share. The radii
/// are those that find most on other pictures, planted alike, without losing more than allowed; without such pictures the
/// built-in ones.
public struct DenoiseMeasure: Sendable {
    /// Shares of foreign pictures that are planted.
    public static let shares = [0.1, 0.2, 0.3]
    /// Most of the own pictures that may be lost where radii are chosen.
    public static let mostLost = 0.02

    private let pictures: [SeenPicture]
    private let fitted: [SeenPicture]
    private let seed: UInt64
    private let bootstrap: Bootstrap

    /// Pictures to measure on, and others to choose the radii with.
    public init(
        _ pictures: [SeenPicture], fitted: [SeenPicture] = [], seed: UInt64 = 7, bootstrap: Bootstrap = Bootstrap()
    ) {
        self.pictures = pictures
        self.fitted = fitted
        self.seed = seed
        self.bootstrap = bootstrap
    }

    /// One item with foreign pictures among its own.
    struct Planted {
        let vectors: UnitVectors
        let isOwn: [Bool]
    }

    /// The figures of all methods; intervals draw whole items.
    ///
    /// - Throws: ``EvaluationError`` when fewer than two items have four pictures.
    public func report() throws -> MeasureReport {
        let rules = chosenRules(\.vector, fitted)
        let hasFloor = (pictures + fitted).allSatisfy { !$0.floor.isEmpty }
        let floorRules = hasFloor ? chosenRules(\.floor, fitted) : NoiseRules()
        var rows: [MeasureReport.Row] = []
        var items = 0
        for share in Self.shares {
            let planted = try plant(\.vector, pictures, share: share)
            items = planted.count
            let floor = hasFloor ? try plant(\.floor, pictures, share: share) : []
            for method in DenoiseMethod.allCases {
                let name = "\(method.rawValue), \(Int((share * 100).rounded())) % foreign"
                let (found, lost) = figures(method, planted, rules)
                let (floorFound, floorLost) = figures(method, floor, floorRules)
                rows.append(.init("\(name): found", ["model": found, "floor/1": floorFound]))
                rows.append(.init("\(name): own lost", ["model": lost, "floor/1": floorLost]))
            }
        }
        return MeasureReport(
            "Foreign pictures: \(pictures.count) pictures, \(items) items",
            facts: [
                ("tight", JSON(rounding: rules.tight, places: 3)), ("loose", JSON(rounding: rules.loose, places: 3)),
                ("radiiChosenOn", .int(Int64(fitted.count))),
            ], columns: hasFloor ? ["model", "floor/1"] : ["model"], rows: rows)
    }

    /// Items with foreign pictures.
    func plant(
        _ vector: KeyPath<SeenPicture, [Float]>, _ pictures: [SeenPicture], share: Double
    ) throws -> [Planted] {
        let byLabel = Dictionary(grouping: pictures.indices) { pictures[$0].file.label }
        let labels = byLabel.keys.filter { byLabel[$0, default: []].count >= 4 }.sorted()
        guard labels.count > 1 else {
            throw EvaluationError("Fewer than two items have four pictures: nothing can be planted.")
        }
        var random = SeededRandom(seed: seed)
        return labels.compactMap { label in
            let own = byLabel[label, default: []]
            let wanted = max(1, Int((Double(own.count) * share / (1 - share)).rounded()))
            var foreign: Set<Int> = []
            let others = pictures.count - own.count
            while foreign.count < min(wanted, others) {
                let drawn = Int.random(in: pictures.indices, using: &random)
                if pictures[drawn].file.label != label { foreign.insert(drawn) }
            }
            let all = own + foreign.sorted()
            return UnitVectors(all.map { pictures[$0][keyPath: vector] }).map {
                Planted(vectors: $0, isOwn: all.indices.map { $0 < own.count })
            }
        }
    }

    /// Of a grid of radii the pair that finds most without losing more than allowed.
    func chosenRules(
        _ vector: KeyPath<SeenPicture, [Float]>, _ pictures: [SeenPicture]
    ) -> NoiseRules {
        guard let planted = try? plant(vector, pictures, share: 0.2) else { return NoiseRules() }
        var best: (rules: NoiseRules, found: Double)?
        for tight in stride(from: 0.05, through: 0.6, by: 0.05) {
            for extra in [0.05, 0.1, 0.15] {
                var rules = NoiseRules()
                (rules.tight, rules.loose) = (tight, tight + extra)
                let counts = counts(.hierarchical, planted, rules)
                let lost = 1 - counts.map(\.kept).reduce(0, +) / max(1, counts.map(\.own).reduce(0, +))
                let found = counts.map(\.found).reduce(0, +) / max(1, counts.map(\.foreign).reduce(0, +))
                if lost <= Self.mostLost, found > best?.found ?? -1 { best = (rules, found) }
            }
        }
        return best?.rules ?? NoiseRules()
    }

    private struct Counts {
        let own: Double
        let kept: Double
        let foreign: Double
        let found: Double
    }

    private func counts(_ method: DenoiseMethod, _ planted: [Planted], _ rules: NoiseRules) -> [Counts] {
        planted.map { item in
            let staying = Set(method.staying(item.vectors, rules: rules))
            let own = item.isOwn.indices.filter { item.isOwn[$0] }
            let foreign = item.isOwn.indices.filter { !item.isOwn[$0] }
            return Counts(
                own: Double(own.count), kept: Double(own.count { staying.contains($0) }),
                foreign: Double(foreign.count),
                found: Double(foreign.count { !staying.contains($0) }))
        }
    }

    private func figures(
        _ method: DenoiseMethod, _ planted: [Planted], _ rules: NoiseRules
    ) -> (found: Figure?, lost: Figure?) {
        let counts = counts(method, planted, rules)
        func share(_ part: KeyPath<Counts, Double>, _ whole: KeyPath<Counts, Double>) -> Figure? {
            bootstrap.figure(count: counts.count) { weights in
                let sums = zip(weights, counts).reduce((0.0, 0.0)) {
                    ($0.0 + $1.0 * $1.1[keyPath: part], $0.1 + $1.0 * $1.1[keyPath: whole])
                }
                return sums.1 > 0 ? sums.0 / sums.1 : nil
            }
        }
        let kept = share(\.kept, \.own)
        let lost = kept.map { kept in
            Figure(
                value: 1 - kept.value, count: kept.count,
                interval: kept.interval.map { (1 - $0.upperBound)...(1 - $0.lowerBound) })
        }
        return (share(\.found, \.foreign), lost)
    }
}
