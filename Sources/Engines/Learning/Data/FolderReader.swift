public import Foundation

/// Reads a folder in which each class is a folder of pictures.
///
/// Where the folders at the top are all named like splits (`train`, `val`, `test`), they are the splits, and classes stand
/// one folder deeper.
public struct FolderReader: Sendable {
    /// Which of several folders inside each other names the class.
    public enum Naming: String, Sendable, CaseIterable {
        /// The outermost.
        case first
        /// The one that the picture stands in.
        case last
    }

    /// The name of the source.
    public var source: String
    /// The folder.
    public var root: URL
    /// The label column that the folders fill.
    public var column: String
    /// Which folder names the class.
    public var naming: Naming
    /// The share of files that may be left out.
    public var brokenShare = 0.01

    static let endings: Set<String> = ["jpg", "jpeg", "png", "webp", "gif"]

    /// A reader.
    public init(source: String, root: URL, column: String = "class", naming: Naming = .first) {
        (self.source, self.root, self.column, self.naming) = (source, root, column, naming)
    }

    /// All pictures below a folder, whatever its folders are called, without labels.
    ///
    /// Throws `DataError` if the folder cannot be read or holds no picture.
    package static func all(in root: URL, source: String) throws(DataError) -> Dataset {
        var builder = DatasetBuilder(source: source, brokenShare: 0)
        for parts in try paths(below: root) {
            let id = parts.joined(separator: "/")
            builder.add(Sample(id: id, image: .file(root.appending(path: id)), split: .test), at: id)
        }
        return try builder.finish()
    }

    private static func paths(below root: URL) throws(DataError) -> [[String]] {
        guard let walk = FileManager.default.enumerator(atPath: root.path) else { throw .unreadable(root.path) }
        var paths: [[String]] = []
        for case let path as String in walk {
            let parts = path.split(separator: "/").map(String.init)
            guard let name = parts.last, !parts.contains(where: { $0.hasPrefix(".") }) else { continue }
            if endings.contains(name.split(separator: ".").last?.lowercased() ?? "") { paths.append(parts) }
        }
        return paths.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// All pictures below the folder, sorted by path.
    ///
    /// Throws `DataError` if the folder cannot be read or holds no picture in a folder of its class.
    public func read() throws(DataError) -> Dataset {
        let paths = try Self.paths(below: root)
        let hasSplits = !paths.isEmpty && paths.allSatisfy { $0.count > 2 && Split(named: $0[0]) != nil }
        var builder = DatasetBuilder(source: source, brokenShare: brokenShare)
        for parts in paths {
            let folders = parts.dropLast().dropFirst(hasSplits ? 1 : 0)
            let id = parts.joined(separator: "/")
            guard let name = naming == .first ? folders.first : folders.last else {
                builder.report.skip(id, "it stands in no folder of a class")
                continue
            }
            let sample = Sample(
                id: id, image: .file(root.appending(path: id)),
                labels: [column: builder.label(name, in: column)], split: hasSplits ? Split(named: parts[0]) : nil)
            builder.add(sample, at: id)
        }
        return try builder.finish()
    }
}
