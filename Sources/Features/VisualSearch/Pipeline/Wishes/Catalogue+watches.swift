internal import Basics
internal import Kernels
package import Storage

/// "Tell me when it comes": scans that wait for an item.
extension Catalogue {
    /// Scans of one visitor that may wait at a time.
    public static let watchesPerVisitor: Int64 = 50
    /// How long a scan waits unless told: 60 days.
    public static let watchMilliseconds: Int64 = 60 * 86_400_000
    /// Likeness from which on a thing is taken for the same where nobody has measured what scores mean.
    static let uncalibratedLikeness = 0.9

    private static func consumer(of catalogue: Int64) -> String { "watches-\(catalogue)" }

    /// Lets a kept scan wait for its item. What came since the scan is looked at at once.
    ///
    /// - Parameters:
    ///   - room: the conversation that is told; empty when the scan page alone tells.
    ///   - milliseconds: how long it waits, 180 days at most.
    /// - Returns: The watch; answered already when the item is there by now.
    /// - Throws: ``RequestError`` 404 for no such scan, 409 when the scan found the item, 422 when the photo shows nothing
    ///   that could be waited for, 429 for too many.
    @discardableResult
    public func watch(
        _ id: String, visitor: Int64, room: String = "", milliseconds: Int64 = Catalogue.watchMilliseconds
    ) async throws -> ScanWatch {
        let scan = try await database.read { [number] in try WishQueries.scan(id: id, of: number, $0) }
        guard let scan else { throw RequestError.notFound("There is no scan '\(id)'.") }
        guard !scan.isFound else {
            throw RequestError(status: 409, code: "found", message: "The scan found the item already.")
        }
        let generation = try await search(generation: nil).index.generation
        guard let vector = try await vector(of: scan, generation: generation) else {
            throw RequestError(
                status: 422, code: "nothing_to_wait_for", message: "The photo shows nothing that could be waited for.")
        }
        let best = scan.answer.similar.first?.score ?? 0
        let wait = min(max(milliseconds, 60_000), 180 * 86_400_000)
        try await database.write { [number] context in
            let count = try WatchQueries.waitingCount(ofVisitor: visitor, context.connection)
            guard count < Self.watchesPerVisitor else {
                throw RequestError(
                    status: 429, code: "too_many_watches",
                    message: "\(Self.watchesPerVisitor) scans wait already; cancel one first.")
            }
            try WatchQueries.put(
                scan: scan.number, visitor: visitor, room: room, generation: generation.number, vector: vector,
                least: best, expires: context.now + wait, of: number, in: context)
            let name = Self.consumer(of: number)
            if try ConsumerOffset.position(of: name, context.connection) == nil {
                try ConsumerOffset.set(name, try Meta.position(context.connection), in: context)
            }
        }
        try options.faultPoint("watched")
        if let watch = try await watch(of: id) { try await look(at: watch, through: nil) }
        guard let watch = try await watch(of: id) else { throw StorageError(.missing, "The watch is gone.") }
        return watch
    }

    /// The watch of a scan; nil when it does not wait and never did.
    public func watch(of id: String) async throws -> ScanWatch? {
        try await database.read { [number] connection in
            guard let scan = try WishQueries.scan(id: id, of: number, connection) else { return nil }
            return try WatchQueries.watch(scan: scan.number, connection)
        }
    }

    /// Ends a watch; one that ended before stays as it is.
    ///
    /// - Throws: ``RequestError`` 404 when the scan does not wait.
    public func cancelWatch(of id: String) async throws {
        guard let watch = try await watch(of: id) else {
            throw RequestError.notFound("The scan '\(id)' does not wait.")
        }
        try await database.write { _ = try WatchQueries.end(watch.number, .cancelled, in: $0) }
    }

    // MARK: Looking

    /// Looks at what came into the catalogue since the last call, and answers the scans that waited for it. Each watch
    /// is answered once, whenever the process ends.
    public func answerWatches() async throws {
        let now = database.now
        if try await database.read({ try WatchQueries.hasOverdue(at: now, $0) }) {
            try await database.write { _ = try WatchQueries.expire(in: $0) }
        }
        let name = Self.consumer(of: number)
        // Before the first watch there is nobody to follow for.
        guard try await database.read({ try ConsumerOffset.position(of: name, $0) }) != nil else { return }
        try await renewVectors()
        try await Consumer(name: name, source: OutboxStream(database), database: database) {
            [number] entries, context in
            try Self.propose(entries, of: number, in: context)
        }.catchUp()
        try options.faultPoint("proposed")
        let watches = try await database.read { [number] in try WatchQueries.watchesWithCandidates(of: number, $0) }
        guard !watches.isEmpty else { return }
        try await catchUp()
        for watch in watches {
            let candidates = try await database.read { try WatchQueries.candidates(of: watch.number, $0) }
            try await look(at: watch, through: candidates.map(\.picture))
        }
    }

    /// Watches of another space of vectors are brought into the one that answers.
    private func renewVectors() async throws {
        let generation = try await search(generation: nil).index.generation
        let waiting = try await database.read { [number] in try WatchQueries.waiting(of: number, $0) }
        for watch in waiting where watch.generation != generation.number {
            guard let scan = try await database.read({ try WishQueries.scan(watch.scan, $0) }),
                let vector = try await vector(of: scan, generation: generation)
            else { continue }
            try await database.write { context in
                try WatchQueries.setVector(vector, generation: generation.number, of: watch.number, in: context)
            }
        }
    }

    /// Notes the pictures that are about as near to a waiting scan as the best one was.
    private static func propose(
        _ entries: [OutboxEntry], of catalogue: Int64, in context: WriteContext
    ) throws {
        let watches = try WatchQueries.waiting(of: catalogue, context.connection)
        guard !watches.isEmpty else { return }
        var pictures: Set<Int64> = []
        for entry in entries {
            guard let (number, event) = CatalogueEvent.read(entry), number == catalogue else { continue }
            pictures.formUnion(try event.pictures(context.connection))
        }
        for picture in pictures.sorted() {
            for watch in watches {
                guard
                    let known = try GenerationQueries.indexed(
                        picture, generation: watch.generation, context.connection),
                    known.vector.count == watch.vector.count
                else { continue }
                let similarity = Double(dotProduct(known.vector.span, watch.vector.span))
                // A little below the best of then: a photo of the very item can be worse than one of a similar item.
                guard similarity >= max(0.5, 0.97 * watch.least) else { continue }
                try WatchQueries.propose(picture, similarity: similarity, to: watch.number, in: context)
            }
        }
    }

    /// Asks the scan again, and answers the watch when its item is there.
    ///
    /// - Parameter pictures: the candidates that are dealt with by that; nil when the watch has just begun.
    private func look(at watch: ScanWatch, through pictures: [Int64]?) async throws {
        guard watch.state == .waiting, let scan = try await database.read({ try WishQueries.scan(watch.scan, $0) }),
            let answer = try await again(scan)
        else { return }
        let came = try await item(in: answer, for: watch, isNew: pictures != nil)
        try await database.write { context in
            if let came {
                _ = try WatchQueries.answer(
                    watch.number, item: came.item, picture: came.picture, score: came.score, in: context)
            } else {
                try WatchQueries.dropCandidates(of: watch.number, through: pictures ?? [], in: context)
            }
        }
        try options.faultPoint("watch")
    }

    /// The item that a scan waits for, if an answer holds it.
    private func item(
        in answer: ScanAnswer, for watch: ScanWatch, isNew: Bool
    ) async throws -> (item: Int64, picture: Int64?, score: Double)? {
        let group: ScanAnswer.Group?
        switch answer.verdict {
        case .sameItem: group = answer.groups.first
        case .uncalibrated,
            .similarOnly where answer.reason == .notSure:
            // Nobody can tell: it must be very like, and more so than anything that was there before.
            group = answer.similar.first.flatMap {
                $0.score >= Self.uncalibratedLikeness && $0.score > watch.least ? $0 : nil
            }
        case .similarOnly, .nothing: group = nil
        }
        guard let group else { return nil }
        return try await database.read { [number] connection in
            let items = try StyleNames.items(of: group.style, in: number, connection)
            let candidates = isNew ? try WatchQueries.candidates(of: watch.number, connection) : []
            let candidate = candidates.first { candidate in items.contains { $0.number == candidate.item } }
            guard let item = candidate?.item ?? items.first?.number else { return nil }
            return (item, candidate?.picture, group.score)
        }
    }
}

extension Catalogues {
    /// Answered watches of which their conversation has not been told yet.
    public func untoldWatches(limit: Int = 100) async throws -> [AnsweredWatch] {
        try await environment.database.read { connection in
            try WatchQueries.untold(limit: min(max(1, limit), 1_000), connection).compactMap { watch in
                guard let item = try watch.item.flatMap({ try ItemQueries.item($0, connection) }),
                    let scan = try WishQueries.scan(watch.scan, connection)
                else { return nil }
                return AnsweredWatch(watch: watch, scan: scan.answer.id, item: item)
            }
        }
    }

    /// Notes that a conversation was told.
    public func setTold(_ watch: ScanWatch) async throws {
        try await environment.database.write { _ = try WatchQueries.told(watch.number, in: $0) }
    }
}

/// A scan whose item came.
public struct AnsweredWatch: Sendable {
    /// The watch.
    public let watch: ScanWatch
    /// The scan's id.
    public let scan: String
    /// The item that came.
    public let item: CatalogueItem

    /// Notes inside a write that the conversation is told by it; false when it was told before.
    package func markTold(in context: WriteContext) throws -> Bool {
        try WatchQueries.told(watch.number, in: context)
    }
}
