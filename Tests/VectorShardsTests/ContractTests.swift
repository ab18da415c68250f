import Basics
import Testing
import VectorIndex

@testable import VectorShards

/// What every store of vectors does, whoever keeps it.
@Suite("Stores of vectors keep one contract")
struct ContractTests {
    private static let metrics = VectorMetric.allCases

    @Test("SCAN-132 a local index is a store of vectors", arguments: metrics)
    func local(metric: VectorMetric) async throws {
        let folder = TemporaryFolder()
        let schema = try VectorSchema(dimensions: 24, metric: metric)
        let index = try VectorIndex.create(at: folder.path, schema: schema)
        try await Self.contract(LocalVectors(index))
    }

    @Test(
        "SCAN-132 a table of PostgreSQL with pgvector keeps the contract that a local index keeps",
        .enabled(if: PostgresServer.canRun, "PostgreSQL cannot be started here: Scripts/bootstrap test"))
    func postgres() async throws {
        let server = try await PostgresServer()
        for metric in Self.metrics {
            let schema = try VectorSchema(dimensions: 24, metric: metric)
            let table = "shop_\(metric.rawValue.lowercased())"
            try await Self.contract(try await PgVectors(at: server.address, table: table, schema: schema))
            // Opened again it holds the same, and it refuses another schema.
            let again = try await PgVectors(at: server.address, table: table, schema: schema)
            #expect(try await again.applied() == 4)
            #expect(try await again.count() == 349)
            await #expect(throws: VectorStoreError.otherSchema("24 dimensions, \(metric.rawValue)")) {
                _ = try await PgVectors(at: server.address, table: table, schema: VectorSchema(dimensions: 3))
            }
        }
    }

    @Test(
        "SCAN-132 a wrong password, a server that went away and a table without a name are told in a sentence",
        .enabled(if: PostgresServer.canRun, "PostgreSQL cannot be started here: Scripts/bootstrap test"))
    func refusals() async throws {
        let server = try await PostgresServer()
        let schema = try VectorSchema(dimensions: 3)
        func refusal(password: String?) async -> VectorStoreError? {
            var address = server.address
            address.password = password
            do {
                _ = try await PgVectors(at: address, table: "shop", schema: schema)
                return nil
            } catch {
                return error as? VectorStoreError
            }
        }
        guard case .refused(let code, _) = await refusal(password: "guess") else {
            Issue.record("a guessed password was taken")
            return
        }
        // invalid_password
        #expect(code == "28P01")
        #expect(await refusal(password: nil) == .address("the server wants a password for vitrine"))
        await #expect(throws: VectorStoreError.self) {
            _ = try await PgVectors(at: server.address, table: "a; DROP TABLE b", schema: schema)
        }
        let store = try await PgVectors(at: server.address, table: "shop", schema: schema)
        await #expect(throws: VectorIndexError.zeroVector) { _ = try await store.search([0, 0, 0], k: 1, filter: nil) }
        await #expect(throws: VectorIndexError.wrongDimensions(expected: 3, found: 1)) {
            try await store.apply([.put(VectorItem(id: 1, vector: [1]))], through: nil)
        }
        await server.stop()
        await #expect(throws: VectorStoreError.self) { _ = try await store.count() }
    }

    /// Puts, replaces, removes, filters and searches; ends with 349 vectors at counter 4.
    static func contract(_ store: some VectorStore) async throws {
        var samples = Samples(seed: 11, dimensions: store.schema.dimensions)
        var oracle = Oracle(schema: store.schema)
        #expect(try await store.applied() == 0)
        #expect(try await store.count() == 0)
        #expect(try await store.search(samples.vector(), k: 5, filter: nil).isEmpty)
        // Ids of all sizes, among them those whose highest bit is set.
        let ids: [UInt64] = (0..<300).map { $0 < 290 ? UInt64($0) : .max - UInt64($0) }
        func apply(_ changes: [VectorChange], _ sequence: UInt64) async throws {
            try await store.apply(changes, through: sequence)
            oracle.apply(changes)
        }
        try await apply(ids.map { .put(samples.item($0)) }, 1)
        try await apply(samples.items(300..<400).map { .put($0) }, 2)
        // Replaced and removed, in one call and in their order.
        let changed = samples.items(0..<20).map { VectorChange.put($0) }
        let removed = ([999_999] + Array(20..<70)).map { VectorChange.remove($0) }
        try await apply(changed + removed, 3)
        try await apply([.put(samples.item(20)), .remove(20)], 4)
        // Again: nothing changes.
        try await store.apply([.remove(20)], through: 2)
        #expect(try await store.applied() == 4)
        try await apply([.remove(70)], 4)
        #expect(try await store.count() == 349)
        #expect(oracle.items.count == 349)
        let queries = (0..<20).map { _ in samples.vector() }
        try await check(store, oracle, queries)
        try await items(store, oracle)
    }

    private static func check(_ store: some VectorStore, _ oracle: Oracle, _ queries: [[Float]]) async throws {
        let filters: [VectorFilter?] = [
            nil, VectorFilter(tenant: 1), VectorFilter(category: 49), VectorFilter(anyFlag: 0b11),
            VectorFilter(price: 1000...2000), VectorFilter(tenant: 2, price: 500...(.max)), VectorFilter(tenant: 77),
        ]
        for filter in filters {
            let found = try await oracle.recall(queries, k: 10, filter: filter) {
                try await store.search($0, k: 10, filter: filter)
            }
            // Never fewer than match; nearly always the nearest; distances as exact search has them.
            #expect(found.counts.allSatisfy { $0 == 0 }, "\(String(describing: filter))")
            #expect(found.share >= 0.97, "\(String(describing: filter))")
            #expect(found.apart <= 0.02, "\(String(describing: filter))")
        }
        await #expect(throws: VectorIndexError.self) { _ = try await store.search(queries[0], k: 0, filter: nil) }
    }

    private static func items(_ store: some VectorStore, _ oracle: Oracle) async throws {
        #expect(try await store.item(20) == nil)
        for id in [0, 300, UInt64.max - 295] {
            let (stored, known) = (try await store.item(id), try #require(oracle.items[id]))
            #expect(stored?.attributes == known.attributes)
            let scale =
                store.schema.metric == .cosine ? known.vector.reduce(0) { $0 + $1 * $1 }.squareRoot() : 1
            let vector = try #require(stored?.vector)
            #expect(zip(vector, known.vector).allSatisfy { abs($0 - $1 / scale) <= 0.001 })
        }
    }
}
