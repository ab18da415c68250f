import Basics
import Foundation

/// Files that were uploaded to be imported, each upload in a folder of its own until its job has read it.
struct ImportUploads: Sendable {
    let folder: String

    /// What an upload may weigh in all.
    static let maximumBytes = 256 << 20
    /// Pictures that may come along.
    static let maximumParts = 5_000
    /// How long an upload is kept: 7 days.
    static let keptSeconds: TimeInterval = 7 * 86_400

    /// Stores a table and the pictures that it names.
    ///
    /// - Returns: The path of the table.
    /// - Throws: ``RequestError`` 400 for names that are no plain file names.
    func store(table: some Collection<UInt8>, ending: String, pictures: [MultipartForm.Part]) throws -> String {
        let place = "\(folder)/\(Base64URL.encode(secureRandomBytes(12)))"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        do {
            for picture in pictures {
                let name = picture.fileName ?? ""
                guard Self.isPlain(name) else {
                    throw RequestError.invalidParam("'\(name.prefix(80))' is no plain file name for a picture.")
                }
                try Data(picture.content).write(to: URL(filePath: "\(place)/\(name)"))
            }
            let path = "\(place)/catalogue.\(ending)"
            try Data(table).write(to: URL(filePath: path))
            return path
        } catch {
            try? FileManager.default.removeItem(atPath: place)
            throw error
        }
    }

    /// Deletes an upload that was only looked at.
    func forget(_ path: String) {
        try? FileManager.default.removeItem(at: URL(filePath: path).deletingLastPathComponent())
    }

    /// One segment of a path, nothing hidden, and not the table's own name.
    static func isPlain(_ name: String) -> Bool {
        (1...200).contains(name.utf8.count) && name.first != "."
            && name.utf8.allSatisfy { $0 >= 32 && $0 != 47 && $0 != 92 && $0 != 127 } && !name.hasPrefix("catalogue.")
    }

    /// Deletes uploads that are old.
    func sweep() throws {
        let files = FileManager.default
        guard files.fileExists(atPath: folder) else { return }
        for name in try files.contentsOfDirectory(atPath: folder) {
            let path = "\(folder)/\(name)"
            let made = try files.attributesOfItem(atPath: path)[.modificationDate] as? Date
            guard let made, made.timeIntervalSinceNow < -Self.keptSeconds else { continue }
            try files.removeItem(atPath: path)
        }
    }
}
