import Basics
import TestSupport
import Testing

@Suite("Keys and messages to devices over HTTP")
struct KeyConformanceTests {
    private let keys = "/_matrix/client/v3/keys/"

    private func deviceKeys(_ client: MatrixClient) -> JSON {
        [
            "user_id": .string(client.userID), "device_id": .string(client.deviceID),
            "algorithms": ["m.olm.v1.curve25519-aes-sha2"],
            "keys": .object(["ed25519:\(client.deviceID)": "abc"]),
            "signatures": .object([client.userID: .object(["ed25519:\(client.deviceID)": "sig"])]),
        ]
    }

    @Test("MSG-55 the calls with which an SDK starts succeed, and its keys are found by others")
    func startUp() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let bob = try await server.register("bob")
            try await alice.get(AccountShapes.capabilities, "GET", "/_matrix/client/v3/capabilities")
            #expect(try await alice.call("GET", "/_matrix/client/v3/voip/turnServer") == [:])
            let upload: JSON = [
                "device_keys": deviceKeys(alice),
                "one_time_keys": ["signed_curve25519:AAAAAQ": ["key": "k", "signatures": [:]]],
            ]
            let counts = try await alice.call("POST", keys + "upload", upload)
            #expect(counts == ["one_time_key_counts": ["signed_curve25519": 1]])
            let query: JSON = ["device_keys": .object([alice.userID: [], "@x:elsewhere": []])]
            let answer = try await bob.get(AccountShapes.keysQuery, "POST", keys + "query", query)
            #expect(answer["device_keys"]?[alice.userID]?[alice.deviceID]?["keys"] == deviceKeys(alice)["keys"])
            #expect(answer["failures"]?["elsewhere"] != nil)
            let claim: JSON = ["one_time_keys": .object([alice.userID: .object([alice.deviceID: "signed_curve25519"])])]
            let claimed = try await bob.call("POST", keys + "claim", claim)
            #expect(claimed["one_time_keys"]?[alice.userID]?[alice.deviceID]?["signed_curve25519:AAAAAQ"] != nil)
            #expect(try await bob.call("POST", keys + "claim", claim)["one_time_keys"] == [:])
            #expect(try await alice.sync()["device_one_time_keys_count"]?["signed_curve25519"] == nil)
        }
    }

    @Test("MSG-55 people in one room hear of each other's new keys in their syncs and by keys/changes")
    func changes() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let bob = try await server.register("bob")
            let room = try await alice.createRoom(["preset": "public_chat"])
            try await bob.join(room)
            let since = try await alice.sync()["next_batch"]?.stringValue ?? ""
            async let poll = alice.sync(since: since, timeoutMilliseconds: 50_000)
            try await bob.call("POST", keys + "upload", ["device_keys": deviceKeys(bob)])
            let reply = try await poll
            #expect(reply["device_lists"]?["changed"] == [.string(bob.userID)])
            let to = reply["next_batch"]?.stringValue ?? ""
            let changes = try await alice.call("GET", keys + "changes?from=\(since)&to=\(to)")
            #expect(changes == ["changed": [.string(bob.userID)], "left": []])
            try await alice.refused("GET", keys + "changes?from=nonsense", 400, "M_INVALID_PARAM")
            try await alice.refused("GET", keys + "changes", 400, "M_MISSING_PARAM")
        }
    }

    @Test("A message to a device arrives in one sync, is repeated until that is confirmed, and a retry sends nothing")
    func toDevice() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let bob = try await server.register("bob")
            let since = try await bob.sync()["next_batch"]?.stringValue
            let path = MatrixClient.path("sendToDevice", "m.test", "txn1")
            let body: JSON = ["messages": .object([bob.userID: .object(["*": ["n": 1]])])]
            for _ in 0..<2 { try await alice.call("PUT", path, body) }
            let wanted: JSON = ["events": [["type": "m.test", "sender": .string(alice.userID), "content": ["n": 1]]]]
            let reply = try await bob.sync(since: since)
            #expect(reply["to_device"] == wanted)
            let again = try await bob.sync(since: since)
            #expect(again["to_device"] == wanted)
            let next = try await bob.sync(since: again["next_batch"]?.stringValue)
            #expect(next["to_device"] == nil)
            try await alice.refused("PUT", path + "2", [:], 400, "M_MISSING_PARAM")
        }
    }

    @Test("Replacing cross-signing keys takes the password, a first set does not")
    func crossSigning() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let path = keys + "device_signing/upload"
            func master(_ key: String) -> JSON {
                [
                    "user_id": .string(alice.userID), "usage": ["master"],
                    "keys": .object(["ed25519:\(key)": .string(key)]),
                ]
            }
            try await alice.call("POST", path, ["master_key": master("AAAA")])
            let asked = try await alice.reply("POST", path, ["master_key": master("BBBB")])
            #expect(asked.status == 401)
            #expect(AccountShapes.challenge.faults(in: asked.json) == [])
            let auth = alice.password(session: asked.json["session"])
            try await alice.call("POST", path, ["master_key": master("BBBB"), "auth": auth])
            let query: JSON = ["device_keys": .object([alice.userID: []])]
            let answer = try await alice.get(AccountShapes.keysQuery, "POST", keys + "query", query)
            #expect(answer["master_keys"]?[alice.userID] == master("BBBB"))
        }
    }

    @Test("MSG-49 calls get passwords for the operator's TURN servers")
    func turn() async throws {
        let flags = [
            "--turn-uris", "turn:turn.shop.example:3478,turns:turn.shop.example:5349", "--turn-secret", "north",
        ]
        try await AccountServer.run(flags) { server in
            let alice = try await server.register("alice")
            let reply = try await alice.call("GET", "/_matrix/client/v3/voip/turnServer")
            #expect(reply["uris"] == ["turn:turn.shop.example:3478", "turns:turn.shop.example:5349"])
            #expect(reply["ttl"] == 86_400)
            let name = reply["username"]?.stringValue ?? ""
            #expect(name.hasSuffix(":" + alice.userID))
            #expect(reply["password"]?.stringValue == SharedSecret.base64(of: [name], secret: "north"))
        }
    }
}
