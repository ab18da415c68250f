import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import VisualSearch

/// Kinds of goods that are searched on their own, by manifest: everybody may see which there are, people of the shop keep
/// them.
struct VerticalRoutes: RouteGroup {
    let catalogues: Catalogues

    func add(to routes: inout RouteTable) {
        let path = "/api/v1/verticals"
        routes.openGet(path, .catalogue) { _ in
            .json(["verticals": .array(try await catalogues.verticals().map(\.json))])
        }
        routes.put(path + "/{name}", .catalogue) { call, session in
            try session.requireShop()
            let vertical: Vertical
            do {
                vertical = try Vertical(.object(try await call.object()))
            } catch let fault as Vertical.Fault {
                throw RequestError.invalidParam(fault.description)
            }
            guard vertical.name == call.parameter("name") else {
                throw RequestError.invalidParam("'name' of the manifest is another one than that of the address.")
            }
            return .json(try await catalogues.put(vertical).json)
        }
        routes.delete(path + "/{name}", .catalogue) { call, session in
            try session.requireShop()
            try await catalogues.removeVertical(call.parameter("name"))
            return .emptyObject
        }
    }
}

extension KnownVertical {
    fileprivate var json: JSON {
        [
            "name": .string(vertical.name), "model": vertical.model.map { .string($0) } ?? .null,
            "space": .string(space), "items": .int(items), "covers": .array(vertical.covers.map { .string($0) }),
            "categories": .array(vertical.categories.map { .string($0.name) }),
            "sites": .int(Int64(vertical.sites.count)), "readings": .int(Int64(vertical.readings.count)),
        ]
    }
}
