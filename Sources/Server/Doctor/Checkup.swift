package import Basics
import Foundation
import Storage

/// Looks at an installation without changing it, whether or not a server runs on it.
package struct Checkup: Sendable {
    private let configuration: Configuration
    private let directory: DataDirectory
    private let now: Int64

    /// A check of the installation that a configuration describes.
    package init(_ configuration: Configuration, clock: any WallClock = SystemWallClock()) {
        self.configuration = configuration
        directory = DataDirectory(configuration.data)
        now = clock.now()
    }

    /// Everything that was found, in the order of importance to somebody who reads from the top.
    package func run() -> [Finding] {
        [folder(), lock()] + DatabaseCheck(directory: directory, now: now).run()
            + [disk(), web(), address(), clock(), descriptors()] + InferenceCheck(data: directory.path).run()
    }

    // MARK: The folder

    private func folder() -> Finding {
        var isFolder: ObjCBool = false
        let path = directory.path
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return Finding(
                "data folder", .warn, "\(path) does not exist yet.", advice: "The first `vitrine serve` makes it.")
        }
        guard isFolder.boolValue, FileManager.default.isWritableFile(atPath: path) else {
            return Finding(
                "data folder", .fail, "\(path) is not a folder that this user may write to.",
                advice: "Run as the user that the server runs as, or change the owner: chown -R USER \(path)")
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if let mode = attributes?[.posixPermissions] as? Int, mode & 0o007 != 0 {
            return Finding(
                "data folder", .warn, "\(path) may be entered by every user of this machine.",
                advice: "chmod o-rwx \(path)")
        }
        return Finding("data folder", .ok, "\(path) is there and writable.")
    }

    private func lock() -> Finding {
        guard FileManager.default.fileExists(atPath: directory.path) else {
            return Finding("server", .ok, "No server runs on the data folder.")
        }
        do {
            _ = try directory.lock()
            return Finding("server", .ok, "No server runs on the data folder.")
        } catch let error as StorageError where error.kind == .busy {
            return Finding("server", .ok, "A server runs on the data folder.")
        } catch {
            return Finding(
                "server", .fail, "The data folder cannot be claimed: \(error)", advice: "Look at its owner and mode.")
        }
    }

    // MARK: The machine

    private func disk() -> Finding {
        var path = directory.path
        while !FileManager.default.fileExists(atPath: path), path.count > 1 {
            path = (path as NSString).deletingLastPathComponent
            if path.isEmpty { path = "." }
        }
        guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path),
            let free = (attributes[.systemFreeSize] as? NSNumber)?.int64Value
        else { return Finding("disk", .warn, "The free space of \(path) is not known.") }
        let mebibytes = free / 1_048_576
        let advice = "Delete what is not needed, or move the data folder to a larger disk."
        if mebibytes < 200 {
            return Finding("disk", .fail, "\(mebibytes) MiB are free; writes will soon be refused.", advice: advice)
        }
        if mebibytes < 2_048 { return Finding("disk", .warn, "\(mebibytes) MiB are free.", advice: advice) }
        return Finding("disk", .ok, "\(mebibytes / 1_024) GiB are free.")
    }

    private func web() -> Finding {
        do {
            guard let folder = try WebFolder.find(configuration.web) else {
                return Finding(
                    "web pages", .warn, "The folder of the web pages was not found.",
                    advice: "Set web (--web, VITRINE_WEB) to the folder that holds \(PageTable.name).")
            }
            let pages = try StaticPages(folder: folder)
            return Finding("web pages", .ok, "\(pages.fileCount) files in \(folder).")
        } catch {
            return Finding("web pages", .fail, "\(error)", advice: "Correct web (--web, VITRINE_WEB).")
        }
    }

    private func address() -> Finding {
        let isLocal = ["127.0.0.1", "::1", "localhost"].contains(configuration.host)
        guard !isLocal, configuration.publicURL?.hasPrefix("https://") != true else {
            return Finding("address", .ok, "Listens on \(configuration.host):\(configuration.port).")
        }
        return Finding(
            "address", .warn, "The server listens on \(configuration.host) and speaks HTTP without TLS.",
            advice: "Put a proxy with TLS before it, and set public_url to its https:// address.")
    }

    private func clock() -> Finding {
        // The day this check was written: a clock before it is wrong.
        let earliest: Int64 = 1_767_225_600_000
        guard now > earliest else {
            return Finding("clock", .fail, "The clock of this machine is years behind.", advice: "Start NTP.")
        }
        return Finding("clock", .ok, "The clock is plausible.")
    }

    private func descriptors() -> Finding {
        let limit = ProcessLimits.raiseDescriptors()
        let wanted = UInt64(configuration.connections.connections) + 200
        guard limit < wanted else { return Finding("open files", .ok, "Up to \(limit) files and sockets.") }
        return Finding(
            "open files", .warn, "Up to \(limit) files and sockets, but max_connections asks for \(wanted).",
            advice: "Raise the limit (systemd: LimitNOFILE=\(wanted)) or lower max_connections.")
    }
}
