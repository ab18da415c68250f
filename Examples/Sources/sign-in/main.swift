// Makes an account, signs in with its password, and finds the session of the token.
//   swift run --package-path Examples sign-in
import Accounts
import Basics
import Foundation
import Storage

let folder = FileManager.default.temporaryDirectory.appending(path: "vitrine-sign-in-\(UUID().uuidString)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }

let database = try Database.open(
    path: folder.appending(path: "accounts.db").path, migrations: Accounts.migrations)
let accounts = Accounts(database: database, serverName: "shop.example", clock: SystemWallClock())

_ = try await accounts.register(Registration(localpart: "mei", password: "a long enough password", kind: .staff))
let grant = try await accounts.login(
    identifier: ["type": "m.id.user", "user": "mei"], password: "a long enough password")
let session = try await accounts.session(token: grant.accessToken)
print("\(session.user.text) is signed in on \(session.deviceID)")

do {
    _ = try await accounts.login(identifier: ["type": "m.id.user", "user": "mei"], password: "a guess")
} catch let error as RequestError {
    print("a wrong password: \(error.status) \(error.code)")
}
await database.close()
