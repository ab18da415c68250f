import Accounts
import Basics
import HummingbirdCore
import Logging
import Messaging
import ServiceDesk

/// Robots: application services, those of the operator's files and those that administrators register while the server
/// runs. Tokens are told once, when a service is registered.
struct DeskRobotRoutes: RouteGroup {
    let access: DeskAccess
    let services: ApplicationServices
    let http: OutgoingHTTP
    private var desk: Desk { access.desk }

    private static let robot = "/api/v1/desk/robots/{robot}"

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/robots", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return .json(["robots": .array(try await list(of: shop, session))])
        }
        routes.post("/api/v1/desk/robots", .state) { call, session in
            let shop = try await access.owned(call, session)
            return .json(try await register(try await call.object(), of: shop))
        }
        routes.delete(Self.robot, .desk) { call, session in
            _ = try await access.owned(call, session)
            try await retire(call.parameter("robot"))
            return .emptyObject
        }
        routes.post(Self.robot + "/restore", .desk) { call, session in
            _ = try await access.owned(call, session)
            try await restore(call.parameter("robot"))
            return .emptyObject
        }
        routes.post(Self.robot + "/ping", .state) { call, session in
            _ = try await access.owned(call, session)
            let id = call.parameter("robot")
            guard let entry = services.entries.first(where: { $0.registration.id == id }) else { throw Self.unknown }
            guard let url = entry.registration.url else {
                throw RequestError(
                    status: 400, code: "M_URL_NOT_SET", message: "This robot has no address: it calls in.")
            }
            return .json(try await ServiceRoutes.reach(entry, url, http, transaction: nil))
        }
    }

    private static let unknown = RequestError.notFound("There is no such robot.")

    /// The robots of a shop, and those of the operator's files, which may serve any.
    private func list(of shop: Int64, _ session: Session) async throws -> [JSON] {
        var views: [JSON] = []
        let known = try await desk.robots()
        let elsewhere = Set(known.filter { $0.shop != shop }.compactMap { $0.registration["id"]?.stringValue })
        for entry in services.entries where entry.isFromFile || !elsewhere.contains(entry.registration.id) {
            views.append(try await view(entry.registration, entry.isFromFile, retired: nil, session))
        }
        for (stored, home, retired) in known where home == shop {
            guard let retired, let registration = try? ServiceRegistration(stored) else { continue }
            views.append(try await view(registration, false, retired: retired, session))
        }
        return views
    }

    private func view(
        _ registration: ServiceRegistration, _ isFromFile: Bool, retired: Int64?, _ session: Session
    ) async throws -> JSON {
        let user = try await desk.accounts.user(localpart: registration.senderLocalpart)
        return [
            "id": .string(registration.id),
            "user_id": .string(registration.senderID(serverName: desk.accounts.serverName)),
            "user": user.map { .int($0.number) } ?? .null,
            "name": (user?.displayName).map(JSON.string) ?? .null,
            // Addresses are for those who set them up.
            "url": session.isAdmin ? registration.url.map(JSON.string) ?? .null : .null,
            "from_file": .bool(isFromFile), "retired_ts": retired.map(JSON.int) ?? .null,
        ]
    }

    /// Makes a registration with tokens of its own, lets the service in and answers the registration: this once.
    private func register(_ body: JSONObject, of shop: Int64) async throws -> JSON {
        let id = try body.required("id", try body.string("id"))
        let isPlain = id.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        guard !id.isEmpty, id.utf8.count <= 32, isPlain else {
            throw RequestError.invalidParam("A robot's id has 1 to 32 of a-z, 0-9 and -.")
        }
        let written: JSON = [
            "id": .string(id), "url": try body.string("url").map(JSON.string) ?? .null,
            "as_token": .string(Base64URL.encode(secureRandomBytes(32))),
            "hs_token": .string(Base64URL.encode(secureRandomBytes(32))),
            "sender_localpart": .string("r.\(id)"), "rate_limited": false,
            "namespaces": .object([:]),
        ]
        let registration = try ServiceRegistration(written)
        if try await desk.robots().contains(where: { $0.registration["id"]?.stringValue == id }) {
            throw RequestError(
                status: 409, code: "M_CONFLICT", message: "There is, or was, a robot '\(id)'. Bring it back instead.")
        }
        try await services.add(registration, to: desk.accounts)
        try await desk.setRobot(id, of: shop, written)
        if let name = try body.string("name"), !name.isEmpty,
            let user = try await desk.accounts.user(localpart: registration.senderLocalpart)
        {
            try await desk.accounts.setProfileField("displayname", to: .string(name), of: user.number)
        }
        return [
            "registration": written, "user_id": .string(registration.senderID(serverName: desk.accounts.serverName)),
        ]
    }

    private func retire(_ id: String) async throws {
        if services.entries.contains(where: { $0.registration.id == id && $0.isFromFile }) {
            throw RequestError.forbidden("A file of the server's operator names this robot; it ends there.")
        }
        guard try await desk.retireRobot(id, true) else { throw Self.unknown }
        try await services.remove(id, from: desk.accounts)
    }

    private func restore(_ id: String) async throws {
        let known = try await desk.robots().first { $0.registration["id"]?.stringValue == id }
        guard let known else { throw Self.unknown }
        guard known.retired != nil else { return }
        try await services.add(try ServiceRegistration(known.registration), to: desk.accounts)
        _ = try await desk.retireRobot(id, false)
    }
}

extension VitrineServer {
    /// Lets the robots in that were registered while the server ran.
    func installRobots() async throws {
        for (stored, _, retired) in try await core.desk.robots() where retired == nil {
            do {
                try await services.add(try ServiceRegistration(stored), to: core.accounts)
            } catch let error as RequestError {
                logger.warning("a robot is left out", metadata: ["why": "\(error.message)"])
            }
        }
    }
}
