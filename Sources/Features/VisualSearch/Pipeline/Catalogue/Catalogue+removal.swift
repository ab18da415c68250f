internal import Basics
internal import Storage

/// Taking things out of a catalogue, and bringing them back.
extension Catalogue {
    /// Takes an item out. Returns when no search finds it any more.
    ///
    /// - Returns: The number of the removal, for ``undo(_:)``.
    /// - Throws: ``RequestError`` 404 when there is no such item.
    @discardableResult
    public func removeItem(_ item: Int64, by whom: String = "") async throws -> Int64 {
        try await remove { [number] context in
            guard let known = try ItemQueries.item(item, context.connection), known.removal == nil else {
                throw RequestError.notFound("There is no item \(item).")
            }
            let removal = try RemovalQueries.insert(
                kind: "item", subject: known.draft.sku, by: whom, of: number, in: context)
            try RemovalQueries.markItem(item, removal: removal, in: context)
            return (removal, 1)
        }.removal
    }

    /// Takes a picture out. Returns when no search finds it any more.
    ///
    /// - Throws: ``RequestError`` 404 when there is no such picture.
    @discardableResult
    public func removePicture(_ picture: Int64, by whom: String = "", kind: String = "picture") async throws -> Int64 {
        try await remove { [number] context in
            guard let known = try PictureQueries.picture(picture, context.connection), known.removal == nil else {
                throw RequestError.notFound("There is no picture \(picture).")
            }
            let removal = try RemovalQueries.insert(
                kind: kind, subject: known.name, by: whom, of: number, in: context)
            try RemovalQueries.markPicture(picture, removal: removal, in: context)
            return (removal, 0)
        }.removal
    }

    /// Takes all items of a shop out, in one step. Returns when no search finds any of them.
    ///
    /// - Returns: The number of the removal, and how many items went.
    /// - Throws: ``RequestError`` 404 when the shop has no items here.
    @discardableResult
    public func removeShop(_ shop: String, by whom: String = "") async throws -> (removal: Int64, items: Int) {
        try await remove { [number] context in
            guard let known = try CatalogueQueries.shop(shop, context.connection) else {
                throw RequestError.notFound("There is no shop '\(shop)'.")
            }
            let removal = try RemovalQueries.insert(kind: "shop", subject: shop, by: whom, of: number, in: context)
            let items = try RemovalQueries.markShop(known, removal: removal, of: number, in: context)
            guard items > 0 else { throw RequestError.notFound("The shop '\(shop)' has no items here.") }
            return (removal, items)
        }
    }

    private func remove(
        _ body: @escaping @Sendable (WriteContext) throws -> (removal: Int64, items: Int)
    ) async throws -> (removal: Int64, items: Int) {
        let removed = try await database.write { [number] context in
            let removed = try body(context)
            try Self.settle(removed.removal, of: number, in: context)
            return removed
        }
        try options.faultPoint("removed")
        try await catchUp()
        return removed
    }

    /// Lets copies elsewhere answer for pictures that went, and tells the index.
    static func settle(_ removal: Int64, of catalogue: Int64, in context: WriteContext) throws {
        for (kept, alias) in try RemovalQueries.orphans(removal, in: context) {
            try RemovalQueries.promote(alias, insteadOf: kept, of: catalogue, in: context)
        }
        try CatalogueEvent.removal(removal).append(to: catalogue, in: context)
    }

    /// Brings back what a removal took, as long as it is kept. Returns when searches find it again.
    ///
    /// - Returns: How many items and pictures are back.
    /// - Throws: ``RequestError`` 404 when there is no such removal, 409 when it was undone before.
    @discardableResult
    public func undo(_ removal: Int64) async throws -> Int {
        let count = try await database.write { [number] context in
            guard let known = try RemovalQueries.removal(removal, of: number, context.connection) else {
                throw RequestError.notFound("There is no removal \(removal).")
            }
            guard known.undoneMilliseconds == nil else {
                throw RequestError(status: 409, code: "undone", message: "Removal \(removal) was undone before.")
            }
            let (items, pictures) = try RemovalQueries.undo(removal, in: context)
            for item in items { try CatalogueEvent.item(item).append(to: number, in: context) }
            for picture in pictures { try CatalogueEvent.picture(picture).append(to: number, in: context) }
            return items.count + pictures.count
        }
        try await catchUp()
        return count
    }

    /// The newest removals first.
    public func removals(before number: Int64 = .max, limit: Int = 50) async throws -> [CatalogueRemoval] {
        let limit = min(max(1, limit), 1_000)
        return try await database.read { [catalogue = self.number] in
            try RemovalQueries.page(of: catalogue, before: number, limit: limit, $0)
        }
    }

    /// Deletes for good what was removed longer ago than it is kept, files and vectors included.
    ///
    /// - Returns: How many pictures were deleted.
    @discardableResult
    public func purge(retentionMilliseconds: Int64? = nil) async throws -> Int {
        let (before, overflow) = database.now.subtractingReportingOverflow(
            max(0, retentionMilliseconds ?? options.retentionMilliseconds))
        guard !overflow else { return 0 }
        var count = 0
        while true {
            let purged = try await database.write { [number] context in
                try RemovalQueries.purge(of: number, before: before, limit: 256, in: context)
            }
            if purged == 0 { break }
            count += purged
        }
        try await database.write { [number] in try RemovalQueries.purgeItems(of: number, before: before, in: $0) }
        if count > 0 { try await indexes.compact() }
        return count
    }
}
