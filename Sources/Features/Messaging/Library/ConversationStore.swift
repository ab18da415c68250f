internal import Accounts
public import Basics
internal import Storage
internal import Synchronization

/// Conversations in a folder, for programs that want no server: people, rooms, messages, and what each of them has
/// still to hear of.
///
/// The folder is that of a Vitrine server and obeys the same rules: what was answered is on disk, everybody who may see
/// a message gets it exactly once and in the same order, and a process that is killed loses nothing that was answered.
/// One process at a time may hold it. All methods may be called from any task.
public final class ConversationStore: Sendable {
    /// The name in the ids of users and rooms.
    public let serverName: String

    let engine: MessagingEngine
    private let accounts: Accounts
    private let database: Database
    /// The claim on the folder, until the store is closed.
    private let lock: Mutex<DirectoryLock?>

    private init(_ engine: MessagingEngine, _ lock: DirectoryLock) {
        self.engine = engine
        self.lock = Mutex(lock)
        accounts = engine.accounts
        database = engine.database
        serverName = engine.serverName
    }

    /// Opens a folder, making it when there is none.
    ///
    /// - Parameters:
    ///   - folder: the path of the folder.
    ///   - serverName: the name in the ids of users and rooms, for ever; a host name such as `shop.example`.
    ///   - clock: the time of day, in milliseconds since 1970.
    /// - Throws: `RequestError` with `M_INVALID_PARAM` when the folder belongs to another server name; an error of the
    ///   database when another process holds the folder or the file cannot be read.
    public static func open(
        folder: String, serverName: String = "localhost", clock: any WallClock = SystemWallClock()
    ) async throws -> ConversationStore {
        guard ServerName.isValid(serverName) else {
            throw RequestError.invalidParam("'\(serverName)' is no server name; use a host name such as shop.example.")
        }
        let directory = DataDirectory(folder)
        let lock = try directory.lock()
        let migrations =
            Accounts.migrations + MessagingEngine.migrations + UserDataStore.migrations + MediaStore.migrations
        let database = try Database.open(path: directory.databasePath, migrations: migrations, clock: clock)
        do {
            try await claim(serverName, in: database)
        } catch {
            await database.close()
            throw error
        }
        let accounts = Accounts(database: database, serverName: serverName, clock: clock)
        let engine = MessagingEngine(database: database, accounts: accounts, clock: clock)
        engine.userData = UserDataStore(database: database, accounts: accounts, clock: clock) {
            [weak engine] position, users, context in engine?.announce(position, to: users, in: context)
        }
        return ConversationStore(engine, lock)
    }

    private static func claim(_ name: String, in database: Database) async throws {
        let known: String? = try await database.write { context in
            if let known: String = try Meta.get("server_name", context.connection) { return known }
            try Meta.set("server_name", .text(name), context.connection)
            return nil
        }
        guard let known, known != name else { return }
        throw RequestError.invalidParam("This folder belongs to the server name '\(known)', not to '\(name)'.")
    }

    /// Ends all waiting and closes the files. Nothing may be called afterwards.
    public func close() async {
        engine.closePolls()
        await database.close()
        lock.withLock { $0 = nil }
    }

    /// Somebody who takes part, on one device: made on first use, found again later.
    ///
    /// - Parameters:
    ///   - name: the part of the user id between `@` and `:`; lower case letters, digits and `._=-/`.
    ///   - displayName: the name shown to others, for an account that is made now.
    ///   - device: the device; each device keeps its own place in what it has heard.
    public func participant(
        _ name: String, displayName: String? = nil, device: String = "MAIN"
    ) async throws -> Participant {
        var user = try await accounts.user(localpart: name)
        if user == nil {
            user = try await accounts.register(Registration(localpart: name, displayName: displayName)).user
        }
        guard let user else { throw RequestError.notFound("There is no user \(name).") }
        let known = try await accounts.devices(of: user.number).first { $0.deviceID == device }
        let number: Int64
        if let known {
            number = known.number
        } else {
            number = try await accounts.openSession(of: user, device: DeviceRequest(deviceID: device)).deviceNumber
        }
        let session = Session(
            userNumber: user.number, user: user.identifier, deviceNumber: number, deviceID: device, kind: user.kind)
        return Participant(session: session, engine: engine)
    }
}
