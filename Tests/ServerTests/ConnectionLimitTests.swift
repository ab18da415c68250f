import TestSupport
import Testing

@testable import Server

@Suite("There is a limit to connections")
struct ConnectionLimitTests {
    @Test("who comes when all places of an address are taken is told so, and served once a place is free")
    func perAddress() async throws {
        var wishes = RunningShell.Wishes()
        wishes.proxies = []
        wishes.limits.connectionsPerAddress = 2
        try await RunningShell.with(wishes, routes: { $0.add(SampleRoutes()) }) { shell in
            let port = shell.port
            let request = "GET /_matrix/client/versions HTTP/1.1\r\nHost: x\r\n\r\n"
            try await onThread {
                let held = try (0..<2).map { _ in try Socket(port: port) }
                for socket in held {
                    try socket.write(request)
                    var reader = HTTPReplyReader(socket)
                    #expect(try reader.next().status == 200)
                }
                var refusal = HTTPReplyReader(try Socket(port: port))
                let reply = try refusal.next()
                #expect(reply.status == 503)
                #expect(reply.errorCode == "M_RESOURCE_LIMIT_EXCEEDED")
                held[0].finish()
                #expect(try held[0].readToEnd().isEmpty)
            }
            var status = 0
            // The server learns of the closed connection a moment later than we do.
            for _ in 0..<200 where status != 200 {
                status = (try? await shell.http.send("GET", "/_matrix/client/versions").status) ?? 0
            }
            #expect(status == 200)
        }
    }
}
