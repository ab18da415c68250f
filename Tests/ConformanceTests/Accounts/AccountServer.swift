import Basics
import TestSupport
import Testing

/// A server of its own for a test, with the calls that tests of accounts make.
struct AccountServer {
    static let password = "correct horse battery"
    let process: VitrineProcess
    var http: HTTPClient { process.http }
    var nobody: MatrixClient { MatrixClient(http) }

    /// Runs a test against a fresh server without rate limits.
    static func run(_ flags: [String] = [], _ body: (AccountServer) async throws -> Void) async throws {
        let process = try await VitrineProcess.start(flags: ["--no-rate-limits"] + flags)
        do {
            try await body(AccountServer(process: process))
        } catch {
            Issue.record("\(error)\nThe server's log:\n\(process.log.suffix(2_000))")
        }
        await process.stop()
    }

    func register(_ name: String) async throws -> MatrixClient { try await nobody.register(name) }

    /// An administrator, made by the shared secret that the flags must have set.
    func administrator(secret: String) async throws -> MatrixClient {
        let nonce = try await nobody.call("GET", "/_synapse/admin/v1/register")["nonce"]?.stringValue ?? ""
        let parts = [nonce, "root", Self.password, "admin"]
        let mac = SharedSecret.mac(of: parts, secret: secret)
        try await nobody.call(
            "POST", "/_synapse/admin/v1/register",
            [
                "nonce": .string(nonce), "username": "root", "password": .string(Self.password), "admin": true,
                "mac": .string(mac),
            ])
        return try await nobody.login("root")
    }
}

extension MatrixClient {
    /// The steps of a request that needs the password, all at once.
    func password(_ password: String = AccountServer.password, session: JSON? = nil) -> JSON {
        var auth: JSONObject = [
            "type": "m.login.password", "identifier": ["type": "m.id.user", "user": .string(userID)],
            "password": .string(password),
        ]
        auth["session"] = session
        return .object(auth)
    }

    /// Expects a refusal with a status and a code, in the one shape that refusals have.
    func refused(
        _ method: String, _ path: String, _ body: JSON? = nil, _ status: Int, _ code: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let reply = try await reply(method, path, body)
        #expect(reply.status == status, "\(method) \(path): \(reply.text)", sourceLocation: location)
        #expect(reply.errorCode == code, "\(method) \(path): \(reply.text)", sourceLocation: location)
        #expect(AccountShapes.error.faults(in: reply.json).isEmpty, "\(reply.text)", sourceLocation: location)
    }

    /// The same for a request without a body.
    func refused(
        _ method: String, _ path: String, _ status: Int, _ code: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        try await refused(method, path, nil, status, code, location)
    }

    /// The reply of a call that must succeed and have a shape.
    @discardableResult
    func get(
        _ shape: Shape, _ method: String, _ path: String, _ body: JSON? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> JSON {
        let json = try await call(method, path, body)
        #expect(shape.faults(in: json) == [], "\(method) \(path)", sourceLocation: location)
        return json
    }
}
