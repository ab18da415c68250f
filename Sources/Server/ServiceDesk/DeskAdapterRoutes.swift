import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk

/// Businesses behind cards: set up, tried out, taken out of use and brought back, by administrators.
struct DeskAdapterRoutes: RouteGroup {
    let access: DeskAccess
    let businesses: Businesses
    private var desk: Desk { access.desk }

    private static let adapter = "/api/v1/desk/adapters/{name}"

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/adapters", .desk) { call, session in
            let shop = try await access.served(call, session)
            return .json(["adapters": .array(try await list(of: shop, call, session))])
        }
        routes.put(Self.adapter, .desk) { call, session in
            let shop = try await access.owned(call, session)
            let body = try await call.object()
            let config = try body.required("config", try body.object("config"))
            try await desk.setAdapter(
                call.parameter("name"), of: shop, config: config, secret: try body.string("secret"))
            try await businesses.reload()
            return .emptyObject
        }
        routes.delete(Self.adapter, .desk) { call, session in try await retire(call, session, true) }
        routes.post(Self.adapter + "/restore", .desk) { call, session in try await retire(call, session, false) }
        routes.post(Self.adapter + "/check", .state) { call, session in
            let shop = try await access.owned(call, session)
            return .json(try await check(call, of: shop))
        }
    }

    private func list(of shop: Int64, _ call: Call, _ session: Session) async throws -> [JSON] {
        let open = businesses.openBreakers
        let withRetired = try session.isAdmin && call.query().bool("retired")
        return try await desk.adapterViews(of: shop, withRetired: withRetired).map { view in
            var shown = view.objectValue ?? [:]
            // Addresses and headers of businesses are for those who set them up.
            if !session.isAdmin { shown["config"] = nil }
            shown["open"] = .bool(!open.contains(view["name"]?.stringValue ?? ""))
            return .object(shown)
        }
    }

    private func retire(_ call: Call, _ session: Session, _ isRetired: Bool) async throws -> Response {
        let shop = try await access.owned(call, session)
        try await desk.retireAdapter(call.parameter("name"), of: shop, isRetired)
        try await businesses.reload()
        return .emptyObject
    }

    /// Asks the business as `vitrine cards check-adapter` does, with a press that the caller makes up.
    private func check(_ call: Call, of shop: Int64) async throws -> JSON {
        let name = call.parameter("name")
        guard let business = try await desk.businesses().first(where: { $0.name == name && $0.shop == shop }) else {
            throw RequestError.notFound("There is no adapter '\(name.prefix(64))'.")
        }
        let body = try await call.object(orEmpty: true)
        let press: JSONObject = [
            "verb": .string(try body.string("verb") ?? "book"), "ref": .string(try body.string("ref") ?? "check"),
            "data": .object(try body.object("data") ?? [:]), "user": .string("@check:\(desk.accounts.serverName)"),
        ]
        let findings = await AdapterKit(config: business.config, secret: business.secret, press: press).check()
        return ["findings": .array(findings.map(\.json))]
    }
}
