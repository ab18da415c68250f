import Testing
import VisualSearch

@Suite("Clusters by density")
struct DensityClusterTests {
    /// What may be reached over core points, by closing the relation under itself.
    private func oracle(_ vectors: UnitVectors, _ radius: Float, _ minimum: Int) -> [[Bool]] {
        let all = 0..<vectors.count
        let isCore = all.map { a in all.count { vectors.distance(a, $0) <= radius || $0 == a } >= minimum }
        var reach = all.map { a in all.map { a == $0 || isCore[a] && isCore[$0] && vectors.distance(a, $0) <= radius } }
        for middle in all {
            for a in all where reach[a][middle] { for b in all where reach[middle][b] { reach[a][b] = true } }
        }
        return reach
    }

    private func scattered(_ planted: inout Planted, _ count: Int) throws -> UnitVectors {
        let centres = (0..<4).map { _ in planted.direction(6) }
        return try #require(
            UnitVectors((0..<count).map { _ in planted.near(centres[planted.number(below: 4)], noise: 0.7) }))
    }

    @Test("SCAN-062 clusters are the connected parts of core points", arguments: 1...12 as ClosedRange<UInt64>)
    func components(seed: UInt64) throws {
        var planted = Planted(seed: seed)
        let vectors = try scattered(&planted, 40)
        for minimum in [2, 3, 5] {
            let radius = Float(0.02 + 0.2 * planted.share())
            let found = DensityClusters(vectors, radius: radius, minimumPoints: minimum)
            let reach = oracle(vectors, radius, minimum)
            let all = 0..<vectors.count
            let isCore = all.map { a in all.count { vectors.distance(a, $0) <= radius || $0 == a } >= minimum }
            for a in all {
                for b in all where isCore[a] && isCore[b] {
                    #expect((found.labels[a] == found.labels[b]) == reach[a][b])
                }
                if isCore[a] { #expect(found.labels[a] != nil) }
                // A border point is in the cluster of its nearest core point, noise has none within the radius.
                guard !isCore[a] else { continue }
                let cores = all.filter { isCore[$0] && vectors.distance(a, $0) <= radius }
                let nearest = cores.min { vectors.distance(a, $0) < vectors.distance(a, $1) }
                #expect(found.labels[a] == nearest.flatMap { found.labels[$0] })
            }
            #expect(found.clusters.flatMap { $0 }.sorted() == all.filter { found.labels[$0] != nil })
        }
    }

    @Test("SCAN-060 neighbours that an index names on one side only give the same clusters, far ones do not join")
    func candidates() throws {
        var planted = Planted(seed: 21)
        let vectors = try scattered(&planted, 60)
        let lists = (0..<60).map { a in (0..<a).filter { vectors.distance(a, $0) < 0.4 } + [a, -1, 999] }
        #expect(
            DensityClusters(vectors, radius: 0.1, candidates: lists).labels
                == DensityClusters(vectors, radius: 0.1).labels)
        let none = [[Int]](repeating: [], count: 60)
        #expect(DensityClusters(vectors, radius: 0.1, candidates: none).clusters.isEmpty)
    }

    @Test("SCAN-062 of two clusters of one size the one that lies closer together is the largest")
    func tie() throws {
        let vectors = try #require(UnitVectors([[1, 0, 0], [1, 0.3, 0], [0, 0, 1], [0, 0.1, 1], [0, -1, 0]]))
        let clusters = DensityClusters(vectors, radius: 0.1)
        #expect(clusters.clusters == [[0, 1], [2, 3]] && clusters.labels[4] == nil)
        #expect(clusters.largest(vectors) == [2, 3])
        #expect(DensityClusters(UnitVectors(dimension: 3), radius: 1).largest(UnitVectors(dimension: 3)) == [])
    }
}
