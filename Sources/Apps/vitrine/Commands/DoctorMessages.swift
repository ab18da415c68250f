import ArgumentParser
import Basics
import Messaging
import Server

/// Checks the conversations in a database against every rule that they keep.
struct DoctorMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "Check every rule of the stored conversations; repair what follows from the messages.",
        discussion: """
            Reads every message, while no server runs on the folder. The exit status is 1 when something is wrong and \
            was not repaired, else 0. What is wrong in messages themselves comes back only from a backup.

              vitrine doctor messages --data /var/lib/vitrine --repair
            """)

    @Flag(help: "Compute again what follows from the messages: figures of rooms, lists of rooms, receipts.")
    var repair = false
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var data: DataFlags

    func run() async throws {
        let repair = repair
        let findings = try await Offline.work(try data.load()) { core in
            if repair { try await core.repairMessages() }
            return try await core.checkMessages()
        }
        if json {
            Terminal.say(JSON.object(["findings": .array(findings.map(\.json))]).text)
        } else {
            for finding in findings {
                Terminal.say("FAIL  \(finding.rule.rawValue): \(finding.sentence)")
            }
            if findings.isEmpty { Terminal.say("ok    conversations: every rule holds.") }
            if findings.contains(where: \.isRepairable) { Terminal.say("      -> run it again with --repair") }
        }
        if !findings.isEmpty { throw ExitCode.failure }
    }
}
