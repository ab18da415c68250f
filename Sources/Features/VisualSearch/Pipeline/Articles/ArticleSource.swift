public import Basics
internal import Foundation

/// Articles that are to be brought in: lines of JSON, a table, or a folder of Markdown and HTML files.
struct ArticleSource: Sendable {
    struct Entry: Sendable {
        /// The line or file, as reports name it.
        let name: String
        var draft: ArticleDraft
        var fault: String?
    }

    let entries: [Entry]
    let files: ImportFiles

    static let largestFile = 64 << 20
    static let mostFiles = 20_000

    /// Reads what there is to do; pictures are not opened yet.
    ///
    /// - Throws: ``RequestError`` 400 that says what cannot be imported.
    init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw RequestError.invalidParam("There is no file or folder '\(path)'.")
        }
        let isArchive = !isFolder.boolValue && path.lowercased().hasSuffix(".zip")
        files =
            isArchive
            ? try ImportFiles(archive: path)
            : ImportFiles(
                folder: isFolder.boolValue ? path : URL(fileURLWithPath: path).deletingLastPathComponent().path)
        if isFolder.boolValue || isArchive {
            entries = try Self.folder(files)
        } else {
            let name = URL(fileURLWithPath: path).lastPathComponent
            let bytes = try files.read(name, limit: Self.largestFile)
            guard bytes.count <= Self.largestFile else {
                throw RequestError.tooLarge("'\(path)' is over \(Self.largestFile >> 20) MiB.")
            }
            entries = try Self.file(name, bytes)
        }
        guard !entries.isEmpty else { throw RequestError.invalidParam("'\(path)' holds no articles.") }
    }

    private static func folder(_ files: ImportFiles) throws -> [Entry] {
        let names = try files.names().filter { kind(of: $0) != nil }.prefix(mostFiles)
        return try names.flatMap { name -> [Entry] in
            do {
                return try file(name, try files.read(name, limit: ArticleDraft.maximumBytes * 4))
            } catch let error as RequestError {
                return [Entry(name: name, draft: ArticleDraft(key: name), fault: error.message)]
            }
        }
    }

    private enum Kind { case markdown, page, lines, table }

    private static func kind(of name: String) -> Kind? {
        switch name.split(separator: ".").last?.lowercased() {
        case "md", "markdown", "txt": .markdown
        case "html", "htm": .page
        case "jsonl", "ndjson": .lines
        case "csv", "tsv": .table
        default: nil
        }
    }

    private static func file(_ name: String, _ bytes: [UInt8]) throws -> [Entry] {
        switch kind(of: name) {
        case .markdown:
            return [
                checked(name, ArticleDraft(key: name, markdown: String(decoding: bytes, as: UTF8.self)), below: name)
            ]
        case .page: return [checked(name, ArticleDraft(key: name, html: bytes), below: name)]
        case .lines: return lines(bytes)
        case .table: return try table(bytes)
        case nil:
            throw RequestError.invalidParam(
                "'\(name)' is none of .md, .html, .jsonl, .ndjson, .csv and .tsv, and no folder of them.")
        }
    }

    /// Names of pictures count from the file that shows them.
    private static func checked(_ name: String, _ draft: ArticleDraft, below file: String = "") -> Entry {
        var draft = draft
        if let slash = file.lastIndex(of: "/") {
            for place in draft.pictures.indices where !draft.pictures[place].name.contains("://") {
                draft.pictures[place].name = file[...slash] + draft.pictures[place].name
            }
        }
        return Entry(name: name, draft: draft, fault: draft.fault)
    }

    private static func lines(_ bytes: [UInt8]) -> [Entry] {
        bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated().compactMap { number, line in
            guard line.contains(where: { $0 > 32 }) else { return nil }
            let name = "line \(number + 1)"
            guard let object = (try? JSON(parsing: Array(line)))?.objectValue else {
                return Entry(name: name, draft: ArticleDraft(key: ""), fault: "the line is no JSON object")
            }
            return checked(name, ArticleDraft(record: object))
        }
    }

    private static func table(_ bytes: [UInt8]) throws -> [Entry] {
        let records = DelimitedRecords(bytes).records
        guard let header = records.first else { return [] }
        guard header.fields.contains("title") else {
            throw RequestError.invalidParam(
                "The table has no column 'title'. Its columns are key,kind,title,body,link,source,category,picture …")
        }
        return records.dropFirst().map { record in
            var object = JSONObject()
            var pictures: [JSON] = []
            for (name, value) in zip(header.fields, record.fields) where !value.isEmpty {
                if name.hasPrefix("picture") { pictures.append(.string(value)) } else { object[name] = .string(value) }
            }
            if !pictures.isEmpty { object["pictures"] = .array(pictures) }
            var entry = checked("line \(record.line)", ArticleDraft(record: object))
            entry.fault = record.fault ?? entry.fault
            return entry
        }
    }
}

extension ArticleDraft {
    /// Reads a record: `key`, `kind`, `title`, `body` (Markdown, or HTML with `"format": "html"`), `link`, `source`,
    /// `category` and `pictures`, which follow the text where it does not show them itself. Without a key the link or the
    /// title is the key.
    public init(record object: JSONObject) {
        func text(_ names: String...) -> String {
            names.lazy.compactMap { object[$0]?.stringValue ?? object[$0]?.intValue.map { String($0) } }.first ?? ""
        }
        let body = text("body", "text")
        let isPage = text("format").lowercased() == "html"
        let key = [text("key", "id"), text("link", "url"), text("title")].first { !$0.isEmpty } ?? ""
        self = isPage ? ArticleDraft(key: key, html: Array(body.utf8)) : ArticleDraft(key: key, markdown: body)
        for (name, value) in object {
            if let value = value.stringValue { set(name, to: value) }
        }
        for picture in object["pictures"]?.arrayValue ?? [] {
            let name = picture.stringValue ?? picture["file"]?.stringValue ?? ""
            guard !name.isEmpty, !pictures.contains(where: { $0.name == name }) else { continue }
            self.text.blocks.append(.picture(pictures.count))
            pictures.append(Picture(name: name, caption: picture["caption"]?.stringValue ?? ""))
        }
    }
}
