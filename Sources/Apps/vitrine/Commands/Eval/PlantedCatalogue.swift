import Basics
import Foundation
import Storage
import VisualSearch

/// A catalogue of made-up items in a temporary folder, for measuring.
struct PlantedCatalogue {
    let folder: String
    let models: CatalogueModels

    /// Fills a catalogue, runs the body, and deletes everything again.
    static func with<Value: Sendable>(
        _ count: Int, models: CatalogueModels, seed: UInt64, _ body: (PlantedCatalogue) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let planted = PlantedCatalogue(folder: folder, models: models)
        if count > 0 {
            // Made-up items go into the tables; the index is built from them by the next start.
            try await planted.opened { catalogue in
                let shown = ShownProgress("filling")
                try await catalogue.plant(count, seed: seed) { shown.show($0) }
                shown.finish()
            }
            try FileManager.default.removeItem(atPath: "\(folder)/index")
        }
        return try await body(planted)
    }

    /// Opens the catalogue and closes it again.
    ///
    /// - Parameter change: changes how it works.
    func opened<Value: Sendable>(
        _ change: (inout CatalogueOptions) -> Void = { _ in }, _ body: (Catalogue) async throws -> Value
    ) async throws -> Value {
        let database = try Database.open(path: "\(folder)/planted.db", migrations: VisualSearchSchema.migrations)
        var options = CatalogueOptions()
        options.width = 1
        change(&options)
        let catalogues = Catalogues.open(
            database: database, blobs: try BlobStore(directory: "\(folder)/blobs", database: database),
            folder: "\(folder)/index", models: models, options: options)
        let isNew = try await catalogues.names().isEmpty
        let value = try await body(
            isNew ? try await catalogues.create("planted") : try await catalogues.catalogue("planted"))
        await catalogues.close()
        await database.close()
        return value
    }
}
