import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("Transcripts")
    struct TranscriptTests {
        private func path(_ room: String) -> String { "/api/v1/rooms/\(HTTPClient.escape(room))/transcript" }

        @Test("MSG-54 a transcript holds exactly what its reader may see, in order")
        func visible() async throws {
            let (anna, late) = (try await Cast.user("anna"), try await Cast.user("late"))
            let rule: JSON = ["type": "m.room.history_visibility", "content": ["history_visibility": "joined"]]
            let room = try await Cast.room(anna, wish: ["name": "Red car", "initial_state": [rule]])
            for number in 0..<5 { try await anna.say("before \(number)", in: room) }
            try await anna.invite(late.userID, to: room)
            try await late.join(room)
            for number in 0..<5 { try await late.say("after \(number)", in: room) }
            for reader in [anna, late] {
                let transcript = try await reader.ask(MessagingShapes.transcript, "GET", path(room))
                let events = transcript["events"]?.arrayValue ?? []
                #expect(events.eventIDs == (try await reader.history(of: room).eventIDs))
                #expect(transcript["title"] == "Red car")
                let text = try await reader.reply("GET", path(room), query: ["format": "text"])
                let said = text.text.split(separator: "\n").compactMap {
                    $0.split(separator: ": ").last.map(String.init)
                }
                #expect(Array(said.dropFirst()) == events.bodies)
            }
        }

        @Test(
            "MSG-54 each format has its type, is a file to save, and keeps texts apart from markup",
            arguments: [
                ("json", "application/json"), ("text", "text/plain; charset=utf-8"),
                ("html", "text/html; charset=utf-8"),
            ])
        func formats(format: String, type: String) async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna, wish: ["name": "<b>\"Shop\"</b>"])
            try await anna.say("<script>alert('好')</script>", in: room)
            let reply = try await anna.reply("GET", path(room), query: ["format": format])
            #expect(reply.status == 200)
            #expect(reply[header: "content-type"] == type)
            #expect(reply[header: "content-disposition"]?.hasPrefix("attachment") == true)
            #expect(reply.text.contains("好"))
            if format == "html" { #expect(!reply.text.contains("<script>") && !reply.text.contains("<b>")) }
        }

        @Test("MSG-54 an unknown format, an unknown room and a foreign room are refused")
        func refused() async throws {
            let (anna, ben) = (try await Cast.user("anna"), try await Cast.user("ben"))
            let room = try await Cast.room(anna)
            try await anna.isRefused(400, "M_INVALID_PARAM", "GET", path(room), query: ["format": "pdf"])
            try await ben.isRefused(403, "M_FORBIDDEN", "GET", path(room))
            #expect([403, 404].contains(try await anna.reply("GET", path("!AAAAAAAAAAAA:localhost")).status))
        }
    }
}
