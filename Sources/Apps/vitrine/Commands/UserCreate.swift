import Accounts
import ArgumentParser
import Server

/// Makes an account.
struct UserCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an account.",
        discussion: """
            Somebody who answers customers:

              vitrine user create anna --staff --display-name "Anna"

            An administrator, with a password from a file:

              vitrine user create root --admin --password-stdin < password.txt
            """)

    @Argument(help: "The name in the user id: anna becomes @anna:SERVER.")
    var name: String

    @Option(help: "The name that others see.") var displayName: String?
    @Flag(help: "Somebody who works in the shop.") var staff = false
    @Flag(help: "May use the admin routes.") var admin = false
    @OptionGroup var password: PasswordFlags
    @OptionGroup var data: DataFlags

    func run() async throws {
        let configuration = try data.load()
        let (secret, isGenerated) = try password.take()
        let wish = Registration(
            localpart: name, password: secret, kind: staff ? .staff : .member, displayName: displayName, isAdmin: admin)
        let user = try await Offline.work(configuration) { try await $0.accounts.register(wish).user }
        Terminal.say("Created \(user.identifier.text).")
        if isGenerated { Terminal.say("Password: \(secret)") }
    }
}
