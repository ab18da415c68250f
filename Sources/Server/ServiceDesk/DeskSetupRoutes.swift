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
        routes.get("/api/v1/desk/scenes", .desk) { _, session in
            try await access.requireManager(session)
            return .json(["entrances": .array(try await desk.entrances())])
        }
        routes.post("/api/v1/desk/rules/test", .desk) { call, session in
            try await access.requireManager(session)
            return .json(try await test(try await call.object()))
        }
        routes.get("/api/v1/desk/staff", .desk) { _, session in
            try await access.requireManager(session)
            let agents = Set(try await desk.agents().map(\.number))
            let staff = try await desk.accounts.users(ofKind: .staff, limit: Self.mostStaff)
            return .json([
                "staff": .array(
                    staff.map { user in
                        [
                            "user_id": .string(user.identifier.text),
                            "name": user.displayName.map(JSON.string) ?? .null,
                            "is_agent": .bool(agents.contains(user.number)),
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

    private func test(_ body: JSONObject) async throws -> JSON {
        var scene: JSONObject = ["entry": .string(try body.string("entry") ?? "page")]
        if let category = try body.string("category") { scene["item"] = ["category": .string(category)] }
        scene["language"] = try body.string("language").map(JSON.string)
        let facts = SceneFacts(
            scene: try Scene(scene), topic: try body.string("topic") ?? "general",
            isReturning: try body.bool("returning") ?? false, intent: try body.int("intent"))
        return try await desk.tryRules(try body.array("rules"), on: facts)
    }

    private func addMacros(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/macros", .desk) { _, session in
            if !session.isAdmin { _ = try await access.requireAgent(session) }
            return .json(["macros": .array(try await desk.macros())])
        }
        routes.put("/api/v1/desk/macros/{name}", .desk) { call, session in
            try await access.requireManager(session)
            let body = try await call.object()
            let steps = try body.required("steps", try body.array("steps"))
            try await desk.setMacro(call.parameter("name"), steps: steps, by: session.userNumber)
            return .emptyObject
        }
        routes.delete("/api/v1/desk/macros/{name}", .desk) { call, session in
            try await access.requireManager(session)
            try await desk.removeMacro(call.parameter("name"))
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
