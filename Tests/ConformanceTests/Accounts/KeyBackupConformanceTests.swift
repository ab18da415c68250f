import Basics
import TestSupport
import Testing

@Suite("Backups of room keys over HTTP")
struct KeyBackupConformanceTests {
    private let root = "/_matrix/client/v3/room_keys/"
    private let wish: JSON = [
        "algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": ["public_key": "abc"],
    ]

    private func key(index: Int64, forwarded: Int64 = 0, isVerified: Bool = false) -> JSON {
        [
            "first_message_index": .int(index), "forwarded_count": .int(forwarded), "is_verified": .bool(isVerified),
            "session_data": ["ciphertext": .string("\(index)/\(forwarded)/\(isVerified)")],
        ]
    }

    @Test("MSG-55 a client that asks for its backup learns that there is none, makes one and finds it")
    func versions() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            try await alice.refused("GET", root + "version", 404, "M_NOT_FOUND")
            #expect(try await alice.call("POST", root + "version", wish) == ["version": "1"])
            let shape = Shape.object([
                "algorithm": .required(.string), "auth_data": .required(.map(.any)), "count": .required(.int),
                "etag": .required(.string), "version": .required(.exactly("1")),
            ])
            try await alice.get(shape, "GET", root + "version")
            try await alice.call(
                "PUT", root + "version/1", ["algorithm": wish["algorithm"] ?? "", "auth_data": ["n": 2]])
            #expect(try await alice.call("GET", root + "version/1")["auth_data"] == ["n": 2])
            let other: JSON = ["algorithm": "other", "auth_data": [:]]
            try await alice.refused("PUT", root + "version/1", other, 400, "M_INVALID_PARAM")
            try await alice.call("DELETE", root + "version/1")
            try await alice.refused("GET", root + "version", 404, "M_NOT_FOUND")
            #expect(try await alice.call("POST", root + "version", wish) == ["version": "2"], "numbers stay taken")
            let bob = try await server.register("bob")
            try await bob.refused("GET", root + "version/2", 404, "M_NOT_FOUND")
        }
    }

    @Test("MSG-55 keys are stored, replaced by better ones only, read by room and session, and deleted")
    func keys() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            try await alice.call("POST", root + "version", wish)
            let path = root + "keys/!room:localhost/session?version=1"
            let stored = try await alice.call("PUT", path, key(index: 5))
            #expect(stored == ["count": 1, "etag": "1"])
            let tries: [(JSON, JSON)] = [
                (key(index: 6), key(index: 5)), (key(index: 5, forwarded: 1), key(index: 5)),
                (key(index: 4, forwarded: 9), key(index: 4, forwarded: 9)),
                (key(index: 9, isVerified: true), key(index: 9, isVerified: true)),
                (key(index: 0), key(index: 9, isVerified: true)),
            ]
            for (sent, kept) in tries {
                try await alice.call("PUT", path, sent)
                #expect(try await alice.call("GET", path) == kept)
            }
            let more: JSON = [
                "rooms": [
                    "!room:localhost": ["sessions": ["b": key(index: 1)]], "!x:y": ["sessions": ["c": key(index: 2)]],
                ]
            ]
            #expect(try await alice.call("PUT", root + "keys?version=1", more)["count"] == 3)
            let room = try await alice.call("GET", root + "keys/!room:localhost?version=1")
            #expect(room["sessions"]?.objectValue?.keys == ["b", "session"])
            let all = try await alice.call("GET", root + "keys?version=1")
            #expect(all["rooms"]?.objectValue?.keys.sorted() == ["!room:localhost", "!x:y"])
            #expect(try await alice.call("DELETE", root + "keys/!room:localhost?version=1")["count"] == 1)
            #expect(try await alice.call("GET", root + "keys/!room:localhost?version=1") == ["sessions": [:]])
            try await alice.refused("GET", path, 404, "M_NOT_FOUND")
            try await alice.call("DELETE", root + "keys?version=1")
            #expect(try await alice.call("GET", root + "keys?version=1") == ["rooms": [:]])
        }
    }

    @Test("Keys go into the newest version only; what is no key is refused")
    func refusals() async throws {
        try await AccountServer.run { server in
            let alice = try await server.register("alice")
            let path = root + "keys/!room:localhost/session?version="
            try await alice.refused("PUT", path + "1", key(index: 0), 404, "M_NOT_FOUND")
            for _ in 0..<2 { try await alice.call("POST", root + "version", wish) }
            let old = try await alice.reply("PUT", path + "1", key(index: 0))
            #expect(old.status == 403)
            #expect(old.errorCode == "M_WRONG_ROOM_KEYS_VERSION")
            #expect(old.json["current_version"] == "2")
            try await alice.refused("PUT", path + "2", ["is_verified": true], 400, "M_MISSING_PARAM")
            try await alice.refused("PUT", path + "x", key(index: 0), 404, "M_NOT_FOUND")
            try await alice.refused("PUT", root + "keys", ["rooms": [:]], 400, "M_MISSING_PARAM")
            try await alice.refused("POST", root + "version", ["algorithm": "a"], 400, "M_MISSING_PARAM")
        }
    }
}
