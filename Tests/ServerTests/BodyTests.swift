import Basics
import TestSupport
import Testing

@testable import Server

@Suite("Bodies are read within limits")
struct BodyTests {
    private static let path = "/_matrix/client/v3/rooms/%21r:s/send/m.t/1"
    private static let token = ["Authorization": "Bearer good"]

    @Test(
        "bodies that are no acceptable JSON object are refused",
        arguments: [
            ("{", 400, "M_NOT_JSON"), ("", 400, "M_NOT_JSON"), ("[]", 400, "M_BAD_JSON"), ("1", 400, "M_BAD_JSON"),
            ("{\"a\":1.5}", 400, "M_BAD_JSON"), ("{\"a\":1,\"a\":2}", 400, "M_BAD_JSON"),
            ("{\"a\":9007199254740992}", 400, "M_BAD_JSON"),
            (
                "{\"a\":" + String(repeating: "[", count: 70) + String(repeating: "]", count: 70) + "}", 400,
                "M_BAD_JSON"
            ),
            ("{\"a\":\"" + String(repeating: "x", count: 300_000) + "\"}", 413, "M_TOO_LARGE"),
        ])
    func refused(body: String, status: Int, code: String) async throws {
        try await RunningShell.with(routes: { $0.add(SampleRoutes()) }) { shell in
            let reply = try await shell.http.send("PUT", Self.path, headers: Self.token, body: Array(body.utf8))
            #expect(reply.status == status)
            #expect(reply.errorCode == code)
        }
    }

    @Test("bytes that are no UTF-8 are refused")
    func encoding() async throws {
        try await RunningShell.with(routes: { $0.add(SampleRoutes()) }) { shell in
            let body = Array("{\"a\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)
            let reply = try await shell.http.send("PUT", Self.path, headers: Self.token, body: body)
            #expect(reply.errorCode == "M_NOT_JSON")
        }
    }

    @Test("a body above the limit is refused from its announced length, before it is sent")
    func announced() async throws {
        try await RunningShell.with(routes: { $0.add(SampleRoutes()) }) { shell in
            let text = try await shell.exchange(
                "PUT \(Self.path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Length: 9999999\r\n\r\n{"
            )
            #expect(text.hasPrefix("HTTP/1.1 413"))
            #expect(text.contains("M_TOO_LARGE"))
            #expect(text.lowercased().contains("connection: close"))
        }
    }

    @Test("chunks are counted as they come")
    func chunks() async throws {
        try await RunningShell.with(routes: { $0.add(SampleRoutes()) }) { shell in
            let chunk = "2710\r\n" + String(repeating: "x", count: 10_000) + "\r\n"
            let head =
                "POST /_matrix/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            let small = try await shell.exchange(head + chunk + chunk + "0\r\n\r\n")
            #expect(small.hasPrefix("HTTP/1.1 200"))
            #expect(small.contains("Content-Length: 20000"))
            let large = try await shell.exchange(head + String(repeating: chunk, count: 11) + "0\r\n\r\n")
            #expect(large.hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test("who waits to be told to go on is told")
    func expectContinue() async throws {
        try await RunningShell.with(routes: { $0.add(SampleRoutes()) }) { shell in
            let port = shell.port
            let replies = try await onThread {
                let socket = try Socket(port: port)
                try socket.write(
                    "POST /_matrix/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
                let interim = String(decoding: try socket.read(), as: UTF8.self)
                try socket.write("abc")
                var reader = HTTPReplyReader(socket)
                return (interim, try reader.next().text)
            }
            #expect(replies.0.hasPrefix("HTTP/1.1 100"))
            #expect(replies.1 == "abc")
        }
    }
}
