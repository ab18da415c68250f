import ArgumentParser
import Basics
import Foundation
import Inference
import Logging
import Server
import Storage
import VisualSearch

/// Which catalogue of which data folder is meant.
struct CatalogueFlags: ParsableArguments {
    @Option(name: .long, help: "The catalogue; may be left out where there is just one.") var catalogue: String?
    @OptionGroup var data: DataFlags
    @Option(
        name: .customLong("models"),
        help: "A folder with models (manifest and .onnx side by side); without: DIR/models, then Models.")
    var modelFolders: [String] = []

    /// Opens the catalogue, runs the body, and closes everything again.
    func work<Value: Sendable>(
        creates: Bool = false, _ body: (Catalogue, CatalogueJobs) async throws -> Value
    ) async throws -> Value {
        try await catalogues { catalogues in
            let catalogue = try await named(in: catalogues, creates: creates)
            let http = OutgoingHTTP()
            let jobs = CatalogueJobs(
                catalogues, fetch: .outgoing(http, except: try data.load().pushNetworks))
            do {
                // This process alone has the folder: what others began and did not end goes on.
                try await jobs.takeOver()
                try await catalogue.finishPending()
                let value = try await body(catalogue, jobs)
                await http.close()
                return value
            } catch {
                await http.close()
                throw error
            }
        }
    }

    private func named(in catalogues: Catalogues, creates: Bool) async throws -> Catalogue {
        let names = try await catalogues.names()
        guard let name = catalogue ?? (names.count == 1 ? names.first : nil) else {
            throw Failure(
                names.isEmpty
                    ? "There is no catalogue yet. Name one: --catalogue NAME."
                    : "Which catalogue? There are: \(names.joined(separator: ", ")).")
        }
        if creates, !names.contains(name) { return try await catalogues.create(name) }
        return try await catalogues.catalogue(name)
    }

    /// Opens all catalogues of the data folder.
    func catalogues<Value: Sendable>(_ body: (Catalogues) async throws -> Value) async throws -> Value {
        // What a shop keeps is for the account that serves it alone.
        umask(0o077)
        let folder = try data.load().data
        let directory = DataDirectory(folder)
        let lock: DirectoryLock
        do {
            lock = try directory.lock()
        } catch let error as StorageError where error.kind == .busy {
            throw Failure("Another vitrine is working on \(folder). Stop it first.")
        } catch {
            throw Failure.explaining(error)
        }
        let database: Database
        do {
            database = try Database.open(path: directory.databasePath, migrations: ServerCore.migrations)
        } catch {
            throw Failure.explaining(error)
        }
        defer { withExtendedLifetime(lock) {} }
        do {
            let value = try await body(try await open(folder, directory, database))
            await database.close()
            return value
        } catch {
            await database.close()
            throw Failure.explaining(error)
        }
    }

    private func open(_ folder: String, _ directory: DataDirectory, _ database: Database) async throws -> Catalogues {
        let folders = modelFolders.isEmpty ? ["\(folder)/models", "Models"] : modelFolders
        let installed = InstalledModels(
            folders: folders, runtimeFolders: InferencePlaces.folders(data: folder))
        for problem in installed.problems { Terminal.warn(problem) }
        let blobs = try BlobStore(directory: directory.blobPath, database: database)
        let catalogues = Catalogues.open(
            database: database, blobs: blobs, folder: "\(folder)/catalogues", models: installed.models)
        // Versions that the registry lets serve come first, as they do in the server, unless a folder is named.
        var logger = Logger(label: "vitrine.models")
        logger.logLevel = .warning
        await ModelService(
            database: database, blobs: blobs, clock: SystemWallClock(), settings: .init(data: folder), logger: logger
        ).serve(catalogues, arePreferred: modelFolders.isEmpty)
        return catalogues
    }
}

/// Carries out a job that was just asked for, with a bar.
enum JobProgress {
    static func finish(_ number: Int64, _ title: String, _ jobs: CatalogueJobs) async throws -> JSON {
        let shown = ShownProgress(title)
        while let job = try await jobs.runNext(owner: "vitrine", progress: { shown.show($0, $1) }) {
            if job.number == number, job.state.isFinal { break }
        }
        shown.finish()
        guard let job = try await jobs.job(number) else { throw Failure("The job \(number) is gone.") }
        guard job.state == .done, let result = job.result else {
            throw Failure(
                "\(title) did not end: \(job.error ?? "it waits"). Run the command again: it goes on where it stopped.")
        }
        return try JSON(parsing: result)
    }
}
