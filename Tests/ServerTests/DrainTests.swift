import Basics
import TestSupport
import Testing

@testable import Server

@Suite("A server that stops lets running requests end")
struct DrainTests {
    @Test("waiting requests are woken and answered, idle connections closed, new ones refused")
    func drain() async throws {
        let gate = Gate()
        var wishes = RunningShell.Wishes()
        wishes.onDrain = { gate.open() }
        let shell = try await RunningShell.start(wishes) { $0.add(SampleRoutes(gate: gate)) }
        let port = shell.port
        let idle = try await onThread { try Socket(port: port) }
        async let waiting = shell.http.send("GET", "/_matrix/slow")
        await gate.arrived()
        await shell.beginToStop()
        let reply = try await waiting
        #expect(reply.status == 200)
        #expect(reply.json["waited"] == true)
        #expect(try await onThread { try idle.readToEnd() }.isEmpty)
        await shell.stopped()
        let late = try? await HTTPClient(port: port, timeoutSeconds: 5).send("GET", "/_matrix/client/versions")
        #expect(late == nil)
    }

    @Test("an answer that is being sent arrives whole")
    func largeReply() async throws {
        let shell = try await RunningShell.start { $0.add(SampleRoutes()) }
        let port = shell.port
        let socket = try await onThread {
            let socket = try Socket(port: port, receiveBuffer: 8_192)
            try socket.write("GET /_matrix/large?bytes=8000000 HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try socket.read(upTo: 1)
            return socket
        }
        await shell.beginToStop()
        let count = try await onThread { try socket.readToEnd().count }
        #expect(count > 8_000_000)
        await shell.stopped()
    }

    @Test("a request that never ends does not keep the server")
    func timeLimit() async throws {
        var wishes = RunningShell.Wishes()
        wishes.drainSeconds = 1
        let shell = try await RunningShell.start(wishes) { $0.add(SampleRoutes()) }
        let port = shell.port
        let socket = try await onThread {
            let socket = try Socket(port: port)
            try socket.write("POST /_matrix/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
            return socket
        }
        await shell.stop()
        _ = try await onThread { try socket.readToEnd() }
    }

    @Test("a request whose client has gone is told so")
    func clientGone() async throws {
        let gate = Gate()
        let shell = try await RunningShell.start { routes in
            routes.openGet("/_matrix/poll", .sync) { call in
                call.link.whenGone { gate.open() }
                await gate.wait()
                return .emptyObject
            }
        }
        let port = shell.port
        let answer = try await onThread {
            let socket = try Socket(port: port)
            try socket.write("GET /_matrix/poll HTTP/1.1\r\nHost: x\r\n\r\n")
            socket.finishWriting()
            var reader = HTTPReplyReader(socket)
            return try reader.next()
        }
        #expect(answer.status == 200)
        await shell.stop()
    }

    @Test("a long poll whose client has gone is woken and looks no further")
    func cancelled() async throws {
        let poll = SamplePoll()
        let shell = try await RunningShell.start { routes in
            routes.poll("/_matrix/poll", .sync) { _, _ in .wait(poll) }
        }
        let request = "GET /_matrix/poll HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n"
        let answer = try await shell.exchange(request, halfClose: true)
        #expect(answer.hasSuffix("{\"woken\":1}"))
        await shell.stop()
    }

    @Test("a long poll waits again as often as it finds nothing, and other requests of its connection wait behind it")
    func waitsAgain() async throws {
        let poll = SamplePoll(looks: 3)
        let shell = try await RunningShell.start { routes in
            routes.poll("/_matrix/poll", .sync) { _, _ in .wait(poll) }
            routes.openGet("/_matrix/next", .general) { _ in .emptyObject }
        }
        let port = shell.port
        let replies = try await onThread {
            let socket = try Socket(port: port)
            try socket.write(
                "GET /_matrix/poll HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n"
                    + "GET /_matrix/next HTTP/1.1\r\nHost: x\r\n\r\n")
            for _ in 0..<3 { poll.wakeOnceParked() }
            var reader = HTTPReplyReader(socket)
            return (try reader.next().text, try reader.next().text)
        }
        #expect(replies.0 == "{\"woken\":3}")
        #expect(replies.1 == "{}")
        await shell.stop()
    }
}
