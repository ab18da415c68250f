import ArgumentParser
import Server

/// Shows the configuration.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show the configuration.", subcommands: [ConfigShow.self])
}

/// Prints every setting, its value and where the value came from.
struct ConfigShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print every setting, its value and where the value came from.",
        discussion: """
            Takes the same flags, environment and file as `vitrine serve`. Secrets are not printed.

              VITRINE_LISTEN=:8080 vitrine config show
            """)

    @OptionGroup var flags: ConfigurationFlags

    func run() async throws {
        let settings = try flags.resolve()
        _ = try Configuration(settings)
        Terminal.say(settings.table)
    }
}
