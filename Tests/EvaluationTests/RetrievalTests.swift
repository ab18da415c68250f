import Basics
import Evaluation
import Testing

/// Retrieval by the definitions: everything sorted, in doubles.
private struct Oracle {
    var recall: [Int: Double] = [:]
    var precision: [Int: Double] = [:]
    var meanAveragePrecision = 0.0
    var atR = 0.0
    var answered = 0

    init(
        _ queries: LabelledVectors, _ gallery: LabelledVectors, cutoffs: [Int],
        _ similarity: ([Float], [Float]) -> Double
    ) {
        func row(_ set: LabelledVectors, _ place: Int) -> [Float] {
            Array(set.values[place * set.dimension..<(place + 1) * set.dimension])
        }
        for query in 0..<queries.count {
            let order = (0..<gallery.count).map {
                (similarity(row(queries, query), row(gallery, $0)), gallery.ids[$0], $0)
            }
            .sorted { ($0.0, $1.1) > ($1.0, $0.1) }
            let relevant = order.map { gallery.labels[$0.2] == queries.labels[query] }
            let all = relevant.count { $0 }
            guard all > 0 else { continue }
            answered += 1
            for cutoff in cutoffs {
                let found = relevant.prefix(cutoff).count { $0 }
                recall[cutoff, default: 0] += found > 0 ? 1 : 0
                precision[cutoff, default: 0] += Double(found) / Double(cutoff)
            }
            for place in relevant.indices where relevant[place] {
                let here = Double(relevant[...place].count { $0 }) / Double(place + 1) / Double(all)
                meanAveragePrecision += here
                if place < all { atR += here }
            }
        }
        let count = Double(answered)
        recall = recall.mapValues { $0 / count }
        precision = precision.mapValues { $0 / count }
        meanAveragePrecision /= count
        atR /= count
    }
}

@Suite("Retrieval")
struct RetrievalTests {
    /// Small whole numbers, so that equal similarities are frequent.
    private static func vectors(
        _ count: Int, labels: Int, seed: UInt64, ids: [UInt64]? = nil
    ) throws -> LabelledVectors {
        var random = SeededRandom(seed: seed)
        return try LabelledVectors(
            values: (0..<count * 4).map { _ in Float(Int.random(in: -1...1, using: &random)) }, dimension: 4,
            labels: (0..<count).map { _ in Int.random(in: 0..<labels, using: &random) }, ids: ids)
    }

    private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        let dot = zip(a, b).reduce(0.0) { $0 + Double($1.0 * $1.1) }
        let lengths = a.reduce(0) { $0 + $1 * $1 } * b.reduce(0) { $0 + $1 * $1 }
        // Rounded as floats are, so that what is equal stays equal.
        return lengths > 0 ? (dot / Double(lengths).squareRoot() * 1e5).rounded() : 0
    }

    private static func euclid(_ a: [Float], _ b: [Float]) -> Double {
        -zip(a, b).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    }

    @Test("recall, precision and both mean average precisions equal the definitions", arguments: [1, 2, 3] as [UInt64])
    func definitions(seed: UInt64) throws {
        let queries = try Self.vectors(70, labels: 30, seed: seed)
        let gallery = try Self.vectors(150, labels: 25, seed: seed + 100, ids: (0..<150).map { ($0 * 71) % 150 })
        var retrieval = Retrieval()
        retrieval.metric = .euclid
        retrieval.bootstrap = Bootstrap(resamples: 10)
        let report = try retrieval.report(queries: queries, gallery: gallery)
        let oracle = Oracle(queries, gallery, cutoffs: [1, 5, 10], Self.euclid)
        for cutoff in [1, 5, 10] {
            #expect(abs(try #require(report.recall(cutoff)).value - oracle.recall[cutoff, default: -1]) < 1e-12)
            #expect(abs(try #require(report.precision(cutoff)).value - oracle.precision[cutoff, default: -1]) < 1e-12)
        }
        #expect(abs(try #require(report.meanAveragePrecision).value - oracle.meanAveragePrecision) < 1e-12)
        #expect(abs(try #require(report.meanAveragePrecisionAtR).value - oracle.atR) < 1e-12)
        #expect(report.outcomes.count == oracle.answered && report.withoutRelevant == 70 - oracle.answered)
    }

    @Test("the cosine does not see lengths; a vector without direction is as far as a right angle")
    func cosine() throws {
        let queries = try LabelledVectors(values: [1, 0, 0, 0], dimension: 2, labels: [1, 1])
        let gallery = try LabelledVectors(
            values: [0.1, 0.001, 9, 9, 0, 0, -1, 0], dimension: 2, labels: [1, 2, 3, 1])
        let report = try Retrieval().report(queries: queries, gallery: gallery)
        #expect(report.outcomes.map(\.firstPosition) == [0, 0])
        #expect(report.outcomes[0].averagePrecision == 0.75)
    }

    @Test("equally near items stand in the order of their ids, in whatever order they are given")
    func ties() throws {
        let query = try LabelledVectors(values: [1, 0], dimension: 2, labels: [7])
        for ids in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] as [[UInt64]] {
            // The relevant item has id 2 wherever it stands.
            let labels = ids.map { $0 == 2 ? 7 : 0 }
            let gallery = try LabelledVectors(values: [1, 0, 1, 0, 1, 0], dimension: 2, labels: labels, ids: ids)
            #expect(try Retrieval().report(queries: query, gallery: gallery).outcomes[0].firstPosition == 1)
        }
    }

    @Test("a query passes over itself where it is asked to")
    func itself() throws {
        let set = try LabelledVectors(values: [1, 0, 0.9, 0.1, 0, 1], dimension: 2, labels: [1, 1, 2])
        var retrieval = Retrieval()
        retrieval.skipsSelf = true
        let report = try retrieval.report(queries: set, gallery: set)
        #expect(report.outcomes.map(\.relevant) == [1, 1] && report.withoutRelevant == 1)
        #expect(report.recall(1)?.value == 1 && report.recall(2) == nil)
    }

    @Test("hubs are counted: how often each is among the nearest")
    func hubs() throws {
        let queries = try LabelledVectors(values: [1, 0, 1, 0.1, 1, -0.1, 0, 1], dimension: 2, labels: [1, 1, 1, 1])
        let gallery = try LabelledVectors(values: [1, 0, 0, 1, -1, 0], dimension: 2, labels: [1, 1, 1])
        var retrieval = Retrieval()
        retrieval.hubSize = 1
        let report = try retrieval.report(queries: queries, gallery: gallery)
        #expect(report.occurrences == [3, 1, 0])
        // Counts 3, 1, 0: mean 4/3, second moment 14/9, third 20/27.
        let expected = (20.0 / 27) / (14.0 / 9 * (14.0 / 9).squareRoot())
        #expect(abs(try #require(Hubness.skewness(of: [3, 1, 0])).value - expected) < 1e-12)
        #expect(Hubness.skewness(of: [2, 2, 2])?.value == 0 && Hubness.skewness(of: []) == nil)
    }

    @Test("LEARN-104 SCAN-136 a block of queries is all that is held: outcomes do not depend on the blocks")
    func blocks() throws {
        let gallery = try Self.vectors(60, labels: 12, seed: 8)
        let queries = try Self.vectors(75, labels: 12, seed: 9)
        var retrieval = Retrieval()
        retrieval.metric = .euclid
        let whole = try retrieval.report(queries: queries, gallery: gallery).outcomes
        for place in [0, 31, 32, 63, 64, 74] {
            let one = try LabelledVectors(
                values: Array(queries.values[place * 4..<place * 4 + 4]), dimension: 4, labels: [queries.labels[place]])
            let alone = try retrieval.report(queries: one, gallery: gallery).outcomes.first
            let same = whole.first { $0.query == place }
            #expect(alone?.averagePrecision == same?.averagePrecision && alone?.found == same?.found)
        }
    }

    @Test("what does not fit together is told")
    func refusals() throws {
        #expect(throws: EvaluationError.self) { try LabelledVectors(values: [1, 2, 3], dimension: 2, labels: [0]) }
        #expect(throws: EvaluationError.self) { try LabelledVectors(values: [], dimension: 0, labels: []) }
        #expect(throws: EvaluationError.self) { try LabelledVectors(values: [], dimension: .max, labels: [1, 2, 3]) }
        #expect(throws: EvaluationError.self) {
            try LabelledVectors(values: [1, 2], dimension: 1, labels: [0, 0], ids: [4, 4])
        }
        let two = try LabelledVectors(values: [1, 2], dimension: 2, labels: [0])
        let one = try LabelledVectors(values: [1], dimension: 1, labels: [0])
        #expect(throws: EvaluationError.self) { try Retrieval().report(queries: two, gallery: one) }
        let nothing = try LabelledVectors(values: [], dimension: 1, labels: [])
        #expect(try Retrieval().report(queries: one, gallery: nothing).withoutRelevant == 1)
        let none = try LabelledVectors(values: [.nan], dimension: 1, labels: [0])
        #expect(try Retrieval().report(queries: none, gallery: none).recall(1)?.value == 1)
    }
}
