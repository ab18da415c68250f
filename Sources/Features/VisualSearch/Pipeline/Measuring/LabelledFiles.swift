internal import Basics
internal import Foundation

/// A picture file of which somebody knows what it shows.
public struct LabelledFile: Sendable, Hashable {
    /// Where it lies.
    public var path: String
    /// What it shows: two pictures with one label show the same item.
    public var label: String
    /// What kind of thing that is; empty where it is not told.
    public var category: String
    /// The occasion on which it was taken, such as one visit to one shop; nil where it is not told.
    public var occasion: String?

    /// A file.
    public init(path: String, label: String, category: String = "", occasion: String? = nil) {
        self.path = path
        self.label = label
        self.category = category
        self.occasion = occasion
    }

    /// The bytes of the file.
    ///
    /// - Throws: ``RequestError`` 400 when it cannot be read.
    public func bytes() throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RequestError.invalidParam("'\(path)' cannot be read.")
        }
        return [UInt8](data)
    }

    private static let pictures: Set<String> = ["jpg", "jpeg", "png", "webp", "gif"]

    /// Reads a folder or a table of labelled pictures.
    ///
    /// A folder holds a folder for each item with its pictures, perhaps inside one for each category; a picture that lies
    /// in the folder itself is an item of its own, named by the file. A table (CSV or TSV) has a first line with names of
    /// columns: `path`, below the folder of the table, and `label`; `category` and `occasion` if they are known. Other names
    /// are told behind a question mark: `test.csv?label=class_id&category=coarse_name`.
    /// - Throws: ``RequestError`` 400 with what is wrong.
    public static func read(_ source: String) throws -> [LabelledFile] {
        let parts = source.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(parts[0])
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw RequestError.invalidParam("There is no '\(path)'.")
        }
        let files = isFolder.boolValue ? folder(path) : try table(path, names: try names(parts.dropFirst().first))
        guard !files.isEmpty else { throw RequestError.invalidParam("'\(path)' names no pictures.") }
        return files
    }

    // MARK: Folders

    private static func folder(_ path: String) -> [LabelledFile] {
        let root = URL(fileURLWithPath: path).standardizedFileURL
        let walker = FileManager.default.enumerator(
            at: root, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
        var files: [LabelledFile] = []
        while let file = walker?.nextObject() as? URL {
            guard pictures.contains(file.pathExtension.lowercased()) else { continue }
            let inside = file.standardizedFileURL.pathComponents.dropFirst(root.pathComponents.count).dropLast()
            let name = file.deletingPathExtension().lastPathComponent
            files.append(
                LabelledFile(
                    path: file.path, label: inside.last ?? name,
                    category: inside.dropLast().last ?? ""))
        }
        return files.sorted { $0.path < $1.path }
    }

    // MARK: Tables

    private static let columns = ["path", "label", "category", "occasion"]

    private static func names(_ text: Substring?) throws -> [String: String] {
        var names = Dictionary(uniqueKeysWithValues: columns.map { ($0, $0) })
        for pair in (text ?? "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, names[sides[0]] != nil else {
                throw RequestError.invalidParam(
                    "'\(pair)' is not COLUMN=NAME with one of the columns \(columns.joined(separator: ", ")).")
            }
            names[sides[0]] = sides[1]
        }
        return names
    }

    private static func table(_ path: String, names: [String: String]) throws -> [LabelledFile] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RequestError.invalidParam("'\(path)' cannot be read.")
        }
        let records = DelimitedRecords([UInt8](data)).records
        let head = records.first?.fields.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? []
        func place(_ column: String) -> Int? { names[column].flatMap { head.firstIndex(of: $0) } }
        guard let pathAt = place("path"), let labelAt = place("label") else {
            throw RequestError.invalidParam(
                "The first line of '\(path)' names the columns \(head.joined(separator: ", ")); there must be a path and a "
                    + "label. Other names are told so: '\(path)?path=file&label=sku'.")
        }
        let base = URL(fileURLWithPath: path).deletingLastPathComponent()
        let (categoryAt, occasionAt) = (place("category"), place("occasion"))
        return try records.dropFirst().map { record in
            func field(_ at: Int?) -> String? {
                guard let at, record.fields.indices.contains(at) else { return nil }
                let text = record.fields[at].trimmingCharacters(in: .whitespacesAndNewlines)
                return text.isEmpty ? nil : text
            }
            guard record.fault == nil, let file = field(pathAt), let label = field(labelAt) else {
                throw RequestError.invalidParam("Line \(record.line) of '\(path)' has no path or no label.")
            }
            return LabelledFile(
                path: URL(fileURLWithPath: file, relativeTo: base).path, label: label,
                category: field(categoryAt) ?? "", occasion: field(occasionAt))
        }
    }
}
