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
        routes.get("/api/v1/desk/me", .desk) { call, session in .json(try await me(call, session)) }
        routes.post("/api/v1/desk/scenes", .state) { call, session in
            let body = try await call.object()
            let kept = try await desk.register(try Scene(body), for: session, of: try body.int("shop"))
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
            let number = try await access.supervisedConversation(call, session).number
            return .json(["accesses": .array(try await desk.accesses(of: number))])
        }
    }

    private func me(_ call: Call, _ session: Session) async throws -> JSON {
        let role = try await access.role(session)
        var reply: JSONObject = ["role": .string(role.name), "admin": .bool(session.isAdmin)]
        if case .staff(let membership) = role {
            reply["agent"] = membership.agent.json
            var places: [JSON] = []
            for shop in membership.shops { places.append(try await place(in: shop, membership)) }
            reply["shops"] = .array(places)
            // What an agent is in the shop that was asked about.
            let shop = try await access.shop(call, session)
            let here = places.first { $0["shop"]?.intValue == shop }
            reply["part"] = here?["part"] ?? .null
            reply["cards"] = here?["cards"] ?? .array([])
        }
        if case .customer = role {
            reply["shop"] = try await desk.home(ofCustomer: session.userNumber)?.json ?? .null
            reply["ids"] = .array(try await desk.ids(ofUser: session.userNumber).map(JSON.string))
        }
        return .object(reply)
    }

    private static let cardKinds = [
        "viewing.book", "price.offer", "payment.request", "refund.offer", "item.match", "item.panorama",
    ]

    private func place(in shop: Int64, _ membership: DeskMembership) async throws -> JSON {
        let isSupervisor = membership.supervised.contains(shop)
        let part = try await desk.agentSettings(of: shop)[membership.agent.number]?.role
        let rights = try await desk.cardRights(of: shop)
        let cards = Self.cardKinds.filter { isSupervisor || rights.allows($0, part: part) }
        return [
            "shop": .int(shop), "name": .string(try await desk.shop(shop).name), "supervisor": .bool(isSupervisor),
            "part": part.map(JSON.string) ?? .null, "cards": .array(cards.map(JSON.string)),
        ]
    }

    private func open(_ call: Call, _ session: Session) async throws -> JSON {
        let body = try await call.object()
        let text = try body.string("text")
        guard (text?.utf8.count ?? 0) <= 32_768 else { throw RequestError.tooLarge("A message holds at most 32 KiB.") }
        let opened = try await desk.open(
            session, of: try body.int("shop"), scene: try body.string("scene"),
            topic: try body.string("topic") ?? "general", text: text)
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
        let membership = try await access.requireAgent(session)
        var filter = try filter(try call.query(), session)
        // Without a shop named, those of all shops that the caller works in.
        let isNamed = try call.query()["shop"] != nil
        filter.shops = isNamed ? [try await access.shop(call, session)] : Set(membership.shops)
        let found = try await desk.conversations(filter)
        let visible = found.filter(membership.sees)
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
        view["notes"] = .array(
            try await desk.notes(
                of: conversation.number, for: try await access.reader(session, of: conversation.shop)))
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
