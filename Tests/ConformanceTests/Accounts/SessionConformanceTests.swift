import Basics
import TestSupport
import Testing

@Suite("Sessions and devices over HTTP")
struct SessionConformanceTests {
    private let devices = "/_matrix/client/v3/devices"

    @Test("MSG-34 one account is used on four devices at once, each with a session and a position of its own")
    func manyTerminals() async throws {
        try await AccountServer.run { server in
            var clients = [try await server.register("alice")]
            for name in ["DESK", "TABLET", "WEB"] {
                clients.append(try await server.nobody.login("alice", deviceID: name))
            }
            let room = try await clients[0].createRoom()
            var tokens: [String] = []
            for client in clients {
                let reply = try await client.sync()
                #expect(reply["rooms"]?["join"]?[room] != nil)
                tokens.append(reply["next_batch"]?.stringValue ?? "")
            }
            try await clients[1].say("from the desk", in: room, transaction: "1")
            for (client, token) in zip(clients, tokens) {
                let timeline = try await client.sync(since: token)["rooms"]?["join"]?[room]?["timeline"]
                #expect(timeline?["events"]?.arrayValue?.last?["content"]?["body"] == "from the desk")
            }
            let list = try await clients[0].get(AccountShapes.devices, "GET", devices)
            #expect(Set(list["devices"]?.arrayValue?.compactMap { $0["device_id"]?.stringValue } ?? []).count == 4)
        }
    }

    @Test("Refreshed tokens take over when they are first used, and not before")
    func refresh() async throws {
        try await AccountServer.run { server in
            _ = try await server.register("alice")
            let body: JSON = [
                "type": "m.login.password", "user": "alice", "password": .string(AccountServer.password),
                "refresh_token": true,
            ]
            let session = try await server.nobody.get(AccountShapes.session, "POST", "/_matrix/client/v3/login", body)
            let refresh: JSON = ["refresh_token": session["refresh_token"] ?? .null]
            let path = "/_matrix/client/v3/refresh"
            let next = try await server.nobody.get(AccountShapes.refresh, "POST", path, refresh)
            let old = MatrixClient(server.http, session: session)
            let new = MatrixClient(server.http, session: next)
            let whoami = "/_matrix/client/v3/account/whoami"
            try await old.call("GET", whoami)
            try await new.call("GET", whoami)
            try await old.refused("GET", whoami, 401, "M_UNKNOWN_TOKEN")
            try await server.nobody.refused("POST", path, refresh, 401, "M_UNKNOWN_TOKEN")
            try await server.nobody.refused("POST", path, [:], 400, "M_MISSING_PARAM")
        }
    }

    @Test("MSG-53 sessions are listed, named and ended with the password; an ended one's long poll answers 401 at once")
    func sessions() async throws {
        try await AccountServer.run { server in
            let desk = try await server.register("alice")
            let phone = try await server.nobody.login("alice", deviceID: "PHONE")
            let path = devices + "/PHONE"
            try await desk.call("PUT", path, ["display_name": "My phone"])
            #expect(try await desk.get(AccountShapes.device, "GET", path)["display_name"] == "My phone")
            let since = try await phone.sync()["next_batch"]?.stringValue
            async let poll = phone.reply("GET", MatrixClient.path("sync") + "?timeout=50000&since=\(since ?? "")")
            let asked = try await desk.reply("DELETE", path, [:])
            #expect(asked.status == 401)
            #expect(AccountShapes.challenge.faults(in: asked.json) == [])
            #expect(asked.json["flows"] == [["stages": ["m.login.password"]]])
            let wrong = try await desk.reply(
                "DELETE", path, ["auth": desk.password("wrong horse", session: asked.json["session"])])
            #expect(wrong.status == 401)
            #expect(wrong.errorCode == "M_FORBIDDEN")
            try await desk.call("DELETE", path, ["auth": desk.password(session: asked.json["session"])])
            #expect(try await poll.status == 401)
            #expect(try await poll.errorCode == "M_UNKNOWN_TOKEN")
            try await desk.refused("GET", path, 404, "M_NOT_FOUND")
            try await phone.refused("GET", devices, 401, "M_UNKNOWN_TOKEN")
        }
    }

    @Test("MSG-53 several devices are deleted with one request, which no other request can borrow")
    func deleteSeveral() async throws {
        try await AccountServer.run { server in
            let desk = try await server.register("alice")
            for name in ["A", "B", "C"] { _ = try await server.nobody.login("alice", deviceID: name) }
            let path = "/_matrix/client/v3/delete_devices"
            let asked = try await desk.reply("POST", path, ["devices": ["A", "B"]])
            let auth = desk.password(session: asked.json["session"])
            try await desk.refused("POST", path, ["devices": ["C"], "auth": auth], 403, "M_FORBIDDEN")
            try await desk.call("POST", path, ["devices": ["A", "B"], "auth": auth])
            let list = try await desk.call("GET", devices)["devices"]?.arrayValue ?? []
            #expect(Set(list.compactMap { $0["device_id"]?.stringValue }) == [desk.deviceID, "C"])
        }
    }

    @Test("MSG-40 logging out ends one session, logging out everywhere all of them")
    func logout() async throws {
        try await AccountServer.run { server in
            let first = try await server.register("alice")
            let second = try await server.nobody.login("alice")
            let third = try await server.nobody.login("alice")
            try await first.call("POST", "/_matrix/client/v3/logout", [:])
            try await first.refused("GET", devices, 401, "M_UNKNOWN_TOKEN")
            try await second.call("POST", "/_matrix/client/v3/logout/all", [:])
            for client in [second, third] { try await client.refused("GET", devices, 401, "M_UNKNOWN_TOKEN") }
        }
    }

    @Test("A changed password ends the other sessions unless the user wants to keep them")
    func password() async throws {
        try await AccountServer.run { server in
            let desk = try await server.register("alice")
            let phone = try await server.nobody.login("alice")
            let path = "/_matrix/client/v3/account/password"
            let keep: JSON = ["new_password": "another horse", "logout_devices": false, "auth": desk.password()]
            try await desk.call("POST", path, keep)
            try await phone.call("GET", devices)
            let end: JSON = ["new_password": "third horse!", "auth": desk.password("another horse")]
            try await desk.call("POST", path, end)
            try await phone.refused("GET", devices, 401, "M_UNKNOWN_TOKEN")
            try await desk.call("GET", devices)
            _ = try await server.nobody.login("alice", password: "third horse!")
        }
    }

    @Test("MSG-51 a deactivated account leaves its rooms and never comes back")
    func deactivation() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let bob = try await server.register("bob")
            let room = try await bob.createRoom(["preset": "public_chat"])
            try await alice.join(room)
            let path = "/_matrix/client/v3/account/deactivate"
            let reply = try await alice.call("POST", path, ["auth": alice.password()])
            #expect(reply == ["id_server_unbind_result": "no-support"])
            let members = try await bob.call("GET", MatrixClient.path("rooms", room, "joined_members"))
            #expect(members["joined"]?.objectValue?.keys == [bob.userID])
            let login: JSON = [
                "type": "m.login.password", "user": "alice", "password": .string(AccountServer.password),
            ]
            try await server.nobody.refused("POST", "/_matrix/client/v3/login", login, 403, "M_USER_DEACTIVATED")
            let again: JSON = [
                "username": "alice", "password": .string(AccountServer.password), "auth": ["type": "m.login.dummy"],
            ]
            try await server.nobody.refused("POST", "/_matrix/client/v3/register", again, 400, "M_USER_IN_USE")
        }
    }

    @Test("A login token lets another client in once; an OpenID token proves who somebody is")
    func tokens() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let path = "/_matrix/client/v1/login/get_token"
            let token = try await alice.call("POST", path, ["auth": alice.password()])["login_token"] ?? .null
            let login: JSON = ["type": "m.login.token", "token": token]
            try await server.nobody.get(AccountShapes.session, "POST", "/_matrix/client/v3/login", login)
            try await server.nobody.refused("POST", "/_matrix/client/v3/login", login, 403, "M_FORBIDDEN")
            let request = MatrixClient.path("user", alice.userID, "openid", "request_token")
            let proof = try await alice.get(AccountShapes.openID, "POST", request, [:])
            let info = "/_matrix/federation/v1/openid/userinfo?access_token="
            let shown = proof["access_token"]?.stringValue ?? ""
            #expect(try await server.nobody.call("GET", info + shown) == ["sub": .string(alice.userID)])
            try await server.nobody.refused("GET", info + "vit_x", 401, "M_UNKNOWN_TOKEN")
            let foreign = MatrixClient.path("user", "@bob:localhost", "openid", "request_token")
            try await alice.refused("POST", foreign, [:], 403, "M_FORBIDDEN")
        }
    }

    @Test("Sessions survive the server being killed")
    func restart() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let lin = try await server.nobody.visit()
            await server.process.kill()
            try await server.process.restart()
            for client in [alice, lin] { try await client.call("GET", devices) }
        }
    }
}
