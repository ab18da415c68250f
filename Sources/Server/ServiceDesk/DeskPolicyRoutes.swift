import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk

/// What a shop decides about visitors and messages, who outside is told of what, what is to be looked at again, and the
/// log that all of it stands in.
struct DeskPolicyRoutes: RouteGroup {
    let access: DeskAccess
    private var desk: Desk { access.desk }

    func add(to routes: inout RouteTable) {
        for policy in DeskPolicy.allCases {
            let path = "/api/v1/desk/policies/\(policy.rawValue)"
            routes.get(path, .desk) { call, session in
                let shop = try await access.managed(call, session)
                return .json(try await desk.policy(policy, of: shop))
            }
            routes.put(path, .desk) { call, session in
                let shop = try await access.managed(call, session)
                let body = try await call.object()
                // The server asks that address: only who runs it may name one.
                if body["scorer"].map({ !$0.isNull }) == true { try session.requireAdmin() }
                try await desk.setPolicy(policy, of: shop, body, by: session.userNumber)
                return .json(try await desk.policy(policy, of: shop))
            }
        }
        addHooks(to: &routes)
        addFlags(to: &routes)
        routes.get("/api/v1/desk/events", .history) { call, session in
            let shop = try await access.managed(call, session)
            let query = try call.query()
            let after = try query.integer("after", clampedTo: 0...JSON.maximumInteger) ?? 0
            let limit = try query.integer("limit", clampedTo: 1...1_000) ?? 200
            let page = try await desk.log(of: shop, after: after, limit: Int(limit))
            return .json(["events": .array(page.lines), "through": .int(page.through)])
        }
    }

    // MARK: Subscribers

    private func addHooks(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/hooks", .desk) { call, session in
            let shop = try await access.managed(call, session)
            return .json(["hooks": .array(try await desk.hooks(of: shop).map(\.json))])
        }
        routes.put("/api/v1/desk/hooks/{name}", .desk) { call, session in
            let shop = try await access.owned(call, session)
            let body = try await call.object()
            var kinds: Set<DeskHook.Kind> = []
            for name in try body.required("kinds", try body.array("kinds")) {
                guard let kind = name.stringValue.flatMap(DeskHook.Kind.init(rawValue:)) else {
                    let known = DeskHook.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                    throw RequestError.invalidParam("'kinds' holds some of \(known).")
                }
                kinds.insert(kind)
            }
            try await desk.setHook(
                call.parameter("name"), of: shop, url: try body.required("url", try body.string("url")),
                secret: try body.string("secret"), kinds: kinds)
            return .emptyObject
        }
        routes.delete("/api/v1/desk/hooks/{name}", .desk) { call, session in
            let shop = try await access.owned(call, session)
            try await desk.removeHook(call.parameter("name"), of: shop)
            return .emptyObject
        }
    }

    // MARK: Looking again

    private func addFlags(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/review-flags", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let query = try call.query()
            let numbers = 1...JSON.maximumInteger
            let state = try query["state"].map { try Self.state($0) }
            let flags = try await desk.flags(
                of: shop, before: try query.integer("before", clampedTo: numbers), state: state,
                conversation: try query.integer("conversation", clampedTo: numbers),
                limit: Int(try query.integer("limit", clampedTo: 1...200) ?? 50))
            return .json(["flags": .array(flags)])
        }
        routes.post("/api/v1/desk/review-flags", .desk) { call, session in
            let body = try await call.object()
            let number = try body.required("conversation", try body.int("conversation"))
            try await access.requireSight(of: try await desk.conversation(number), session)
            let note = try body.required("note", try body.string("note"))
            return .json(["flag": .int(try await desk.flag(number, note: note, by: session.userNumber))])
        }
        routes.put("/api/v1/desk/review-flags/{flag}", .desk) { call, session in
            let shop = try await access.managed(call, session)
            let body = try await call.object()
            let state = try Self.state(try body.required("state", try body.string("state")))
            try await desk.review(
                try call.number("flag"), of: shop, state, note: try body.string("note"), by: session.userNumber)
            return .emptyObject
        }
    }

    private static func state(_ name: String) throws -> ReviewState {
        guard let state = ReviewState.allCases.first(where: { $0.name == name }) else {
            throw RequestError.invalidParam("'state' is open, cleared or confirmed.")
        }
        return state
    }
}
