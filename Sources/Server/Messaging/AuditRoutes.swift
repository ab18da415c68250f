import Accounts
import Basics
import HummingbirdCore
import Messaging
import ServiceDesk

/// What auditors ask: messages that were recalled, and who has looked at them.
struct AuditRoutes: RouteGroup {
    let messaging: MessagingEngine
    let desk: Desk

    func add(to routes: inout RouteTable) {
        let (messaging, desk) = (messaging, desk)
        routes.get("/api/v1/audit/conversations/{number}", .admin) { call, session in
            try session.requireAdmin()
            return .json(try await desk.audit(try call.number("number"), by: session))
        }
        routes.get("/api/v1/audit/recalled", .admin) { call, session in
            let query = try call.query()
            let times = 0...JSON.maximumInteger
            let from = try query.integer("from", clampedTo: times) ?? times.lowerBound
            let to = try query.integer("to", clampedTo: times) ?? times.upperBound
            guard from <= to else { throw RequestError.invalidParam("'from' lies after 'to'.") }
            let limit = try query.integer("limit", clampedTo: 1...200) ?? 50
            return .json(
                try await messaging.recalledMessages(
                    session, after: query["after"], times: from...to, limit: Int(limit)))
        }
        routes.get("/api/v1/audit/accesses", .admin) { call, session in
            let query = try call.query()
            let before = try query.integer("before", clampedTo: 0...JSON.maximumInteger)
            let limit = try query.integer("limit", clampedTo: 1...200) ?? 50
            return .json(try await messaging.auditAccesses(session, before: before, limit: Int(limit)))
        }
    }
}
