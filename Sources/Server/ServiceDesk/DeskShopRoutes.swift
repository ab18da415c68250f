import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk

/// The shops of this server: their names, how one of them is reached, and which of them somebody works in.
struct DeskShopRoutes: RouteGroup {
    let access: DeskAccess
    private var desk: Desk { access.desk }

    func add(to routes: inout RouteTable) {
        routes.openGet("/api/v1/shop", .discovery) { call in
            let shop = try call.query().integer("shop", clampedTo: 0...JSON.maximumInteger) ?? Desk.firstShop
            return .json(try await desk.shop(shop).json)
        }
        routes.post("/api/v1/contact", .membership) { _, session in
            // Without a desk all staff is reached; where there are several shops, that of the first.
            let staff = try await desk.contacts(of: session)
            return .json(["room_id": .string(try await desk.messaging.contact(session, among: staff))])
        }
        routes.get("/api/v1/desk/shops", .desk) { _, session in .json(["shops": .array(try await mine(session))]) }
        routes.post("/api/v1/desk/shops", .admin) { call, session in
            try requireOwner(session)
            return .json(try await desk.addShop(try await name(call)).json)
        }
        routes.put("/api/v1/desk/shops/{shop}", .admin) { call, session in
            try requireOwner(session)
            return .json(try await desk.renameShop(try call.number("shop"), try await name(call)).json)
        }
    }

    private func requireOwner(_ session: Session) throws {
        try session.requireAdmin()
        try session.refuseSuspended()
    }

    private func name(_ call: Call) async throws -> String {
        let body = try await call.object()
        return try body.required("name", try body.string("name"))
    }

    /// Those that somebody works in; an administrator sets up all.
    private func mine(_ session: Session) async throws -> [JSON] {
        let role = try await access.role(session)
        let membership: DeskMembership? = if case .staff(let membership) = role { membership } else { nil }
        if !session.isAdmin { _ = try await access.requireAgent(session) }
        return try await desk.shops().compactMap { shop in
            let works = membership?.shops.contains(shop.number) ?? false
            guard works || session.isAdmin else { return nil }
            var view = shop.json.objectValue ?? [:]
            let supervises = membership?.supervised.contains(shop.number) ?? false
            view["member"] = .bool(works)
            view["supervisor"] = .bool(supervises)
            view["manages"] = .bool(supervises || session.isAdmin)
            return .object(view)
        }
    }
}
