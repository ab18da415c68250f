import Basics
import TestSupport
import Testing

extension MessagingConformance {
    @Suite("Input that is wrong, forged or hostile")
    struct HostileInputTests {
        /// A body that is no message, and what it must be answered with.
        struct BadBody: Sendable, CustomTestStringConvertible {
            let name: String
            let bytes: [UInt8]
            let status: Int
            let code: String
            var testDescription: String { name }

            init(_ name: String, _ text: String, _ status: Int, _ code: String) {
                self.init(name, Array(text.utf8), status, code)
            }

            init(_ name: String, _ bytes: [UInt8], _ status: Int, _ code: String) {
                (self.name, self.bytes, self.status, self.code) = (name, bytes, status, code)
            }
        }

        static let message = #"{"msgtype":"m.text","body":"x","extra":"#
        static let badBodies: [BadBody] = [
            BadBody("nothing", "", 400, "M_NOT_JSON"),
            BadBody("no JSON", "hello", 400, "M_NOT_JSON"),
            BadBody("cut off", #"{"msgtype":"m.text","bo"#, 400, "M_NOT_JSON"),
            BadBody("something after the end", #"{"msgtype":"m.text","body":"x"} {}"#, 400, "M_NOT_JSON"),
            BadBody(
                "bad UTF-8", Array(#"{"msgtype":"m.text","body":""#.utf8) + [0xFF, 0xFE, 0x22, 0x7D], 400, "M_NOT_JSON"),
            BadBody("half a surrogate", #"{"msgtype":"m.text","body":"\ud83d"}"#, 400, "M_NOT_JSON"),
            BadBody("a list", #"["m.text"]"#, 400, "M_BAD_JSON"),
            BadBody("a text", #""m.text""#, 400, "M_BAD_JSON"),
            BadBody("no msgtype", #"{"body":"x"}"#, 400, "M_BAD_JSON"),
            BadBody("no body", #"{"msgtype":"m.text"}"#, 400, "M_BAD_JSON"),
            BadBody("a number as body", #"{"msgtype":"m.text","body":1}"#, 400, "M_BAD_JSON"),
            BadBody("a float", message + "1.5}", 400, "M_BAD_JSON"),
            BadBody("an exponent", message + "1e3}", 400, "M_BAD_JSON"),
            BadBody("an integer beyond 2^53", message + "9007199254740993}", 400, "M_BAD_JSON"),
            BadBody("a key twice", message + #"1,"extra":2}"#, 400, "M_BAD_JSON"),
            BadBody(
                "too deep", message + String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000) + "}",
                400, "M_BAD_JSON"),
            BadBody(
                "too large an event", message + "\"" + String(repeating: "x", count: 66_000) + "\"}", 413, "M_TOO_LARGE"
            ),
            BadBody(
                "too large a body", message + "\"" + String(repeating: "x", count: 400_000) + "\"}", 413, "M_TOO_LARGE"),
        ]

        @Test("a body that is no message is refused with its reason, and nothing is stored", arguments: badBodies)
        func body(bad: BadBody) async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            let before = try await anna.history(of: room).eventIDs
            let path = MatrixClient.path("rooms", room, "send", "m.room.message", Cast.unique("t"))
            let reply = try await anna.http.send(
                "PUT", path,
                headers: ["Authorization": "Bearer \(anna.token ?? "")", "Content-Type": "application/json"],
                body: bad.bytes)
            #expect(reply.status == bad.status, "\(reply.text)")
            #expect(reply.errorCode == bad.code, "\(reply.text)")
            #expect(MessagingShapes.error.faults(in: reply.json) == [])
            #expect(try await anna.history(of: room).eventIDs == before)
        }

        /// Wrongly typed members of bodies: method, path after the room, body.
        static let wrongTypes: [(String, String, JSON)] = [
            ("POST", "invite", ["user_id": 1]), ("POST", "invite", [:]), ("POST", "kick", ["user_id": ["a"]]),
            ("POST", "ban", ["user_id": "@a:b", "reason": 5]), ("POST", "leave", ["reason": ["x": 1]]),
            ("PUT", "typing/me", ["typing": "yes"]), ("PUT", "typing/me", [:]),
            ("PUT", "typing/me", ["typing": true, "timeout": "long"]),
            ("POST", "read_markers", ["m.read": 5]), ("POST", "receipt/m.read/event", ["thread_id": 7]),
            ("PUT", "state/m.room.name", ["name": 5]), ("PUT", "state/m.room.power_levels", ["users": "all"]),
            ("PUT", "state/m.room.power_levels", ["ban": "50"]),
            ("PUT", "state/m.room.join_rules", ["join_rule": 1]),
            ("PUT", "state/m.room.canonical_alias", ["alias": 3]),
            ("PUT", "state/m.room.history_visibility", ["history_visibility": ["x"]]),
            ("POST", "report/event", ["reason": 9]), ("PUT", "redact/event/t", ["reason": 9]),
        ]

        @Test("a member of the wrong type is a bad request, and changes nothing", arguments: wrongTypes)
        func type(method: String, route: String, body: JSON) async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            let event = try await anna.say("here", in: room)
            let before = try await anna.history(of: room).eventIDs
            let path =
                "/_matrix/client/v3/rooms/\(HTTPClient.escape(room))/"
                + route.replacing("/me", with: "/" + HTTPClient.escape(anna.userID))
                .replacing("/event", with: "/" + HTTPClient.escape(event))
            let reply = try await anna.reply(method, path, body)
            #expect(reply.status == 400, "\(reply.text)")
            #expect(
                ["M_BAD_JSON", "M_MISSING_PARAM", "M_INVALID_PARAM"].contains(reply.errorCode ?? ""), "\(reply.text)")
            #expect(try await anna.history(of: room).eventIDs == before)
        }

        @Test(
            "a wish for a room that makes no sense makes no room",
            arguments: [
                ["invite": "ben"], ["invite": [1]], ["preset": "secret_chat"], ["room_version": 11], ["name": 5],
                ["room_version": "999"], ["initial_state": ["x"]],
                ["initial_state": [["type": "m.room.create", "content": [:]]]],
                ["power_level_content_override": "x"], ["creation_content": [1]], ["invite": ["not a user"]],
                ["invite": ["@a:elsewhere.example"]],
                ["room_alias_name": "a b:c"],
                ["power_level_content_override": ["users_default": "much"]], ["visibility": 5],
            ] as [JSON])
        func createRoom(wish: JSON) async throws {
            let anna = try await Cast.user("anna")
            let reply = try await anna.reply("POST", MatrixClient.path("createRoom"), wish)
            #expect([400, 403, 404].contains(reply.status), "\(reply.text)")
            #expect(MessagingShapes.error.faults(in: reply.json) == [])
            #expect(try await anna.call("GET", MatrixClient.path("joined_rooms")) == ["joined_rooms": []])
        }

        @Test("names that are too long or empty are refused, those of full length are not")
        func names() async throws {
            let anna = try await Cast.user("anna")
            let room = try await Cast.room(anna)
            let (longest, tooLong) = (String(repeating: "x", count: 255), String(repeating: "x", count: 256))
            let body: JSON = ["msgtype": "m.text", "body": "x"]
            for path in [
                MatrixClient.path("rooms", room, "send", tooLong, "t"),
                MatrixClient.path("rooms", room, "send", "m.room.message", tooLong),
                MatrixClient.path("rooms", room, "state", tooLong, ""),
                MatrixClient.path("rooms", room, "state", "m.note", tooLong),
                MatrixClient.path("rooms", room, "state", "m.note", String(repeating: "字", count: 86)),
            ] {
                let reply = try await anna.reply("PUT", path, body)
                #expect([400, 413].contains(reply.status), "\(path): \(reply.text)")
            }
            try await anna.call("PUT", MatrixClient.path("rooms", room, "send", longest, longest), body)
            try await anna.call("PUT", MatrixClient.path("rooms", room, "state", "m.note", longest), body)
        }
    }
}
