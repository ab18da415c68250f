import Basics
import Crypto
import Foundation

/// Finished stages as files named by what they depend on. Any of them may be missing or damaged: it is made again.
struct StageFolder: Sendable {
    let path: String

    /// How long a stage that nobody asks for is kept: 30 days.
    static let keptSeconds: TimeInterval = 30 * 86_400

    private func place(_ key: String) -> (folder: String, file: String) {
        let name = Hex.encode(Array(SHA256.hash(data: Data(key.utf8))))
        let folder = "\(path)/\(name.prefix(2))"
        return (folder, "\(folder)/\(name)")
    }

    /// What was kept under a key; nil when there is nothing or it is not what was written.
    func find(_ key: String) -> [UInt8]? {
        let file = place(key).file
        guard let data = FileManager.default.contents(atPath: file), data.count > 32 else { return nil }
        let body = data.dropLast(32)
        guard Array(SHA256.hash(data: body)) == Array(data.suffix(32)) else { return nil }
        try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: file)
        return Array(body)
    }

    /// Keeps bytes. A cache that cannot be written is none: nothing is lost but time.
    func keep(_ key: String, _ bytes: [UInt8]) {
        let (folder, file) = place(key)
        let draft = "\(file).\(Hex.encode(secureRandomBytes(4)))"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(bytes + Array(SHA256.hash(data: Data(bytes)))).write(to: URL(filePath: draft))
            guard rename(draft, file) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
        }
    }

    /// How many stages are kept.
    var count: Int {
        let files = FileManager.default
        return ((try? files.contentsOfDirectory(atPath: path)) ?? []).reduce(0) { sum, folder in
            sum + ((try? files.contentsOfDirectory(atPath: "\(path)/\(folder)"))?.count ?? 0)
        }
    }

    /// Removes what nobody asked for.
    func sweep() {
        let files = FileManager.default
        for folder in (try? files.contentsOfDirectory(atPath: path)) ?? [] {
            for name in (try? files.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? [] {
                let file = "\(path)/\(folder)/\(name)"
                let used = try? files.attributesOfItem(atPath: file)[.modificationDate] as? Date
                if let used, used.timeIntervalSinceNow < -Self.keptSeconds { try? files.removeItem(atPath: file) }
            }
        }
    }
}
