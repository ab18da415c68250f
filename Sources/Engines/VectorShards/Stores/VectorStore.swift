public import VectorIndex

/// A place where vectors are kept and found: a local index, or a table of PostgreSQL.
///
/// What a store holds follows from its owner's own log of changes. ``applied()`` tells how far a store has come, so a store
/// that was away is brought up to date by applying what it missed; applying something twice changes nothing.
public protocol VectorStore: Sendable {
    /// What all vectors have in common.
    var schema: VectorSchema { get }

    /// Applies changes in their order; they are durable and found by every later search when it returns.
    ///
    /// - Parameter sequence: the owner's counter of the last of these changes; ``applied()`` tells the largest.
    func apply(_ changes: [VectorChange], through sequence: UInt64?) async throws

    /// The `k` vectors nearest to a query, nearest first, of equally near ones the smaller id; fewer only if fewer match.
    ///
    /// Distances are those of the schema's metric.
    func search(_ query: [Float], k: Int, filter: VectorFilter?) async throws -> [VectorHit]

    /// The vector of an id as it is stored, with its attributes; nil if there is none.
    func item(_ id: UInt64) async throws -> VectorItem?

    /// How many vectors there are.
    func count() async throws -> Int

    /// The largest counter that ``apply(_:through:)`` was given; 0 at first.
    func applied() async throws -> UInt64
}

/// A local index as a store.
public struct LocalVectors: VectorStore {
    /// The index.
    public let index: VectorIndex

    /// The store of an index.
    public init(_ index: VectorIndex) { self.index = index }

    /// The index's schema.
    public var schema: VectorSchema { index.schema }

    /// Applies changes, with one sync for all.
    public func apply(_ changes: [VectorChange], through sequence: UInt64?) async throws {
        _ = try await index.apply(changes, sequence: sequence)
    }

    /// Searches with the effort that was tuned when the index was built.
    public func search(_ query: [Float], k: Int, filter: VectorFilter?) async throws -> [VectorHit] {
        try index.search(query, k: k, filter: filter, effort: nil)
    }

    /// The vector as its codes hold it.
    public func item(_ id: UInt64) async throws -> VectorItem? { index.item(id) }

    /// How many vectors there are.
    public func count() async throws -> Int { index.count }

    /// The largest counter so far.
    public func applied() async throws -> UInt64 { index.appliedSequence }
}
