package import Basics

/// One session on a server, with the calls that most tests need. Every call returns the reply's JSON.
package struct MatrixClient: Sendable {
    /// The server said no.
    package struct Refusal: Error, CustomStringConvertible {
        /// The reply.
        package let reply: HTTPReply
        /// What was asked.
        package let request: String
        /// Status, code and sentence.
        package var description: String { "\(request): \(reply.status) \(reply.text)" }
        /// The Matrix error code.
        package var code: String? { reply.errorCode }
    }

    /// The connection to the server.
    package let http: HTTPClient
    /// The access token.
    package let token: String?
    /// Who this is.
    package let userID: String
    /// On which device.
    package let deviceID: String

    /// A client without a session.
    package init(_ http: HTTPClient) {
        self.init(http, session: .null)
    }

    /// A client that goes on with a session that a reply of login, registration or refresh gave.
    package init(_ http: HTTPClient, session: JSON) {
        self.http = http
        token = session["access_token"]?.stringValue
        userID = session["user_id"]?.stringValue ?? ""
        deviceID = session["device_id"]?.stringValue ?? ""
    }

    // MARK: Calls of any kind

    /// The reply to any call, whatever its status.
    package func reply(
        _ method: String, _ path: String, _ body: JSON? = nil, query: KeyValuePairs<String, String> = [:]
    ) async throws -> HTTPReply {
        var headers: [String: String] = [:]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        if body != nil { headers["Content-Type"] = "application/json" }
        let pairs = query.map { "\($0.key)=\(HTTPClient.escape($0.value))" }
        let target = pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
        return try await http.send(method, target, headers: headers, body: body?.encoded())
    }

    /// The JSON of a call that must succeed.
    @discardableResult
    package func call(
        _ method: String, _ path: String, _ body: JSON? = nil, query: KeyValuePairs<String, String> = [:]
    ) async throws -> JSON {
        let reply = try await reply(method, path, body, query: query)
        guard (200..<300).contains(reply.status) else { throw Refusal(reply: reply, request: "\(method) \(path)") }
        return reply.json
    }

    /// A path of the client-server API from segments that need escaping.
    package static func path(_ segments: String..., version: String = "v3") -> String {
        "/_matrix/client/\(version)/" + segments.map(HTTPClient.escape).joined(separator: "/")
    }

    // MARK: Sessions

    /// Makes an account and a session.
    package func register(_ name: String, password: String = "correct horse battery") async throws -> MatrixClient {
        let session = try await call(
            "POST", "/_matrix/client/v3/register",
            ["username": .string(name), "password": .string(password), "auth": ["type": "m.login.dummy"]])
        return MatrixClient(http, session: session)
    }

    /// Makes the account of a visitor.
    package func visit(displayName: String? = nil, shop: Int64? = nil) async throws -> MatrixClient {
        var body: JSONObject = [:]
        if let displayName { body["display_name"] = .string(displayName) }
        if let shop { body["shop"] = .int(shop) }
        return MatrixClient(http, session: try await call("POST", "/api/v1/anonymous", .object(body)))
    }

    /// Opens a session.
    package func login(
        _ name: String, password: String = "correct horse battery", deviceID: String? = nil
    ) async throws -> MatrixClient {
        var body: JSONObject = [
            "type": "m.login.password", "identifier": ["type": "m.id.user", "user": .string(name)],
            "password": .string(password),
        ]
        if let deviceID { body["device_id"] = .string(deviceID) }
        return MatrixClient(http, session: try await call("POST", "/_matrix/client/v3/login", .object(body)))
    }

    // MARK: Rooms

    /// Makes a room; its id.
    package func createRoom(_ wish: JSON = .object([:])) async throws -> String {
        try await call("POST", Self.path("createRoom"), wish)["room_id"]?.stringValue ?? ""
    }

    /// Joins a room that is open or that this user was invited to.
    @discardableResult
    package func join(_ room: String) async throws -> JSON {
        try await call("POST", Self.path("join", room), .object([:]))
    }

    /// Invites somebody.
    @discardableResult
    package func invite(_ user: String, to room: String) async throws -> JSON {
        try await call("POST", Self.path("rooms", room, "invite"), ["user_id": .string(user)])
    }

    /// Sends an event; its id.
    @discardableResult
    package func send(
        _ content: JSON, to room: String, type: String = "m.room.message", transaction: String
    ) async throws -> String {
        try await call("PUT", Self.path("rooms", room, "send", type, transaction), content)["event_id"]?.stringValue
            ?? ""
    }

    /// Sends a text; the id of its event.
    @discardableResult
    package func say(_ text: String, in room: String, transaction: String) async throws -> String {
        try await send(
            ["msgtype": "m.text", "body": .string(text)], to: room, type: "m.room.message", transaction: transaction)
    }

    /// Asks what is new.
    package func sync(since: String? = nil, timeoutMilliseconds: Int = 0, filter: String? = nil) async throws -> JSON {
        var query = "?timeout=\(timeoutMilliseconds)"
        if let since { query += "&since=" + HTTPClient.escape(since) }
        if let filter { query += "&filter=" + HTTPClient.escape(filter) }
        return try await call("GET", Self.path("sync") + query)
    }

    /// A page of a room's history.
    package func messages(
        in room: String, from: String? = nil, direction: String = "b", limit: Int = 100
    ) async throws -> JSON {
        var query = "?dir=\(direction)&limit=\(limit)"
        if let from { query += "&from=" + HTTPClient.escape(from) }
        return try await call("GET", Self.path("rooms", room, "messages") + query)
    }
}
