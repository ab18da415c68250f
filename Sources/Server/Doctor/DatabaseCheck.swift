import Accounts
import Basics
import Foundation
import ServiceDesk
import Storage

/// The database's part of a ``Checkup``.
struct DatabaseCheck {
    let directory: DataDirectory
    let now: Int64

    func run() -> [Finding] {
        guard FileManager.default.fileExists(atPath: directory.databasePath) else {
            return [
                Finding(
                    "database", .warn, "There is no database yet.", advice: "The first `vitrine serve` makes it.")
            ]
        }
        do {
            var desk: DeskInspection?
            var telling: [String] = []
            let report = try Database.inspect(path: directory.databasePath) { connection, report in
                guard DeskInspection.isPossible(migrations: report.migrations) else { return }
                desk = try DeskInspection(connection, now: now)
                telling = try Accounts.tellingStaff(connection)
            }
            let findings = [integrity(report), schema(report), times(report), media(report)]
            return findings + (desk.map { DeskCheck(desk: $0, isServed: isServed).run() } ?? [])
                + Self.names(telling)
        } catch {
            return [Finding("database", .fail, "\(error)", advice: Self.restoreAdvice)]
        }
    }

    /// Customers see the shop's name and picture, but any Matrix client shows ids as well.
    private static func names(_ telling: [String]) -> [Finding] {
        guard !telling.isEmpty else { return [] }
        let shown = telling.prefix(5).joined(separator: ", ")
        let more = telling.count > 5 ? " and \(telling.count - 5) more" : ""
        return [
            Finding(
                "staff accounts", .warn, "The ids of these accounts may tell customers who answers: \(shown)\(more).",
                advice:
                    "Make accounts with `vitrine user create NAME --staff` or in the settings, and use them instead.")
        ]
    }

    /// Whether a server runs on the folder.
    private var isServed: Bool {
        do {
            _ = try directory.lock()
            return false
        } catch {
            return true
        }
    }

    private static let restoreAdvice =
        "Copy the data folder away, then restore the newest backup: vitrine restore --from BACKUP --data DIR"

    private func integrity(_ report: DatabaseInspection) -> Finding {
        guard report.isSound else {
            let first = report.findings.prefix(3).joined(separator: " ")
            return Finding(
                "database", .fail, "The database has \(report.findings.count) faults. \(first)",
                advice: Self.restoreAdvice)
        }
        let size = report.fileBytes / 1_048_576
        return Finding("database", .ok, "Sound, \(size) MiB, position \(report.position), every page checked.")
    }

    private func schema(_ report: DatabaseInspection) -> Finding {
        let known = Set(ServerCore.migrations.map(\.name))
        let pending = known.subtracting(report.migrations)
        let own = report.migrations.filter { known.contains($0) || $0.hasPrefix("storage") }
        if own.count < report.migrations.count {
            return Finding(
                "schema", .fail, "The database was written by a newer version of Vitrine.",
                advice: "Install that version, or restore a backup made by this one.")
        }
        guard pending.isEmpty else {
            return Finding(
                "schema", .warn, "\(pending.count) steps of the schema are not taken yet.",
                advice: "The next start takes them, after it has made a copy of the file.")
        }
        return Finding("schema", .ok, "\(report.migrations.count) steps, up to date.")
    }

    private func times(_ report: DatabaseInspection) -> Finding {
        let ahead = report.stampedMilliseconds - now
        guard ahead > 60_000 else { return Finding("commits", .ok, "The newest commit is not in the future.") }
        return Finding(
            "commits", .warn, "The newest commit is \(ahead / 1_000) s in the future: the clock has jumped back.",
            advice: "Start NTP. New messages carry the time of the newest commit until the clock has caught up.")
    }

    private func media(_ report: DatabaseInspection) -> Finding {
        guard report.blobCount > 0 else { return Finding("media", .ok, "No files are stored.") }
        guard FileManager.default.fileExists(atPath: directory.blobPath) else {
            return Finding(
                "media", .fail, "\(report.blobCount) files are referred to, but \(directory.blobPath) is gone.",
                advice: Self.restoreAdvice)
        }
        return Finding("media", .ok, "\(report.blobCount) files, \(report.blobBytes / 1_048_576) MiB.")
    }
}
