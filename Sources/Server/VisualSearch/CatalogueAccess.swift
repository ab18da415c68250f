import Accounts
import Basics
import VisualSearch

/// Which catalogue a request means, and which of its items.
struct CatalogueAccess: Sendable {
    let catalogues: Catalogues

    /// The name of the catalogue that is made when somebody puts the first item in.
    static let firstName = "shop"

    /// The catalogue that the query names with `catalogue`; else `shop`, else the first one there is.
    ///
    /// - Throws: 404 for an unknown name, 404 `no_catalogue` when there is none at all.
    func catalogue(_ call: Call) async throws -> Catalogue {
        if let name = try call.query()["catalogue"] { return try await catalogues.catalogue(name) }
        let names = try await catalogues.names()
        guard let name = names.contains(Self.firstName) ? Self.firstName : names.first else {
            throw RequestError(
                status: 404, code: "no_catalogue",
                message: "This shop has no catalogue yet. Somebody of the shop puts the first item in: "
                    + "PUT /api/v1/catalogue/items/{sku}, or POST /api/v1/imports.")
        }
        return try await catalogues.catalogue(name)
    }

    /// The same for people who may fill it: the first catalogue is made when it is needed.
    func catalogueToFill(_ call: Call) async throws -> Catalogue {
        let isEmpty = try await catalogues.names().isEmpty
        guard isEmpty else { return try await catalogue(call) }
        let name = try call.query()["catalogue"] ?? Self.firstName
        do {
            return try await catalogues.create(name)
        } catch let refusal as RequestError where refusal.status == 409 {
            return try await catalogues.catalogue(name)
        }
    }

    /// The item in the path, by its SKU; with several shops the one that `shop` names, else the first.
    ///
    /// - Throws: 404 when there is none.
    func item(_ call: Call, in catalogue: Catalogue) async throws -> CatalogueItem {
        let sku = call.parameter("sku")
        let shop = try call.query()["shop"]
        let items = try await catalogue.items(sku: sku)
        guard let item = items.first(where: { shop == nil || $0.draft.shop == shop }) else {
            throw RequestError.notFound("There is no item '\(sku)'\(shop.map { " of the shop '\($0)'" } ?? "").")
        }
        return item
    }
}

extension Session {
    /// Whether the caller works for the shop: staff, administrators and robots.
    var isOfShop: Bool { isAdmin || kind == .staff || kind == .robot }

    /// Refuses everybody who does not work for the shop.
    func requireShop() throws(RequestError) {
        guard isOfShop else { throw .forbidden("Only people of the shop may do this.") }
        try refuseSuspended()
    }
}
