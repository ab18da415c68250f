public import VectorIndex

/// Vectors spread over several stores, each kept by as many of them as there shall be copies.
///
/// A change goes to all stores that hold its id. A store that fails is behind from then on: it is not asked until
/// ``catchUp(_:with:through:)`` brought it what it missed. A search asks every store that is up to date and joins what
/// they found; while fewer stores are missing than there are copies, every vector stands in one that answers.
public actor ShardedVectors {
    /// A store with the name that decides which ids it holds; the name must stay the same.
    public struct Node: Sendable {
        /// The name.
        public let name: String
        /// The store.
        public let store: any VectorStore

        /// A named store.
        public init(name: String, store: any VectorStore) { (self.name, self.store) = (name, store) }
    }

    /// What a search found, and who was asked.
    public struct Answer: Sendable {
        /// The nearest vectors of all stores that answered.
        public let hits: [VectorHit]
        /// Names of the stores that did not answer.
        public let missing: [String]
        /// Whether every vector stood in a store that answered.
        public let isComplete: Bool
    }

    private let nodes: [Node]
    private let copies: Int
    private let places: Rendezvous
    private var behind: Set<String> = []
    private var sequence: UInt64 = 0

    /// Opens stores that hold the same schema: those that have come as far as the furthest answer searches.
    ///
    /// - Parameter copies: how many stores keep a vector, from 1 to the number of stores.
    /// - Throws: `address` for an impossible number of copies, names that stand twice or schemas that differ.
    public init(_ nodes: [Node], copies: Int) async throws {
        guard (1...max(1, nodes.count)).contains(copies), !nodes.isEmpty else {
            throw VectorStoreError.address("\(nodes.count) stores cannot keep \(copies) copies")
        }
        guard Set(nodes.map(\.name)).count == nodes.count else {
            throw VectorStoreError.address("two stores have one name")
        }
        guard nodes.allSatisfy({ $0.store.schema.isLike(nodes[0].store.schema) }) else {
            throw VectorStoreError.address("the stores hold vectors of different schemas")
        }
        (self.nodes, self.copies) = (nodes, copies)
        places = Rendezvous(nodes.map(\.name))
        let outcomes = await Self.ask(nodes) { try await $0.store.applied() }
        sequence = outcomes.compactMap { try? $0.get() }.max() ?? 0
        for (node, outcome) in zip(nodes, outcomes) where (try? outcome.get()) != sequence { behind.insert(node.name) }
    }

    /// Names of stores that missed changes, in order.
    public var namesBehind: [String] { nodes.map(\.name).filter { behind.contains($0) } }

    /// How far the stores that are up to date have come.
    public var applied: UInt64 { sequence }

    // MARK: Writing

    /// Applies changes to the stores that hold their ids; returns the names of those that are behind now.
    ///
    /// - Parameter sequence: the owner's counter of the last of these changes, larger than any before.
    /// - Throws: ``VectorIndexError`` for a vector that no store takes, before anything is changed; `lost` when a change
    ///   reached no store: it must be applied again.
    @discardableResult
    public func apply(_ changes: [VectorChange], through sequence: UInt64) async throws -> [String] {
        // What is wrong with a vector is no fault of a store's.
        for case .put(let item) in changes { _ = try nodes[0].store.schema.accepted(item.vector.span) }
        let current = nodes.filter { !behind.contains($0.name) }
        let shares = shares(of: changes)
        let outcomes = await Self.ask(current) { node in
            try await node.store.apply(shares[node.name] ?? [], through: sequence)
        }
        var reached: Set<String> = []
        for (node, outcome) in zip(current, outcomes) {
            if case .success = outcome { reached.insert(node.name) } else { behind.insert(node.name) }
        }
        for change in changes where !owners(of: change.id).contains(where: { reached.contains($0.name) }) {
            throw VectorStoreError.lost("no store that keeps \(change.id) can be reached")
        }
        self.sequence = max(self.sequence, sequence)
        return namesBehind
    }

    /// Brings a store what it missed: changes since its ``VectorStore/applied()``, of which it takes those that are its.
    ///
    /// It is asked again by searches once it has come as far as the others.
    public func catchUp(_ name: String, with changes: [VectorChange], through sequence: UInt64) async throws {
        guard let node = nodes.first(where: { $0.name == name }) else {
            throw VectorStoreError.address("no store is called \(name)")
        }
        try await node.store.apply(shares(of: changes)[name] ?? [], through: sequence)
        if sequence >= self.sequence { behind.remove(name) }
    }

    private func owners(of id: UInt64) -> [Node] { places.owners(of: id, copies: copies).map { nodes[$0] } }

    private func shares(of changes: [VectorChange]) -> [String: [VectorChange]] {
        var shares: [String: [VectorChange]] = [:]
        for change in changes {
            for node in owners(of: change.id) { shares[node.name, default: []].append(change) }
        }
        return shares
    }

    // MARK: Searching

    /// The `k` vectors nearest to a query among all stores that answer, nearest first.
    public func search(_ query: [Float], k: Int, filter: VectorFilter? = nil) async throws -> Answer {
        _ = try nodes[0].store.schema.accepted(query.span)
        guard (1...10_000).contains(k) else {
            throw VectorIndexError.badArgument("1 to 10000 neighbours can be asked for, not \(k)")
        }
        let current = nodes.filter { !behind.contains($0.name) }
        let outcomes = await Self.ask(current) { try await $0.store.search(query, k: k, filter: filter) }
        var nearest: [UInt64: Float] = [:]
        var answered: Set<String> = []
        for (node, outcome) in zip(current, outcomes) {
            guard case .success(let hits) = outcome else { continue }
            answered.insert(node.name)
            for hit in hits { nearest[hit.id] = min(nearest[hit.id] ?? .infinity, hit.distance) }
        }
        let missing = nodes.map(\.name).filter { !answered.contains($0) }
        let hits = nearest.map { VectorHit(id: $0.key, distance: $0.value) }
            .sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
        return Answer(hits: Array(hits.prefix(k)), missing: missing, isComplete: missing.count < copies)
    }

    /// The vector of an id from the first store that keeps it and answers.
    public func item(_ id: UInt64) async throws -> VectorItem? {
        var failure: (any Error)?
        for node in owners(of: id) where !behind.contains(node.name) {
            do {
                return try await node.store.item(id)
            } catch {
                failure = error
            }
        }
        throw failure ?? VectorStoreError.lost("no store that keeps \(id) can be reached")
    }

    /// Asks all at once; the outcomes stand in the order of the nodes.
    private static func ask<Value: Sendable>(
        _ nodes: [Node], _ question: @escaping @Sendable (Node) async throws -> Value
    ) async -> [Result<Value, any Error>] {
        await withTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
            for (place, node) in nodes.enumerated() {
                group.addTask {
                    do {
                        return (place, .success(try await question(node)))
                    } catch {
                        return (place, .failure(error))
                    }
                }
            }
            var outcomes: [(Int, Result<Value, any Error>)] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension VectorChange {
    /// Whose change it is.
    var id: UInt64 {
        switch self {
        case .put(let item): item.id
        case .remove(let id): id
        }
    }
}

extension VectorSchema {
    /// Whether distances of both can be compared; how values are stored may differ.
    fileprivate func isLike(_ other: VectorSchema) -> Bool { dimensions == other.dimensions && metric == other.metric }
}
