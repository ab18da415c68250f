import ArgumentParser
import Logging
import Server

/// Runs the server until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server.",
        discussion: """
            Prints one line with the address on standard output as soon as connections are taken; the log goes to \
            standard error. SIGTERM or Ctrl-C lets running requests end, then stops.

            Try it on this machine:

              vitrine serve --registration open

            Run a shop behind a proxy with TLS:

              vitrine serve --data /var/lib/vitrine --server-name shop.example --public-url https://chat.shop.example

            The server name goes into every user and room id and cannot be changed later.
            """)

    @OptionGroup var flags: ConfigurationFlags

    func run() async throws {
        let configuration = try flags.load()
        let log = configuration.log
        LoggingSystem.bootstrap { LineLog(label: $0, options: log) }
        let logger = Logger(label: "vitrine")
        let descriptors = ProcessLimits.raiseDescriptors()
        logger.info(
            "starting", metadata: ["version": "\(Version.text)", "descriptors": "\(descriptors)"])
        do {
            let server = try await VitrineServer(configuration, logger: logger)
            try await server.run { url in Terminal.say("vitrine is ready: \(url)") }
        } catch {
            throw Failure.explaining(error)
        }
    }
}
