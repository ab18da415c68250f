import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk

/// What the page of settings asks for beside queues, rules and agents: entrances, a trial of rules, staff, macros.
struct DeskSetupRoutes: RouteGroup {
    let access: DeskAccess
    private var desk: Desk { access.desk }

    private static let mostStaff = 500

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/scenes", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return .json(["entrances": .array(try await desk.entrances(of: shop))])
        }
        routes.post("/api/v1/desk/rules/test", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return .json(try await test(try await call.object(), of: shop))
        }
        routes.get("/api/v1/desk/staff", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let agents = Set(try await desk.agentSettings(of: shop).keys)
            // Who works for other shops alone is known there, and to administrators.
            let strangers = session.isAdmin ? [] : try await desk.strangers(to: shop)
            let staff = try await desk.accounts.users(ofKind: .staff, limit: Self.mostStaff).filter {
                !strangers.contains($0.number)
            }
            // Somebody may be an agent of another shop: what is one's own in all shops is known then.
            let known = Dictionary(uniqueKeysWithValues: try await desk.agents().map { ($0.number, $0) })
            let hours = try await desk.shifts()
            return .json([
                "staff": .array(
                    staff.map { user in
                        [
                            "user_id": .string(user.identifier.text),
                            "name": user.displayName.map(JSON.string) ?? .null,
                            "is_agent": .bool(agents.contains(user.number)),
                            "capacity": known[user.number].map { .int($0.capacity) } ?? .null,
                            "skills": known[user.number].map { .array($0.skills.sorted().map(JSON.string)) } ?? .null,
                            "hours": hours[user.number] ?? .null,
                        ]
                    })
            ])
        }
        routes.post("/api/v1/desk/staff", .admin) { call, session in
            try session.requireAdmin()
            try session.refuseSuspended()
            let body = try await call.object()
            let login = try body.required("login", try body.string("login"))
            // The id says nothing: customers may see it.
            let wish = Registration(
                loginName: login, password: try body.required("password", try body.string("password")), kind: .staff,
                displayName: try body.string("name") ?? login)
            let user = try await desk.accounts.register(wish).user
            return .json(["user_id": .string(user.identifier.text), "login": .string(login)])
        }
        addMacros(to: &routes)
    }

    private func test(_ body: JSONObject, of shop: Int64) async throws -> JSON {
        var scene: JSONObject = ["entry": .string(try body.string("entry") ?? "page")]
        if let category = try body.string("category") { scene["item"] = ["category": .string(category)] }
        scene["language"] = try body.string("language").map(JSON.string)
        let facts = SceneFacts(
            scene: try Scene(scene), topic: try body.string("topic") ?? "general",
            isReturning: try body.bool("returning") ?? false, intent: try body.int("intent"))
        return try await desk.tryRules(try body.array("rules"), of: shop, on: facts)
    }

    private func addMacros(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/macros", .desk) { call, session in
            let shop = try await access.served(call, session)
            return .json(["macros": .array(try await desk.macros(of: shop))])
        }
        routes.put("/api/v1/desk/macros/{name}", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let body = try await call.object()
            let steps = try body.required("steps", try body.array("steps"))
            try await desk.setMacro(call.parameter("name"), of: shop, steps: steps, by: session.userNumber)
            return .emptyObject
        }
        routes.delete("/api/v1/desk/macros/{name}", .desk) { call, session in
            let shop = try await access.managed(call, session)
            try await desk.removeMacro(call.parameter("name"), of: shop)
            return .emptyObject
        }
        routes.post("/api/v1/desk/conversations/{number}/macros/{name}", .message) { call, session in
            let conversation = try await access.staffConversation(call, session)
            try await access.requireService(of: conversation, session)
            let seen = try call.seen(conversation.number)
            try await desk.run(
                macro: call.parameter("name"), on: conversation.number, by: session.userNumber, seen: seen)
            let after = try await desk.conversation(conversation.number)
            return .json([
                "number": .int(after.number), "status": .string(after.status.name), "n": .int(after.n),
            ])
        }
    }
}
