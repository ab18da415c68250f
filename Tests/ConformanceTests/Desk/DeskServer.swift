import Basics
import Foundation
import Synchronization
import TestSupport
import Testing

/// A running server with a service desk: one supervisor, who set it up, and agents.
struct DeskServer: Sendable {
    let process: VitrineProcess
    /// Administrator and supervisor.
    let boss: MatrixClient
    private let shifts = Shifts()
    static let password = "a quiet window in May"

    var http: HTTPClient { process.http }

    /// Opens a server with one queue, runs the body and closes it again.
    static func run(
        mode: String = "push", flags: [String] = [], _ body: (DeskServer) async throws -> Void
    ) async throws {
        let process = try await VitrineProcess.start(flags: ["--no-rate-limits"] + flags)
        do {
            try await process.addStaff(name: "mei", password: password, displayName: "Mei", admin: true)
            let boss = try await MatrixClient(process.http).login("mei", password: password)
            let desk = DeskServer(process: process, boss: boss)
            try await boss.call(
                "POST", "/api/v1/desk/queues", ["name": "sales", "mode": .string(mode), "target_ms": 60_000])
            try await desk.makeAgent("@mei:localhost", isSupervisor: true, capacity: 0)
            defer { desk.shifts.end() }
            try await body(desk)
        } catch {
            Issue.record("\(error)\nThe server's log:\n\(process.log.suffix(2_000))")
        }
        #expect(await process.stop() == 0)
    }

    /// Keeps agents there as an open page does: it asks for news, again and again.
    private final class Shifts: Sendable {
        private let tasks = Mutex<[String: Task<Void, Never>]>([:])

        func begin(_ agent: MatrixClient, _ name: String, poll: Int) {
            let task = Task {
                var since: String?
                while !Task.isCancelled {
                    let news = try? await agent.sync(since: since, timeoutMilliseconds: poll)
                    since = news?["next_batch"]?.stringValue ?? since
                    if news == nil { await Task.yield() }
                }
            }
            tasks.withLock { $0[name] = task }
        }

        func end(_ name: String) { tasks.withLock { $0[name] }?.cancel() }

        func end() { for task in tasks.withLock({ Array($0.values) }) { task.cancel() } }
    }

    func makeAgent(
        _ user: String, isSupervisor: Bool = false, capacity: Int64 = 3, queues: [Int64] = [1]
    ) async throws {
        try await boss.call(
            "PUT", "/api/v1/desk/agents/" + HTTPClient.escape(user),
            [
                "capacity": .int(capacity), "queues": .array(queues.map(JSON.int)),
                "supervisor": .bool(isSupervisor),
            ])
    }

    /// An agent who is logged in and available.
    ///
    /// - Parameter poll: for how many milliseconds its device waits for news each time.
    func agent(
        _ name: String, capacity: Int64 = 3, queues: [Int64] = [1], poll: Int = 20_000
    ) async throws -> MatrixClient {
        let id = "@\(name):localhost"
        try await boss.call(
            "PUT", "/_synapse/admin/v2/users/" + HTTPClient.escape(id),
            ["password": .string(Self.password), "displayname": .string(name), "user_type": "staff"])
        try await makeAgent(id, capacity: capacity, queues: queues)
        let agent = try await MatrixClient(http).login(name, password: Self.password)
        try await agent.call("PUT", "/api/v1/desk/agents/me", ["status": "available"])
        shifts.begin(agent, name, poll: poll)
        return agent
    }

    /// An agent's device is gone without a word.
    func vanish(_ name: String) { shifts.end(name) }

    func visitor() async throws -> MatrixClient { try await MatrixClient(http).visit() }
}

/// The words of the desk.
extension MatrixClient {
    /// Opens a conversation; the reply.
    func openConversation(topic: String = "buy", scene: String? = nil, text: String? = nil) async throws -> JSON {
        var body: JSONObject = ["topic": .string(topic)]
        if let scene { body["scene"] = .string(scene) }
        if let text { body["text"] = .string(text) }
        return try await call("POST", "/api/v1/desk/conversations", .object(body))
    }

    func conversation(_ number: Int64) async throws -> JSON {
        try await call("GET", "/api/v1/desk/conversations/\(number)")
    }

    @discardableResult
    func command(_ number: Int64, _ what: String, _ body: JSON = .object([:])) async throws -> JSON {
        try await call("POST", "/api/v1/desk/conversations/\(number)/\(what)", body)
    }

    /// The status of the reply to any request.
    func status(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> Int {
        try await reply(method, path, body).status
    }
}
