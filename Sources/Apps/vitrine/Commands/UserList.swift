import Accounts
import ArgumentParser
import Basics
import Server

/// Lists accounts.
struct UserList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List accounts.",
        discussion: "  vitrine user list --json | jq '.[] | select(.admin)'")

    @Flag(help: "List visitors and guests too.") var all = false
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var data: DataFlags

    func run() async throws {
        let configuration = try data.load()
        let all = all
        let users = try await Offline.work(configuration) { core in
            try await Self.everybody(core.accounts).filter { all || ($0.kind != .visitor && $0.kind != .guest) }
        }
        if json {
            Terminal.say(JSON.array(users.map(Self.json)).text)
        } else {
            for user in users { Terminal.say(Self.line(user)) }
            Terminal.warn("\(users.count) accounts")
        }
    }

    private static func everybody(_ accounts: Accounts) async throws -> [UserRecord] {
        var users: [UserRecord] = []
        while true {
            let page = try await accounts.users(after: users.last?.identifier.localpart ?? "", limit: 500)
            if page.isEmpty { return users }
            users += page
        }
    }

    private static func marks(_ user: UserRecord) -> [String] {
        var marks = ["\(user.kind)"]
        if user.isAdmin { marks.append("admin") }
        if user.state.contains(.deactivated) { marks.append("deactivated") }
        if user.state.contains(.locked) { marks.append("locked") }
        if user.state.contains(.suspended) { marks.append("suspended") }
        return marks
    }

    private static func line(_ user: UserRecord) -> String {
        [user.identifier.text, marks(user).joined(separator: ","), user.displayName ?? ""].joined(separator: "\t")
    }

    private static func json(_ user: UserRecord) -> JSON {
        .object([
            "user_id": .string(user.identifier.text), "kind": .string("\(user.kind)"), "admin": .bool(user.isAdmin),
            "deactivated": .bool(user.state.contains(.deactivated)),
            "display_name": user.displayName.map { .string($0) } ?? .null,
            "created_ms": .int(user.createdMilliseconds),
        ])
    }
}
