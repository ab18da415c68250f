import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk

/// Queues, rules and agents: who serves what, and who is there.
struct DeskSettingsRoutes: RouteGroup {
    let access: DeskAccess
    let presence: DeskPresence
    private var desk: Desk { access.desk }

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/queues", .desk) { call, session in
            let shop = try await access.served(call, session)
            return .json(["queues": .array(try await desk.queues(of: shop).map { $0.queue.json(hours: $0.hours) })])
        }
        routes.post("/api/v1/desk/queues", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return .json(try await set(try await call.object(), number: nil, of: shop))
        }
        routes.put("/api/v1/desk/queues/{queue}", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return .json(try await set(try await call.object(), number: try call.number("queue"), of: shop))
        }
        routes.get("/api/v1/desk/rules", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return .json(["rules": .array(try await desk.rules(of: shop))])
        }
        routes.put("/api/v1/desk/rules", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let body = try await call.object()
            try await desk.setRules(try body.required("rules", try body.array("rules")), of: shop)
            return .json(["rules": .array(try await desk.rules(of: shop))])
        }
        addAgents(to: &routes)
    }

    private func addAgents(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/agents", .desk) { call, session in
            let shop = try await access.served(call, session)
            return .json(["agents": .array(try await agents(of: shop))])
        }
        routes.put("/api/v1/desk/agents/{user}", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let user = try await desk.accounts.named(call.parameter("user"))
            if try await desk.strangers(to: shop).contains(user.number), !session.isAdmin {
                throw RequestError.forbidden("Somebody who works for another shop is entered by an administrator.")
            }
            try await desk.setAgent(user.number, of: shop, try AgentSettings(try await call.object()))
            return .json(["agents": .array(try await agents(of: shop))])
        }
        routes.delete("/api/v1/desk/agents/{user}", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let user = try await desk.accounts.named(call.parameter("user"))
            try await desk.removeAgent(user.number, of: shop)
            return .json(["agents": .array(try await agents(of: shop))])
        }
        routes.put("/api/v1/desk/agents/me", .desk) { call, session in
            _ = try await access.requireAgent(session)
            let body = try await call.object()
            let name = try body.required("status", try body.string("status"))
            guard let status = AgentStatus.allCases.first(where: { $0.name == name }) else {
                throw RequestError.invalidParam("'status' is available, away or offline.")
            }
            presence.seen(session.userNumber)
            try await desk.perform(.agentStatus(session.userNumber, status))
            return .json(try await desk.membership(session.userNumber)?.agent.json ?? .null)
        }
    }

    private func agents(of shop: Int64) async throws -> [JSON] {
        let settings = try await desk.agentSettings(of: shop)
        let own = Set(try await desk.queues(of: shop).map(\.queue.number))
        let agents = try await desk.agents().filter { settings[$0.number] != nil }
        let users = try await desk.accounts.users(numbers: agents.map(\.number))
        return agents.map { agent in
            var view = agent.json.objectValue ?? [:]
            view["queues"] = .array(agent.queues.intersection(own).sorted().map(JSON.int))
            view["supervisor"] = .bool(settings[agent.number]?.isSupervisor ?? false)
            view["hours"] = settings[agent.number]?.hours ?? .null
            view["role"] = (settings[agent.number]?.role).map(JSON.string) ?? .null
            view["user_id"] = users[agent.number].map { .string($0.identifier.text) } ?? .null
            view["name"] = (users[agent.number]?.displayName).map(JSON.string) ?? .null
            return .object(view)
        }
    }

    private func set(_ body: JSONObject, number: Int64?, of shop: Int64) async throws -> JSON {
        let mode = try Self.choice(body, "mode", QueueMode.allCases, \.name) ?? .push
        let policy = try Self.choice(body, "policy", ChoicePolicy.allCases, \.name) ?? .leastLoaded
        var wish = DeskQueue(
            number: 0, name: try body.required("name", try body.string("name")), mode: mode, policy: policy,
            offset: try body.int("offset_ms") ?? 0, target: try body.int("target_ms") ?? 60_000,
            overflow: try body.int("overflow"))
        wish.isActive = try body.bool("active") ?? true
        let hours = body.given("hours")
        return try await desk.setQueue(wish, number: number, of: shop, hours: hours).json(hours: hours)
    }

    private static func choice<T>(
        _ body: JSONObject, _ key: String, _ all: [T], _ name: (T) -> String
    ) throws -> T? {
        guard let text = try body.string(key) else { return nil }
        guard let found = all.first(where: { name($0) == text }) else {
            throw RequestError.invalidParam("'\(key)' is one of \(all.map(name).joined(separator: ", ")).")
        }
        return found
    }
}

extension JSONObject {
    /// A member that is there and not null.
    fileprivate func given(_ key: String) -> JSON? {
        guard let value = self[key], !value.isNull else { return nil }
        return value
    }
}

extension AgentSettings {
    /// Reads the settings of an agent.
    init(_ body: JSONObject) throws {
        let capacity = try body.int("capacity") ?? 3
        guard (0...DeskAgent.largestCapacity).contains(capacity) else {
            throw RequestError.invalidParam("'capacity' is a number from 0 to \(DeskAgent.largestCapacity).")
        }
        self.init(
            capacity: capacity, skills: Set((try body.array("skills") ?? []).compactMap(\.stringValue)),
            queues: Set((try body.array("queues") ?? []).compactMap(\.intValue)),
            hours: body.given("hours"), isSupervisor: try body.bool("supervisor") ?? false,
            role: try body.string("role"))
    }
}

extension DeskQueue {
    /// As it is shown.
    func json(hours: JSON?) -> JSON {
        [
            "queue": .int(number), "shop": .int(shop), "name": .string(name), "mode": .string(mode.name),
            "policy": .string(policy.name),
            "offset_ms": .int(offset), "target_ms": .int(target), "overflow": overflow.map(JSON.int) ?? .null,
            "active": .bool(isActive), "hours": hours ?? .null,
        ]
    }
}
