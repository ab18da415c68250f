import Basics
import Foundation
import TestSupport
import Testing

@Suite("The desk's numbers over HTTP")
struct DeskStatisticsTests {
    /// The boards of the stream, one after another, until one is as wished.
    private static func board(
        _ client: MatrixClient, _ http: HTTPClient, where fits: @escaping @Sendable (JSON) -> Bool
    ) async throws -> JSON {
        let token = client.token ?? ""
        let port = http.port
        return try await onThread {
            // A stream ends after a minute; then the next one is asked for.
            for _ in 0..<4 {
                let socket = try Socket(port: port)
                try socket.write(
                    "GET /api/v1/desk/stats/stream HTTP/1.1\r\nHost: localhost\r\n"
                        + "Authorization: Bearer \(token)\r\nConnection: close\r\n\r\n")
                var text = ""
                while true {
                    let bytes = try socket.read()
                    guard !bytes.isEmpty else { break }
                    text += String(decoding: bytes, as: UTF8.self)
                    while let end = text.range(of: "\n\n") {
                        let event = text[..<end.lowerBound]
                        text = String(text[end.upperBound...])
                        guard let start = event.range(of: "data: ") else { continue }
                        let board = try JSON(
                            parsing: Array(event[start.upperBound...].utf8), limits: JSONLimits(maximumBytes: 1 << 20))
                        if fits(board) { return board }
                    }
                }
            }
            return .null
        }
    }

    @Test(
        "DESK-23 DESK-24 DESK-25 DESK-52 DESK-75 the board moves by itself, an alert is brought to its address, reports are rows and tables, and the day is recomputed as the same"
    )
    func numbers() async throws {
        try await DeskServer.run { desk in
            try await desk.boss.call("PUT", "/api/v1/desk/queues/1", ["name": "sales", "target_ms": 1_000])
            let hook = try HTTPReceiver()
            // Of a moment: what looks at a window is told only when its minutes are over.
            let rule: JSON = [
                "source": "waiting", "when": "above", "threshold": 0, "webhook": .string(hook.baseURL + "/hook"),
            ]
            try await desk.boss.call("PUT", "/api/v1/desk/alerts/line", rule)
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            let scene = try await visitor.call("POST", "/api/v1/desk/scenes", ["entry": "item.book"])
            let opened = try await visitor.openConversation(scene: scene["scene"]?.stringValue, text: "hello?")
            let number = try #require(opened["number"]?.intValue)
            let room = try #require(opened["room_id"]?.stringValue)
            let late = try await Self.board(desk.boss, desk.http) { $0["late_now"] == 1 }
            #expect(late["hour"]?["opened"] == 1)
            #expect(late["agents"]?.arrayValue?.first?["open"] == 1)
            try await Self.wait(for: hook, desk)
            try await anna.say("yes", in: room, transaction: "yes")
            try await anna.command(number, "resolve")
            try await visitor.command(number, "rate", ["stars": 4])
            let rated = try await Self.board(desk.boss, desk.http) {
                $0["day"]?["rating"]?["count"] == 1 || $0["hour"]?["rating"]?["count"] == 1
            }
            #expect(rated["hour"]?["rating"]?["sum"] == 4)
            let report = try await desk.boss.call("GET", "/api/v1/desk/stats/late?by=queue,agent,scene&step=60")
            let row = try #require(report["rows"]?.arrayValue?.first)
            #expect(row["scene"] == "item.book" && row["queue"] == 1 && row["count"] == 1)
            #expect(row["final"]?.boolValue != nil)
            let agents = try await desk.boss.call("GET", "/api/v1/desk/agents")["agents"]?.arrayValue ?? []
            #expect(agents.contains { $0["user_id"] == "@anna:localhost" && $0["agent"] == row["agent"] })
            let table = try await desk.boss.reply("GET", "/api/v1/desk/stats/opened?by=scene&format=csv")
            #expect(table.text.contains("\r\nopened,") && table.text.contains(",item.book,1,"))
            let breaches = try await desk.boss.call("GET", "/api/v1/desk/stats/breaches")["breaches"]
            #expect(breaches?.arrayValue?.map { $0["conversation"] } == [.int(number)])
            let loads = try await desk.boss.call("GET", "/api/v1/desk/stats/loads")["agents"]?.arrayValue
            #expect((loads?.first?["busy_ms"]?.intValue ?? 0) >= 1_000)
            let there = try await desk.boss.call("GET", "/api/v1/desk/stats/available?by=agent&step=86400")["rows"]
            let mine = there?.arrayValue?.first { $0["agent"] == row["agent"] }
            #expect((mine?["sum"]?.intValue ?? 0) >= 1_000)
            let hours = try await desk.boss.reply("GET", "/api/v1/desk/stats/available?by=agent&format=csv")
            #expect(hours.text.contains("\r\navailable,"))
            let watermark = try #require(rated["watermark_ts"]?.intValue)
            let day = Date(timeIntervalSince1970: Double(watermark) / 1_000).formatted(.iso8601.year().month().day())
            let check = try await desk.boss.call("POST", "/api/v1/desk/stats/days/\(day)/check")
            #expect(check["equal"] == true, "\(check)")
            #expect(try await desk.boss.call("GET", "/api/v1/desk/stats/days")["days"]?.arrayValue?.count == 1)
        }
    }

    /// Somebody waits in a queue that nobody serves; the alert comes to its address.
    private static func wait(for hook: HTTPReceiver, _ desk: DeskServer) async throws {
        try await desk.boss.call("POST", "/api/v1/desk/queues", ["name": "night"])
        try await desk.boss.call(
            "PUT", "/api/v1/desk/rules", ["rules": [["if": ["topic": "night"], "then": ["queue": 2]]]])
        _ = try await desk.visitor().openConversation(topic: "night", text: "anybody?")
        let told = try #require(await hook.requests(1).first)
        #expect(told.json["alert"] == "line" && told.json["what"] == "fired")
        #expect(told.headers["idempotency-key"]?.hasPrefix("1 line fired ") == true)
        hook.close()
    }

    @Test(
        "DESK-02 DESK-24 DESK-25 the numbers are for supervisors, addresses of alerts for administrators, and nonsense is refused"
    )
    func rights() async throws {
        try await DeskServer.run { desk in
            let anna = try await desk.agent("anna")
            let visitor = try await desk.visitor()
            for path in ["stats/live", "stats/stream", "stats/timely", "stats/days", "stats/breaches", "alerts"] {
                #expect(try await anna.status("GET", "/api/v1/desk/" + path) == 403)
                #expect(try await visitor.status("GET", "/api/v1/desk/" + path) == 403)
            }
            let good: JSON = ["source": "waiting", "when": "above", "threshold": 5]
            #expect(try await anna.status("PUT", "/api/v1/desk/alerts/a", good) == 403)
            #expect(try await desk.boss.status("PUT", "/api/v1/desk/alerts/a", good) == 200)
            try await desk.makeAgent("@anna:localhost", isSupervisor: true)
            #expect(try await anna.status("PUT", "/api/v1/desk/alerts/b", good) == 200)
            var hooked = good.objectValue ?? [:]
            hooked["webhook"] = "http://127.0.0.1:1/"
            #expect(try await anna.status("PUT", "/api/v1/desk/alerts/b", .object(hooked)) == 403)
            #expect(try await anna.status("DELETE", "/api/v1/desk/alerts/b") == 200)
            #expect(try await anna.status("DELETE", "/api/v1/desk/alerts/b") == 404)
            for path in [
                "weather", "timely?from=9&to=9", "timely?by=weather", "timely?format=xml",
                "timely?from=0&to=1700000000000&step=60",
            ] {
                let status = try await anna.status("GET", "/api/v1/desk/stats/" + path)
                #expect(status == 400 || status == 404, "\(path): \(status)")
            }
            #expect(try await anna.status("POST", "/api/v1/desk/stats/days/yesterday/check") == 400)
        }
    }
}
