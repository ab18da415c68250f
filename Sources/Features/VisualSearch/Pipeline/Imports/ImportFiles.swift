internal import Archives
internal import Basics
internal import Foundation

/// The files of an import: those below a folder, or those in a zip archive.
struct ImportFiles: Sendable {
    private enum Place: Sendable {
        case folder(String)
        /// Names count from the prefix: the one folder that archives are often wrapped in.
        case archive(ZipArchive, prefix: String)
    }

    private let place: Place

    /// The files below a folder.
    init(folder: String) { place = .folder(folder) }

    /// The files in an archive.
    ///
    /// - Throws: ``RequestError`` 400 when it is none that can be read.
    init(archive path: String) throws {
        do {
            let archive = try ZipArchive(path: path)
            place = .archive(archive, prefix: Self.wrapping(archive.entries.map(\.name)))
        } catch let fault as ZipArchive.Fault {
            throw RequestError.invalidParam("'\(path)': \(fault).")
        }
    }

    /// The folder around everything, with its slash; empty when there is none, or it is itself what is looked for.
    private static func wrapping(_ names: [String]) -> String {
        let shown = names.filter { !isHidden($0) }
        guard let first = shown.first?.split(separator: "/").first.map({ $0 + "/" }),
            shown.allSatisfy({ $0.hasPrefix(first) })
        else { return "" }
        let rest = shown.map { $0.dropFirst(first.count) }
        return rest.contains { $0.contains("/") || ImportSource.tables.contains(String($0)) } ? String(first) : ""
    }

    private static func isHidden(_ name: String) -> Bool {
        name.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__MACOSX" }
    }

    /// Whether there is a file of a name.
    func has(_ name: String) -> Bool {
        switch place {
        case .folder(let folder): FileManager.default.fileExists(atPath: "\(folder)/\(name)")
        case .archive(let archive, let prefix): archive.entry(prefix + name) != nil
        }
    }

    /// A file's bytes, one more than the limit at most.
    ///
    /// - Throws: ``RequestError`` with the reason why it cannot be read.
    func read(_ name: String, limit: Int) throws(RequestError) -> [UInt8] {
        if name.contains("://") {
            throw .invalidParam(
                "Pictures are files beside the table, or begin with https:// or http://; not '\(name)'.")
        }
        let isBelow = !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
        guard isBelow else { throw .invalidParam("'\(name)' does not lie below the folder of the import.") }
        switch place {
        case .folder(let folder): return try Self.read(name, below: folder, limit: limit)
        case .archive(let archive, let prefix):
            guard let entry = archive.entry(prefix + name) else { throw .notFound("There is no file '\(name)'.") }
            do {
                return try archive.content(of: entry, limit: limit)
            } catch {
                throw .invalidParam("\(error).")
            }
        }
    }

    private static func read(_ name: String, below folder: String, limit: Int) throws(RequestError) -> [UInt8] {
        let path = URL(fileURLWithPath: "\(folder)/\(name)").resolvingSymlinksInPath().path
        guard path.hasPrefix(URL(fileURLWithPath: folder).resolvingSymlinksInPath().path + "/") else {
            throw .invalidParam("'\(name)' leads out of the folder of the import.")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .notFound("There is no file '\(name)'.")
        }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: limit + 1) else {
            throw .notFound("The file '\(name)' cannot be read.")
        }
        return [UInt8](data)
    }

    /// The names of all files, sorted; nothing hidden.
    func names() throws -> [String] {
        let all: [String]
        switch place {
        case .archive(let archive, let prefix):
            all = archive.entries.map(\.name).filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        case .folder(let folder):
            var names: [String] = []
            for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder) else {
                    continue
                }
                if !isFolder.boolValue { names.append(name) }
            }
            all = names
        }
        return all.filter { !Self.isHidden($0) }.sorted()
    }

    /// Files of an archive that are left out, and why.
    var refused: [(name: String, cause: String)] {
        if case .archive(let archive, _) = place { return archive.refused }
        return []
    }
}
