package import Accounts
import Basics
import HTTPTypes
import HummingbirdCore
package import Logging

/// Finds out who calls from an access token.
package typealias Authenticate = @Sendable (_ token: String, _ call: Call) async throws -> Session

/// What stands between a connection and the handlers: routes, authentication, limits, errors, headers, measurements.
package final class Shell: Sendable {
    let routes: RouteTable
    let pages: StaticPages
    let authenticate: Authenticate
    let limiter: RateLimiter?
    let proxies: NetworkList
    let metrics: Metrics
    let logger: Logger
    private let adminContact: String?
    private let dates = DateHeader()
    private let requestIDs = RequestIDs()

    /// A shell; without a limiter there are no rate limits. `adminContact` goes to callers when a resource is used up.
    package init(
        routes: RouteTable, pages: StaticPages, authenticate: @escaping Authenticate, limiter: RateLimiter?,
        proxies: NetworkList, metrics: Metrics, logger: Logger, adminContact: String? = nil
    ) {
        self.routes = routes
        self.pages = pages
        self.authenticate = authenticate
        self.limiter = limiter
        self.proxies = proxies
        self.metrics = metrics
        self.logger = logger
        self.adminContact = adminContact
    }

    /// Answers one request. Every error has become a reply when this returns.
    func respond(to exchange: Exchange) async -> ShellAnswer {
        let started = ContinuousClock.now
        var kind = RouteClass.unknown
        let outcome = await outcome(of: exchange, &kind)
        let seen = Seen(kind: kind, method: exchange.request.method, isAPI: Origins.isAPI(exchange.target))
        return conclude(outcome, seen, started, exchange.link)
    }

    /// Goes on with a request that has waited.
    func resume(_ pending: PendingReply, by link: ClientLink) async -> ShellAnswer {
        let seen = Seen(kind: pending.kind, method: .get, isAPI: true)
        var outcome: Outcome
        do {
            outcome = try await pending.poll.resume()
        } catch {
            outcome = .reply(refusal(for: error, seen.method, seen.kind))
        }
        return conclude(outcome, seen, pending.started, link)
    }

    /// What is known of a request when its reply is finished.
    private struct Seen {
        let kind: RouteClass
        let method: HTTPRequest.Method
        let isAPI: Bool
    }

    private func conclude(
        _ outcome: Outcome, _ seen: Seen, _ started: ContinuousClock.Instant, _ link: ClientLink
    ) -> ShellAnswer {
        switch outcome {
        case .wait(let poll): return .wait(PendingReply(poll, seen.kind, started))
        case .reply(var response):
            finish(&response, seen, after: ContinuousClock.now - started, link)
            return .reply(response)
        }
    }

    private func finish(_ response: inout Response, _ seen: Seen, after time: Duration, _ link: ClientLink) {
        if seen.isAPI { Origins.allow(in: &response) }
        response.headers[.date] = dates.text
        if link.isBodyPending, response.status.code >= 400 { response.headers[.connection] = "close" }
        let seconds = time / .seconds(1)
        metrics.requests(of: seen.kind).record(status: response.status.code, seconds: seconds)
        if seconds > Self.slowSeconds, seen.kind != .sync { logSlow(seen, seconds) }
        link.ended()
    }

    /// From here on a request that does not wait on purpose is worth a line in the log.
    private static let slowSeconds = 5.0

    private func logSlow(_ seen: Seen, _ seconds: Double) {
        logger.warning(
            "a request was slow",
            metadata: [
                "request": "\(requestIDs.next())", "class": "\(seen.kind.rawValue)",
                "method": "\(seen.method.rawValue)", "ms": "\(Int(seconds * 1_000))",
            ])
    }

    private func outcome(of exchange: Exchange, _ kind: inout RouteClass) async -> Outcome {
        do {
            switch try step(for: exchange) {
            case .reply(let response, let found):
                kind = found
                return .reply(response)
            case .call(let call):
                kind = call.route.kind
                return try await answer(call)
            }
        } catch {
            return .reply(refusal(for: error, exchange.request.method, kind))
        }
    }

    /// What is to be done about a request.
    private enum Step {
        case reply(Response, RouteClass)
        case call(Call)
    }

    private func step(for exchange: Exchange) throws -> Step {
        let request = exchange.request
        if request.method == .options, Origins.isAPI(exchange.target) { return .reply(Origins.preflight(), .unknown) }
        let path = try RequestPath(exchange.target)
        switch routes.match(request.method, path) {
        case .found(let route, let arguments):
            return .call(Call(exchange: exchange, route: route, arguments: arguments))
        case .wrongMethod(let allowed):
            return .reply(ErrorReply.wrongMethod(allowed: allowed), .unknown)
        case .nothing:
            guard let page = pages.response(to: request, at: path) else { throw RequestError.unrecognized }
            return .reply(page, .page)
        }
    }

    private func answer(_ call: Call) async throws -> Outcome {
        switch call.route.answer {
        case .open(let handler):
            try chargeAddress(of: call)
            return .reply(try await handler(call))
        case .authenticated(let handler):
            return .reply(try await handler(call, try await admitted(call)))
        case .waiting(let handler):
            return try await handler(call, try await admitted(call))
        }
    }

    private func chargeAddress(of call: Call) throws {
        let rateClass = call.route.kind.rateClass
        guard let limiter, rateClass != .none else { return }
        try limiter.charge(.address(call.clientAddress.party), rateClass, kind: nil)
    }

    /// The caller, if the token is valid and the rate allows it.
    private func admitted(_ call: Call) async throws -> Session {
        let session = try await session(of: call)
        try limiter?.charge(.user(session.userNumber), call.route.kind.rateClass, kind: session.kind)
        return session
    }

    /// Whose token it is. An address that shows many unknown ones has to wait.
    func session(of call: Call) async throws -> Session {
        let token = try call.accessToken()
        guard let limiter else { return try await authenticate(token, call) }
        let address = RateLimiter.Party.address(call.clientAddress.party)
        try limiter.check(address, .stranger)
        do {
            return try await authenticate(token, call)
        } catch let refusal as RequestError where refusal.status == 401 {
            try limiter.charge(address, .stranger, kind: nil)
            throw refusal
        }
    }

    /// Our own faults are logged with an id that the caller gets too; the caller's faults are only counted.
    private func refusal(for error: any Error, _ method: HTTPRequest.Method, _ kind: RouteClass) -> Response {
        var refusal = ErrorReply.refusal(for: error)
        if let adminContact, refusal.code == "M_RESOURCE_LIMIT_EXCEEDED" {
            refusal.extra["admin_contact"] = .string(adminContact)
        }
        var response = ErrorReply.response(for: refusal)
        guard refusal.status >= 500 else { return response }
        let id = requestIDs.next()
        response.headers[.requestID] = id
        logger.error(
            "a request failed",
            metadata: [
                "request": "\(id)", "class": "\(kind.rawValue)", "method": "\(method.rawValue)",
                "status": "\(refusal.status)", "error": "\(error)",
            ])
        return response
    }
}
