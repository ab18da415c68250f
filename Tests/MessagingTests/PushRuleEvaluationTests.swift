import Basics
import Testing

@testable import Messaging

@Suite("Push rules: evaluation")
struct PushRuleEvaluationTests {
    private let me = "@alice:shop.example"
    private let loud = PushVerdict(actions: [
        "notify", ["set_tweak": "sound", "value": "default"], ["set_tweak": "highlight"],
    ])

    private func event(
        _ content: JSONObject, type: String = "m.room.message", sender: String = "@bob:shop.example",
        stateKey: String? = nil
    ) -> PushEventView {
        PushEventView(
            type: type, sender: sender, roomID: "!room:shop.example", eventID: "$event", stateKey: stateKey,
            content: content)
    }

    private func text(_ body: String, mentions: JSON? = nil) -> PushEventView {
        var content: JSONObject = ["msgtype": "m.text", "body": .string(body)]
        content["m.mentions"] = mentions
        return event(content)
    }

    private func verdict(
        _ event: PushEventView, rules: PushRuleSet? = nil, members: Int = 10, level: Int64 = 0,
        name: String? = "Alice Liddell"
    ) -> PushVerdict {
        let context = PushContext(
            displayName: name, memberCount: members, senderLevel: level, notificationLevels: ["room": 40])
        return (rules ?? PushRuleSet(userID: me)).evaluate(event: event, context: context)
    }

    @Test("MSG-46 messages notify, in rooms of two with a sound; notices, edits, reactions and members do not")
    func ordinary() {
        #expect(verdict(text("hello")) == PushVerdict(actions: ["notify"]))
        #expect(verdict(text("hello"), members: 2).sound == "default")
        #expect(!verdict(text("hello"), members: 2).highlight)
        #expect(verdict(event([:], type: "m.room.encrypted")).notify)
        #expect(verdict(event([:], type: "m.room.encrypted"), members: 2).sound == "default")
        #expect(verdict(event(["msgtype": "m.notice", "body": "alice"])) == .silent)
        #expect(verdict(event(["m.relates_to": ["rel_type": "m.annotation"]], type: "m.reaction")) == .silent)
        let edit: JSONObject = ["msgtype": "m.text", "body": "* x", "m.relates_to": ["rel_type": "m.replace"]]
        #expect(verdict(event(edit)) == .silent)
        #expect(verdict(event(["membership": "join"], type: "m.room.member", stateKey: me)) == .silent)
        #expect(verdict(event([:], type: "m.room.server_acl", stateKey: "")) == .silent)
        #expect(verdict(event(["topic": "x"], type: "m.room.topic", stateKey: "")) == .silent)
    }

    @Test("Nobody is notified of their own events")
    func own() {
        let mine = event(["msgtype": "m.text", "body": "alice"], sender: me)
        #expect(verdict(mine) == .silent)
    }

    @Test("An invitation for the user notifies with a sound, one for somebody else does not")
    func invitations() {
        let content: JSONObject = ["membership": "invite"]
        #expect(verdict(event(content, type: "m.room.member", stateKey: me)).sound == "default")
        #expect(verdict(event(content, type: "m.room.member", stateKey: "@carl:shop.example")) == .silent)
    }

    @Test("A call rings, a tombstone of the room is highlighted")
    func callsAndTombstones() {
        #expect(verdict(event([:], type: "m.call.invite")).sound == "ring")
        #expect(verdict(event([:], type: "m.room.tombstone", stateKey: "")).highlight)
        #expect(verdict(event([:], type: "m.room.tombstone")) == .silent, "only as a state event")
    }

    @Test("MSG-46 explicit mentions highlight")
    func mentions() {
        #expect(verdict(text("psst", mentions: ["user_ids": ["@x:y", .string(me)]])) == loud)
        #expect(!verdict(text("psst", mentions: ["user_ids": ["@x:y"]])).highlight)
        #expect(!verdict(text("psst", mentions: ["user_ids": .string(me)])).highlight, "not a list")
        #expect(verdict(text("all", mentions: ["room": true]), level: 40).highlight)
        #expect(!verdict(text("all", mentions: ["room": true]), level: 39).highlight)
        #expect(!verdict(text("all", mentions: ["room": "true"]), level: 100).highlight)
    }

    @Test("Names in the text highlight only when the event does not say whom it mentions")
    func legacyMentions() {
        #expect(verdict(text("hey ALICE, look")) == loud)
        #expect(verdict(text("dear alice liddell!")) == loud)
        #expect(!verdict(text("malice")).highlight)
        #expect(verdict(text("@room look"), level: 40).highlight)
        #expect(!verdict(text("@room look"), level: 39).highlight)
        for body in ["hey alice", "alice liddell", "@room"] {
            #expect(!verdict(text(body, mentions: [:]), level: 100).highlight, "\(body)")
        }
        #expect(!verdict(text("what?"), name: nil).highlight)
        #expect(!verdict(text("what?"), name: "").highlight)
        #expect(verdict(text("你好小明同学"), name: "小明").highlight)
        #expect(!verdict(text("anything"), name: "*").highlight, "a name is no pattern")
    }

    @Test("The master switch stands above everything")
    func master() throws {
        var rules = PushRuleSet(userID: me)
        try rules.put(.override, "all", ["actions": ["notify"], "conditions": []])
        try rules.setEnabled(.override, ".m.rule.master", true)
        #expect(verdict(text("alice"), rules: rules) == .silent)
        #expect(rules.mutesEverything)
        #expect(rules.mutes(room: "!any:shop.example"))
    }

    @Test("Kinds are checked in the order override, content, room, sender, underride")
    func order() throws {
        var rules = PushRuleSet(userID: me)
        func sound(_ name: String) -> JSON { ["notify", ["set_tweak": "sound", "value": .string(name)]] }
        try rules.put(.underride, "u", ["actions": sound("underride"), "conditions": []])
        #expect(verdict(text("tea"), rules: rules).sound == "underride")
        try rules.put(.sender, "@bob:shop.example", ["actions": sound("sender")])
        #expect(verdict(text("tea"), rules: rules).sound == "sender")
        try rules.put(.room, "!room:shop.example", ["actions": sound("room")])
        #expect(verdict(text("tea"), rules: rules).sound == "room")
        try rules.put(.content, "c", ["actions": sound("content"), "pattern": "t?a"])
        #expect(verdict(text("tea"), rules: rules).sound == "content")
        #expect(verdict(text("teapot"), rules: rules).sound == "room")
        try rules.put(.override, "o", ["actions": sound("override"), "conditions": []])
        #expect(verdict(text("tea"), rules: rules).sound == "override")
        try rules.setEnabled(.override, "o", false)
        #expect(verdict(text("tea"), rules: rules).sound == "content")
    }

    @Test(
        "The number of members is compared as the rule says",
        arguments: [
            ("2", [2]), ("==2", [2]), ("<2", [1]), ("<=2", [1, 2]), (">2", [3, 4]), (">=2", [2, 3, 4]), ("two", []),
            ("", []), ("=2", []), ("-2", []), ("99999999999999999999", []), ("<=", []),
        ])
    func memberCount(condition: String, holds: [Int]) throws {
        var rules = PushRuleSet(userID: me)
        let body: JSONObject = [
            "actions": [["set_tweak": "sound", "value": "hit"]],
            "conditions": [["kind": "room_member_count", "is": .string(condition)]],
        ]
        try rules.put(.override, "count", body)
        let hits = (1...4).filter { verdict(text("x"), rules: rules, members: $0).sound == "hit" }
        #expect(hits == holds)
    }

    @Test(
        "Conditions on properties follow the specification's examples",
        arguments: [
            (["kind": "event_match", "key": "content.topic", "pattern": "lunc?*"], ["topic": "Lunch plans"], true),
            (["kind": "event_match", "key": "content.topic", "pattern": "lunc?*"], ["topic": "LUNCH"], true),
            (["kind": "event_match", "key": "content.topic", "pattern": "lunc?*"], ["topic": " lunch"], false),
            (["kind": "event_match", "key": "content.topic", "pattern": "lunc?*"], ["topic": "lunc"], false),
            (["kind": "event_match", "key": "content.topic", "pattern": "*"], ["topic": .null], false),
            (["kind": "event_match", "key": "content.topic", "pattern": "*"], [:], false),
            (["kind": "event_match", "key": "content.topic", "pattern": "LUNCH"], ["topic": "lunch"], true),
            (["kind": "event_match", "key": "type", "pattern": "m.room.*"], [:], true),
            (["kind": "event_match", "key": "sender", "pattern": "@BOB:*"], [:], true),
            (["kind": "event_match", "key": "event_id", "pattern": "$event"], [:], true),
            (["kind": "event_match", "key": "room_id.x", "pattern": "*"], [:], false),
            (["kind": "event_match", "key": "state_key", "pattern": "*"], [:], false),
            (["kind": "event_property_is", "key": "content.m\\.federate", "value": true], ["m.federate": true], true),
            (
                ["kind": "event_property_is", "key": "content.m\\.federate", "value": true], ["m.federate": "true"],
                false
            ),
            (["kind": "event_property_is", "key": "content.m\\.federate", "value": true], ["m.federate": 1], false),
            (["kind": "event_property_is", "key": "content.n", "value": .null], ["n": .null], true),
            (["kind": "event_property_is", "key": "content.n", "value": .null], [:], false),
            (["kind": "event_property_is", "key": "content.n", "value": []], ["n": []], false),
            (["kind": "event_property_contains", "key": "content.l", "value": "a"], ["l": ["b", "a"]], true),
            (["kind": "event_property_contains", "key": "content.l", "value": "a"], ["l": ["ab"]], false),
            (["kind": "event_property_contains", "key": "content.l", "value": "a"], ["l": "a"], false),
            (["kind": "com.example.unknown"], [:], false),
            (["kind": "event_match"], [:], false),
        ] as [(JSON, JSONObject, Bool)])
    func conditions(condition: JSON, content: JSONObject, holds: Bool) throws {
        var rules = PushRuleSet(userID: me)
        try rules.put(
            .override, "one",
            ["actions": [["set_tweak": "sound", "value": "hit"]], "conditions": [condition]])
        #expect((verdict(event(content, type: "m.room.topic"), rules: rules).sound == "hit") == holds)
    }

    @Test("All conditions must hold; historical actions do nothing")
    func conjunction() throws {
        var rules = PushRuleSet(userID: me)
        let conditions: JSON = [
            ["kind": "event_match", "key": "content.body", "pattern": "beer"],
            ["kind": "room_member_count", "is": "<=10"],
        ]
        try rules.put(.override, "beer", ["actions": ["dont_notify", "coalesce"], "conditions": conditions])
        #expect(!verdict(text("a beer"), rules: rules, members: 10).notify)
        #expect(verdict(text("a beer"), rules: rules, members: 11).notify)
        #expect(verdict(text("a tea"), rules: rules, members: 10).notify)
    }

    @Test("Muting a room is told apart from mentions only")
    func muting() throws {
        var rules = PushRuleSet(userID: me)
        let room = "!room:shop.example"
        #expect(!rules.mutes(room: room))
        try rules.put(.room, room, ["actions": []])
        #expect(rules.onlyMentions(room: room))
        #expect(!rules.mutes(room: room))
        #expect(verdict(text("hello"), rules: rules) == .silent)
        #expect(verdict(text("alice"), rules: rules).highlight)
        let condition: JSON = ["kind": "event_match", "key": "room_id", "pattern": .string(room)]
        try rules.put(.override, room, ["actions": ["dont_notify"], "conditions": [condition]])
        #expect(rules.mutes(room: room))
        #expect(!rules.mutes(room: "!other:shop.example"))
        #expect(verdict(text("alice"), rules: rules).notify == false)
        try rules.setEnabled(.override, room, false)
        #expect(!rules.mutes(room: room))
    }
}
