import Basics
import Foundation
import Synchronization
import TestSupport
import Testing

/// The address that a server knows a robot by: it leads to wherever the robot listens, and tells it everything twice.
private final class RobotLine: Sendable {
    private struct Way {
        var receiver: HTTPReceiver?
        var port: Int?
    }
    private let way = Mutex(Way())

    init() throws {
        let receiver = try HTTPReceiver { [weak self] request in self?.carry(request) ?? .cut }
        way.withLock { $0.receiver = receiver }
    }

    var baseURL: String { way.withLock { $0.receiver?.baseURL ?? "" } }

    func lead(to port: Int) { way.withLock { $0.port = port } }

    func close() { way.withLock { $0.receiver }?.close() }

    private func carry(_ request: HTTPReceiver.Request) -> HTTPReceiver.Answer {
        // Nobody is there yet: the server tries again.
        guard let port = way.withLock({ $0.port }) else { return .init(503) }
        _ = forward(request, port)
        return forward(request, port)
    }

    private func forward(_ request: HTTPReceiver.Request, _ port: Int) -> HTTPReceiver.Answer {
        do {
            let socket = try Socket(port: port, timeoutSeconds: 60)
            try socket.write(
                Array(
                    ("\(request.method) \(request.path) HTTP/1.1\r\nHost: robot\r\n"
                        + "Authorization: \(request.headers["authorization"] ?? "")\r\n"
                        + "Content-Length: \(request.body.count)\r\nConnection: close\r\n\r\n").utf8) + request.body)
            var reader = HTTPReplyReader(socket)
            let reply = try reader.next()
            return HTTPReceiver.Answer(reply.status, reply.json)
        } catch {
            return .cut
        }
    }
}

@Suite("Robots as application services")
struct RobotTests {
    /// `Examples/robot/robot.py` beside a server that knows it, bound to the topic `buy`.
    private static func run(
        flags: [String] = [], _ body: (DeskServer) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "vitrine-robot-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The server and the robot have to know each other's port before either is there: a line between them does.
        let line = try RobotLine()
        let registration = """
            {"id": "r.helper", "url": "\(line.baseURL)", "as_token": "robot-as", "hs_token": "robot-hs",
             "sender_localpart": "r.helper", "rate_limited": false, "namespaces": {}}
            """
        try registration.write(toFile: folder + "/robot.yaml", atomically: true, encoding: .utf8)
        try await DeskServer.run(flags: ["--app-services", folder + "/robot.yaml"]) { desk in
            let script = Program.repository + "/Examples/robot/robot.py"
            let command = try RunningCommand(
                [
                    "/usr/bin/env", "python3", script, "--port", "0", "--chat", "http://127.0.0.1:\(desk.http.port)",
                    "--as-token", "robot-as", "--hs-token", "robot-hs",
                ] + flags, errors: folder + "/errors.log")
            defer { command.signal(SIGKILL) }
            let told = await onThread { command.line() }
            line.lead(to: try #require(told?.split(separator: ":").last.flatMap { Int($0) }))
            let rule: JSON = ["if": ["topic": "buy"], "then": ["queue": 1, "robot": "@r.helper:localhost"]]
            try await desk.boss.call("PUT", "/api/v1/desk/rules", ["rules": .array([rule])])
            try await body(desk)
            let errors = (try? String(contentsOfFile: folder + "/errors.log", encoding: .utf8)) ?? ""
            #expect(errors == "")
        }
        line.close()
    }

    /// Waits until somebody has said something in a room.
    private static func hears(
        _ client: MatrixClient, _ text: String, in room: String
    ) async throws -> JSON {
        var since: String?
        while !Task.isCancelled {
            let news = try await client.sync(since: since, timeoutMilliseconds: since == nil ? 0 : 20_000)
            since = news["next_batch"]?.stringValue
            let events = news["rooms"]?["join"]?[room]?["timeline"]?["events"]?.arrayValue ?? []
            if let found = events.first(where: { $0["content"]?["body"]?.stringValue?.contains(text) == true }) {
                return found
            }
        }
        return .null
    }

    @Test(
        "DESK-08 DESK-09 a robot greets, offers times by a card, answers what comes twice once, and hands over to a person who has the whole talk"
    )
    func story() async throws {
        try await Self.run(flags: ["--adapter", "booking"]) { desk in
            try await desk.boss.call(
                "PUT", "/api/v1/desk/adapters/booking",
                ["secret": "a secret of sixteen bytes or more", "config": ["url": "http://127.0.0.1:9/"]])
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let opened = try await visitor.openConversation(text: "Hello!")
            let room = try #require(opened["room_id"]?.stringValue)
            let number = try #require(opened["number"]?.intValue)
            let greeting = try await Self.hears(visitor, "I am the shop's robot", in: room)
            #expect(greeting["sender"] == "@r.helper:localhost")
            #expect(try await anna.conversation(number)["status"] == "robot")
            try await visitor.say("Can I see it some day?", in: room, transaction: "see")
            let card = try await Self.hears(visitor, "A visit: Sat 10:00", in: room)
            #expect(card["content"]?["shop.vitrine.card"]?["kind"] == "viewing.book")
            try await visitor.say("I want to talk to a human", in: room, transaction: "human")
            var since: String?
            while !Task.isCancelled {
                let news = try await anna.sync(since: since, timeoutMilliseconds: since == nil ? 0 : 20_000)
                since = news["next_batch"]?.stringValue
                if news["rooms"]?["join"]?[room] != nil { break }
            }
            #expect(try await anna.conversation(number)["owner_id"] == "@anna:localhost")
            let steps = try await anna.call("GET", "/api/v1/desk/conversations/\(number)/transitions")["transitions"]
            #expect(
                steps?.arrayValue?.compactMap { $0["reason"]?.stringValue }
                    == ["opened", "robotHandover", "assigned"])
            // The robot is silent from then on; the person goes on in the same room.
            try await anna.say("Here I am", in: room, transaction: "here")
            let page = try await visitor.messages(in: room)
            let said = (page["chunk"]?.arrayValue ?? []).filter {
                $0["type"] == "m.room.message" && $0["sender"] == "@r.helper:localhost"
            }
            #expect(said.count == 2)
        }
    }

    @Test(
        "DESK-08 a visitor who wants to see it picks a time in the robot's card and has the visit, with no human in it")
    func booking() async throws {
        let secret = "a secret of sixteen bytes or more"
        let business = try await ExampleBusiness.start(flags: ["--secret", secret])
        try await Self.run(flags: ["--adapter", "booking"]) { desk in
            try await desk.boss.call(
                "PUT", "/api/v1/desk/adapters/booking",
                [
                    "secret": .string(secret),
                    "config": [
                        "url": .string(business.baseURL + "/appointments"), "text": "/message",
                        "statuses": ["409": "refused"], "retry_ms": 20, "breaker_ms": 200,
                        "body": ["car": "{{ref}}", "slot": "{{data.slot}}", "customer": "{{user}}"],
                    ],
                ])
            let visitor = try await desk.visitor()
            let opened = try await visitor.openConversation(text: "Hello!")
            let room = try #require(opened["room_id"]?.stringValue)
            let number = try #require(opened["number"]?.intValue)
            _ = try await Self.hears(visitor, "I am the shop's robot", in: room)
            try await visitor.say("Can I see it some day?", in: room, transaction: "see")
            let card = try await Self.hears(visitor, "A visit: Sat 10:00", in: room)
            let event = try #require(card["event_id"]?.stringValue)
            let shown = card["content"]?["shop.vitrine.card"]
            let since = try await visitor.sync()["next_batch"]?.stringValue
            try await visitor.call(
                "POST", "/api/v1/desk/cards/\(HTTPClient.escape(room))/\(HTTPClient.escape(event))/actions",
                ["verb": "book", "rev": shown?["rev"] ?? 1, "data": ["slot": "Sat 10:00"], "txn": "book"])
            var news = try await visitor.sync(since: since, timeoutMilliseconds: 20_000)
            func outcome() -> JSON? {
                news["rooms"]?["join"]?[room]?["timeline"]?["events"]?.arrayValue?
                    .first { $0["type"] == "shop.vitrine.card.result" }?["content"]?["outcome"]
            }
            while outcome() == nil, !Task.isCancelled {
                news = try await visitor.sync(
                    since: news["next_batch"]?.stringValue, timeoutMilliseconds: 20_000)
            }
            #expect(outcome() == "ok")
            let booked = try await business.ask("/appointments")["appointments"]?.arrayValue ?? []
            #expect(booked.count == 1 && booked.first?.arrayValue?.contains("Sat 10:00") == true)
            let path = "/api/v1/desk/conversations/\(number)/transitions"
            let steps = try await desk.boss.call("GET", path)["transitions"]?.arrayValue ?? []
            #expect(steps.allSatisfy { $0["is_robot"] == true } && !steps.isEmpty)
        }
    }

    @Test("DESK-09 a rule that names a robot which is none is refused")
    func unknown() async throws {
        try await DeskServer.run { desk in
            for name in ["@mei:localhost", "@nobody:localhost", "@mei:elsewhere", "mei"] {
                let rule: JSON = ["if": [:], "then": ["queue": 1, "robot": .string(name)]]
                let status = try await desk.boss.status("PUT", "/api/v1/desk/rules", ["rules": .array([rule])])
                #expect(status == 422)
            }
        }
    }
}
