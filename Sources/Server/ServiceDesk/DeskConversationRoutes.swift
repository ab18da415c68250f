import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging
import ServiceDesk

/// Opening conversations from a scene, and looking at them.
struct DeskConversationRoutes: RouteGroup {
    let access: DeskAccess
    private var desk: Desk { access.desk }

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/me", .desk) { _, session in .json(try await me(session)) }
        routes.post("/api/v1/desk/scenes", .state) { call, session in
            let kept = try await desk.register(try Scene(try await call.object()), for: session)
            return .json([
                "scene": .string(kept.token), "expires_ts": .int(kept.expires), "intent": .int(kept.intent.score),
                "label": kept.intent.label.map(JSON.string) ?? .null,
            ])
        }
        routes.post("/api/v1/desk/scenes/greeting", .state) { call, session in
            let body = try await call.object()
            let token = try body.required("scene", try body.string("scene"))
            switch try await desk.greet(session, scene: token) {
            case .none: return .json(["greeting": .null])
            case .later(let rest): return .json(["greeting": .null, "again_ms": .int(rest)])
            case .said(let text): return .json(["greeting": .string(text)])
            }
        }
        routes.post("/api/v1/desk/conversations", .membership) { call, session in
            .json(try await open(call, session))
        }
        routes.get("/api/v1/desk/conversations", .desk) { call, session in .json(try await list(call, session)) }
        routes.get("/api/v1/desk/conversations/{number}", .desk) { call, session in
            if case .customer = try await access.role(session) {
                return .json(try await desk.customerView(try await access.ownConversation(call, session)))
            }
            return .json(try await staffView(try await access.staffConversation(call, session), session))
        }
        routes.get("/api/v1/desk/conversations/{number}/transitions", .desk) { call, session in
            let conversation = try await access.staffConversation(call, session)
            return .json(["transitions": .array(try await desk.transitions(of: conversation.number))])
        }
        routes.get("/api/v1/desk/conversations/{number}/messages", .history) { call, session in
            let conversation = try await access.staffConversation(call, session)
            var request = HistoryRequest()
            request.limit = Int(try call.query().integer("limit", clampedTo: 1...200) ?? 50)
            return .json(bytes: try await desk.messages(of: conversation, by: session.userNumber, request))
        }
        routes.get("/api/v1/desk/conversations/{number}/accesses", .desk) { call, session in
            let number = try call.number("number")
            try await access.requireSupervisor(session)
            return .json(["accesses": .array(try await desk.accesses(of: number))])
        }
    }

    private func me(_ session: Session) async throws -> JSON {
        let role = try await access.role(session)
        var reply: JSONObject = ["role": .string(role.name), "admin": .bool(session.isAdmin)]
        if let (agent, isSupervisor) = try await desk.agent(session.userNumber) {
            reply["agent"] = agent.json
            let part = try await desk.agentSettings()[session.userNumber]?.role
            reply["part"] = part.map(JSON.string) ?? .null
            let rights = try await desk.cardRights()
            let known = [
                "viewing.book", "price.offer", "payment.request", "refund.offer", "item.match", "item.panorama",
            ]
            reply["cards"] = .array(
                known.filter { isSupervisor || rights.allows($0, part: part) }.map(JSON.string))
        }
        if case .customer = role {
            reply["ids"] = .array(try await desk.ids(ofUser: session.userNumber).map(JSON.string))
        }
        return .object(reply)
    }

    private func open(_ call: Call, _ session: Session) async throws -> JSON {
        let body = try await call.object()
        let text = try body.string("text")
        guard (text?.utf8.count ?? 0) <= 32_768 else { throw RequestError.tooLarge("A message holds at most 32 KiB.") }
        let opened = try await desk.open(
            session, scene: try body.string("scene"), topic: try body.string("topic") ?? "general", text: text)
        var view = try await desk.customerView(opened.conversation).objectValue ?? [:]
        if let greeting = opened.greeting { view["greeting"] = .string(greeting) }
        return .object(view)
    }

    private func list(_ call: Call, _ session: Session) async throws -> JSON {
        let role = try await access.role(session)
        if case .customer = role {
            var views: [JSON] = []
            for conversation in try await desk.conversations(ofUser: session.userNumber) {
                views.append(try await desk.customerView(conversation))
            }
            return ["conversations": .array(views)]
        }
        _ = try await access.requireAgent(session)
        let filter = try filter(try call.query(), session)
        let found = try await desk.conversations(filter)
        let visible = found.filter { conversation in
            guard case .agent(let queues) = role else { return true }
            return queues.contains(conversation.queue) || conversation.owner?.number == session.userNumber
        }
        var reply: JSONObject = ["conversations": .array(try await desk.staffViews(visible))]
        if found.count == filter.limit, let last = found.last { reply["next"] = .int(last.number) }
        return .object(reply)
    }

    private func filter(_ query: Query, _ session: Session) throws -> ConversationFilter {
        var filter = ConversationFilter()
        let numbers = 0...JSON.maximumInteger
        filter.queue = try query.integer("queue", clampedTo: numbers)
        filter.before = try query.integer("before", clampedTo: numbers)
        filter.limit = Int(try query.integer("limit", clampedTo: 1...200) ?? 50)
        if query["owner"] == "me" {
            filter.owner = session.userNumber
        } else {
            filter.owner = try query.integer("owner", clampedTo: numbers)
        }
        if let name = query["status"] {
            guard let status = ConversationStatus.allCases.first(where: { $0.name == name }) else {
                throw RequestError.invalidParam(
                    "'status' is one of robot, queued, offered, open, waiting, snoozed, resolved.")
            }
            filter.status = status
        }
        if query["unresolved"] == "true" { filter.isUnresolved = true }
        return filter
    }

    private func staffView(_ conversation: Conversation, _ session: Session) async throws -> JSON {
        var view = try await desk.staffViews([conversation]).first?.objectValue ?? [:]
        view["notes"] = .array(try await desk.notes(of: conversation.number, for: try await access.reader(session)))
        if let estimate = try await desk.estimate(conversation.number) { view["estimate"] = estimate.json }
        return .object(view)
    }
}

extension DeskAgent {
    /// As it is shown to staff.
    var json: JSON {
        [
            "agent": .int(number), "status": .string(status.name), "present": .bool(isPresent),
            "capacity": .int(capacity), "load": .int(load), "skills": .array(skills.sorted().map(JSON.string)),
            "queues": .array(queues.sorted().map(JSON.int)),
        ]
    }
}
