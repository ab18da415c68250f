internal import Basics
public import Storage
import Synchronization

/// The catalogues of a data folder.
///
/// ```
/// let catalogues = Catalogues.open(database: database, blobs: blobs, folder: "data/index")
/// let shop = try await catalogues.create("summer")
/// try await shop.put(ItemDraft(sku: "4711", title: "Red boots"), pictures: [PictureUpload(bytes: jpeg)])
/// let answer = try await shop.scan(photo)
/// ```
public final class Catalogues: Sendable {
    let environment: CatalogueEnvironment
    /// One task opens a catalogue, however many ask for it: two would take its files from each other.
    private let opened = Mutex<[Int64: Task<Catalogue, any Error>]>([:])

    private init(_ environment: CatalogueEnvironment) { self.environment = environment }

    /// Opens the catalogues of a database.
    ///
    /// - Parameters:
    ///   - database: a database with ``VisualSearchSchema/migrations``.
    ///   - blobs: where the files of pictures lie.
    ///   - folder: where the indexes of vectors lie; what is missing there is built again. One process at a time.
    ///   - models: what pictures are looked at with.
    public static func open(
        database: Database, blobs: BlobStore, folder: String, models: CatalogueModels = CatalogueModels(),
        options: CatalogueOptions = CatalogueOptions()
    ) -> Catalogues {
        Catalogues(
            CatalogueEnvironment(
                database: database, blobs: blobs, folder: folder, shelf: ModelShelf(models), options: options,
                work: HeavyWork(width: options.width)))
    }

    /// Makes a catalogue with the eleven categories that every one begins with.
    ///
    /// - Throws: ``RequestError`` 400 for an impossible name, 409 when there is one of that name.
    public func create(_ name: String) async throws -> Catalogue {
        try await create(name, in: environment.models.embedders[0].space)
    }

    func create(_ name: String, in space: EmbeddingSpace) async throws -> Catalogue {
        guard Self.isPossible(name) else {
            throw RequestError.invalidParam(
                "A catalogue's name has 1 to 64 bytes of letters, digits, dots, hyphens or underscores, not '\(name)'.")
        }
        try await environment.database.write { context in
            guard try CatalogueQueries.named(name, context.connection) == nil else {
                throw RequestError(status: 409, code: "exists", message: "There is a catalogue '\(name)' already.")
            }
            let number = try CatalogueQueries.insert(name, in: context)
            let generation = try GenerationQueries.insert(
                space: space.name, dimensions: space.dimensions, state: .live, of: number, in: context)
            try CatalogueQueries.setServing(generation, of: number, in: context)
        }
        return try await catalogue(name)
    }

    private static func isPossible(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.first != "."
            && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" }
    }

    /// The catalogue of a name, opened: its index is brought up to date.
    ///
    /// - Throws: ``RequestError`` 404 when there is none.
    public func catalogue(_ name: String) async throws -> Catalogue {
        let record = try await environment.database.read { try CatalogueQueries.named(name, $0) }
        guard let record else {
            let names = try await names()
            let known = names.isEmpty ? "There is none yet." : "There are: \(names.joined(separator: ", "))."
            throw RequestError.notFound("There is no catalogue '\(name)'. \(known)")
        }
        let task = opened.withLock { opened in
            if let task = opened[record.number] { return task }
            let task = Task { [environment] in try await Catalogue.open(record, in: environment) }
            opened[record.number] = task
            return task
        }
        do {
            return try await task.value
        } catch {
            // The next one who asks tries again.
            opened.withLock { if $0[record.number] == task { $0[record.number] = nil } }
            throw error
        }
    }

    /// The names of all catalogues.
    public func names() async throws -> [String] {
        try await environment.database.read { try CatalogueQueries.all($0).map(\.name) }
    }

    /// Lets go of the indexes.
    public func close() async {
        let all = opened.withLock { opened in
            defer { opened = [:] }
            return Array(opened.values)
        }
        for task in all { await (try? task.value)?.indexes.close() }
    }
}

/// What all catalogues of a folder share.
struct CatalogueEnvironment: Sendable {
    let database: Database
    let blobs: BlobStore
    let folder: String
    let shelf: ModelShelf
    let options: CatalogueOptions
    let work: HeavyWork

    /// What pictures are looked at with at this moment.
    var models: CatalogueModels { shelf.models }
}
