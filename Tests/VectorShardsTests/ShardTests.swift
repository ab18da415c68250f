import Basics
import Testing
import VectorIndex

@testable import VectorShards

@Suite("Vectors spread over stores")
struct ShardTests {
    private static func nodes(_ names: [String], in folder: TemporaryFolder) throws -> [ShardedVectors.Node] {
        try names.map { name in
            let schema = try VectorSchema(dimensions: 24)
            let index = try VectorIndex.create(at: "\(folder.path)/\(name)", schema: schema)
            return ShardedVectors.Node(name: name, store: LocalVectors(index))
        }
    }

    @Test("SCAN-132 shards with two copies find what one index finds, and hold each vector twice")
    func spread() async throws {
        let folder = TemporaryFolder()
        let nodes = try Self.nodes(["a", "b", "c", "d"], in: folder)
        let shards = try await ShardedVectors(nodes, copies: 2)
        var samples = Samples(seed: 5, dimensions: 24)
        var oracle = Oracle(schema: nodes[0].store.schema)
        let removed = Array(0..<40).map { VectorChange.remove($0) }
        let changes = samples.items(0..<500).map { VectorChange.put($0) } + removed
        #expect(try await shards.apply(changes, through: 1) == [])
        oracle.apply(changes)
        var counts: [Int] = []
        for node in nodes { counts.append(try await node.store.count()) }
        #expect(counts.reduce(0, +) == 2 * 460)
        // 230 each on average; a store that had half of that would be a poor hash.
        #expect(counts.allSatisfy { (150...310).contains($0) }, "\(counts)")
        let queries = (0..<20).map { _ in samples.vector() }
        for filter in [nil, VectorFilter(tenant: 1), VectorFilter(category: 3)] {
            let found = try await oracle.recall(queries, k: 10, filter: filter) { query in
                let answer = try await shards.search(query, k: 10, filter: filter)
                #expect(answer.isComplete && answer.missing == [])
                return answer.hits
            }
            #expect(found.share >= 0.98 && found.counts.allSatisfy { $0 == 0 })
        }
        #expect(try await shards.item(499)?.attributes == oracle.items[499]?.attributes)
        #expect(try await shards.item(3) == nil)
        await #expect(throws: VectorIndexError.zeroVector) {
            _ = try await shards.search([Float](repeating: 0, count: 24), k: 3)
        }
    }

    @Test("SCAN-132 one store less moves its ids alone")
    func moves() {
        let all = Rendezvous(["a", "b", "c", "d"]), fewer = Rendezvous(["a", "b", "c"])
        for id in 0..<2000 as Range<UInt64> {
            let owners = all.owners(of: id, copies: 2)
            #expect(Set(owners).count == 2)
            guard !owners.contains(3) else { continue }
            #expect(fewer.owners(of: id, copies: 2) == owners)
        }
    }

    @Test(
        "SCAN-132 with two copies a killed PostgreSQL takes nothing away, what it missed is brought to it later",
        .enabled(if: PostgresServer.canRun, "PostgreSQL cannot be started here: Scripts/bootstrap test"))
    func killed() async throws {
        let folder = TemporaryFolder()
        let schema = try VectorSchema(dimensions: 24)
        let (first, second) = (try await PostgresServer(), try await PostgresServer())
        func store(_ server: PostgresServer) async throws -> PgVectors {
            try await PgVectors(at: server.address, table: "shop", schema: schema)
        }
        let nodes =
            try Self.nodes(["here"], in: folder)
            + [
                .init(name: "first", store: try await store(first)),
                .init(name: "second", store: try await store(second)),
            ]
        let shards = try await ShardedVectors(nodes, copies: 2)
        var samples = Samples(seed: 6, dimensions: 24)
        var oracle = Oracle(schema: schema)
        let before = samples.items(0..<300).map { VectorChange.put($0) }
        #expect(try await shards.apply(before, through: 1) == [])
        oracle.apply(before)

        await first.kill()
        let removed = Array(0..<30).map { VectorChange.remove($0) }
        let missed = samples.items(300..<360).map { VectorChange.put($0) } + removed
        #expect(try await shards.apply(missed, through: 2) == ["first"])
        oracle.apply(missed)
        let queries = (0..<10).map { _ in samples.vector() }
        func check(missing: [String]) async throws {
            let found = try await oracle.recall(queries, k: 10) { query in
                let answer = try await shards.search(query, k: 10)
                #expect(answer.missing == missing && answer.isComplete)
                return answer.hits
            }
            #expect(found.share >= 0.98 && found.counts.allSatisfy { $0 == 0 })
        }
        try await check(missing: ["first"])

        // Started again it holds what was acknowledged, is behind, and answers again once it was told.
        try await first.restart()
        #expect(try await nodes[1].store.applied() == 1)
        let reopened = try await ShardedVectors(nodes, copies: 2)
        #expect(await reopened.namesBehind == ["first"])
        #expect(await reopened.applied == 2)
        try await shards.catchUp("first", with: missed, through: 2)
        #expect(await shards.namesBehind == [])
        try await check(missing: [])
    }

    @Test("SCAN-132 a change that no store can take is an error, and an answer without enough stores says so")
    func lost() async throws {
        let folder = TemporaryFolder()
        let gone = PostgresAddress(host: "/nowhere", user: "nobody")
        let schema = try VectorSchema(dimensions: 24)
        await #expect(throws: VectorStoreError.self) {
            _ = try await PgVectors(at: gone, table: "shop", schema: schema)
        }
        var nodes = try Self.nodes(["a"], in: folder)
        nodes.append(.init(name: "b", store: Absent(schema: schema)))
        let shards = try await ShardedVectors(nodes, copies: 1)
        #expect(await shards.namesBehind == ["b"])
        var samples = Samples(seed: 7, dimensions: 24)
        let changes = samples.items(0..<50).map { VectorChange.put($0) }
        await #expect(throws: VectorStoreError.self) { try await shards.apply(changes, through: 1) }
        let answer = try await shards.search(samples.vector(), k: 3)
        #expect(!answer.isComplete && answer.missing == ["b"] && answer.hits.count == 3)
        await #expect(throws: VectorStoreError.self) { _ = try await ShardedVectors(nodes, copies: 3) }
    }
}

/// A store whose machine is not there.
private struct Absent: VectorStore {
    let schema: VectorSchema
    private static let failure = VectorStoreError.connection("nobody is there")

    func apply(_: [VectorChange], through _: UInt64?) async throws { throw Self.failure }
    func search(_: [Float], k _: Int, filter _: VectorFilter?) async throws -> [VectorHit] { throw Self.failure }
    func item(_: UInt64) async throws -> VectorItem? { throw Self.failure }
    func count() async throws -> Int { throw Self.failure }
    func applied() async throws -> UInt64 { throw Self.failure }
}
