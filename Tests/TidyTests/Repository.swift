import Foundation
import Synchronization

/// One text file of the repository, by its path from the root.
struct TextFile: Sendable {
    let path: String
    let text: String
    private let parts: Parts

    init(path: String, text: String) {
        self.path = path
        self.text = text
        parts = Parts(text)
    }

    /// The file as Swift source, taken apart once.
    var swift: SwiftText { parts.value }

    private final class Parts: Sendable {
        private let text: String
        private let known = Mutex<SwiftText?>(nil)

        init(_ text: String) { self.text = text }

        var value: SwiftText {
            known.withLock { known in
                let value = known ?? SwiftText(text)
                known = value
                return value
            }
        }
    }

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var isSwift: Bool { path.hasSuffix(".swift") }
    var isMarkdown: Bool { path.hasSuffix(".md") }
    func isUnder(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }
}

/// One breach of a rule: where it stands and what is wrong there.
struct Finding: Sendable, Hashable, CustomStringConvertible {
    let path: String
    let line: Int?
    let problem: String

    init(_ path: String, line: Int? = nil, _ problem: String) {
        self.path = path
        self.line = line
        self.problem = problem
    }

    var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + problem }
}

/// The working tree that this file belongs to.
enum Repository {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Folders that hold no text of the project: builds, environments, data.
    private static let leftOut: Set<String> = ["data", "demo-data", "node_modules", "__pycache__"]

    /// Dot folders and dot files that belong to the project.
    private static let dotted: Set<String> = [".ci", ".gitignore", ".swift-format"]

    /// Every text file below the root, read once.
    static let files: [TextFile] = paths.compactMap { path in
        guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else { return nil }
        return TextFile(path: path, text: text)
    }

    static let swiftFiles = files.filter(\.isSwift)

    /// Every path below the root, folders not included.
    static let paths: [String] = {
        var found: [String] = []
        collect("", into: &found)
        return found.sorted()
    }()

    static func file(_ path: String) -> TextFile? { files.first { $0.path == path } }

    private static func collect(_ folder: String, into found: inout [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
        for name in names where isKept(name) {
            let path = folder.isEmpty ? name : folder + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: root.appending(path: path).path, isDirectory: &isFolder)
            else { continue }
            if isFolder.boolValue { collect(path, into: &found) } else { found.append(path) }
        }
    }

    private static func isKept(_ name: String) -> Bool {
        name.hasPrefix(".") ? dotted.contains(name) : !leftOut.contains(name)
    }
}
