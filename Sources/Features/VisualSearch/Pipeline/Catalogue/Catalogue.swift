public import Basics
public import Storage

/// One catalogue: its items and pictures, searchable by picture.
public final class Catalogue: Sendable {
    /// Its name.
    public let name: String
    let number: Int64
    let environment: CatalogueEnvironment
    let indexes: IndexSet
    let prints: FingerprintBook
    let spaces = SpaceBook()

    var database: Database { environment.database }
    var options: CatalogueOptions { environment.options }

    private init(_ record: CatalogueRecord, _ environment: CatalogueEnvironment, _ prints: FingerprintBook) {
        name = record.name
        number = record.number
        self.environment = environment
        self.prints = prints
        indexes = IndexSet(catalogue: record.number, environment)
    }

    /// Opens a catalogue: reads its fingerprints, brings its index up to date.
    static func open(_ record: CatalogueRecord, in environment: CatalogueEnvironment) async throws -> Catalogue {
        let prints = FingerprintBook()
        try await prints.load(record.number, from: environment.database)
        let catalogue = Catalogue(record, environment, prints)
        try await catalogue.indexes.open()
        return catalogue
    }

    // MARK: Looking

    /// Items that are there, in the order in which they came.
    ///
    /// - Parameter after: the number of the last item of the page before; 0 for the first page.
    public func items(after number: Int64 = 0, limit: Int = 100) async throws -> [CatalogueItem] {
        let limit = min(max(1, limit), 1_000)
        return try await database.read { [catalogue = self.number] in
            try ItemQueries.page(of: catalogue, after: number, limit: limit, $0)
        }
    }

    /// One item; nil when there is none, or it was removed.
    public func item(_ number: Int64) async throws -> CatalogueItem? {
        let item = try await database.read { try ItemQueries.item(number, $0) }
        return item?.removal == nil ? item : nil
    }

    /// The items of a SKU, one a shop.
    public func items(sku: String) async throws -> [CatalogueItem] {
        try await database.read { [number] in try ItemQueries.items(sku: sku, of: number, $0) }
    }

    /// The pictures of an item that are there, in their order.
    public func pictures(of item: Int64) async throws -> [CataloguePicture] {
        try await database.read { try PictureQueries.all(of: item, $0).filter { $0.removal == nil } }
    }

    /// One picture of this catalogue, whatever became of it; nil when there is none.
    public func picture(_ picture: Int64) async throws -> CataloguePicture? {
        try await database.read { [number] in try PictureQueries.picture(picture, of: number, $0) }
    }

    /// Whether searches can find an item, and why not.
    public func standing(of item: Int64) async throws -> ItemStanding {
        ItemStanding(of: try await pictures(of: item).map(\.stage))
    }

    /// The file of a picture.
    ///
    /// - Throws: ``RequestError`` 404 when there is no such picture.
    public func file(of picture: Int64) async throws -> BlobReader {
        guard let known = try await database.read({ try PictureQueries.picture(picture, $0) }) else {
            throw RequestError.notFound("There is no picture \(picture).")
        }
        return try await environment.blobs.reader(of: known.blob)
    }

    /// The categories, in the order in which they came.
    public func categories() async throws -> [CatalogueCategory] {
        try await database.read { [number] in try CatalogueQueries.categories(of: number, $0) }
    }

    /// Adds a category, or finds the one of that name.
    ///
    /// - Parameter top: the name of the top category that it stands under; nil makes a top category, which gets an
    ///   index of its own.
    public func addCategory(_ name: String, under top: String? = nil) async throws {
        guard !name.isEmpty, name.utf8.count <= 200 else {
            throw RequestError.invalidParam("The name of a category has 1 to 200 bytes.")
        }
        try await database.write { [number] context in
            let known = try CatalogueQueries.categories(of: number, context.connection)
            let above = known.first { $0.name == top }
            guard top == nil || above != nil else {
                throw RequestError.notFound("There is no category '\(top ?? "")' to put '\(name)' under.")
            }
            _ = try CatalogueQueries.addCategory(name, under: above?.top, of: number, in: context)
        }
    }

    /// What the catalogue holds and how its index stands.
    public func statistics() async throws -> CatalogueStatistics {
        let parts = try await indexes.partitions()
        return try await database.read { [number, name] connection in
            CatalogueStatistics(
                name: name, items: try ItemQueries.count(of: number, connection),
                pictures: try PictureQueries.counts(of: number, connection),
                reviews: try ReviewQueries.counts(of: number, connection).mapValues(\.open),
                generations: try GenerationQueries.all(of: number, connection).filter { $0.state != .dropped },
                serving: try CatalogueQueries.numbered(number, connection)?.serving, partitions: parts)
        }
    }
}

/// What a catalogue holds.
public struct CatalogueStatistics: Sendable {
    /// A part of an index: the vectors of one top category.
    public struct Partition: Sendable, Hashable {
        /// The generation it belongs to.
        public let generation: Int64
        /// The top category.
        public let category: String
        /// Vectors that can be found.
        public let vectors: Int
        /// The size of its files in bytes.
        public let bytes: Int
    }

    /// The catalogue.
    public let name: String
    /// Items that are there.
    public let items: Int64
    /// Their pictures, by how far they have come.
    public let pictures: [IngestPicture.Stage: Int64]
    /// Open questions to people.
    public let reviews: [CatalogueReview.Kind: Int64]
    /// Spaces of vectors.
    public let generations: [IndexGeneration]
    /// The one that answers.
    public let serving: Int64?
    /// The parts of all indexes.
    public let partitions: [Partition]

    /// The same as JSON.
    public var json: JSON {
        [
            "catalogue": .string(name), "items": .int(items),
            "pictures": Self.object(pictures.map { ($0.key.rawValue, $0.value) }),
            "reviews": Self.object(reviews.map { ($0.key.rawValue, $0.value) }),
            "generations": .array(generations.map(described)),
            "partitions": .array(
                partitions.map { part in
                    [
                        "generation": .int(part.generation), "category": .string(part.category),
                        "vectors": .int(Int64(part.vectors)), "bytes": .int(Int64(part.bytes)),
                    ]
                }),
        ]
    }

    private func described(_ generation: IndexGeneration) -> JSON {
        let state = generation.number == serving ? "serving" : generation.state == .building ? "building" : "kept"
        return [
            "generation": .int(generation.number), "space": .string(generation.space),
            "dimensions": .int(Int64(generation.dimensions)), "state": .string(state),
        ]
    }

    private static func object(_ counts: [(String, Int64)]) -> JSON {
        var object = JSONObject()
        for (name, count) in counts.sorted(by: { $0.0 < $1.0 }) { object[name] = .int(count) }
        return .object(object)
    }
}
