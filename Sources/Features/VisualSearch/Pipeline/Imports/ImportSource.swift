internal import Basics
internal import Foundation

/// What is imported: a folder with a sub-folder for each SKU, or a table with the files of its pictures beside it.
struct ImportSource: Sendable {
    let entries: [ImportEntry]
    /// The folder that names of pictures start from.
    let folder: String

    static let largestTable = 256 << 20
    static let tables = ["catalogue.csv", "catalogue.tsv", "catalogue.jsonl", "catalogue.ndjson"]
    private static let pictureKinds: Set<String> = ["jpg", "jpeg", "png", "webp", "gif"]

    /// Reads what there is to do; pictures are not opened yet.
    ///
    /// - Throws: ``RequestError`` 400 that says what cannot be imported.
    init(path: String, defaults: ImportDefaults) throws {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw RequestError.invalidParam("There is no file or folder '\(path)'.")
        }
        var table = path
        if isFolder.boolValue {
            guard let name = Self.tables.first(where: { files.fileExists(atPath: "\(path)/\($0)") }) else {
                folder = path
                entries = Self.unique(try Self.folders(path, defaults))
                return
            }
            table = "\(path)/\(name)"
        }
        folder = URL(fileURLWithPath: table).deletingLastPathComponent().path
        let kind = URL(fileURLWithPath: table).pathExtension.lowercased()
        let bytes = try Self.read(table)
        switch kind {
        case "csv", "tsv", "txt": entries = Self.unique(try Self.table(bytes, defaults))
        case "jsonl", "ndjson": entries = Self.unique(Self.lines(bytes, defaults))
        default:
            throw RequestError.invalidParam(
                "'\(path)' is neither a folder nor a table: the file's name ends in .csv, .tsv, .jsonl or .ndjson.")
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw RequestError.invalidParam("'\(path)' cannot be read.")
        }
        defer { try? handle.close() }
        let data = try handle.read(upToCount: largestTable + 1) ?? Data()
        guard data.count <= largestTable else {
            throw RequestError.tooLarge("'\(path)' is over \(largestTable >> 20) MiB.")
        }
        return [UInt8](data)
    }

    // MARK: Kinds

    private static func folders(_ path: String, _ defaults: ImportDefaults) throws -> [ImportEntry] {
        let files = FileManager.default
        var entries: [ImportEntry] = []
        for name in try files.contentsOfDirectory(atPath: path).sorted() where !name.hasPrefix(".") {
            var isFolder: ObjCBool = false
            guard files.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder) else { continue }
            let line = entries.count + 1
            if isFolder.boolValue {
                let pictures = try files.contentsOfDirectory(atPath: "\(path)/\(name)").filter(isPicture).sorted()
                var fields = ImportFields(defaults)
                fields.set("sku", .string(name))
                fields.set("title", .string(name))
                fields.set("pictures", .array(pictures.map { .string("\(name)/\($0)") }))
                entries.append(fields.entry(line: line))
            } else if isPicture(name) {
                entries.append(
                    ImportEntry(
                        line: line, draft: ItemDraft(sku: name), pictures: [name],
                        fault: "the picture lies beside the folders of SKUs and belongs to none"))
            }
        }
        guard !entries.isEmpty else {
            throw RequestError.invalidParam(
                "'\(path)' holds no sub-folder with pictures and none of \(tables.joined(separator: ", ")).")
        }
        return entries
    }

    private static func isPicture(_ name: String) -> Bool {
        pictureKinds.contains(name.split(separator: ".").last.map { $0.lowercased() } ?? "")
    }

    private static func table(_ bytes: [UInt8], _ defaults: ImportDefaults) throws -> [ImportEntry] {
        let records = DelimitedRecords(bytes).records
        let names = records.first?.fields.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? []
        guard names.contains(where: { $0.lowercased() == "sku" }) else {
            throw RequestError.invalidParam(
                "The table has no column 'sku'. Its first line names the columns: "
                    + "sku,title,category,price,currency,stock,link,picture …")
        }
        return records.dropFirst().map { record in
            var fields = ImportFields(defaults)
            for (name, value) in zip(names, record.fields) {
                let value = value.trimmingCharacters(in: .whitespacesAndNewlines)
                if !value.isEmpty && !name.isEmpty { fields.set(name, .string(value)) }
            }
            var entry = fields.entry(line: record.line)
            if record.fields.count > names.count {
                entry.fault = "the line has \(record.fields.count) fields, the header \(names.count)"
            }
            entry.fault = record.fault ?? entry.fault
            return entry
        }
    }

    private static func lines(_ bytes: [UInt8], _ defaults: ImportDefaults) -> [ImportEntry] {
        var entries: [ImportEntry] = []
        for (number, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            guard line.contains(where: { $0 > 32 }) else { continue }
            do {
                guard let object = try JSON(parsing: Array(line)).objectValue else {
                    throw RequestError.badJSON("the line is no JSON object")
                }
                var fields = ImportFields(defaults)
                for (name, value) in object { fields.set(name, value) }
                entries.append(fields.entry(line: number + 1))
            } catch {
                let why = (error as? RequestError)?.message ?? "the line is no JSON: \(error)"
                entries.append(ImportEntry(line: number + 1, draft: ItemDraft(sku: ""), fault: why))
            }
        }
        return entries
    }

    /// The second line of an item would undo the first: it is refused.
    private static func unique(_ entries: [ImportEntry]) -> [ImportEntry] {
        struct Key: Hashable {
            let shop: String
            let sku: String
        }
        var first: [Key: Int] = [:]
        return entries.map { entry in
            guard entry.fault == nil else { return entry }
            let key = Key(shop: entry.draft.shop, sku: entry.draft.sku)
            guard let line = first[key] else {
                first[key] = entry.line
                return entry
            }
            var again = entry
            again.fault = "line \(line) has the same sku"
            return again
        }
    }

    // MARK: Pictures

    /// A picture's file.
    ///
    /// - Throws: ``RequestError`` with the reason why it cannot be read.
    func picture(_ name: String, limit: Int) throws(RequestError) -> [UInt8] {
        if name.contains("://") {
            throw .invalidParam("Pictures are read from files beside the table; '\(name)' is an address.")
        }
        let isBelow = !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
        guard isBelow else { throw .invalidParam("'\(name)' does not lie below the folder of the import.") }
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
}
