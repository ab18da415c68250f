import ArgumentParser
import Basics
import Server

/// What the operator asks when something seems wrong.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the installation, or with `messages` every stored conversation.",
        subcommands: [DoctorInstallation.self, DoctorMessages.self], defaultSubcommand: DoctorInstallation.self)
}

/// Looks at the installation and says what to do.
struct DoctorInstallation: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "installation",
        abstract: "Check the installation, the database and the disk, and say what to do.",
        discussion: """
            Changes nothing and may run beside a server. The exit status is 1 when something fails, else 0.

              vitrine doctor --data /var/lib/vitrine
            """)

    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var flags: ConfigurationFlags

    func run() async throws {
        let findings = Checkup(try flags.load()).run()
        try Self.report(findings, asJSON: json)
    }

    /// Prints findings; ends with status 1 when something fails.
    static func report(_ findings: [Finding], asJSON: Bool) throws {
        if asJSON {
            Terminal.say(JSON.object(["findings": .array(findings.map(\.json))]).text)
        } else {
            for finding in findings { print(finding) }
        }
        if findings.contains(where: { $0.status == .fail }) { throw ExitCode.failure }
    }

    private static func print(_ finding: Finding) {
        let mark =
            switch finding.status {
            case .ok: "ok  "
            case .warn: "warn"
            case .fail: "FAIL"
            }
        Terminal.say("\(mark)  \(finding.check): \(finding.message)")
        if let advice = finding.advice, finding.status != .ok { Terminal.say("      -> \(advice)") }
    }
}
