import Basics
import TestSupport
import Testing

/// Two brands are two servers with a folder each, on one machine (decision 22).
@Suite("Two shops on one machine")
struct TwoShopsTests {
    @Test("DESK-32 two shops run side by side: people, queues, scenes and visitors of one are unknown to the other")
    func apart() async throws {
        try await DeskServer.run(flags: ["--shop-name", "Lamp & Wheel"]) { lamp in
            try await DeskServer.run(flags: ["--shop-name", "Thread & Needle"]) { thread in
                #expect(lamp.process.port != thread.process.port)
                try await lamp.boss.call("POST", "/api/v1/desk/queues", ["name": "repairs"])
                func queues(_ desk: DeskServer) async throws -> [String] {
                    try await desk.boss.call("GET", "/api/v1/desk/queues")["queues"]?.arrayValue?
                        .compactMap { $0["name"]?.stringValue } ?? []
                }
                #expect(try await queues(lamp) == ["sales", "repairs"])
                #expect(try await queues(thread) == ["sales"])
                // Nobody's session is worth anything at the other shop, be it a customer's or a supervisor's.
                let visitor = try await MatrixClient(lamp.http).visit()
                for token in [visitor.token, lamp.boss.token] {
                    let headers = ["Authorization": "Bearer \(token ?? "")"]
                    let path = "/_matrix/client/v3/account/whoami"
                    #expect(try await lamp.http.send("GET", path, headers: headers).status == 200)
                    #expect(try await thread.http.send("GET", path, headers: headers).status == 401)
                }
            }
        }
    }
}
