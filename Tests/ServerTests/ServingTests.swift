import Basics
import Foundation
import TestSupport
import Testing

@Suite("A running server", .timeLimit(.minutes(10)))
struct ServingTests {
    @Test("SIGTERM answers the long polls that are open, then ends with status 0")
    func drain() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).register("anna")
        let since = try #require(try await anna.sync()["next_batch"]?.stringValue)
        async let poll = anna.sync(since: since, timeoutMilliseconds: 50_000)
        while try await !server.http.send("GET", "/metrics").text.contains("vitrine_long_polls 1") {}
        let status = await server.stop()
        #expect(status == 0)
        #expect(try await poll["next_batch"]?.stringValue != nil)
    }

    @Test("a request that never ends is cut off after the time to drain, and the status is still 0")
    func stubborn() async throws {
        let server = try await VitrineProcess.start(flags: ["--drain-seconds", "1"])
        let port = server.port
        let socket = try await onThread {
            let socket = try Socket(port: port)
            try socket.write("POST /_matrix/client/v3/login HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
            return socket
        }
        while try await !server.http.send("GET", "/metrics").text.contains("vitrine_connections 2") {}
        #expect(await server.stop() == 0)
        _ = try await onThread { try socket.readToEnd() }
    }

    @Test("a server that was killed comes back with what it had acknowledged, on the same port")
    func killed() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).register("anna")
        let room = try await anna.createRoom()
        let event = try await anna.say("kept", in: room, transaction: "1")
        await server.kill()
        try await server.restart()
        let again = try await anna.messages(in: room, limit: 1)
        #expect(again["chunk"]?.arrayValue?.first?["event_id"]?.stringValue == event)
        await server.stop()
    }

    @Test("a flood of visitors from one address meets 429, and accounts that exist are not touched")
    func flood() async throws {
        let server = try await VitrineProcess.start()
        let anna = try await MatrixClient(server.http).register("anna")
        var codes: [Int] = []
        for _ in 0..<20 {
            let reply = try await server.http.send(
                "POST", "/api/v1/anonymous", headers: ["X-Forwarded-For": "192.0.2.1"], body: Array("{}".utf8))
            codes.append(reply.status)
        }
        #expect(codes.first == 200)
        #expect(codes.last == 429)
        #expect(try await anna.call("GET", "/_matrix/client/v3/account/whoami")["user_id"]?.stringValue == anna.userID)
        await server.stop()
    }

    @Test("the log holds no tokens, bodies or file names")
    func quietLog() async throws {
        let server = try await VitrineProcess.start(flags: ["--log-level", "debug"])
        let anna = try await MatrixClient(server.http).register("anna", password: "a very secret password")
        let room = try await anna.createRoom(["name": "secret plans"])
        try await anna.say("secret words", in: room, transaction: "1")
        _ = try await anna.reply("PUT", MatrixClient.path("rooms", room, "send", "m.room.message", "2"), "no object")
        _ = try await server.http.send("GET", "/_matrix/client/v3/sync?access_token=vit_secret")
        await server.stop()
        let log = server.log
        #expect(!log.isEmpty)
        #expect(!log.contains("secret"))
        #expect(!log.contains(anna.token ?? "none"))
    }
}
