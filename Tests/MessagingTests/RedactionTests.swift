import Basics
import Testing

@testable import Messaging

@Suite("Redaction")
struct RedactionTests {
    /// For each type: the content, what version 11 leaves of it, what version 10 leaves of it.
    private static let table: [(type: String, content: JSONObject, left: JSONObject, oldLeft: JSONObject)] = [
        (
            "m.room.member",
            [
                "membership": "join", "displayname": "Ann", "avatar_url": "mxc://a/b", "reason": "x",
                "join_authorised_via_users_server": "@a:b",
                "third_party_invite": ["display_name": "x", "signed": ["token": "t", "mxid": "@a:b"]],
            ],
            [
                "membership": "join", "join_authorised_via_users_server": "@a:b",
                "third_party_invite": ["signed": ["token": "t", "mxid": "@a:b"]],
            ],
            ["membership": "join", "join_authorised_via_users_server": "@a:b"]
        ),
        (
            "m.room.member", ["membership": "leave", "third_party_invite": ["x": 1]], ["membership": "leave"],
            ["membership": "leave"]
        ),
        (
            "m.room.member", ["membership": "ban", "third_party_invite": "x"], ["membership": "ban"],
            ["membership": "ban"]
        ),
        (
            "m.room.create",
            ["creator": "@a:b", "room_version": "11", "m.federate": false, "x": [1]],
            ["creator": "@a:b", "room_version": "11", "m.federate": false, "x": [1]],
            ["creator": "@a:b"]
        ),
        (
            "m.room.join_rules",
            ["join_rule": "restricted", "allow": [["type": "m.room_membership"]], "x": 1],
            ["join_rule": "restricted", "allow": [["type": "m.room_membership"]]],
            ["join_rule": "restricted", "allow": [["type": "m.room_membership"]]]
        ),
        (
            "m.room.power_levels",
            [
                "ban": 1, "events": ["x": 1], "events_default": 2, "invite": 3, "kick": 4, "redact": 5,
                "state_default": 6,
                "users": ["@a:b": 100], "users_default": 7, "notifications": ["room": 50], "x": 8,
            ],
            [
                "ban": 1, "events": ["x": 1], "events_default": 2, "invite": 3, "kick": 4, "redact": 5,
                "state_default": 6,
                "users": ["@a:b": 100], "users_default": 7,
            ],
            [
                "ban": 1, "events": ["x": 1], "events_default": 2, "kick": 4, "redact": 5, "state_default": 6,
                "users": ["@a:b": 100], "users_default": 7,
            ]
        ),
        (
            "m.room.history_visibility", ["history_visibility": "joined", "x": 1], ["history_visibility": "joined"],
            ["history_visibility": "joined"]
        ),
        ("m.room.redaction", ["redacts": "$x", "reason": "spam"], ["redacts": "$x"], [:]),
        ("m.room.aliases", ["aliases": ["#a:b"]], [:], [:]),
        ("m.room.name", ["name": "x"], [:], [:]),
        ("m.room.topic", ["topic": "x"], [:], [:]),
        ("m.room.avatar", ["url": "mxc://a/b"], [:], [:]),
        ("m.room.canonical_alias", ["alias": "#a:b"], [:], [:]),
        ("m.room.guest_access", ["guest_access": "can_join"], [:], [:]),
        ("m.room.encryption", ["algorithm": "m.megolm.v1.aes-sha2"], [:], [:]),
        ("m.room.tombstone", ["replacement_room": "!x:y"], [:], [:]),
        ("m.room.server_acl", ["allow": ["*"]], [:], [:]),
        ("m.room.pinned_events", ["pinned": ["$x"]], [:], [:]),
        (
            "m.room.message", ["msgtype": "m.text", "body": "secret", "m.relates_to": ["rel_type": "m.thread"]], [:],
            [:]
        ),
        ("m.room.encrypted", ["ciphertext": "x"], [:], [:]),
        ("m.reaction", ["m.relates_to": ["key": "x"]], [:], [:]),
        ("m.sticker", ["body": "x"], [:], [:]),
        ("shop.vitrine.conversation", ["status": "open"], [:], [:]),
    ]

    @Test("Each type keeps exactly what its room version says", arguments: table.indices)
    func perType(row: Int) {
        let (type, content, left, oldLeft) = Self.table[row]
        #expect(Redaction.content(ofType: type, content) == left, "\(type)")
        #expect(Redaction.content(ofType: type, content, roomVersion: "10") == oldLeft, "\(type), version 10")
        #expect(Redaction.content(ofType: type, left) == left, "redacting twice changes nothing")
    }

    @Test("Of the envelope the named keys are left")
    func envelope() {
        let event: JSONObject = [
            "event_id": "$e", "type": "m.room.message", "room_id": "!r:b", "sender": "@a:b", "state_key": "",
            "content": ["body": "secret"], "hashes": [:], "signatures": [:], "depth": 1, "prev_events": [],
            "auth_events": [], "origin_server_ts": 5, "origin": "b", "membership": "join", "prev_state": [],
            "unsigned": ["age": 1], "redacts": "$x",
        ]
        var left = event
        for key in ["origin", "membership", "prev_state", "unsigned", "redacts"] { left[key] = nil }
        left["content"] = [:]
        #expect(Redaction.event(event) == left)
        for key in ["origin", "membership", "prev_state"] { left[key] = event[key] }
        #expect(Redaction.event(event, roomVersion: "10") == left)
    }
}
