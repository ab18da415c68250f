internal import Basics
internal import Imaging
internal import Storage

/// A picture that somebody hands in.
public struct PictureUpload: Sendable, Hashable {
    /// The file.
    public var bytes: [UInt8]
    /// Where it comes from, for reports.
    public var name: String

    /// A file.
    public init(bytes: [UInt8], name: String = "") {
        self.bytes = bytes
        self.name = name
    }
}

/// What became of an item that was put into a catalogue.
public struct PutResult: Sendable, Hashable {
    /// What became of one of its pictures.
    public struct Picture: Sendable, Hashable {
        /// What became of it.
        public let outcome: ImportOutcome
        /// Its number; nil when nothing was stored of it.
        public let picture: Int64?
        /// The picture that it is, or may be, a copy of.
        public let other: Int64?
        /// Why it was refused.
        public let cause: String?
    }

    /// The item's number.
    public let item: Int64
    /// Whether the item is new or different, or one of its pictures came or went.
    public let isChanged: Bool
    /// Its pictures, in their order.
    public let pictures: [Picture]
}

extension Catalogue {
    /// Adds an item, or replaces the one of its shop and SKU: afterwards it has exactly these pictures.
    ///
    /// Returns when searches find it. New pictures come before old ones go; what was there already is left alone, so
    /// the same call a second time changes nothing. Pictures that cannot be used are named in the result.
    /// - Parameters:
    ///   - keeping: names of pictures that could not be had just now: those that the item has under them stay.
    ///   - waitsForIndex: false returns when everything is durable, and the next ``catchUp()`` shows it.
    /// - Throws: ``RequestError`` 400 for an impossible item, 503 when the server cannot store it.
    @discardableResult
    public func put(
        _ draft: ItemDraft, pictures: [PictureUpload], keeping late: Set<String> = [], waitsForIndex: Bool = true
    ) async throws -> PutResult {
        try draft.check()
        guard pictures.count <= options.picturesPerItem else {
            throw RequestError.invalidParam(
                "An item can have \(options.picturesPerItem) pictures; \(draft.sku) has \(pictures.count).")
        }
        let (item, isDifferent) = try await putItem(draft)
        try options.faultPoint("item")
        var results: [PutResult.Picture] = []
        var isChanged = isDifferent
        for (place, upload) in pictures.enumerated() {
            let (result, isNew) = try await putPicture(upload, place: place, item: item, replacing: nil)
            results.append(result)
            isChanged = isChanged || isNew
        }
        if try await dropOthers(than: Set(results.compactMap(\.picture)), keeping: late, of: item) { isChanged = true }
        try options.faultPoint("put")
        if isChanged, waitsForIndex { try await catchUp() }
        return PutResult(item: item, isChanged: isChanged, pictures: results)
    }

    /// Brings everything that is durable into the index.
    public func catchUp() async throws { try await indexes.catchUp() }

    /// Adds an item or changes what is known of it; its pictures stay as they are.
    @discardableResult
    public func update(_ draft: ItemDraft) async throws -> Int64 {
        try draft.check()
        let (item, isChanged) = try await putItem(draft)
        if isChanged { try await catchUp() }
        return item
    }

    private func putItem(_ draft: ItemDraft) async throws -> (number: Int64, isChanged: Bool) {
        try await database.write { [number] context in
            let categories = try CatalogueQueries.categories(of: number, context.connection)
            let wished = draft.category.lowercased()
            let category =
                categories.first { $0.name.lowercased() == wished }
                ?? categories.first { $0.name == CatalogueQueries.otherCategory }
            guard let category else { throw StorageError(.damaged, "The catalogue has no categories.") }
            let shop = try CatalogueQueries.shop(draft.shop, in: context)
            return try ItemQueries.put(draft, category: category.number, shop: shop, of: number, in: context)
        }
    }

    // MARK: Pictures

    /// Puts a picture at a place of an item: adds it there, or replaces the one that stands there.
    ///
    /// Returns when searches find it. The old one goes when the new one is there.
    /// - Throws: ``RequestError`` 404 when there is no such item, 422 for a picture that cannot be used.
    @discardableResult
    public func putPicture(_ upload: PictureUpload, at place: Int, of item: Int64) async throws -> Int64 {
        guard (0..<options.picturesPerItem).contains(place) else {
            throw RequestError.invalidParam("The place of a picture is 0 to \(options.picturesPerItem - 1).")
        }
        guard try await self.item(item) != nil else { throw RequestError.notFound("There is no item \(item).") }
        let old = try await pictures(of: item).first { $0.place == place }
        let (result, _) = try await putPicture(upload, place: place, item: item, replacing: old?.number)
        guard let picture = result.picture, result.outcome != .refused else {
            throw RequestError(
                status: 422, code: "bad_picture", message: result.cause ?? "The picture cannot be used.")
        }
        try await catchUp()
        return picture
    }

    private func putPicture(
        _ upload: PictureUpload, place: Int, item: Int64, replacing old: Int64?
    ) async throws -> (PutResult.Picture, isNew: Bool) {
        if let cause = refusal(of: upload.bytes) {
            return (PutResult.Picture(outcome: .refused, picture: nil, other: nil, cause: cause), false)
        }
        let (stored, isNew) = try await store(upload, place: place, item: item, replacing: old)
        try options.faultPoint("stored")
        try await advance(stored)
        let (picture, review) = try await database.read { connection in
            (
                try PictureQueries.picture(stored, connection),
                try PictureQueries.machine(stored, connection)?.review
            )
        }
        guard let picture else { throw StorageError(.missing, "The picture \(stored) is gone.") }
        return (Self.result(picture, review: review, isNew: isNew), isNew)
    }

    private static func result(_ picture: CataloguePicture, review: Int64?, isNew: Bool) -> PutResult.Picture {
        let outcome: ImportOutcome =
            switch picture.stage {
            case .refused, .dead, .removed: .refused
            case .aliased where isNew: .alias
            case _ where !isNew: .unchanged
            default: review == nil ? .accepted : .review
            }
        return PutResult.Picture(
            outcome: outcome, picture: picture.number, other: picture.alias ?? review, cause: picture.problem)
    }

    /// Why a file is not even stored.
    private func refusal(of bytes: [UInt8]) -> String? {
        guard bytes.count <= options.limits.maximumBytes else {
            return "The picture has \(bytes.count) bytes; \(options.limits.maximumBytes) are allowed."
        }
        do {
            _ = try ImageProbe.read(bytes)
            return nil
        } catch {
            return error.description
        }
    }

    private func store(
        _ upload: PictureUpload, place: Int, item: Int64, replacing old: Int64?
    ) async throws -> (number: Int64, isNew: Bool) {
        let writer = try await environment.blobs.makeWriter(limit: Int64(upload.bytes.count))
        do {
            try await writer.write(upload.bytes)
            return try await writer.finish { [number] blob, context in
                try PictureQueries.put(
                    blob, name: upload.name, place: place, item: item, replacing: old, of: number, in: context)
            }
        } catch {
            await writer.abandon()
            throw error
        }
    }

    /// Takes away the pictures of an item that it no longer has.
    private func dropOthers(than kept: Set<Int64>, keeping late: Set<String>, of item: Int64) async throws -> Bool {
        let pictures = try await pictures(of: item)
        guard pictures.contains(where: { !kept.contains($0.number) && !late.contains($0.name) }) else { return false }
        return try await database.write { [number] context in
            let old = try PictureQueries.all(of: item, context.connection).filter {
                $0.removal == nil && !kept.contains($0.number) && !late.contains($0.name)
            }
            guard !old.isEmpty else { return false }
            let removal = try RemovalQueries.insert(
                kind: "replaced", subject: "item \(item)", by: "", of: number, in: context)
            for picture in old { try RemovalQueries.markPicture(picture.number, removal: removal, in: context) }
            try Self.settle(removal, of: number, in: context)
            return true
        }
    }
}
