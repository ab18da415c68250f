import Basics
import TestSupport
import Testing

@Suite("Profiles, account data, filters and push rules over HTTP")
struct UserDataConformanceTests {
    @Test("MSG-40 a changed name is in the profile and in the rooms of its owner")
    func profile() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let room = try await alice.createRoom()
            let name = MatrixClient.path("profile", alice.userID, "displayname")
            try await server.nobody.refused("GET", name, 404, "M_NOT_FOUND")
            try await alice.call("PUT", name, ["displayname": "Alice A."])
            try await alice.call(
                "PUT", MatrixClient.path("profile", alice.userID, "avatar_url"), ["avatar_url": "mxc://localhost/a"])
            let member = MatrixClient.path("rooms", room, "state", "m.room.member", alice.userID)
            let content = try await alice.call("GET", member)
            #expect(content["displayname"] == "Alice A.")
            #expect(content["avatar_url"] == "mxc://localhost/a")
            let profile = try await server.nobody.call("GET", MatrixClient.path("profile", alice.userID))
            #expect(profile == ["displayname": "Alice A.", "avatar_url": "mxc://localhost/a"])
            try await alice.call("DELETE", name)
            #expect(try await alice.call("GET", member)["displayname"] == nil)
        }
    }

    @Test("Profiles take fields of any name within their limits, from their owners only")
    func customFields() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let bob = try await server.register("bob")
            let field = MatrixClient.path("profile", alice.userID, "m.tz")
            try await alice.call("PUT", field, ["m.tz": "Asia/Shanghai"])
            #expect(try await server.nobody.call("GET", field) == ["m.tz": "Asia/Shanghai"])
            try await bob.refused("PUT", field, ["m.tz": "UTC"], 403, "M_FORBIDDEN")
            try await alice.refused("PUT", field, ["other": "UTC"], 400, "M_MISSING_PARAM")
            let long = MatrixClient.path("profile", alice.userID, String(repeating: "k", count: 256))
            let key = String(repeating: "k", count: 256)
            try await alice.refused("PUT", long, .object([key: "v"]), 400, "M_KEY_TOO_LARGE")
            let large: JSON = ["m.tz": .string(String(repeating: "a", count: 70_000))]
            try await alice.refused("PUT", field, large, 400, "M_PROFILE_TOO_LARGE")
            let nobody = MatrixClient.path("profile", "@nobody:localhost")
            try await server.nobody.refused("GET", nobody, 404, "M_NOT_FOUND")
            try await server.nobody.refused("GET", MatrixClient.path("profile", "nonsense"), 400, "M_INVALID_PARAM")
        }
    }

    @Test("Customers find people they share a room with and nobody else; those of the shop find everybody")
    func directory() async throws {
        try await AccountServer.run { server in
            let (alice, bob, carol) = (
                try await server.register("alice"), try await server.register("bobby"),
                try await server.register("bobo")
            )
            let room = try await alice.createRoom(["preset": "public_chat"])
            try await bob.join(room)
            let path = "/_matrix/client/v3/user_directory/search"
            let found = try await alice.get(AccountShapes.userDirectory, "POST", path, ["search_term": "BOB"])
            #expect(found["results"]?.arrayValue?.compactMap { $0["user_id"] } == [.string(bob.userID)])
            #expect(try await carol.call("POST", path, ["search_term": "bob"])["results"] == [])
            try await server.process.addStaff(name: "sales", password: AccountServer.password)
            let staff = try await server.nobody.login("sales")
            let all = try await staff.call("POST", path, ["search_term": "bob", "limit": 1])
            #expect(all["results"]?.arrayValue?.count == 1)
            #expect(all["limited"] == true)
        }
    }

    @Test("MSG-40 account data and tags come with the next sync of every device, once")
    func accountData() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let desk = try await server.nobody.login("alice")
            let room = try await alice.createRoom()
            let since = try await desk.sync()["next_batch"]?.stringValue
            let path = MatrixClient.path("user", alice.userID, "account_data", "org.example")
            try await alice.call("PUT", path, ["n": 1.5, "deep": ["a": [nil]]])
            #expect(try await alice.call("GET", path) == ["n": 1.5, "deep": ["a": [nil]]])
            let tag = MatrixClient.path("user", alice.userID, "rooms", room, "tags", "u.work")
            try await alice.call("PUT", tag, ["order": 0.5])
            let reply = try await desk.sync(since: since)
            let told = reply["account_data"]?["events"]?.arrayValue ?? []
            #expect(told == [["type": "org.example", "content": ["n": 1.5, "deep": ["a": [nil]]]]])
            let ofRoom = reply["rooms"]?["join"]?[room]?["account_data"]?["events"]?.arrayValue ?? []
            #expect(ofRoom == [["type": "m.tag", "content": ["tags": ["u.work": ["order": 0.5]]]]])
            let next = try await desk.sync(since: reply["next_batch"]?.stringValue)
            #expect(next["account_data"] == nil)
            #expect(next["rooms"] == nil)
            let tags = MatrixClient.path("user", alice.userID, "rooms", room, "tags")
            #expect(try await alice.call("GET", tags) == ["tags": ["u.work": ["order": 0.5]]])
            try await alice.call("DELETE", tag)
            #expect(try await alice.call("GET", tags) == ["tags": [:]])
        }
    }

    @Test("Account data of others, of the server and of no room are refused")
    func accountDataRefusals() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let bob = try await server.register("bob")
            let path = MatrixClient.path("user", alice.userID, "account_data", "org.example")
            try await alice.refused("GET", path, 404, "M_NOT_FOUND")
            try await bob.refused("GET", path, 403, "M_FORBIDDEN")
            try await bob.refused("PUT", path, [:], 403, "M_FORBIDDEN")
            try await alice.refused("PUT", path, [1], 400, "M_BAD_JSON")
            let rules = MatrixClient.path("user", alice.userID, "account_data", "m.push_rules")
            try await alice.refused("PUT", rules, [:], 405, "M_BAD_JSON")
            let nowhere = MatrixClient.path("user", alice.userID, "rooms", "!x:y", "account_data", "t")
            try await alice.refused("PUT", nowhere, [:], 400, "M_INVALID_PARAM")
        }
    }

    @Test("MSG-40 a stored filter has an id, and a sync follows it")
    func filters() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let room = try await alice.createRoom()
            for number in 0..<5 { try await alice.say("\(number)", in: room, transaction: "\(number)") }
            let path = MatrixClient.path("user", alice.userID, "filter")
            let filter: JSON = ["room": ["timeline": ["limit": 2, "types": ["m.room.message"]]]]
            let id = try await alice.call("POST", path, filter)["filter_id"]?.stringValue ?? ""
            #expect(try await alice.call("GET", path + "/" + id) == filter)
            let reply = try await alice.sync(filter: id)
            let timeline = reply["rooms"]?["join"]?[room]?["timeline"]?["events"]?.arrayValue ?? []
            #expect(timeline.compactMap { $0["content"]?["body"] } == ["3", "4"])
            try await alice.refused("GET", path + "/999", 404, "M_NOT_FOUND")
            try await alice.refused("POST", path, ["room": []], 400, "M_BAD_JSON")
        }
    }

    @Test("MSG-40 push rules are read, made, changed, switched off and deleted, and devices hear of it")
    func pushRules() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let since = try await alice.sync()["next_batch"]?.stringValue
            let root = "/_matrix/client/v3/pushrules/"
            let all = try await alice.get(.object(["global": .required(AccountShapes.pushRuleset)]), "GET", root)
            #expect(try await alice.call("GET", root + "global/") == all["global"])
            let rule = root + "global/content/wine"
            try await alice.call("PUT", rule, ["pattern": "wine", "actions": ["notify"]])
            let made = try await alice.get(AccountShapes.pushRule, "GET", rule)
            #expect(made["pattern"] == "wine")
            try await alice.call("PUT", rule + "/enabled", ["enabled": false])
            #expect(try await alice.call("GET", rule + "/enabled") == ["enabled": false])
            try await alice.call("PUT", rule + "/actions", ["actions": []])
            #expect(try await alice.call("GET", rule + "/actions") == ["actions": []])
            let told = try await alice.sync(since: since)["account_data"]?["events"]?.arrayValue ?? []
            #expect(told.map { $0["type"] } == ["m.push_rules"])
            try await alice.call("DELETE", rule)
            try await alice.refused("GET", rule, 404, "M_NOT_FOUND")
            try await alice.refused("DELETE", root + "global/override/.m.rule.master", 404, "M_NOT_FOUND")
            try await alice.refused("GET", root + "global/nonsense/x", 400, "M_INVALID_PARAM")
        }
    }

    @Test("Pushers are set, listed and deleted")
    func pushers() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let set = "/_matrix/client/v3/pushers/set"
            var pusher: JSONObject = [
                "app_id": "shop.app", "pushkey": "key", "kind": "http", "app_display_name": "Shop",
                "device_display_name": "Phone", "lang": "zh",
                "data": ["url": "https://push.example/_matrix/push/v1/notify"],
            ]
            try await alice.call("POST", set, .object(pusher))
            let list = try await alice.call("GET", "/_matrix/client/v3/pushers")
            #expect(list == ["pushers": [.object(pusher)]])
            pusher["data"] = ["url": "http://push.example/_matrix/push/v1/notify"]
            try await alice.refused("POST", set, .object(pusher), 400, "M_INVALID_PARAM")
            try await alice.call("POST", set, ["app_id": "shop.app", "pushkey": "key", "kind": nil])
            #expect(try await alice.call("GET", "/_matrix/client/v3/pushers") == ["pushers": []])
        }
    }

    @Test("Presence is stored and shown to those who share a room")
    func presence() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let bob = try await server.register("bob")
            let path = MatrixClient.path("presence", alice.userID, "status")
            try await alice.call("PUT", path, ["presence": "online", "status_msg": "at the counter"])
            #expect(try await alice.call("GET", path)["status_msg"] == "at the counter")
            try await bob.refused("GET", path, 403, "M_FORBIDDEN")
            try await bob.refused("PUT", path, ["presence": "online"], 403, "M_FORBIDDEN")
            try await alice.refused("PUT", path, ["presence": "asleep"], 400, "M_INVALID_PARAM")
        }
    }
}
