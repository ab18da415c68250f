import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import VisualSearch

/// The tree of categories: everybody may look, people of the shop change it.
struct CategoryRoutes: RouteGroup {
    let access: CatalogueAccess

    func add(to routes: inout RouteTable) {
        let path = "/api/v1/catalogue/categories"
        routes.openGet(path, .catalogue) { call in .json(try await tree(of: try await access.catalogue(call))) }
        routes.post(path, .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogueToFill(call)
            let body = try await call.object()
            let name = try body.required("name", try body.string("name"))
            try await catalogue.addCategory(name, under: try body.string("top"))
            return .json(try await tree(of: catalogue), status: .created)
        }
        routes.patch(path + "/{name}", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            let body = try await call.object()
            var name = call.parameter("name")
            if let wished = try body.string("name") {
                try await catalogue.renameCategory(name, to: wished)
                name = wished
            }
            if let top = body["top"] {
                guard top.isNull || top.stringValue != nil else {
                    throw RequestError.badJSON("'top' is the name of a top category, or null.")
                }
                try await catalogue.moveCategory(name, under: top.stringValue)
            }
            return .json(try await tree(of: catalogue))
        }
        routes.delete(path + "/{name}", .catalogue) { call, session in
            try session.requireShop()
            let catalogue = try await access.catalogue(call)
            try await catalogue.removeCategory(call.parameter("name"))
            return .json(try await tree(of: catalogue))
        }
    }

    private func tree(of catalogue: Catalogue) async throws -> JSON {
        let branches = try await catalogue.categoryTree()
        return [
            "catalogue": .string(catalogue.name),
            "categories": .array(
                branches.map { branch in
                    var object: JSONObject = ["name": .string(branch.name), "items": .int(branch.items)]
                    object["top"] = branch.top.map { .string($0) }
                    return .object(object)
                }),
        ]
    }
}
