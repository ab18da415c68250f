package import Accounts
package import Basics
import Foundation
import Inference
package import Logging
package import Messaging
package import ServiceDesk
package import Storage
package import VisualSearch

/// The parts of a server that stand on its data folder, opened and wired to each other.
///
/// The server and the commands that work on a folder without a server share it.
package struct ServerCore: Sendable {
    /// The folder and the claim on it.
    package let directory: DataDirectory
    let lock: DirectoryLock
    /// The database.
    package let database: Database
    /// Uploaded files.
    package let blobs: BlobStore
    /// Users and sessions.
    package let accounts: Accounts
    /// Conversations.
    package let messaging: MessagingEngine
    /// The full-text index of messages.
    package let search: SearchIndex
    /// What belongs to users alone.
    package let userData: UserDataStore
    /// Pictures and files.
    package let media: MediaStore
    /// Models: their versions, and those that are loaded.
    package let models: ModelService
    /// Panoramas that are made here.
    package let panoramas: Panoramas
    /// What can be found by picture.
    package let catalogues: Catalogues
    /// Who serves which conversation.
    package let desk: Desk
    /// The desk's numbers.
    package let statistics: Statistics
    /// The clock of all of them.
    package let clock: any WallClock

    /// Every step of the schema, in order.
    package static var migrations: [Migration] {
        Accounts.migrations + MessagingEngine.migrations + UserDataStore.migrations + MediaStore.migrations
            + VisualSearchSchema.migrations + ModelRows.migrations + PanoramaRows.migrations + Desk.migrations
    }

    /// Opens the data folder of a configuration, making it when there is none.
    ///
    /// - Throws: `StorageError`, of kind `busy` while another process holds the folder; ``ConfigurationError`` when
    ///   the server name is not the one in the folder.
    package static func open(_ configuration: Configuration, logger: Logger) async throws -> ServerCore {
        // What customers said is for the account that serves it alone: no file of the folder is readable by others.
        umask(0o077)
        let directory = DataDirectory(configuration.data)
        let lock = try directory.lock()
        var options = DatabaseOptions()
        options.onFatal = { error in
            logger.critical("the database cannot go on safely; the process ends", metadata: ["error": "\(error)"])
            exit(EXIT_FAILURE)
        }
        let clock = SystemWallClock()
        let database = try Database.open(
            path: directory.databasePath, migrations: migrations, options: options, clock: clock)
        do {
            let name = try await ServerNameRecord.settle(configuration.serverName, in: database)
            return try await assemble(configuration, name, directory, lock, database, clock, logger)
        } catch {
            await database.close()
            throw error
        }
    }

    private static func assemble(
        _ configuration: Configuration, _ serverName: String, _ directory: DataDirectory, _ lock: DirectoryLock,
        _ database: Database, _ clock: any WallClock, _ logger: Logger
    ) async throws -> ServerCore {
        var policy = AccountPolicy()
        policy.registration = configuration.registration
        policy.sharedSecret = configuration.registrationSharedSecret
        if !configuration.hasRateLimits {
            // Load programs and conformance suites log in fast and with short passwords.
            policy.loginLimit = nil
            policy.minimumPasswordLength = 1
        }
        let accounts = Accounts(database: database, serverName: serverName, policy: policy, clock: clock)
        var settings = MessagingSettings()
        settings.shopName = configuration.shopName
        let messaging = MessagingEngine(database: database, accounts: accounts, clock: clock, settings: settings)
        let userData = UserDataStore(database: database, accounts: accounts, clock: clock) {
            [weak messaging] position, users, context in messaging?.announce(position, to: users, in: context)
        }
        messaging.userData = userData
        let blobs = try BlobStore(directory: directory.blobPath, database: database)
        var mediaPolicy = MediaPolicy()
        mediaPolicy.maximumBytes = Int64(configuration.maximumUploadBytes)
        if !configuration.hasRateLimits { mediaPolicy.quota = nil }
        let media = MediaStore(
            database: database, blobs: blobs, serverName: serverName,
            policy: mediaPolicy, clock: clock
        ) { user in try await accounts.user(number: user)?.avatarURL }
        connect(accounts, messaging, userData)
        let search = try await SearchIndex.open(path: directory.searchPath, engine: messaging)
        let models = ModelService(
            database: database, blobs: blobs, clock: clock, settings: .init(data: directory.path), logger: logger)
        var times = DeskTimes()
        times.lostGrace = Int64(configuration.agentLostSeconds) * 1_000
        let desk = Desk(database: database, messaging: messaging, accounts: accounts, times: times)
        let statistics = try await Statistics.open(path: directory.statisticsPath, desk: desk, clock: clock)
        let catalogues = Catalogues.open(
            database: database, blobs: blobs, folder: directory.vectorPath, models: pictureModels(configuration, logger)
        )
        await models.serve(catalogues)
        return ServerCore(
            directory: directory, lock: lock, database: database, blobs: blobs, accounts: accounts,
            messaging: messaging, search: search, userData: userData, media: media, models: models,
            panoramas: Panoramas(database: database, blobs: blobs, media: media, folder: directory.panoramaPath),
            catalogues: catalogues, desk: desk, statistics: statistics, clock: clock)
    }

    /// The models that pictures are looked at with: those of the data folder, then those that lie beside the pages. A
    /// model that cannot be used is said so and left out; the built-in feature is always there.
    private static func pictureModels(_ configuration: Configuration, _ logger: Logger) -> CatalogueModels {
        var folders = ["\(configuration.data)/models"]
        if let web = try? WebFolder.find(configuration.web) {
            folders.append(URL(filePath: web).deletingLastPathComponent().appending(path: "Models").path())
        }
        let installed = InstalledModels(
            folders: folders, runtimeFolders: InferencePlaces.folders(data: configuration.data))
        for problem in installed.problems { logger.warning("a model is left out", metadata: ["why": "\(problem)"]) }
        return installed.models
    }

    /// Tells conversations of what happens to accounts.
    private static func connect(_ accounts: Accounts, _ messaging: MessagingEngine, _ userData: UserDataStore) {
        var hooks = accounts.hooks
        hooks.sessionsEnded = { [weak messaging] devices in messaging?.endPolls(ofDevices: devices) }
        hooks.devicesRemoved = { [weak userData] context, devices in try userData?.remove(devices, in: context) }
        hooks.profileChanged = { [weak messaging] change in
            guard change.spreads else { return }
            try await messaging?.profileChanged(change.user)
        }
        hooks.userDeactivated = { [weak messaging] user in try await messaging?.leaveAllRooms(user) }
        accounts.hooks = hooks
    }
}

/// The server name as it stands in the database, from the first start on.
package enum ServerNameRecord {
    private static let key = "server_name"

    /// Takes the wished name when the database has none, `localhost` when nobody wishes for one.
    ///
    /// - Throws: ``ConfigurationError`` when another name is wished than the one that ids were made with.
    static func settle(_ wished: String?, in database: Database) async throws -> String {
        if let known = try await database.read({ try read($0) }) {
            guard let wished, wished != known else { return known }
            throw ConfigurationError(
                "This data folder belongs to the server name '\(known)'; it cannot become '\(wished)', because every "
                    + "user and room id holds the name. Leave --server-name out, or choose another --data folder.")
        }
        let name = wished ?? "localhost"
        try await database.write { context in
            try Meta.set(key, .text(name), context.connection)
        }
        return name
    }

    /// The name in a database; nil before the first start.
    package static func read(_ connection: Connection) throws -> String? {
        try Meta.get(key, connection)
    }
}

extension ServerCore {
    /// Ends what was opened; commands call it, the server does it in its own order.
    package func close() async {
        try? await accounts.flushActivity()
        await catalogues.close()
        await search.close()
        await statistics.close()
        await database.close()
    }
}
