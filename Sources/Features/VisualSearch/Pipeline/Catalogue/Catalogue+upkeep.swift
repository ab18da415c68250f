internal import Basics
public import Imaging
internal import Storage
public import VectorIndex

/// How well a part of a catalogue's index finds what is there.
public struct CataloguePart: Sendable {
    /// The generation it belongs to.
    public let generation: Int64
    /// The top category.
    public let category: String
    /// Vectors that can be found.
    public let vectors: Int
    /// What was measured, oldest first.
    public let recall: [RecallReport]
}

extension Catalogue {
    /// Does what is due by a clock: failed steps of pictures again, removed bytes out of the index, recall measured
    /// once a night, removed things deleted for good when their time is over.
    ///
    /// - Parameter now: the time of day in milliseconds since 1970.
    public func maintain(now: Int64) async throws {
        try await finishPending()
        try await catchUp()
        try await purge()
        for (generation, parts) in await indexes.byGeneration {
            for index in parts.values {
                _ = try await index.maintain(now: now) { try await self.askedLately(in: generation) }
            }
        }
    }

    /// The vectors of what customers scanned last: what recall is measured on.
    func askedLately(in generation: Int64) async throws -> [[Float]] {
        try await database.read { try WishQueries.vectors(generation: generation, limit: 200, $0) }
    }

    /// The parts of the index with what was measured of each.
    public func parts() async throws -> [CataloguePart] {
        let names = Dictionary(uniqueKeysWithValues: try await categories().map { ($0.number, $0.name) })
        return await indexes.byGeneration.flatMap { generation, parts in
            parts.sorted { $0.key < $1.key }.map { top, index in
                CataloguePart(
                    generation: generation, category: names[top] ?? "", vectors: index.count,
                    recall: index.recallHistory)
            }
        }
    }

    /// A small picture of one in the catalogue.
    ///
    /// - Throws: ``RequestError`` 404 when there is no such picture, 422 when it cannot be read.
    public func thumbnail(of picture: Int64, width: Int, height: Int) async throws -> Thumbnail {
        let bytes = try await file(of: picture).readAll()
        do {
            return try await environment.work.run { [limits = options.limits] in
                try Thumbnail.make(bytes, width: width, height: height, method: .scale, limits: limits)
            }
        } catch let error as ImageError {
            throw error.requestError
        }
    }
}
