internal import Basics
internal import Foundation
internal import Storage
import Synchronization
internal import VectorIndex

/// The index of one generation: a part for each top category, each in a folder of its own.
///
/// It holds nothing that the tables do not: what is missing, damaged or of another database is built again from them.
final class GenerationIndex: Sendable {
    let catalogue: Int64
    let generation: IndexGeneration
    private let folder: String
    private let database: Database
    private let vectors = VectorIndexOptions()
    private let parts = Mutex<[Int64: VectorIndex]>([:])

    /// Vectors that are read, or applied, in one step.
    private static let page = 512

    init(catalogue: Int64, generation: IndexGeneration, folder: String, database: Database) {
        self.catalogue = catalogue
        self.generation = generation
        self.folder = "\(folder)/\(catalogue)/\(generation.number)"
        self.database = database
    }

    /// The name under which the outbox keeps how far this index has come.
    var consumer: String { Self.consumer(of: generation.number) }

    static func consumer(of generation: Int64) -> String { "visual-index-\(generation)" }

    // MARK: Opening

    /// Opens what is there, and builds again what is not as it was left.
    func open() async throws {
        if hasStamp, let opened = try? openParts() {
            parts.withLock { $0 = opened }
        } else {
            try await rebuild()
        }
    }

    private var stamp: String { "\(folder)/STAMP" }

    /// Written last when an index is built; names the database, since positions of another one mean nothing.
    private var stampText: String { "\(database.generation) \(generation.space) \(generation.dimensions)\n" }

    private var hasStamp: Bool { (try? String(contentsOfFile: stamp, encoding: .utf8)) == stampText }

    private func openParts() throws -> [Int64: VectorIndex] {
        var opened: [Int64: VectorIndex] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            guard name.hasPrefix("c"), let top = Int64(name.dropFirst()) else { continue }
            let index = try VectorIndex.open(at: "\(folder)/\(name)", options: vectors)
            guard index.schema.dimensions == generation.dimensions else {
                throw VectorIndexError.otherSchema("\(index.schema.dimensions) dimensions")
            }
            opened[top] = index
        }
        return opened
    }

    /// Builds everything from the tables. What stood there is kept aside, once.
    func rebuild() async throws {
        for index in takeParts() { await index.close() }
        try setAside()
        let position = try await database.read { try Meta.position($0) }
        var builders: [Int64: VectorIndexBuilder] = [:]
        var last: Int64 = 0
        while true {
            let rows = try await database.read { [catalogue, generation, last] connection in
                try GenerationQueries.indexed(
                    generation: generation.number, of: catalogue, after: last, limit: Self.page, connection)
            }
            guard let end = rows.last else { break }
            for row in rows where row.fits(generation) {
                if builders[row.top] == nil {
                    builders[row.top] = try VectorIndexBuilder(schema: schema(), options: vectors)
                }
                try builders[row.top]?.add(row.item)
            }
            last = end.picture
        }
        for (top, builder) in builders { try builder.finish(at: "\(folder)/c\(top)") }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let opened = try openParts()
        parts.withLock { $0 = opened }
        try await commit(position, shown: [])
        try Data(stampText.utf8).write(to: URL(fileURLWithPath: stamp), options: .atomic)
    }

    private func setAside() throws {
        let files = FileManager.default
        guard files.fileExists(atPath: folder) else { return }
        let aside = folder + ".damaged"
        try? files.removeItem(atPath: aside)
        try files.moveItem(atPath: folder, toPath: aside)
    }

    private func schema() throws -> VectorSchema { try VectorSchema(dimensions: generation.dimensions) }

    private func takeParts() -> [VectorIndex] {
        parts.withLock { parts in
            defer { parts = [:] }
            return Array(parts.values)
        }
    }

    func close() async {
        for index in takeParts() { await index.close() }
    }

    /// Deletes the files.
    func delete() async throws {
        await close()
        try? FileManager.default.removeItem(atPath: folder + ".damaged")
        if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
    }

    // MARK: Following

    /// Takes one page of the outbox. Returns false when there was nothing new.
    ///
    /// What is applied is what the tables say now, so a page that is taken twice changes nothing.
    func step() async throws -> Bool {
        let (start, page) = try await database.read { [consumer] connection in
            let start = try ConsumerOffset.position(of: consumer, connection) ?? 0
            let entries = try Outbox.entries(after: start, limit: Self.page, connection)
            let isFull = entries.count == Self.page
            let through = isFull ? entries.last?.position ?? start : max(start, try Meta.position(connection))
            return (start, StreamPage(entries: entries, through: through))
        }
        guard page.through > start else { return false }
        let events = page.entries.compactMap(CatalogueEvent.read).filter { $0.catalogue == catalogue }.map(\.event)
        let pictures = try await database.readWithoutLimit { connection in
            var pictures: Set<Int64> = []
            for event in events { pictures.formUnion(try event.pictures(connection)) }
            return pictures.sorted()
        }
        var shown: [Int64] = []
        for start in stride(from: 0, to: pictures.count, by: Self.page) {
            shown += try await apply(Array(pictures[start..<min(start + Self.page, pictures.count)]))
        }
        // A page without news of this catalogue costs no commit until there are many of them.
        if !events.isEmpty || page.through - start > 10_000 { try await commit(page.through, shown: shown) }
        // Pictures that are there now may have let others go, which is news too.
        return !events.isEmpty || page.entries.count == Self.page
    }

    /// Keeps how far the index has come, and tells pictures that came into the answering one.
    private func commit(_ position: Int64, shown: [Int64]) async throws {
        try await database.write { [consumer, catalogue, generation] context in
            try ConsumerOffset.set(consumer, position, in: context)
            let serving = try CatalogueQueries.numbered(catalogue, context.connection)?.serving
            guard serving == generation.number else { return }
            for picture in try PictureQueries.waiting(among: shown, context.connection) {
                guard var machine = try PictureQueries.machine(picture, context.connection) else { continue }
                try Catalogue.hear(
                    [.finished(.index), .finished(.show)], &machine, of: catalogue, in: context)
            }
        }
    }

    /// Makes the parts hold what the tables say of some pictures; returns those that are in now.
    private func apply(_ pictures: [Int64]) async throws -> [Int64] {
        let rows = try await database.read { [generation] connection in
            try pictures.map { picture in
                (picture, try GenerationQueries.indexed(picture, generation: generation.number, connection))
            }
        }
        var changes: [Int64: [VectorChange]] = [:]
        var shown: [Int64] = []
        for (picture, row) in rows {
            let id = UInt64(bitPattern: picture)
            if let row, row.fits(generation) {
                try makePart(row.top)
                changes[row.top, default: []].append(.put(row.item))
                shown.append(picture)
            }
            for (top, index) in parts.withLock({ $0 }) where top != row?.top && index.item(id) != nil {
                changes[top, default: []].append(.remove(id))
            }
        }
        for (top, changes) in changes {
            guard let index = parts.withLock({ $0[top] }) else { continue }
            try await index.apply(changes)
        }
        return shown
    }

    /// Only the follower makes parts, and there is one of it.
    private func makePart(_ top: Int64) throws {
        guard parts.withLock({ $0[top] }) == nil else { return }
        let index = try VectorIndex.create(at: "\(folder)/c\(top)", schema: schema(), options: vectors)
        parts.withLock { $0[top] = index }
    }

    // MARK: Searching

    /// A vector that was found, and the top category it stands in.
    struct Hit: Sendable {
        let picture: Int64
        let top: Int64
        let similarity: Float
    }

    /// The nearest vectors of each part.
    struct Near: Sendable {
        /// What was asked for.
        let vector: [Float]
        /// How many of each part.
        let k: Int
        fileprivate let hits: [Int64: [Hit]]

        /// The nearest of some parts, or of all of them, nearest first; `count` is `k` at most.
        func nearest(_ count: Int, tops: Set<Int64>? = nil) -> [Hit] {
            var chosen: [Hit] = []
            for (top, hits) in hits where tops?.contains(top) ?? true { chosen += hits }
            chosen.sort { ($1.similarity, $0.picture) < ($0.similarity, $1.picture) }
            return Array(chosen.prefix(count))
        }
    }

    /// Asks each part once; what is nearest in any of them, or in all together, is known then.
    ///
    /// - Parameter filters: what may be found; no vector passes two of them.
    /// - Throws: ``RequestError`` 409 `VITRINE_SPACE` for a vector of another length, which no model of the space makes.
    func near(_ vector: [Float], k: Int, tops: Set<Int64>? = nil, filters: [VectorFilter?] = [nil]) throws -> Near {
        try Catalogue.require(EmbeddingSpace(name: generation.space, dimensions: vector.count), in: generation)
        var hits: [Int64: [Hit]] = [:]
        for (top, index) in parts.withLock({ $0 }) where tops?.contains(top) ?? true {
            for filter in filters {
                hits[top, default: []] += try index.search(vector, k: k, filter: filter).map { hit in
                    Hit(picture: Int64(bitPattern: hit.id), top: top, similarity: 1 - hit.distance)
                }
            }
        }
        return Near(vector: vector, k: k, hits: hits)
    }

    /// The nearest vectors of some parts, or of all of them, nearest first.
    func search(_ vector: [Float], k: Int, tops: Set<Int64>? = nil, filters: [VectorFilter?] = [nil]) throws -> [Hit] {
        try near(vector, k: k, tops: tops, filters: filters).nearest(k)
    }

    /// The top categories that it has parts for.
    var tops: Set<Int64> { Set(all.keys) }

    var count: Int { parts.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    /// The parts by top category.
    var all: [Int64: VectorIndex] { parts.withLock { $0 } }

    func compact() async throws {
        for index in all.values { try await index.compact() }
    }
}

extension IndexedPicture {
    /// Whether the index takes the vector; one that it does not must not hold up the others.
    fileprivate func fits(_ generation: IndexGeneration) -> Bool {
        vector.count == generation.dimensions && vector.allSatisfy { $0.isFinite && abs($0) <= 1e15 }
            && vector.contains { abs($0) >= 1e-15 }
    }

    /// The vector with what it is filtered by; bit 0 of the flags says that the item is in stock. A price that is not
    /// known is beyond every range.
    var item: VectorItem {
        let isInStock = stock.map { $0 > 0 } ?? true
        let attributes = VectorAttributes(
            tenant: UInt32(clamping: shop), category: UInt16(clamping: ordinal),
            flags: isInStock ? 1 : 0, price: price.map { min(UInt32(clamping: $0), .max - 1) } ?? .max)
        return VectorItem(id: UInt64(bitPattern: picture), vector: vector, attributes: attributes)
    }
}
