import Basics
import TestSupport
import Testing

@testable import Server

@Suite("Hostile connections harm nobody else")
struct HostileConnectionTests {
    private func shell(_ change: (inout ConnectionLimits) -> Void = { _ in }) async throws -> RunningShell {
        var wishes = RunningShell.Wishes()
        change(&wishes.limits)
        return try await RunningShell.start(wishes) { $0.add(SampleRoutes()) }
    }

    /// The server answers a well-behaved client.
    private func isWell(_ shell: RunningShell) async throws -> Bool {
        try await shell.http.send("GET", "/_matrix/client/versions").status == 200
    }

    @Test(
        "what is no HTTP is refused with a sentence and closed",
        arguments: [
            "nonsense\r\n\r\n", "GET\r\n\r\n", "GET /a b c HTTP/1.1\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
            "GET / HTTP/1.1\r\nBad Header: x\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /_matrix/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET / HTTP/1.1\r\nHost: x\u{0}y\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET http:// HTTP/1.1\r\n\r\n", "\r\n\r\n\r\nGET",
        ])
    func notHTTP(bytes: String) async throws {
        let shell = try await shell()
        let answer = try await shell.exchange(bytes, halfClose: true)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer.prefix(200))")
        #expect(try await isWell(shell))
        await shell.stop()
    }

    @Test("a head that is too large is refused as such", arguments: [1, 3_000])
    func largeHead(fields: Int) async throws {
        let shell = try await shell()
        let size = fields == 1 ? 20_000 : 10
        let field = "X-Filler: " + String(repeating: "a", count: size) + "\r\n"
        let answer = try await shell.exchange(
            "GET /_matrix/client/versions HTTP/1.1\r\n" + String(repeating: field, count: fields) + "\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 431"))
        #expect(answer.contains("\"errcode\":\"M_TOO_LARGE\""))
        #expect(try await isWell(shell))
        await shell.stop()
    }

    @Test("a path that is too long is refused")
    func longPath() async throws {
        let shell = try await shell()
        let path = "/_matrix/" + String(repeating: "a", count: 30_000)
        #expect(try await shell.exchange("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix("HTTP/1.1 4"))
        await shell.stop()
    }

    @Test("half a head is refused when its time is up")
    func halfHead() async throws {
        let shell = try await shell { $0.headSeconds = 1 }
        let answer = try await shell.exchange("GET /_matrix/client/versions HTTP/1.1\r\nHost: x")
        #expect(answer.hasPrefix("HTTP/1.1 408"))
        await shell.stop()
    }

    @Test("half a body is refused when its time is up")
    func halfBody() async throws {
        let shell = try await shell { $0.bodySeconds = 1 }
        let answer = try await shell.exchange(
            "POST /_matrix/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
        #expect(answer.hasPrefix("HTTP/1.1 408"))
        #expect(try await isWell(shell))
        await shell.stop()
    }

    @Test("a connection without a request is closed when its time is up")
    func silence() async throws {
        let shell = try await shell { $0.idleSeconds = 1 }
        #expect(try await shell.exchange("") == "")
        await shell.stop()
    }

    @Test("a client that has closed its side still gets its answer")
    func halfClosed() async throws {
        let shell = try await shell()
        let answer = try await shell.exchange(
            "GET /_matrix/client/versions HTTP/1.1\r\nHost: x\r\n\r\n", halfClose: true)
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.hasSuffix("{\"versions\":[\"v1.1\"]}"))
        await shell.stop()
    }

    @Test("a client that has closed its side gets a large answer whole")
    func halfClosedLarge() async throws {
        let shell = try await shell()
        let answer = try await shell.exchange(
            "GET /_matrix/large?bytes=3000000 HTTP/1.1\r\nHost: x\r\n\r\n", halfClose: true)
        #expect(answer.utf8.count > 3_000_000)
        await shell.stop()
    }

    @Test("half a request and then nothing leaves no trace")
    func halfRequest() async throws {
        let shell = try await shell()
        let answer = try await shell.exchange(
            "POST /_matrix/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345", halfClose: true)
        #expect(!answer.hasPrefix("HTTP/1.1 200"))
        #expect(try await isWell(shell))
        await shell.stop()
    }

    @Test("requests in one packet are answered in their order")
    func pipelined() async throws {
        let shell = try await shell()
        let port = shell.port
        let bodies = try await onThread {
            let socket = try Socket(port: port)
            let requests = (0..<50).map { number in
                "POST /_matrix/echo HTTP/1.1\r\nHost: x\r\nContent-Length: \("\(number)".count)\r\n\r\n\(number)"
            }
            try socket.write(requests.joined())
            var reader = HTTPReplyReader(socket)
            return try (0..<50).map { _ in try reader.next().text }
        }
        #expect(bodies == (0..<50).map { "\($0)" })
        await shell.stop()
    }

    @Test("a reader that takes nothing is closed, and others are served meanwhile")
    func slowReader() async throws {
        let shell = try await shell { $0.replySeconds = 1 }
        let port = shell.port
        let stuck = Task {
            try await onThread {
                let socket = try Socket(port: port, timeoutSeconds: 30, receiveBuffer: 4_096)
                try socket.write("GET /_matrix/large?bytes=50000000 HTTP/1.1\r\nHost: x\r\n\r\n")
                return try socket.waitWithoutReading(milliseconds: 20_000)
            }
        }
        #expect(try await isWell(shell))
        #expect(try await stuck.value)
        await shell.stop()
    }
}
