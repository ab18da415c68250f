import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import NIOCore
import VisualSearch

/// The items of the catalogue. People of the shop change it; whoever has a token may look.
struct CatalogueRoutes: RouteGroup {
    let access: CatalogueAccess

    func add(to routes: inout RouteTable) {
        routes.openGet("/api/v1/catalogue", .catalogue) { call in .json(try await overview(call)) }
        routes.get("/api/v1/catalogue/items", .catalogue) { call, _ in .json(try await page(call)) }
        routes.put("/api/v1/catalogue/items/{sku}", .catalogue) { call, session in
            try session.requireShop()
            return try await put(call)
        }
        routes.get("/api/v1/catalogue/items/{sku}", .catalogue) { call, session in
            let catalogue = try await access.catalogue(call)
            do {
                return .json(try await described(try await access.item(call, in: catalogue), in: catalogue))
            } catch let error as RequestError where error.status == 404 && !session.isOfShop {
                // What customers open and the shop does not have is worth knowing.
                try await catalogue.want(.sku, call.parameter("sku"))
                throw error
            }
        }
        routes.delete("/api/v1/catalogue/items/{sku}", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            let item = try await access.item(call, in: catalogue)
            let removal = try await catalogue.removeItem(item.number, by: session.user.text)
            return .json(["removal": .int(removal)])
        }
        routes.delete("/api/v1/catalogue/shops/{shop}", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            let (removal, items) = try await catalogue.removeShop(call.parameter("shop"), by: session.user.text)
            return .json(["removal": .int(removal), "items": .int(Int64(items))])
        }
        routes.post("/api/v1/catalogue/removals/{removal}/undo", .catalogue) { call, session in
            try session.requireShop()
            guard let number = Int64(call.parameter("removal")) else {
                throw RequestError.notFound("There is no such removal.")
            }
            let count = try await access.catalogue(call).undo(number)
            return .json(["restored": .int(Int64(count))])
        }
        routes.get("/api/v1/items/{sku}/similar", .search) { call, _ in .json(try await similar(call)) }
    }

    // MARK: Looking

    /// What a page needs before the first scan: whether there is anything to find, and the categories.
    private func overview(_ call: Call) async throws -> JSON {
        let catalogue = try await access.catalogue(call)
        let statistics = try await catalogue.statistics()
        return [
            "catalogue": .string(catalogue.name), "items": .int(statistics.items),
            "categories": .array(try await catalogue.categories().map { .string($0.name) }),
        ]
    }

    private func page(_ call: Call) async throws -> JSON {
        let query = try call.query()
        let after = try query.integer("next", clampedTo: 0...Int64.max) ?? 0
        let limit = Int(try query.integer("limit", clampedTo: 1...500) ?? 100)
        let items = try await access.catalogue(call).items(after: after, limit: limit)
        var object: JSONObject = ["items": .array(items.map(\.json))]
        if items.count == limit, let last = items.last { object["next"] = .string(String(last.number)) }
        return .object(object)
    }

    private func described(_ item: CatalogueItem, in catalogue: Catalogue) async throws -> JSON {
        let pictures = try await catalogue.pictures(of: item.number)
        var object = item.json.objectValue ?? [:]
        switch ItemStanding(of: pictures.map(\.stage)) {
        case .searchable: object["searchable"] = true
        case .unsearchable(let reason):
            object["searchable"] = false
            object["reason"] = .string(reason.rawValue)
        }
        object["pictures"] = .array(pictures.map(\.json))
        return .object(object)
    }

    private func similar(_ call: Call) async throws -> JSON {
        let catalogue = try await access.catalogue(call)
        let item = try await access.item(call, in: catalogue)
        let query = try call.query()
        let wish = try ScanWish { name in name == "k" || name == "filter" ? query[name] : nil }
        let groups = try await catalogue.similar(to: item.number, limit: wish.limit, filter: wish.filter)
        return ["similar": .array(groups.map(\.json))]
    }

    // MARK: Changing

    /// JSON changes what is known of an item and leaves its pictures alone; a form brings its pictures as well.
    private func put(_ call: Call) async throws -> Response {
        let catalogue = try await access.catalogueToFill(call)
        let sku = call.parameter("sku")
        let type = call.request.headers[.contentType] ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data") else {
            let draft = try ItemDraft(try await call.object(), sku: sku)
            let number = try await catalogue.update(draft)
            guard let item = try await catalogue.item(number) else { throw RequestError.notFound("It was removed.") }
            return .json(try await described(item, in: catalogue))
        }
        let bytes = Array(buffer: try await call.body(maximumBytes: Self.largestForm))
        let form = try MultipartForm(bytes, contentType: type)
        let draft = try ItemDraft(try Self.item(in: form), sku: sku)
        let pictures = form.all("picture").map {
            PictureUpload(bytes: Array($0.content), name: $0.fileName ?? "")
        }
        let result = try await catalogue.put(draft, pictures: pictures)
        guard let item = try await catalogue.item(result.item) else { throw RequestError.notFound("It was removed.") }
        var object = try await described(item, in: catalogue).objectValue ?? [:]
        object["changed"] = .bool(result.isChanged)
        object["outcomes"] = .array(result.pictures.map(\.json))
        return .json(.object(object))
    }

    /// What a form of an item may weigh: 20 pictures of a few megabytes.
    private static let largestForm = 64 << 20

    private static func item(in form: MultipartForm) throws -> JSONObject {
        guard let part = form["item"] else { return [:] }
        do {
            guard let object = try JSON(parsing: part.content).objectValue else {
                throw RequestError.badJSON("'item' of the form must be a JSON object.")
            }
            return object
        } catch let error as JSONError {
            throw RequestError(error)
        }
    }
}
