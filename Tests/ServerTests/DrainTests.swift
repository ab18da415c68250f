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

    @Test("what waits for a client that has gone is cancelled")
    func cancelled() async throws {
        let shell = try await RunningShell.start { routes in
            routes.openGet("/_matrix/poll", .sync) { call in
                let wasCancelled = try await call.link.cancellingWhenGone {
                    try? await Task.sleep(for: .seconds(600))
                    return Task.isCancelled
                }
                return .json(["cancelled": .bool(wasCancelled)])
            }
        }
        let answer = try await shell.exchange("GET /_matrix/poll HTTP/1.1\r\nHost: x\r\n\r\n", halfClose: true)
        #expect(answer.hasSuffix("{\"cancelled\":true}"))
        await shell.stop()
    }
}
