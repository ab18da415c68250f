import Basics
import TestSupport
import Testing

@Suite("Administration of accounts over HTTP")
struct AdministrationConformanceTests {
    private let flags = ["--registration-shared-secret", "sesame"]

    @Test("MSG-56 whoever knows the shared secret makes an administrator; without a secret there is no such route")
    func sharedSecret() async throws {
        try await AccountServer.run(flags) { server in
            let root = try await server.administrator(secret: "sesame")
            try await root.call("GET", "/_synapse/admin/v2/users")
            let nonce = try await server.nobody.call("GET", "/_synapse/admin/v1/register")["nonce"] ?? .null
            let forged: JSON = ["nonce": nonce, "username": "x", "password": "correct horse", "mac": "00"]
            try await server.nobody.refused("POST", "/_synapse/admin/v1/register", forged, 403, "M_FORBIDDEN")
            try await server.nobody.refused("POST", "/_synapse/admin/v1/register", forged, 400, "M_INVALID_PARAM")
        }
        try await AccountServer.run { server in
            try await server.nobody.refused("GET", "/_synapse/admin/v1/register", 404, "M_UNRECOGNIZED")
        }
    }

    @Test("MSG-56 administrators page through users, make and change them; nobody else does")
    func users() async throws {
        try await AccountServer.run(flags) { server in
            let root = try await server.administrator(secret: "sesame")
            for name in ["alice", "bob", "carol"] { _ = try await server.register(name) }
            let path = "/_synapse/admin/v2/users"
            var names: [String] = []
            var from: String? = ""
            while let start = from {
                let page = try await root.call("GET", path + "?limit=2&from=" + start)
                names += page["users"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
                #expect(page["total"] == 4)
                from = page["next_token"]?.stringValue
            }
            #expect(names == ["@alice:localhost", "@bob:localhost", "@carol:localhost", "@root:localhost"])
            let dora: JSON = ["password": .string(AccountServer.password), "displayname": "Dora", "user_type": "staff"]
            let made = try await root.reply("PUT", path + "/@dora:localhost", dora)
            #expect(made.status == 201)
            #expect(made.json["user_type"] == "staff")
            let login = try await server.nobody.login("dora")
            try await login.refused("GET", path, 403, "M_FORBIDDEN")
            let reset: JSON = ["new_password": "another horse"]
            try await root.call("POST", "/_synapse/admin/v1/reset_password/@dora:localhost", reset)
            try await login.refused("GET", "/_matrix/client/v3/devices", 401, "M_UNKNOWN_TOKEN")
            _ = try await server.nobody.login("dora", password: "another horse")
            try await root.call("POST", "/_synapse/admin/v1/deactivate/@dora:localhost", ["erase": true])
            let gone = try await root.call("GET", path + "/@dora:localhost")
            #expect(gone["deactivated"] == true)
            #expect(gone["displayname"] == nil || gone["displayname"] == .null)
        }
    }

    @Test("MSG-56 registration by token: made by an administrator, good for as many accounts as it says")
    func registrationTokens() async throws {
        try await AccountServer.run(flags + ["--registration", "token"]) { server in
            let root = try await server.administrator(secret: "sesame")
            let path = "/_synapse/admin/v1/registration_tokens"
            try await root.call("POST", path + "/new", ["token": "opening-day", "uses_allowed": 1])
            let validity = "/_matrix/client/v1/register/m.login.registration_token/validity?token="
            #expect(try await server.nobody.call("GET", validity + "opening-day") == ["valid": true])
            #expect(try await server.nobody.call("GET", validity + "other") == ["valid": false])
            func wish(_ name: String, _ token: String) -> JSON {
                [
                    "username": .string(name), "password": .string(AccountServer.password),
                    "auth": ["type": "m.login.registration_token", "token": .string(token)],
                ]
            }
            let register = "/_matrix/client/v3/register"
            let wrong = try await server.nobody.reply("POST", register, wish("alice", "other"))
            #expect(wrong.status == 401)
            #expect(wrong.errorCode == "M_UNAUTHORIZED")
            #expect(AccountShapes.challenge.faults(in: wrong.json) == [])
            try await server.nobody.get(AccountShapes.session, "POST", register, wish("alice", "opening-day"))
            #expect(try await server.nobody.reply("POST", register, wish("bob", "opening-day")).status == 401)
            let token = try await root.call("GET", path + "/opening-day")
            #expect(token["completed"] == 1)
            #expect(token["pending"] == 0)
            let changed = try await root.call("PUT", path + "/opening-day", ["uses_allowed": nil])
            #expect(changed["uses_allowed"] == .null)
            try await server.nobody.get(AccountShapes.session, "POST", register, wish("bob", "opening-day"))
            try await root.call("DELETE", path + "/opening-day")
            try await root.refused("GET", path + "/opening-day", 404, "M_NOT_FOUND")
        }
    }

    @Test("MSG-51 a locked user is told so with soft_logout, a suspended one reads and does not write")
    func lockAndSuspend() async throws {
        try await AccountServer.run(flags) { server in
            let root = try await server.administrator(secret: "sesame")
            let alice = try await server.register("alice")
            let room = try await alice.createRoom()
            let user = HTTPClient.escape(alice.userID)
            let lock = "/_matrix/client/v1/admin/lock/" + user
            #expect(try await root.call("PUT", lock, ["locked": true]) == ["locked": true])
            let refused = try await alice.reply("GET", MatrixClient.path("sync"))
            #expect(refused.status == 401)
            #expect(refused.errorCode == "M_USER_LOCKED")
            #expect(refused.json["soft_logout"] == true)
            try await root.call("PUT", lock, ["locked": false])
            #expect(try await root.call("GET", lock) == ["locked": false])
            let suspend = "/_matrix/client/v1/admin/suspend/" + user
            try await root.call("PUT", suspend, ["suspended": true])
            _ = try await alice.sync()
            let send = MatrixClient.path("rooms", room, "send", "m.room.message", "1")
            try await alice.refused("PUT", send, ["msgtype": "m.text", "body": "x"], 403, "M_USER_SUSPENDED")
            let name = MatrixClient.path("profile", alice.userID, "displayname")
            try await alice.refused("PUT", name, ["displayname": "x"], 403, "M_USER_SUSPENDED")
            try await root.call("PUT", suspend, ["suspended": false])
            try await alice.call("PUT", send, ["msgtype": "m.text", "body": "x"])
            try await alice.refused("PUT", lock, ["locked": true], 403, "M_FORBIDDEN")
            let own = "/_matrix/client/v1/admin/lock/" + HTTPClient.escape(root.userID)
            try await root.refused("PUT", own, ["locked": true], 403, "M_FORBIDDEN")
        }
    }

    @Test("MSG-56 whois tells administrators, and users of themselves, where somebody is logged in")
    func whois() async throws {
        try await AccountServer.run(flags) { server in
            let root = try await server.administrator(secret: "sesame")
            let alice = try await server.register("alice")
            let path = MatrixClient.path("admin", "whois", alice.userID)
            for client in [root, alice] {
                let reply = try await client.get(AccountShapes.whois, "GET", path)
                let session = reply["devices"]?[alice.deviceID]?["sessions"]?.arrayValue?.first
                #expect(session?["connections"]?.arrayValue?.first?["ip"] == "127.0.0.1")
            }
            let other = MatrixClient.path("admin", "whois", root.userID)
            try await alice.refused("GET", other, 403, "M_FORBIDDEN")
        }
    }
}
