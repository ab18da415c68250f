import Accounts
import ArgumentParser
import Server

/// Makes an account.
struct UserCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an account.",
        discussion: """
            Somebody who answers customers, and logs in as anna; the user id, which customers may see, says nothing:

              vitrine user create anna --staff --display-name "Anna"

            An administrator, with a password from a file:

              vitrine user create root --admin --password-stdin < password.txt
            """)

    @Argument(help: "The name in the user id: anna becomes @anna:SERVER. Staff only logs in under it.")
    var name: String

    @Option(help: "The name that others see.") var displayName: String?
    @Flag(help: "Somebody who works in the shop.") var staff = false
    @Flag(help: "The id of somebody who works in the shop holds the name, too.") var plainID = false
    @Flag(help: "May use the admin routes.") var admin = false
    @OptionGroup var password: PasswordFlags
    @OptionGroup var data: DataFlags

    func run() async throws {
        let configuration = try data.load()
        let (secret, isGenerated) = try password.take()
        let isOpaque = staff && !plainID
        let wish = Registration(
            localpart: isOpaque ? nil : name, loginName: isOpaque ? name : nil, password: secret,
            kind: staff ? .staff : .member, displayName: displayName, isAdmin: admin)
        let user = try await Offline.work(configuration) { try await $0.accounts.register(wish).user }
        Terminal.say("Created \(user.identifier.text)\(isOpaque ? ", who logs in as \(name)" : "").")
        if isGenerated { Terminal.say("Password: \(secret)") }
    }
}
