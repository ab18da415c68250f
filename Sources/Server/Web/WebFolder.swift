import Foundation

/// Where the web pages are.
package enum WebFolder {
    /// The folder that was asked for, else the one beside the program, else the one in the source tree that the
    /// program was built in.
    ///
    /// - Throws: ``ConfigurationError`` when the folder that was asked for has no `pages.json`.
    package static func find(_ wished: String?) throws -> String? {
        if let wished {
            guard isWebFolder(wished) else { throw ConfigurationError("\(wished) holds no \(PageTable.name).") }
            return wished
        }
        return candidates().first(where: isWebFolder)
    }

    private static func candidates() -> [String] {
        let program = URL(filePath: Bundle.main.executablePath ?? CommandLine.arguments.first ?? "")
        var folder = program.resolvingSymlinksInPath().deletingLastPathComponent()
        var found = [folder.appending(path: "Web").path(), folder.appending(path: "../share/vitrine/Web").path()]
        for _ in 0..<5 where folder.path() != "/" {
            folder.deleteLastPathComponent()
            guard FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path()) else {
                continue
            }
            found.append(folder.appending(path: "Web").path())
        }
        return found
    }

    private static func isWebFolder(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path + "/" + PageTable.name)
    }
}
