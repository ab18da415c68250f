import Foundation
import Testing

@testable import VisualSearch

@Suite("k-reciprocal ranking")
struct KReciprocalTests {
    @Test("SCAN-099 neighbours are mutual, and are widened by those that agree for two thirds")
    func sets() {
        // Row i lists the others from near to far.
        let order = [[0, 1, 2, 3, 4], [1, 0, 2, 3, 4], [2, 1, 3, 0, 4], [3, 2, 4, 1, 0], [4, 3, 2, 1, 0]]
        var ranking = KReciprocal()
        ranking.k1 = 2
        #expect(ranking.mutual(0, 2, order) == [0, 1])
        #expect(ranking.mutual(0, 1, order) == [0, 1] && ranking.mutual(2, 1, order) == [2])
        #expect(ranking.mutual(3, 2, order) == [2, 3, 4])
        // 1 lies among the own ones with one of its two, 3 with its only one: just 3's are taken over.
        #expect(ranking.expanded(2, order) == [1, 2, 3] && ranking.mutual(1, 1, order) == [0, 1])
    }

    /// The paper's formulas with full vectors and sets, as slowly as can be.
    private func oracle(_ vectors: UnitVectors, queries: Int, k1: Int, k2: Int, lambda: Double) -> [[Double]] {
        let all = Array(0..<vectors.count)
        func d(_ a: Int, _ b: Int) -> Double { max(0, Double(vectors.distance(a, b))) }
        func near(_ a: Int, _ k: Int) -> [Int] {
            Array(all.sorted { ($0 == a ? -1 : d(a, $0), $0) < ($1 == a ? -1 : d(a, $1), $1) }.prefix(k))
        }
        func mutual(_ a: Int, _ k: Int) -> Set<Int> { Set(near(a, k + 1).filter { near($0, k + 1).contains(a) }) }
        func weights(_ a: Int) -> [Double] {
            let own = mutual(a, k1)
            var wide = own
            for other in own {
                let theirs = mutual(other, (k1 + 1) / 2)
                if theirs.intersection(own).count * 3 >= theirs.count * 2 { wide = wide.union(theirs) }
            }
            let raw = all.map { wide.contains($0) ? exp(-d(a, $0)) : 0 }
            return raw.map { $0 / raw.reduce(0, +) }
        }
        let single = all.map(weights)
        let mean = all.map { a in all.map { at in near(a, k2).reduce(0) { $0 + single[$1][at] } / Double(k2) } }
        return (0..<queries).map { query in
            (queries..<vectors.count).map { other in
                let low = all.reduce(0) { $0 + min(mean[query][$1], mean[other][$1]) }
                let high = all.reduce(0) { $0 + max(mean[query][$1], mean[other][$1]) }
                return (1 - lambda) * (1 - low / high) + lambda * d(query, other)
            }
        }
    }

    @Test("SCAN-099 distances are those of the formulas", arguments: 1...3 as ClosedRange<UInt64>)
    func formulas(seed: UInt64) throws {
        var planted = Planted(seed: seed)
        let centres = (0..<3).map { _ in planted.direction(5) }
        let vectors = try #require(UnitVectors((0..<18).map { planted.near(centres[$0 % 3], noise: 0.8) }))
        var ranking = KReciprocal()
        (ranking.k1, ranking.k2, ranking.lambda) = (5, 3, 0.3)
        let expected = oracle(vectors, queries: 4, k1: 5, k2: 3, lambda: 0.3)
        for (row, wanted) in zip(ranking.distances(vectors, queries: 4), expected) {
            for (a, b) in zip(row, wanted) { #expect(abs(a - b) < 1e-9) }
        }
    }

    @Test("SCAN-099 with the whole weight on the original distance the order stays")
    func original() throws {
        var planted = Planted(seed: 4)
        let vectors = try #require(UnitVectors((0..<30).map { _ in planted.direction(8) }))
        var ranking = KReciprocal()
        ranking.lambda = 1
        for (query, row) in ranking.distances(vectors, queries: 5).enumerated() {
            for (at, distance) in row.enumerated() {
                #expect(abs(distance - Double(vectors.distance(query, at + 5))) < 1e-6)
            }
        }
    }

    @Test("SCAN-099 with several pictures an item in the gallery the mean rank of own pictures falls")
    func planted() throws {
        var planted = Planted(seed: 12)
        let items = (0..<20).map { _ in planted.direction(12) }
        let queries = items.map { planted.near($0, noise: 1.1) }
        let gallery = (0..<200).map { planted.near(items[$0 % 20], noise: 0.9) }
        let vectors = try #require(UnitVectors(queries + gallery))
        var ranking = KReciprocal()
        (ranking.k1, ranking.k2) = (10, 4)
        func meanRank(_ rows: [[Double]]) -> Double {
            let ranks = rows.enumerated().flatMap { query, row in
                row.indices.sorted { row[$0] < row[$1] }.enumerated().filter { $0.element % 20 == query }.map(\.offset)
            }
            return Double(ranks.reduce(0, +)) / Double(ranks.count)
        }
        let before = meanRank((0..<20).map { query in (20..<220).map { Double(vectors.distance(query, $0)) } })
        let after = meanRank(ranking.distances(vectors, queries: 20))
        #expect(after < before - 1, "\(before) \(after)")
    }

    @Test("SCAN-099 distances lie between 0 and 2, and a copy of the query is the nearest")
    func range() throws {
        var planted = Planted(seed: 1)
        let gallery = (0..<40).map { _ in planted.direction(8) }
        let vectors = try #require(UnitVectors([gallery[7]] + gallery))
        let row = try #require(KReciprocal().distances(vectors, queries: 1).first)
        #expect(row.allSatisfy { (0...2).contains($0) } && row.min() == row[7])
        #expect(KReciprocal().distances(UnitVectors(dimension: 3), queries: 0).isEmpty)
    }
}
