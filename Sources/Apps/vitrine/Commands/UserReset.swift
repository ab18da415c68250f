import Accounts
import ArgumentParser
import Server

/// Sets a new password.
struct UserReset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Set a new password and log the user out everywhere.",
        discussion: "  vitrine user reset anna --generate")

    @Argument(help: "The account: anna or @anna:SERVER.")
    var name: String

    @Flag(help: "Leave the user's devices logged in.") var keepSessions = false
    @OptionGroup var password: PasswordFlags
    @OptionGroup var data: DataFlags

    func run() async throws {
        let configuration = try data.load()
        let name = name
        let endsSessions = !keepSessions
        let (secret, isGenerated) = try password.take()
        let user = try await Offline.work(configuration) { core in
            let user = try await Offline.user(name, in: core)
            try await core.accounts.setPassword(secret, of: user.number, endingOthers: endsSessions)
            return user
        }
        Terminal.say("\(user.identifier.text) has a new password.")
        if isGenerated { Terminal.say("Password: \(secret)") }
    }
}
