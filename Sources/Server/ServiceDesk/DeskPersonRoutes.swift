import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk

/// Persons: who is behind several ids, joined by a login and parted again.
struct DeskPersonRoutes: RouteGroup {
    let access: DeskAccess
    private var desk: Desk { access.desk }

    func add(to routes: inout RouteTable) {
        routes.get("/api/v1/desk/persons/{person}", .desk) { call, session in
            let person = try call.number("person")
            try await access.requireSight(ofPerson: person, session)
            return .json(try await desk.personCard(person))
        }
        routes.get("/api/v1/desk/persons/{person}/timeline", .history) { call, session in
            let person = try call.number("person")
            try await access.requireSight(ofPerson: person, session)
            let limit = try call.query().integer("limit", clampedTo: 1...500) ?? 200
            return .json(["timeline": .array(try await desk.timeline(of: person, limit: Int(limit)))])
        }
        routes.post("/api/v1/desk/persons/merge", .state) { call, session in .json(try await merge(call, session)) }
        routes.post("/api/v1/desk/persons/merges/{merge}/undo", .desk) { call, session in
            let merge = try call.number("merge")
            try await access.requireSupervisor(session, of: try await desk.shop(ofMerge: merge))
            let body = try await call.object()
            let reason = try body.required("reason", try body.string("reason"))
            guard !reason.isEmpty, reason.utf8.count <= 1_000 else {
                throw RequestError.invalidParam("'reason' has 1 to 1,000 bytes.")
            }
            try await desk.undoMerge(merge, reason: reason)
            return .emptyObject
        }
    }

    /// A customer who has logged in brings the visitor's token, which proves that both are one; a supervisor names both
    /// and says why.
    private func merge(_ call: Call, _ session: Session) async throws -> JSON {
        let body = try await call.object()
        let accounts = desk.accounts
        if case .customer = try await access.role(session) {
            let token = try body.required("anonymous_token", try body.string("anonymous_token"))
            let visitor = try await accounts.session(token: token)
            guard let anonymous = try await accounts.user(number: visitor.userNumber),
                let account = try await accounts.user(number: session.userNumber)
            else { throw RequestError.unknownToken() }
            let number = try await desk.merge(
                anonymous: anonymous, into: account, by: account.number, evidence: "the visitor's token")
            return ["merge": .int(number)]
        }
        _ = try await access.requireAgent(session)
        let anonymous = try await accounts.named(try body.required("visitor", try body.string("visitor")))
        try await access.requireSupervisor(session, of: try await desk.shop(ofCustomer: anonymous.number).number)
        let account = try await accounts.named(try body.required("account", try body.string("account")))
        let evidence = try body.required("evidence", try body.string("evidence"))
        guard !evidence.isEmpty, evidence.utf8.count <= 1_000 else {
            throw RequestError.invalidParam("'evidence' has 1 to 1,000 bytes.")
        }
        let number = try await desk.merge(
            anonymous: anonymous, into: account, by: session.userNumber, evidence: evidence)
        return ["merge": .int(number)]
    }
}
