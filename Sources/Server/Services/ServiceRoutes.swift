import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
import Messaging

/// What application services call beside the routes of users.
struct ServiceRoutes: RouteGroup {
    let services: ApplicationServices
    let http: OutgoingHTTP

    func add(to routes: inout RouteTable) {
        routes.post("/_matrix/client/v1/appservice/{service}/ping", .session) { call, session in
            try await ping(call, session)
        }
    }

    /// Asks the service whether it can be reached, at its own wish.
    private func ping(_ call: Call, _ session: Session) async throws -> Response {
        let id = call.parameter("service")
        guard session.service == id, let entry = services.entries.first(where: { $0.registration.id == id }) else {
            throw RequestError.forbidden("This token is not that of the application service '\(id)'.")
        }
        guard let url = entry.registration.url else {
            throw RequestError(status: 400, code: "M_URL_NOT_SET", message: "The registration has no url.")
        }
        let transaction = try await call.object(orEmpty: true).string("transaction_id")
        return .json(try await Self.reach(entry, url, http, transaction: transaction))
    }

    /// Asks a service whether it is there, and how long its answer took.
    static func reach(
        _ entry: ApplicationServices.Entry, _ url: String, _ http: OutgoingHTTP, transaction: String?
    ) async throws -> JSON {
        var body: JSONObject = [:]
        body["transaction_id"] = transaction.map(JSON.string)
        let started = ContinuousClock.now
        let reply = try await answer(
            OutgoingRequest(
                .post, url + "/_matrix/app/v1/ping", body: JSON.object(body).encoded(),
                token: entry.registration.serverToken), http)
        guard (200..<300).contains(reply.status) else { throw badStatus(reply) }
        entry.returned.set()
        return ["duration_ms": .int(Int64((ContinuousClock.now - started) / .milliseconds(1)))]
    }

    private static func answer(_ request: OutgoingRequest, _ http: OutgoingHTTP) async throws -> OutgoingReply {
        do throws(OutgoingError) {
            return try await http.send(request, to: .trusted)
        } catch .timeout {
            throw RequestError(
                status: 504, code: "M_CONNECTION_TIMEOUT", message: "The application service did not answer in time.")
        } catch {
            throw RequestError(
                status: 502, code: "M_CONNECTION_FAILED", message: "The application service cannot be reached.")
        }
    }

    private static func badStatus(_ reply: OutgoingReply) -> RequestError {
        var error = RequestError(
            status: 502, code: "M_BAD_STATUS", message: "The application service answered \(reply.status).")
        error.extra["status"] = .int(Int64(reply.status))
        error.extra["body"] = .string(String(decoding: reply.body.prefix(4_096), as: UTF8.self))
        return error
    }
}
