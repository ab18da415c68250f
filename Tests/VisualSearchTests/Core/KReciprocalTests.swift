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
