import ArgumentParser
import Foundation
import Server
import Storage

/// Copies the data of a server that may be running.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy all data to a new folder, while the server runs or not.",
        discussion: """
            The folder appears when the backup is complete, and every file in it is checked against its manifest.

              vitrine backup --data /var/lib/vitrine --to /backup/vitrine-$(date +%F)
            """)

    @Option(help: "The folder to make; it must not exist yet.") var to: String
    @OptionGroup var data: DataFlags

    func run() async throws {
        // Copies of what customers said are for their owner alone, like the data folder itself.
        umask(0o077)
        let configuration = try data.load()
        do {
            let manifest = try await DataCopies.backup(of: DataDirectory(configuration.data), to: to)
            Terminal.say(
                "Backed up \(manifest.databaseSize / 1_048_576) MiB of database and \(manifest.blobCount) files to \(to)."
            )
        } catch {
            throw Failure.explaining(error)
        }
    }
}

/// Puts a backup in place.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup into a data folder.",
        discussion: """
            The backup is verified first. Clients notice that the server's history has changed and fetch it again.

              vitrine restore --from /backup/vitrine-2026-03-01 --data /var/lib/vitrine
            """)

    @Option(help: "The backup.") var from: String
    @Flag(help: "Replace the data that is there; it is kept under another name.") var force = false
    @OptionGroup var data: DataFlags

    func run() async throws {
        // Copies of what customers said are for their owner alone, like the data folder itself.
        umask(0o077)
        let configuration = try data.load()
        do {
            let manifest = try await Backup.restore(from, to: DataDirectory(configuration.data), force: force)
            Terminal.say("Restored \(manifest.blobCount) files and the database up to position \(manifest.position).")
        } catch let error as StorageError where error.kind == .busy {
            throw Failure("A server is running on \(configuration.data). Stop it first.")
        } catch {
            throw Failure.explaining(error)
        }
    }
}
