import Accounts
import ArgumentParser
import Logging
import Server
import Storage

/// Accounts, on a data folder without a server.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Make, change and list accounts.",
        discussion: """
            These commands work on the data folder itself, so the server must not run meanwhile. While it runs, use \
            its pages or the admin routes under /_synapse/admin.
            """,
        subcommands: [UserCreate.self, UserReset.self, UserDeactivate.self, UserList.self])
}

/// Opens a data folder for a command and closes it again.
enum Offline {
    static func work<Value: Sendable>(
        _ configuration: Configuration, _ body: (ServerCore) async throws -> Value
    ) async throws -> Value {
        var logger = Logger(label: "vitrine") { LineLog(label: $0, options: configuration.log) }
        logger.logLevel = .warning
        let core: ServerCore
        do {
            core = try await ServerCore.open(configuration, logger: logger)
        } catch let error as StorageError where error.kind == .busy {
            throw Failure(
                "A server is running on \(configuration.data). Stop it first, or use its admin routes while it runs.")
        } catch {
            throw Failure.explaining(error)
        }
        do {
            let value = try await body(core)
            await core.close()
            return value
        } catch {
            await core.close()
            throw Failure.explaining(error)
        }
    }

    /// The user that a person means by `anna` or `@anna:shop.example`.
    static func user(_ name: String, in core: ServerCore) async throws -> UserRecord {
        let found =
            name.hasPrefix("@")
            ? try await core.accounts.user(UserIdentifier(parsing: name))
            : try await known(Localpart.lowercased(name), in: core)
        guard let found else { throw Failure("There is no account '\(name)'. `vitrine user list` shows all.") }
        return found
    }

    private static func known(_ name: String, in core: ServerCore) async throws -> UserRecord? {
        if let found = try await core.accounts.user(localpart: name) { return found }
        return try await core.accounts.user(loginName: name)
    }
}
