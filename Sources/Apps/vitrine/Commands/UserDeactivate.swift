import Accounts
import ArgumentParser
import Server

/// Shuts an account for ever.
struct UserDeactivate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deactivate",
        abstract: "Shut an account for ever: log it out, take its password, leave its rooms.",
        discussion: """
            What the user has written stays. The name is never given out again.

              vitrine user deactivate anna --erase
            """)

    @Argument(help: "The account: anna or @anna:SERVER.")
    var name: String

    @Flag(help: "Remove the shown name and picture as well.") var erase = false
    @OptionGroup var data: DataFlags

    func run() async throws {
        let configuration = try data.load()
        let name = name
        let erases = erase
        let user = try await Offline.work(configuration) { core in
            let user = try await Offline.user(name, in: core)
            try await core.accounts.deactivate(user: user.number, erasing: erases)
            return user
        }
        Terminal.say("Deactivated \(user.identifier.text).")
    }
}
