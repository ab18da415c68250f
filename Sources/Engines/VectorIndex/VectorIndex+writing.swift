import Dispatch
import Synchronization

/// A change of an index.
public enum VectorChange: Sendable {
    /// Adds a vector, or replaces the one with its id.
    case put(VectorItem)
    /// Removes the vector of an id, if there is one.
    case remove(UInt64)
}

extension VectorIndex {
    /// Adds a vector, or replaces the one with its id; returns whether the id is new.
    ///
    /// Returns when the vector is durable and every search finds it. Throws what is wrong with the vector, `system`
    /// when the disk refuses (nothing is changed then), `closed` after the disk failed.
    @discardableResult
    public func put(_ item: VectorItem) async throws -> Bool {
        try await apply([.put(item)]).first ?? false
    }

    /// Removes the vector of an id; returns whether there was one. No later search finds it; its bytes leave the
    /// files when segments are merged: at once with ``compact()``, within a day with ``maintain(now:)``.
    @discardableResult
    public func remove(_ id: UInt64) async throws -> Bool {
        try await apply([.remove(id)]).first ?? false
    }

    /// Applies changes in their order, with one sync for all; returns for each whether it added or removed an id.
    ///
    /// All vectors are checked first. When the disk refuses in the middle, changes from the front may have been applied.
    /// - Parameter sequence: a counter of the caller's, such as the position in its own log, that
    ///   ``appliedSequence`` then tells; applying changes again is harmless.
    @discardableResult
    public func apply(_ changes: [VectorChange], sequence: UInt64? = nil) async throws -> [Bool] {
        guard let writer else { throw VectorIndexError.badArgument("the index is open for reading alone") }
        var records: [LogRecord] = []
        for change in changes {
            switch change {
            case .put(let item):
                let vector = try schema.accepted(item.vector.span)
                records.append(.put(VectorItem(id: item.id, vector: vector, attributes: item.attributes)))
            case .remove(let id): records.append(.remove(id))
            }
        }
        if let sequence { records.append(.mark(sequence)) }
        guard !records.isEmpty else { return [] }
        let outcomes = try await withCheckedThrowingContinuation { continuation in
            writer.submit(IndexWriter.Call(changes: records) { continuation.resume(with: $0) })
        }
        return Array(outcomes.prefix(changes.count))
    }

    /// Writes what is in memory to a segment, so that opening needs no log. The index does this by itself.
    public func flush() async throws {
        try await onWriter { writer, done in
            do throws(VectorIndexError) {
                if let failure = writer.failure { throw failure }
                if writer.log.byteCount > LogFormat.headerSize { try writer.flush() }
                done(nil)
            } catch {
                done(error)
            }
        }
    }

    /// Merges everything into one segment: the space of removed vectors comes back, and none of their bytes is left in
    /// any file. Searches and writes go on meanwhile.
    public func compact() async throws {
        try await onWriter { writer, done in writer.compact(done) }
    }

    /// Waits until no merge runs or is worth starting.
    public func settle() async throws {
        try await onWriter { writer, done in
            writer.mergeIfWanted()
            if writer.isMerging { writer.afterMerge.append(done) } else { done(nil) }
        }
    }

    /// Ends writing: stops a merge that runs, and lets another process write. Searches go on; writes are refused.
    public func close() async {
        guard let writer else { return }
        writer.isClosing.store(true, ordering: .relaxed)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            writer.queue.async {
                writer.failure = writer.failure ?? .closed("the index was closed")
                let end: @Sendable (VectorIndexError?) -> Void = { _ in
                    writer.lock = nil
                    continuation.resume()
                }
                if writer.isMerging { writer.afterMerge.append(end) } else { end(nil) }
            }
        }
    }

    private func onWriter(
        _ body: @escaping @Sendable (IndexWriter, @escaping @Sendable (VectorIndexError?) -> Void) -> Void
    ) async throws {
        guard let writer else { throw VectorIndexError.badArgument("the index is open for reading alone") }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            writer.queue.async {
                body(writer) { problem in
                    if let problem { continuation.resume(throwing: problem) } else { continuation.resume() }
                }
            }
        }
    }
}
