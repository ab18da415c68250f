import Basics
import Foundation
import Synchronization
import TestSupport
import Testing

/// `Examples/business-service/service.py`, running as a process of its own.
final class ExampleBusiness: Sendable {
    struct NotReady: Error, CustomStringConvertible { let description: String }
    private struct State {
        var command: RunningCommand
        var port: Int
    }
    private let flags: [String]
    private let state: Mutex<State>
    let folder: String

    private init(_ flags: [String], _ folder: String, _ state: State) {
        self.flags = flags
        self.folder = folder
        self.state = Mutex(state)
    }

    deinit {
        state.withLock { $0.command.signal(SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    static func start(flags: [String] = []) async throws -> ExampleBusiness {
        let folder = NSTemporaryDirectory() + "vitrine-business-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return ExampleBusiness(flags, folder, try await run(flags, folder))
    }

    private static func run(_ flags: [String], _ folder: String) async throws -> State {
        let script = Program.repository + "/Examples/business-service/service.py"
        let command = try RunningCommand(
            ["/usr/bin/env", "python3", script, "--port", "0", "--data", folder + "/book.db"] + flags,
            errors: folder + "/errors.log")
        let line = await onThread { command.line() }
        guard let port = line?.split(separator: ":").last.flatMap({ Int($0) }) else {
            let log = (try? String(contentsOfFile: folder + "/errors.log", encoding: .utf8)) ?? ""
            throw NotReady(description: "the business did not get ready: \(line ?? "") \(log)")
        }
        return State(command: command, port: port)
    }

    var port: Int { state.withLock { $0.port } }
    var baseURL: String { "http://127.0.0.1:\(port)" }
    var http: HTTPClient { HTTPClient(port: port) }

    /// Ends it without warning and starts it again on its tables, at another port.
    func killAndRestart() async throws {
        let command = state.withLock { $0.command }
        command.signal(SIGKILL)
        _ = await command.exitStatus()
        let fresh = try await Self.run(flags, folder)
        state.withLock { $0 = fresh }
    }

    func ask(_ path: String) async throws -> JSON { try await http.send("GET", path).json }

    /// A booking that somebody of the business writes down.
    func book(_ key: String, slot: String, event: JSON) async throws -> Int {
        let body: JSON = ["car": "car-881", "slot": .string(slot), "customer": "by telephone", "event": event]
        return try await http.send(
            "POST", "/own/appointments", headers: ["Idempotency-Key": key, "Content-Type": "application/json"],
            body: body.encoded()
        ).status
    }
}

/// A line to a business on which requests and answers get lost, come twice or take for ever.
final class FaultyLine: Sendable {
    private let random: Mutex<SeededRandom>
    private let business: ExampleBusiness
    private let inner = Mutex<HTTPReceiver?>(nil)

    init(to business: ExampleBusiness, seed: UInt64) throws {
        self.business = business
        random = Mutex(SeededRandom(seed: seed))
        let receiver = try HTTPReceiver { [weak self] request in self?.carry(request) ?? .cut }
        inner.withLock { $0 = receiver }
    }

    var baseURL: String { inner.withLock { $0?.baseURL ?? "" } }
    /// How many requests have come.
    var requests: Int { inner.withLock { $0?.requests.count ?? 0 } }

    private func carry(_ request: HTTPReceiver.Request) -> HTTPReceiver.Answer {
        switch random.withLock({ $0.next() % 100 }) {
        case 0..<6: return .cut
        case 6..<12:
            // The business has done it, and nobody hears of it.
            _ = forward(request)
            return .cut
        case 12..<17:
            _ = forward(request)
            return forward(request)
        case 17..<20: return HTTPReceiver.Answer(503)
        case 20..<22:
            _ = forward(request)
            return .silence
        default: return forward(request)
        }
    }

    private func forward(_ request: HTTPReceiver.Request) -> HTTPReceiver.Answer {
        do {
            let socket = try Socket(port: business.port, timeoutSeconds: 20)
            var head = "\(request.method) \(request.path) HTTP/1.1\r\nHost: business\r\n"
            for name in ["idempotency-key", "x-vitrine-timestamp", "x-vitrine-signature"] {
                if let value = request.headers[name] { head += "\(name): \(value)\r\n" }
            }
            head += "Content-Length: \(request.body.count)\r\nConnection: close\r\n\r\n"
            try socket.write(Array(head.utf8) + request.body)
            var reader = HTTPReplyReader(socket)
            let reply = try reader.next()
            return HTTPReceiver.Answer(reply.status, reply.json)
        } catch {
            return .cut
        }
    }
}
