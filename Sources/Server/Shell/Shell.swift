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
    private let dates = DateHeader()
    private let requestIDs = RequestIDs()

    /// A shell; without a limiter there are no rate limits.
    package init(
        routes: RouteTable, pages: StaticPages, authenticate: @escaping Authenticate, limiter: RateLimiter?,
        proxies: NetworkList, metrics: Metrics, logger: Logger
    ) {
        self.routes = routes
        self.pages = pages
        self.authenticate = authenticate
        self.limiter = limiter
        self.proxies = proxies
        self.metrics = metrics
        self.logger = logger
    }

    /// Answers one request. Every error has become a reply when this returns.
    func respond(to request: Request, by link: ClientLink) async -> Response {
        let started = ContinuousClock.now
        var kind = RouteClass.unknown
        var response = await reply(to: request, by: link, &kind)
        response.headers[.date] = dates.text
        if link.isBodyPending, response.status.code >= 400 { response.headers[.connection] = "close" }
        let elapsed = ContinuousClock.now - started
        metrics.requests(of: kind).record(status: response.status.code, seconds: elapsed / .seconds(1))
        link.ended()
        return response
    }

    private func reply(to request: Request, by link: ClientLink, _ kind: inout RouteClass) async -> Response {
        let target = request.head.path ?? ""
        let isAPI = Origins.isAPI(target)
        if isAPI, request.method == .options { return Origins.preflight() }
        var response: Response
        do {
            response = try await answer(request, target, link, &kind)
        } catch {
            response = refusal(for: error, request, kind)
        }
        if isAPI { Origins.allow(in: &response) }
        return response
    }

    private func answer(
        _ request: Request, _ target: String, _ link: ClientLink, _ kind: inout RouteClass
    ) async throws -> Response {
        let path = try RequestPath(target)
        switch routes.match(request.method, path) {
        case .found(let route, let arguments):
            kind = route.kind
            return try await answer(
                Call(request: request, link: link, route: route, arguments: arguments, shell: self))
        case .wrongMethod(let allowed):
            return ErrorReply.wrongMethod(allowed: allowed)
        case .nothing:
            guard let page = pages.response(to: request, at: path) else { throw RequestError.unrecognized }
            kind = .page
            return page
        }
    }

    private func answer(_ call: Call) async throws -> Response {
        let rateClass = call.route.kind.rateClass
        switch call.route.answer {
        case .open(let handler):
            if let limiter, rateClass != .none {
                try limiter.charge(.address(call.clientAddress.party), rateClass, kind: nil)
            }
            return try await handler(call)
        case .authenticated(let handler):
            let session = try await authenticate(try call.accessToken(), call)
            try limiter?.charge(.user(session.userNumber), rateClass, kind: session.kind)
            return try await handler(call, session)
        }
    }

    /// Our own faults are logged with an id that the caller gets too; the caller's faults are only counted.
    private func refusal(for error: any Error, _ request: Request, _ kind: RouteClass) -> Response {
        let refusal = ErrorReply.refusal(for: error)
        var response = ErrorReply.response(for: refusal)
        guard refusal.status >= 500 else { return response }
        let id = requestIDs.next()
        response.headers[.requestID] = id
        logger.error(
            "a request failed",
            metadata: [
                "request": "\(id)", "class": "\(kind.rawValue)", "method": "\(request.method.rawValue)",
                "status": "\(refusal.status)", "error": "\(error)",
            ])
        return response
    }
}
