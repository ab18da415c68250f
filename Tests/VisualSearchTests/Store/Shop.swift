import Basics
import Foundation
import Imaging
import Storage
import Synchronization
import VisualSearch

/// A folder with a database, files and indexes of a test's own, which can be closed and opened again.
final class Shop: Sendable {
    let path: String
    private let ownsPath: Bool

    init(path: String? = nil) throws {
        ownsPath = path == nil
        self.path = path ?? FileManager.default.temporaryDirectory.path + "/vitrine-shop-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
    }

    deinit { if ownsPath { try? FileManager.default.removeItem(atPath: path) } }

    /// The folder, opened.
    struct Open: Sendable {
        let database: Database
        let catalogues: Catalogues

        func close() async {
            await catalogues.close()
            await database.close()
        }
    }

    func open(
        _ options: CatalogueOptions = CatalogueOptions(), models: CatalogueModels = CatalogueModels(),
        clock: any WallClock = SystemWallClock()
    ) throws -> Open {
        let database = try Database.open(
            path: "\(path)/test.db", migrations: VisualSearchSchema.migrations, clock: clock)
        let blobs = try BlobStore(directory: "\(path)/blobs", database: database)
        return Open(
            database: database,
            catalogues: Catalogues.open(
                database: database, blobs: blobs, folder: "\(path)/index", models: models, options: options))
    }

    /// The folder as the program lays it out. Its database has other tables as well, which this one does not name.
    func openAsProgram() throws -> Open {
        let database = try Database.open(path: "\(path)/vitrine.db", migrations: try programMigrations())
        let blobs = try BlobStore(directory: "\(path)/media", database: database)
        return Open(
            database: database,
            catalogues: Catalogues.open(database: database, blobs: blobs, folder: "\(path)/catalogues"))
    }

    /// The steps that the program's file has been through, by name: they are done, so their bodies are not needed.
    private func programMigrations() throws -> [Migration] {
        let known = try Database.inspect(path: "\(path)/vitrine.db").migrations
        return known.filter { !$0.hasPrefix("storage-") }.map { name in Migration(name) { _ in } }
    }

    /// Opens, runs and closes.
    func with<T>(
        _ options: CatalogueOptions = CatalogueOptions(), models: CatalogueModels = CatalogueModels(),
        clock: any WallClock = SystemWallClock(), _ body: (Catalogue) async throws -> T
    ) async throws -> T {
        let open = try open(options, models: models, clock: clock)
        do {
            let names = try await open.catalogues.names()
            let catalogue =
                names.contains("shop")
                ? try await open.catalogues.catalogue("shop") : try await open.catalogues.create("shop")
            let value = try await body(catalogue)
            await open.close()
            return value
        } catch {
            await open.close()
            throw error
        }
    }
}

/// A time of day that a test moves.
final class TestClock: WallClock {
    private let time = Atomic<Int64>(1_800_000_000_000)

    func now() -> Int64 { time.load(ordering: .relaxed) }

    func advance(milliseconds: Int64) { time.wrappingAdd(milliseconds, ordering: .relaxed) }
}

/// Small pictures, made once for all tests.
enum Goods {
    private static let photos: [UInt64: [UInt8]] = {
        var photos: [UInt64: [UInt8]] = [:]
        for seed in 1...24 as ClosedRange<UInt64> {
            photos[seed] = try? Photos.photo(seed: seed, width: 96, height: 72).encoded(as: .png)
        }
        return photos
    }()

    /// A picture of a thing; different numbers show different things.
    static func photo(_ seed: UInt64) -> [UInt8] { photos[seed] ?? [] }

    /// The same thing a little darker, of another size and compressed: what a customer's photo of it may look like.
    static func again(_ seed: UInt64) throws -> [UInt8] {
        let image = try Image.decode(photo(seed)).image
        let floats = image.floats()
        let darker = Image(
            try FloatImage(
                width: floats.width, height: floats.height, channels: 3, values: floats.values.map { $0 * 0.9 }))
        let part = try darker.cropped(to: PixelBox(x: 6, y: 5, width: 84, height: 62))
        return try part.encoded(as: .jpeg(quality: 70))
    }

    static func upload(_ seed: UInt64) -> PictureUpload { PictureUpload(bytes: photo(seed), name: "\(seed).png") }
}

extension Catalogue {
    /// The SKUs that a photo finds, best first.
    func found(_ photo: [UInt8], filter: ScanFilter = ScanFilter()) async throws -> [String] {
        try await scan(photo, filter: filter).similar.map(\.style)
    }

    /// Everything that is there, in words that two runs can be compared by.
    func state() async throws -> [String] {
        var lines: [String] = []
        for item in try await items(limit: 1_000) {
            let pictures = try await pictures(of: item.number).map { "\($0.name) \($0.stage.rawValue)" }
            lines.append(
                "\(item.draft.shop)/\(item.draft.sku) \(item.draft.category): \(pictures.joined(separator: ", "))")
        }
        return lines.sorted()
    }
}
