import Testing

@testable import VectorIndex

@Suite("Filtered search")
struct FilterTests {
    private static func index(_ folder: TemporaryFolder, kind: VectorIndexKind) throws -> (
        VectorIndex, FlatIndex, [VectorAttributes]
    ) {
        var samples = Samples(seed: 11, dimensions: 16)
        let vectors = samples.vectors(6000)
        // Prices are ranks, so that a range of prices has an exact share.
        let attributes = (0..<6000).map { row -> VectorAttributes in
            let flag: UInt16 = 1 << UInt16(row % 16)
            let price = UInt32(row * 7919 % 6000)
            return VectorAttributes(tenant: UInt32(row % 3), category: UInt16(row % 7), flags: flag, price: price)
        }
        let (index, flat) = try built(
            vectors, in: folder, schema: VectorSchema(dimensions: 16), options: VectorIndexOptions(kind: kind),
            attributes: attributes)
        return (index, flat, attributes)
    }

    @Test(
        "SCAN-124 at 50, 10, 1 and 0.1 % of matching vectors at least 95 of 100 neighbours are found, and never fewer than k",
        arguments: VectorIndexKind.allCases)
    func shares(kind: VectorIndexKind) throws {
        let folder = TemporaryFolder()
        let (index, flat, attributes) = try Self.index(folder, kind: kind)
        var samples = Samples(seed: 12, dimensions: 16)
        for matching in [3000, 600, 60, 6] as [UInt32] {
            let filter = VectorFilter(price: 0...(matching - 1))
            var sum = 0.0
            for query in samples.vectors(40) {
                let found = try index.search(query, k: 10, filter: filter)
                let truth = try flat.search(query.span, k: 10) { filter.matches(attributes[Int($0)]) }
                #expect(found.count == min(10, Int(matching)))
                #expect(found.allSatisfy { filter.matches(attributes[Int($0.id)]) })
                sum += share(found, of: truth)
            }
            #expect(sum / 40 >= 0.95, "\(matching) of 6000")
        }
    }

    @Test(
        "SCAN-124 matches that all lie on one side, far from most queries, are found as well",
        arguments: VectorIndexKind.allCases)
    func aside(kind: VectorIndexKind) throws {
        let folder = TemporaryFolder()
        var samples = Samples(seed: 15, dimensions: 16)
        let vectors = samples.vectors(6000)
        // Prices are ranks of the first value.
        let order = vectors.indices.sorted { vectors[$0][0] < vectors[$1][0] }
        var attributes = [VectorAttributes](repeating: VectorAttributes(), count: 6000)
        for (rank, row) in order.enumerated() { attributes[row].price = UInt32(rank) }
        let (index, flat) = try built(
            vectors, in: folder, schema: VectorSchema(dimensions: 16), options: VectorIndexOptions(kind: kind),
            attributes: attributes)
        for matching in [3000, 1200, 600, 60] as [UInt32] {
            let filter = VectorFilter(price: 0...(matching - 1))
            var sum = 0.0
            for query in samples.vectors(40) {
                let truth = try flat.search(query.span, k: 10) { filter.matches(attributes[Int($0)]) }
                sum += share(try index.search(query, k: 10, filter: filter), of: truth)
            }
            #expect(sum / 40 >= 0.95, "\(matching) of 6000: \(sum / 40)")
        }
    }

    @Test("SCAN-124 every condition filters, alone and together", arguments: VectorIndexKind.allCases)
    func conditions(kind: VectorIndexKind) throws {
        let folder = TemporaryFolder()
        let (index, _, attributes) = try Self.index(folder, kind: kind)
        let filters = [
            VectorFilter(tenant: 1), VectorFilter(category: 6), VectorFilter(anyFlag: 0b1010),
            VectorFilter(price: 5...90),
            VectorFilter(tenant: 2, category: 3, anyFlag: 0xFFF, price: 100...5000), VectorFilter(tenant: 3),
            VectorFilter(anyFlag: 0),
        ]
        var samples = Samples(seed: 13, dimensions: 16)
        for filter in filters {
            let matching = attributes.count { filter.matches($0) }
            let found = try index.search(samples.vector(), k: 25, filter: filter)
            #expect(found.count == min(25, matching), "\(filter)")
            #expect(found.allSatisfy { filter.matches(attributes[Int($0.id)]) })
        }
    }

    @Test("vectors without attributes match zeros and nothing else")
    func absent() throws {
        var samples = Samples(seed: 14, dimensions: 4)
        let folder = TemporaryFolder()
        let (index, _) = try built(
            samples.vectors(50), in: folder, schema: VectorSchema(dimensions: 4), options: VectorIndexOptions())
        let query = samples.vector()
        #expect(try index.search(query, k: 5, filter: VectorFilter(tenant: 0, category: 0, price: 0...9)).count == 5)
        #expect(try index.search(query, k: 5, filter: VectorFilter(tenant: 1)).isEmpty)
        #expect(try index.search(query, k: 5, filter: VectorFilter(anyFlag: 1)).isEmpty)
        #expect(try index.search(query, k: 5, filter: VectorFilter(price: 1...9)).isEmpty)
    }

    @Test("few matches are looked at one by one, many are walked to")
    func plan() {
        #expect(FilterPlan(rows: 200_000, share: 0.001, effort: 20) == .scan)
        guard case .walk(let effort, _) = FilterPlan(rows: 200_000, share: 0.5, effort: 20) else {
            Issue.record("half of all rows should be walked")
            return
        }
        #expect(effort > 20)
    }
}
