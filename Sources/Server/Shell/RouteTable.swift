package import Accounts
package import HTTPTypes
package import HummingbirdCore

/// A handler that needs no access token.
package typealias OpenHandler = @Sendable (Call) async throws -> Response
/// A handler that runs only for a caller with a valid access token.
package typealias Handler = @Sendable (Call, Session) async throws -> Response

/// A group of routes of one feature, in one file.
///
/// The pattern to copy:
///
/// ```swift
/// /// Sending of events.
/// struct SendRoutes: RouteGroup {
///     let messaging: MessagingEngine
///
///     func add(to routes: inout RouteTable) {
///         // `legacy: true` answers under /_matrix/client/r0/ as well.
///         routes.put("/_matrix/client/v3/rooms/{room}/send/{type}/{txn}", .message, legacy: true) { call, session in
///             let content = try await call.object(limits: .event)
///             let event = try await messaging.send(
///                 call.parameter("type"), content, to: call.parameter("room"),
///                 transaction: call.parameter("txn"), by: session)
///             return .json(["event_id": .string(event)])
///         }
///         routes.openGet("/_matrix/client/versions", .discovery) { _ in .json(versions) }
///     }
/// }
/// ```
///
/// Handlers stay thin: they read the request, call the feature and write the reply. What they throw becomes the one
/// JSON error shape in ``ErrorReply``; `RequestError` is what they throw on purpose. The access token is checked and
/// the caller's rate bucket is charged before the handler runs.
package protocol RouteGroup: Sendable {
    /// Adds the group's routes.
    func add(to routes: inout RouteTable)
}

/// Which handler answers which method on which path.
///
/// Patterns are literal segments and `{name}` segments; a literal wins over a name. Written once at start, read by all.
package struct RouteTable: Sendable {
    private var nodes = [Node()]
    private(set) var routes: [Route] = []

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var wildcard: Int?
        var routes: [(method: HTTPRequest.Method, route: Int)] = []
    }

    /// An empty table.
    package init() {}

    /// Adds the routes of groups.
    package mutating func add(_ groups: any RouteGroup...) {
        for group in groups { group.add(to: &self) }
    }

    /// Adds a route with or without authentication.
    package mutating func on(
        _ method: HTTPRequest.Method, _ pattern: String, _ kind: RouteClass, legacy: Bool = false,
        answer: Route.Answer
    ) {
        insert(method, pattern, kind, answer)
        guard legacy else { return }
        insert(method, pattern.replacing("/_matrix/client/v3/", with: "/_matrix/client/r0/"), kind, answer)
    }

    private mutating func insert(
        _ method: HTTPRequest.Method, _ pattern: String, _ kind: RouteClass, _ answer: Route.Answer
    ) {
        var node = 0
        var names: [String] = []
        for segment in pattern.split(separator: "/") {
            if segment.first == "{", segment.last == "}" { names.append(String(segment.dropFirst().dropLast())) }
            node = child(of: node, for: String(segment))
        }
        precondition(!nodes[node].routes.contains { $0.method == method }, "\(method) \(pattern) is there already")
        nodes[node].routes.append((method, routes.count))
        routes.append(Route(method: method, pattern: pattern, kind: kind, parameters: names, answer: answer))
    }

    private mutating func child(of node: Int, for segment: String) -> Int {
        let isName = segment.first == "{"
        if let known = isName ? nodes[node].wildcard : nodes[node].literals[segment] { return known }
        nodes.append(Node())
        let created = nodes.count - 1
        if isName { nodes[node].wildcard = created } else { nodes[node].literals[segment] = created }
        return created
    }
}

/// One row of the ``RouteTable``; a class, so that a call holds no copy of it.
package final class Route: Sendable {
    /// Who may call the handler.
    package enum Answer: Sendable {
        /// Anyone.
        case open(OpenHandler)
        /// A caller with a valid access token.
        case authenticated(Handler)
        /// The same; it may wait without a task.
        case waiting(WaitingHandler)
    }

    let method: HTTPRequest.Method
    let pattern: String
    let kind: RouteClass
    let parameters: [String]
    let answer: Answer

    init(method: HTTPRequest.Method, pattern: String, kind: RouteClass, parameters: [String], answer: Answer) {
        self.method = method
        self.pattern = pattern
        self.kind = kind
        self.parameters = parameters
        self.answer = answer
    }
}

extension RouteTable {
    /// What a path and a method lead to.
    enum Match {
        case found(Route, arguments: [String])
        case wrongMethod(allowed: [HTTPRequest.Method])
        case nothing
    }

    func match(_ method: HTTPRequest.Method, _ path: RequestPath) -> Match {
        var arguments: [String] = []
        guard let node = resolve(path.segments[...], from: 0, &arguments) else { return .nothing }
        let candidates = nodes[node].routes
        guard let hit = candidates.first(where: { $0.method == method }) else {
            return .wrongMethod(allowed: candidates.map(\.method))
        }
        return .found(routes[hit.route], arguments: arguments)
    }

    /// Depth first, literals before names; the number of names on a pattern bounds the retries.
    private func resolve(_ segments: ArraySlice<String>, from node: Int, _ arguments: inout [String]) -> Int? {
        guard let segment = segments.first else { return nodes[node].routes.isEmpty ? nil : node }
        let rest = segments.dropFirst()
        if let literal = nodes[node].literals[segment], let found = resolve(rest, from: literal, &arguments) {
            return found
        }
        guard let wildcard = nodes[node].wildcard else { return nil }
        arguments.append(segment)
        if let found = resolve(rest, from: wildcard, &arguments) { return found }
        arguments.removeLast()
        return nil
    }
}

// MARK: Shorthands

extension RouteTable {
    /// `GET` for a caller with a valid access token.
    package mutating func get(
        _ pattern: String, _ kind: RouteClass, legacy: Bool = false, _ handler: @escaping Handler
    ) {
        on(.get, pattern, kind, legacy: legacy, answer: .authenticated(handler))
    }
    /// `GET` for a caller with a valid access token, that may wait.
    package mutating func poll(
        _ pattern: String, _ kind: RouteClass, legacy: Bool = false, _ handler: @escaping WaitingHandler
    ) {
        on(.get, pattern, kind, legacy: legacy, answer: .waiting(handler))
    }
    /// `PUT` for a caller with a valid access token.
    package mutating func put(
        _ pattern: String, _ kind: RouteClass, legacy: Bool = false, _ handler: @escaping Handler
    ) {
        on(.put, pattern, kind, legacy: legacy, answer: .authenticated(handler))
    }
    /// `POST` for a caller with a valid access token.
    package mutating func post(
        _ pattern: String, _ kind: RouteClass, legacy: Bool = false, _ handler: @escaping Handler
    ) {
        on(.post, pattern, kind, legacy: legacy, answer: .authenticated(handler))
    }
    /// `PATCH` for a caller with a valid access token.
    package mutating func patch(_ pattern: String, _ kind: RouteClass, _ handler: @escaping Handler) {
        on(.patch, pattern, kind, answer: .authenticated(handler))
    }
    /// `DELETE` for a caller with a valid access token.
    package mutating func delete(
        _ pattern: String, _ kind: RouteClass, legacy: Bool = false, _ handler: @escaping Handler
    ) {
        on(.delete, pattern, kind, legacy: legacy, answer: .authenticated(handler))
    }
    /// `GET` for anyone.
    package mutating func openGet(
        _ pattern: String, _ kind: RouteClass, legacy: Bool = false, _ handler: @escaping OpenHandler
    ) {
        on(.get, pattern, kind, legacy: legacy, answer: .open(handler))
    }
    /// `POST` for anyone.
    package mutating func openPost(
        _ pattern: String, _ kind: RouteClass, legacy: Bool = false, _ handler: @escaping OpenHandler
    ) {
        on(.post, pattern, kind, legacy: legacy, answer: .open(handler))
    }
    /// `PUT` for anyone.
    package mutating func openPut(
        _ pattern: String, _ kind: RouteClass, legacy: Bool = false, _ handler: @escaping OpenHandler
    ) {
        on(.put, pattern, kind, legacy: legacy, answer: .open(handler))
    }
}
