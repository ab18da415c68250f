import Basics
import TestSupport
import Testing

@Suite("Discovery, registration and login over HTTP")
struct RegistrationConformanceTests {
    private let register = "/_matrix/client/v3/register"

    @Test("MSG-40 a client finds versions, flows and capabilities before anything else")
    func discovery() async throws {
        try await AccountServer.run(["--public-url", "https://chat.shop.example/"]) { server in
            let versions = try await server.nobody.get(AccountShapes.versions, "GET", "/_matrix/client/versions")
            #expect(versions["versions"]?.arrayValue == (1...13).map { .string("v1.\($0)") })
            let known = try await server.nobody.call("GET", "/.well-known/matrix/client")
            #expect(known == ["m.homeserver": ["base_url": "https://chat.shop.example"]])
            try await server.nobody.get(AccountShapes.loginFlows, "GET", "/_matrix/client/v3/login")
            let alice = try await server.register("alice")
            try await alice.get(AccountShapes.capabilities, "GET", "/_matrix/client/v3/capabilities")
            try await server.nobody.refused("GET", "/_matrix/client/v3/capabilities", 401, "M_MISSING_TOKEN")
        }
    }

    @Test("MSG-40 registration asks for its steps, remembers the request and can be repeated")
    func interactive() async throws {
        try await AccountServer.run { server in
            let wish: JSON = ["username": "alice", "password": .string(AccountServer.password), "device_id": "PHONE"]
            let asked = try await server.nobody.reply("POST", register, wish)
            #expect(asked.status == 401)
            #expect(AccountShapes.challenge.faults(in: asked.json) == [])
            #expect(asked.json["flows"] == [["stages": ["m.login.dummy"]]])
            let auth: JSON = ["auth": ["type": "m.login.dummy", "session": asked.json["session"] ?? .null]]
            let made = try await server.nobody.get(AccountShapes.session, "POST", register, auth)
            #expect(made["user_id"] == "@alice:localhost")
            #expect(made["device_id"] == "PHONE")
            let again = try await server.nobody.get(AccountShapes.session, "POST", register, auth)
            #expect(again["user_id"] == made["user_id"])
            _ = try await server.nobody.login("alice")
        }
    }

    @Test("MSG-40 what cannot be registered is refused with the code of the specification")
    func refusals() async throws {
        try await AccountServer.run { server in
            _ = try await server.register("alice")
            let password = JSON.string(AccountServer.password)
            let dummy: JSON = ["type": "m.login.dummy"]
            let cases: [(JSON, String)] = [
                (["username": "alice", "password": password, "auth": dummy], "M_USER_IN_USE"),
                (["username": "Ali ce", "password": password, "auth": dummy], "M_INVALID_USERNAME"),
                (["username": "v.abc", "password": password, "auth": dummy], "M_INVALID_USERNAME"),
                (["username": 3, "password": password, "auth": dummy], "M_BAD_JSON"),
                (["username": "bob", "password": password, "auth": 3], "M_BAD_JSON"),
            ]
            for (body, code) in cases { try await server.nobody.refused("POST", register, body, 400, code) }
            let available = "/_matrix/client/v3/register/available?username="
            try await server.nobody.refused("GET", available + "alice", 400, "M_USER_IN_USE")
            try await server.nobody.refused("GET", available + "a%20b", 400, "M_INVALID_USERNAME")
            #expect(try await server.nobody.call("GET", available + "carol") == ["available": true])
        }
    }

    @Test("MSG-40 registration without login makes the account and no session")
    func inhibited() async throws {
        try await AccountServer.run { server in
            let body: JSON = [
                "username": "alice", "password": .string(AccountServer.password), "inhibit_login": true,
                "auth": ["type": "m.login.dummy"],
            ]
            let made = try await server.nobody.call("POST", register, body)
            #expect(made["user_id"] == "@alice:localhost")
            #expect(made["access_token"] == nil)
            let alice = try await server.nobody.login("alice")
            let devices = try await alice.get(AccountShapes.devices, "GET", "/_matrix/client/v3/devices")
            #expect(devices["devices"]?.arrayValue?.count == 1)
        }
    }

    @Test("Closed registration refuses members and guests")
    func closed() async throws {
        try await AccountServer.run(["--registration", "closed"]) { server in
            try await server.nobody.refused("POST", register, ["username": "a"], 403, "M_FORBIDDEN")
            try await server.nobody.refused("POST", register + "?kind=guest", [:], 403, "M_FORBIDDEN")
        }
    }

    @Test("MSG-50 a guest is let in, knows to be one, and is kept from what is for members")
    func guests() async throws {
        try await AccountServer.run { server in
            let guest = try await server.guest()
            let who = try await guest.get(AccountShapes.whoami, "GET", "/_matrix/client/v3/account/whoami")
            #expect(who["is_guest"] == true)
            let user = HTTPClient.escape(guest.userID)
            for (method, path) in [
                ("PUT", "user/\(user)/account_data/m.x"), ("POST", "user/\(user)/filter"),
                ("POST", "account/password"), ("POST", "pushers/set"), ("POST", "user_directory/search"),
                ("PUT", "pushrules/global/room/x"), ("PUT", "profile/\(user)/avatar_url"),
            ] {
                let path = "/_matrix/client/v3/" + path
                let body: JSON = ["avatar_url": "mxc://a/b", "search_term": "a", "actions": []]
                try await guest.refused(method, path, body, 403, "M_GUEST_ACCESS_FORBIDDEN")
            }
            try await guest.call("PUT", MatrixClient.path("profile", guest.userID, "displayname"), ["displayname": "G"])
            try await server.nobody.refused("POST", register + "?kind=robot", [:], 400, "M_INVALID_PARAM")
        }
    }

    @Test("A visitor gets an account with one call and no steps")
    func visitors() async throws {
        try await AccountServer.run { server in
            let lin = try await server.nobody.visit(displayName: "林小姐")
            #expect(lin.userID.hasPrefix("@v."))
            let profile = try await server.nobody.call("GET", MatrixClient.path("profile", lin.userID))
            #expect(profile == ["displayname": "林小姐"])
            let bare = try await server.nobody.visit()
            #expect(bare.userID != lin.userID)
            try await server.nobody.refused("POST", "/api/v1/anonymous", ["display_name": 3], 400, "M_BAD_JSON")
        }
    }

    @Test("MSG-40 login by password, by full id and with capitals; refusals are all alike")
    func login() async throws {
        try await AccountServer.run { server in
            _ = try await server.register("alice")
            for name in ["alice", "@alice:localhost", "Alice"] {
                #expect(try await server.nobody.login(name, deviceID: "D").userID == "@alice:localhost")
            }
            let path = "/_matrix/client/v3/login"
            func body(_ user: String, _ password: String) -> JSON {
                [
                    "type": "m.login.password", "identifier": ["type": "m.id.user", "user": .string(user)],
                    "password": .string(password),
                ]
            }
            try await server.nobody.refused("POST", path, body("alice", "wrong horse"), 403, "M_FORBIDDEN")
            try await server.nobody.refused("POST", path, body("nobody", "wrong horse"), 403, "M_FORBIDDEN")
            try await server.nobody.refused("POST", path, ["type": "m.login.nothing"], 400, "M_UNKNOWN")
            try await server.nobody.refused("POST", path, ["type": "m.login.password"], 400, "M_MISSING_PARAM")
            try await server.nobody.refused("POST", path, [:], 400, "M_MISSING_PARAM")
            let legacy = try await server.nobody.call(
                "POST", "/_matrix/client/r0/login", body("alice", AccountServer.password))
            #expect(AccountShapes.session.faults(in: legacy) == [])
        }
    }

    @Test("Short passwords are refused at registration and when a password is changed")
    func weakPasswords() async throws {
        let process = try await VitrineProcess.start()
        let nobody = MatrixClient(process.http)
        let wish: JSON = ["username": "alice", "password": "1234567", "auth": ["type": "m.login.dummy"]]
        try await nobody.refused("POST", register, wish, 400, "M_WEAK_PASSWORD")
        let alice = try await nobody.register("alice")
        let change: JSON = ["new_password": "1234567", "auth": alice.password()]
        try await alice.refused("POST", "/_matrix/client/v3/account/password", change, 400, "M_WEAK_PASSWORD")
        _ = try await nobody.login("alice")
        await process.stop()
    }

    @Test("Five wrong passwords make the sixth try wait, and say for how long")
    func throttled() async throws {
        let process = try await VitrineProcess.start()
        let nobody = MatrixClient(process.http)
        _ = try await nobody.register("alice")
        var statuses: [Int] = []
        for _ in 0..<6 {
            let body: JSON = ["type": "m.login.password", "user": "alice", "password": "wrong horse"]
            let reply = try await nobody.reply("POST", "/_matrix/client/v3/login", body)
            statuses.append(reply.status)
            if reply.status == 429 {
                #expect(reply.errorCode == "M_LIMIT_EXCEEDED")
                #expect((reply.json["retry_after_ms"]?.intValue ?? 0) > 60_000)
                #expect(reply[header: "Retry-After"] != nil)
            }
        }
        #expect(statuses == [403, 403, 403, 403, 403, 429])
        await process.stop()
    }
}

extension AccountServer {
    /// A Matrix guest.
    func guest() async throws -> MatrixClient {
        let session = try await nobody.call("POST", "/_matrix/client/v3/register?kind=guest", [:])
        return MatrixClient(http, session: session)
    }
}
