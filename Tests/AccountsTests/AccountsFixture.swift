import Basics
import Foundation
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Accounts

/// Accounts on a fresh database in a folder of its own, at a time that the test sets.
struct AccountsFixture {
    static let start: Int64 = 1_700_000_000_000
    static let password = "correct horse"

    let clock: MockWallClock
    let database: Database
    let accounts: Accounts

    /// Runs a test on fresh accounts and cleans up after it. Passwords cost next to nothing here.
    static func run(
        _ adjust: (inout AccountPolicy) -> Void = { _ in }, _ body: (AccountsFixture) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-accounts-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var policy = AccountPolicy()
        policy.registration = .open
        policy.passwordCost = PasswordCost(memoryKibibytes: 64, passes: 1)
        adjust(&policy)
        let clock = MockWallClock(start)
        let database = try Database.open(
            path: folder.appending(path: "test.db").path, migrations: Accounts.migrations, clock: clock)
        let fixture = AccountsFixture(
            clock: clock, database: database,
            accounts: Accounts(database: database, serverName: "shop.test", policy: policy, clock: clock))
        do {
            try await body(fixture)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// The same accounts with empty caches, as after a restart.
    func restarted() -> Accounts {
        Accounts(database: database, serverName: "shop.test", policy: accounts.policy, clock: clock)
    }

    func register(_ localpart: String, device: String? = nil, refreshable: Bool = false) async throws -> LoginGrant {
        let wish = Registration(
            localpart: localpart, password: Self.password,
            device: DeviceRequest(deviceID: device, wantsRefreshToken: refreshable))
        return try #require(try await accounts.register(wish).grant)
    }

    func login(
        _ user: String, password: String = password, device: DeviceRequest = .init(), address: String? = nil
    ) async throws -> LoginGrant {
        try await accounts.login(
            identifier: Self.name(user), password: password, device: device, address: address)
    }

    static func name(_ user: String) -> JSONObject {
        ["identifier": ["type": "m.id.user", "user": .string(user)]]
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

/// Collects what hooks report.
final class Recorder<Value: Sendable>: Sendable {
    private let store = Mutex<[Value]>([])
    var values: [Value] { store.withLock { $0 } }
    func append(_ value: Value) { store.withLock { $0.append(value) } }
}
