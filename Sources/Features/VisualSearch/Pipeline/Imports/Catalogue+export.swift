internal import Basics
internal import Foundation
internal import Storage

extension Catalogue {
    /// Writes all items and pictures to a folder: `catalogue.ndjson`, which an import reads, and the files beside it.
    ///
    /// - Parameters:
    ///   - folder: made here; must not exist yet.
    ///   - progress: gets the share that is done.
    /// - Returns: How many items were written.
    public func export(to folder: String, progress: (Double) -> Void = { _ in }) async throws -> Int {
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let table = "\(folder)/catalogue.ndjson"
        try Data().write(to: URL(fileURLWithPath: table), options: .withoutOverwriting)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: table))
        defer { try? handle.close() }
        let all = try await database.read { [number] in try ItemQueries.count(of: number, $0) }
        var count = 0
        var last: Int64 = 0
        while true {
            let page = try await items(after: last, limit: 200)
            guard let end = page.last else { break }
            for item in page {
                let pictures = try await exportPictures(of: item, to: folder)
                try handle.write(contentsOf: Data((item.exported(pictures).text + "\n").utf8))
                count += 1
                progress(Double(count) / Double(max(1, all)))
            }
            last = end.number
        }
        try handle.synchronize()
        return count
    }

    private func exportPictures(of item: CatalogueItem, to folder: String) async throws -> [String] {
        var names: [String] = []
        for picture in try await pictures(of: item.number) {
            let bytes = try await file(of: picture.number).readAll()
            let name = "\(item.number)/\(picture.number)"
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(item.number)", withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            names.append(name)
        }
        return names
    }
}

extension CatalogueItem {
    fileprivate func exported(_ pictures: [String]) -> JSON {
        var object: JSONObject = [
            "sku": .string(draft.sku), "title": .string(draft.title), "category": .string(draft.category),
            "link": .string(draft.link), "currency": .string(draft.currency),
            "pictures": .array(pictures.map { .string($0) }), "attributes": .object(draft.attributes),
        ]
        if !draft.shop.isEmpty { object["shop"] = .string(draft.shop) }
        if let price = draft.price { object["price"] = .string(ImportFields.written(price, currency: draft.currency)) }
        if let stock = draft.stock { object["stock"] = .int(stock) }
        return .object(object)
    }
}
