import Accounts
import Basics
import Foundation
import Messaging
import Storage
import Synchronization
import TestSupport
import Testing

/// A store of user data beside accounts and rooms, on a database in a folder of its own.
struct UserDataFixture {
    let database: Database
    let accounts: Accounts
    let engine: MessagingEngine
    let store: UserDataStore
    let clock: MockWallClock
    /// The positions that were announced, and to whom.
    let announced: Announcements

    final class Announcements: Sendable {
        private let list = Mutex<[(position: Int64, users: [Int64])]>([])
        var all: [(position: Int64, users: [Int64])] { list.withLock { $0 } }
        func append(_ position: Int64, _ users: [Int64]) { list.withLock { $0.append((position, users)) } }
    }

    static func run(_ body: (UserDataFixture) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-data-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let clock = MockWallClock()
        let database = try Database.open(
            path: folder.appending(path: "test.db").path,
            migrations: Accounts.migrations + MessagingEngine.migrations + UserDataStore.migrations
                + MediaStore.migrations, clock: clock)
        let accounts = Accounts(database: database, serverName: "shop.test", clock: clock)
        let engine = MessagingEngine(database: database, accounts: accounts, clock: clock)
        let announced = Announcements()
        let store = UserDataStore(database: database, accounts: accounts, clock: clock) { position, users, context in
            announced.append(position, users)
            engine.announce(position, to: users, in: context)
        }
        accounts.hooks.devicesRemoved = { context, devices in try store.remove(devices, in: context) }
        do {
            try await body(
                UserDataFixture(
                    database: database, accounts: accounts, engine: engine, store: store, clock: clock,
                    announced: announced))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// A new user's session.
    func user(_ name: String, device: String = "PHONE") async throws -> Session {
        let wish = Registration(localpart: name, device: DeviceRequest(deviceID: device, displayName: "\(name)'s"))
        let grant = try #require(try await accounts.register(wish).grant)
        return try await accounts.session(token: grant.accessToken)
    }

    /// Another device of a user.
    func device(_ id: String, of session: Session) async throws -> Session {
        let user = try #require(try await accounts.user(number: session.userNumber))
        let grant = try await accounts.openSession(of: user, device: DeviceRequest(deviceID: id))
        return try await accounts.session(token: grant.accessToken)
    }

    /// A room that the first user makes and the others join.
    func room(_ members: Session...) async throws -> String {
        let owner = try #require(members.first)
        let room = try await engine.createRoom(owner, try RoomCreation(["preset": "public_chat"]))
        for member in members.dropFirst() { _ = try await engine.join(member, roomOrAlias: room) }
        return room
    }

    func news(_ session: Session, after: Int64?) async throws -> PersonalNews {
        try await store.news(for: session, after: after, upTo: database.position)
    }
}

/// The code of the refusal that a call throws, `nil` if it passes.
func refusal(_ body: () async throws -> Void) async throws -> String? {
    do {
        try await body()
        return nil
    } catch let error as RequestError {
        return error.code
    }
}

extension PersonalNews {
    func accountData(_ type: String) -> JSON? {
        accountData.first { $0.type == type }.flatMap { try? JSON(parsing: $0.content) }
    }
}
