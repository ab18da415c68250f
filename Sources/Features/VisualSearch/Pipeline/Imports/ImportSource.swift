internal import Basics
internal import Foundation

/// What is imported: a folder with a sub-folder for each SKU, or a table with the files of its pictures beside it.
struct ImportSource: Sendable {
    let entries: [ImportEntry]
    /// The files that names of pictures lead to.
    let files: ImportFiles

    static let largestTable = 256 << 20
    static let tables = [
        "catalogue.csv", "catalogue.tsv", "catalogue.jsonl", "catalogue.ndjson", "catalogue.xml",
    ]
    private static let pictureKinds: Set<String> = ["jpg", "jpeg", "png", "webp", "gif"]

    /// Reads what there is to do; pictures are not opened yet.
    ///
    /// - Throws: ``RequestError`` 400 that says what cannot be imported.
    init(path: String, defaults: ImportDefaults) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw RequestError.invalidParam("There is no file or folder '\(path)'.")
        }
        if isFolder.boolValue || path.lowercased().hasSuffix(".zip") {
            files = isFolder.boolValue ? ImportFiles(folder: path) : try ImportFiles(archive: path)
            if let name = Self.tables.first(where: files.has) {
                entries = Self.unique(
                    try Self.entries(of: name, try files.read(name, limit: Self.largestTable), defaults))
            } else {
                entries = Self.unique(try Self.folders(files, path, defaults))
            }
            return
        }
        let url = URL(fileURLWithPath: path)
        files = ImportFiles(folder: url.deletingLastPathComponent().path)
        entries = Self.unique(try Self.entries(of: url.lastPathComponent, try Self.read(path), defaults))
    }

    private static func entries(
        of name: String, _ bytes: [UInt8], _ defaults: ImportDefaults
    ) throws -> [ImportEntry] {
        guard bytes.count <= largestTable else {
            throw RequestError.tooLarge("'\(name)' is over \(largestTable >> 20) MiB.")
        }
        switch name.split(separator: ".").last?.lowercased() {
        case "csv", "tsv", "txt": return try table(bytes, defaults)
        case "jsonl", "ndjson": return lines(bytes, defaults)
        case "xml", "rss", "atom": return try feed(bytes, defaults)
        default:
            throw RequestError.invalidParam(
                "'\(name)' is neither a folder, an archive nor a table: the file's name ends in .zip, .csv, .tsv, "
                    + ".jsonl, .ndjson or .xml.")
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

    /// A sub-folder for each SKU, with its pictures.
    private static func folders(
        _ files: ImportFiles, _ path: String, _ defaults: ImportDefaults
    ) throws -> [ImportEntry] {
        var pictures: [String: [String]] = [:]
        var entries: [ImportEntry] = []
        for name in try files.names() where isPicture(name) {
            let parts = name.split(separator: "/")
            if parts.count == 2 { pictures[String(parts[0]), default: []].append(name) }
            guard parts.count == 1 else { continue }
            entries.append(
                ImportEntry(
                    line: 0, draft: ItemDraft(sku: name), pictures: [name],
                    fault: "the picture lies beside the folders of SKUs and belongs to none"))
        }
        for (sku, names) in pictures {
            var fields = ImportFields(defaults)
            fields.set("sku", .string(sku))
            fields.set("title", .string(sku))
            fields.set("pictures", .array(names.map { .string($0) }))
            entries.append(fields.entry(line: 0))
        }
        entries += files.refused.map { name, cause in
            ImportEntry(line: 0, draft: ItemDraft(sku: name), pictures: [name], fault: cause)
        }
        guard !entries.isEmpty else {
            throw RequestError.invalidParam(
                "'\(path)' holds no sub-folder with pictures and none of \(tables.joined(separator: ", ")).")
        }
        return entries.sorted { $0.draft.sku < $1.draft.sku }.enumerated().map { place, entry in
            ImportEntry(line: place + 1, draft: entry.draft, pictures: entry.pictures, fault: entry.fault)
        }
    }

    /// The products of a feed.
    private static func feed(_ bytes: [UInt8], _ defaults: ImportDefaults) throws -> [ImportEntry] {
        guard let products = ProductFeed.products(bytes) else {
            throw RequestError.invalidParam("The feed holds no products: no element 'item', 'entry' or 'product'.")
        }
        // Several products may stand on one line; then they are told by their place in the feed.
        let hasOwnLines = Set(products.map(\.line)).count == products.count
        return products.enumerated().map { place, product in
            var fields = ImportFields(defaults)
            for (name, value) in product.fields { fields.set(name, value) }
            var entry = fields.entry(line: hasOwnLines ? product.line : place + 1)
            entry.fault = product.fault ?? entry.fault
            return entry
        }
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
    func picture(_ name: String, limit: Int) throws(RequestError) -> [UInt8] { try files.read(name, limit: limit) }
}
