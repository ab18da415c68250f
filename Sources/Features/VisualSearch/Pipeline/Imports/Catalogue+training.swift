internal import Basics
internal import Foundation
internal import Imaging
internal import Storage

extension Catalogue {
    /// Writes what a model learns from to a folder: the catalogue's own decisions about what shows the same thing.
    ///
    /// - `styles.csv` (`path,label,category`): every picture that searches find, with its style, over all sellers and
    ///   merges; what was called foreign is not there.
    /// - `photos.csv` (`path,label,category,occasion`): customers' photos of which somebody said what they show.
    /// - `pairs.csv` (`photo,x,y,width,height,style,same,by`): a photo, the part that was searched (0 to 1), a style, and
    ///   whether it is shown (1) or not (0), by the word of a `customer` or of the `shop`.
    ///
    /// The first two are read by `vitrine eval` and by training as they are.
    /// - Parameters:
    ///   - folder: made here; must not exist yet.
    ///   - progress: gets the share of the items that is done.
    /// - Returns: How many pictures, photos and pairs were written.
    public func exportTraining(
        to folder: String, progress: (Double) -> Void = { _ in }
    ) async throws -> (pictures: Int, photos: Int, pairs: Int) {
        try FileManager.default.createDirectory(atPath: "\(folder)/photos", withIntermediateDirectories: true)
        let pictures = try await exportStyles(to: folder, progress: progress)
        var photos = DelimitedText(["path", "label", "category", "occasion"])
        var pairs = DelimitedText(["photo", "x", "y", "width", "height", "style", "same", "by"])
        var last: Int64 = 0
        while true {
            let page = try await database.read { [number, last] connection in
                try TrainingQueries.judged(of: number, after: last, limit: 200, connection)
            }
            for judged in page.pairs { try await export(judged, to: folder, &photos, &pairs) }
            guard let end = page.last else { break }
            last = end
        }
        try photos.write(to: "\(folder)/photos.csv")
        try pairs.write(to: "\(folder)/pairs.csv")
        return (pictures, photos.count, pairs.count)
    }

    private func exportStyles(to folder: String, progress: (Double) -> Void) async throws -> Int {
        var table = DelimitedText(["path", "label", "category"])
        let all = try await database.read { [number] in try ItemQueries.count(of: number, $0) }
        var (last, done): (Int64, Int) = (0, 0)
        while true {
            let page = try await items(after: last, limit: 200)
            guard let end = page.last else { break }
            for item in page {
                let style = try await style(of: item)
                for picture in try await pictures(of: item.number) where picture.stage == .visible {
                    let bytes = try await file(of: picture.number).readAll()
                    let path = "pictures/\(item.number)/\(picture.number).\(Self.ending(of: bytes))"
                    try Self.write(bytes, to: "\(folder)/\(path)")
                    table.add([path, style, item.draft.category])
                }
                done += 1
                progress(Double(done) / Double(max(1, all)))
            }
            last = end.number
        }
        try table.write(to: "\(folder)/styles.csv")
        return table.count
    }

    private func style(of item: CatalogueItem) async throws -> String {
        try await database.read { connection in
            var names = StyleNames()
            return try names.style(of: item, connection)
        }
    }

    /// A photo whose item is not there any more teaches nothing.
    private func export(
        _ judged: JudgedPhoto, to folder: String, _ photos: inout DelimitedText, _ pairs: inout DelimitedText
    ) async throws {
        guard let item = try await items(sku: judged.sku).first else { return }
        let bytes = try await environment.blobs.reader(of: judged.photo).readAll()
        let path = "photos/\(judged.scan).\(Self.ending(of: bytes))"
        try Self.write(bytes, to: "\(folder)/\(path)")
        let style = try await style(of: item)
        let box = judged.answer.chosen
        pairs.add(
            [path] + [box.x, box.y, box.width, box.height].map { String(($0 * 10_000).rounded() / 10_000) }
                + [style, judged.isSame ? "1" : "0", judged.isReviewed ? "shop" : "customer"])
        guard judged.isSame else { return }
        // What one customer photographs on one day is one occasion: such photos are never compared with each other.
        photos.add([path, style, item.draft.category, "\(judged.visitor)-\(judged.atMilliseconds / 86_400_000)"])
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    private static func ending(of bytes: [UInt8]) -> String {
        switch try? ImageProbe.read(bytes).format {
        case .png: "png"
        case .webp: "webp"
        default: "jpg"
        }
    }
}

/// A table that is written line by line.
private struct DelimitedText {
    private var text: String
    private(set) var count = 0

    init(_ columns: [String]) { text = columns.joined(separator: ",") + "\n" }

    mutating func add(_ fields: [String]) {
        text += fields.map(CSVField.text).joined(separator: ",") + "\n"
        count += 1
    }

    func write(to path: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
}
