internal import Basics
internal import Storage

/// A category as it stands in the tree.
public struct CategoryBranch: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// The top category that it stands under; nil for one that is a top category itself.
    public let top: String?
    /// Items of it that are there, without those of categories below it.
    public let items: Int64
}

/// The tree of categories is data of the catalogue: people of the shop change it.
extension Catalogue {
    /// The tree: top categories in the order in which they came, each with those under it behind it.
    public func categoryTree() async throws -> [CategoryBranch] {
        try await database.read { [number] connection in
            let all = try CatalogueQueries.categories(of: number, connection)
            let counts = try CategoryQueries.counts(of: number, connection)
            let names = Dictionary(uniqueKeysWithValues: all.map { ($0.number, $0.name) })
            let tops = all.filter { $0.top == $0.number }
            return tops.flatMap { top in [top] + all.filter { $0.top == top.number && $0.number != top.number } }.map {
                CategoryBranch(
                    name: $0.name, top: $0.top == $0.number ? nil : names[$0.top], items: counts[$0.number] ?? 0)
            }
        }
    }

    /// Gives a category another name. Returns when searches tell it.
    ///
    /// - Throws: ``RequestError`` 404 for an unknown category, 409 for a name that is taken, 403 for `other`.
    public func renameCategory(_ name: String, to wished: String) async throws {
        guard !wished.isEmpty, wished.utf8.count <= 200 else {
            throw RequestError.invalidParam("The name of a category has 1 to 200 bytes.")
        }
        try await database.write { [number] context in
            let category = try Self.changeable(name, of: number, in: context)
            let all = try CatalogueQueries.categories(of: number, context.connection)
            guard !all.contains(where: { $0.name == wished && $0.number != category.number }) else {
                throw RequestError(status: 409, code: "exists", message: "There is a category '\(wished)' already.")
            }
            try CategoryQueries.rename(category.number, to: wished, in: context)
        }
    }

    /// Puts a category under a top category; nil makes it a top category itself. Returns when searches show it.
    ///
    /// - Throws: ``RequestError`` 404 for an unknown category, 409 when others stand under it, 403 for `other`.
    public func moveCategory(_ name: String, under top: String?) async throws {
        try await database.write { [number] context in
            let category = try Self.changeable(name, of: number, in: context)
            let all = try CatalogueQueries.categories(of: number, context.connection)
            let above = all.first { $0.name == top }
            guard top == nil || above != nil else {
                throw RequestError.notFound("There is no category '\(top ?? "")' to put '\(name)' under.")
            }
            guard above?.number != category.number, above.map({ $0.top == $0.number }) ?? true else {
                throw RequestError(
                    status: 409, code: "not_top", message: "'\(top ?? "")' is no other top category.")
            }
            guard try above == nil || !CategoryQueries.hasChildren(category.number, context.connection) else {
                throw RequestError(
                    status: 409, code: "has_children",
                    message: "Other categories stand under '\(name)': move them first.")
            }
            try CategoryQueries.move(category.number, under: above?.number, of: number, in: context)
        }
        try await catchUp()
    }

    /// Takes a category away; its items count as `other` from then on. Returns when searches show it.
    ///
    /// - Throws: ``RequestError`` 404 for an unknown category, 409 when others stand under it, 403 for `other`.
    public func removeCategory(_ name: String) async throws {
        try await database.write { [number] context in
            let category = try Self.changeable(name, of: number, in: context)
            guard try !CategoryQueries.hasChildren(category.number, context.connection) else {
                throw RequestError(
                    status: 409, code: "has_children",
                    message: "Other categories stand under '\(name)': move them first.")
            }
            let all = try CatalogueQueries.categories(of: number, context.connection)
            guard let other = all.first(where: { $0.name == CatalogueQueries.otherCategory }) else {
                throw StorageError(.damaged, "The catalogue has no category for everything else.")
            }
            try CategoryQueries.remove(category.number, itemsTo: other.number, of: number, in: context)
        }
        try await catchUp()
    }

    private static func changeable(
        _ name: String, of catalogue: Int64, in context: WriteContext
    ) throws -> CatalogueCategory {
        guard name != CatalogueQueries.otherCategory else {
            throw RequestError.forbidden("'\(name)' takes what belongs nowhere else: it stays as it is.")
        }
        let all = try CatalogueQueries.categories(of: catalogue, context.connection)
        guard let category = all.first(where: { $0.name == name }) else {
            throw RequestError.notFound("There is no category '\(name)'.")
        }
        return category
    }

    /// Takes what was removed out of the files of the index for good.
    public func compact() async throws { try await indexes.compact() }
}
