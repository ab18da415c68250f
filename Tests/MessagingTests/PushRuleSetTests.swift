import Basics
import Testing

@testable import Messaging

@Suite("Push rules: reading and changing")
struct PushRuleSetTests {
    private let user = "@alice:shop.example"
    private let silent: JSONObject = ["actions": []]

    private func ids(_ rules: PushRuleSet, _ kind: PushRuleKind) -> [String] {
        rules.rules(kind).filter { !$0.isDefault }.map(\.id)
    }

    /// Expects a refusal given as status and code, nil for none.
    private func expect(
        _ refusal: String?, at location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
    ) {
        var found: String?
        do { try body() } catch { found = (error as? RequestError).map { "\($0.status) \($0.code)" } ?? "\(error)" }
        #expect(found == refusal, sourceLocation: location)
    }

    @Test("The defaults are those of the specification, in its order")
    func defaults() {
        let rules = PushRuleSet(userID: user)
        let expected: [PushRuleKind: [String]] = [
            .override: [
                "master", "suppress_notices", "invite_for_me", "member_event", "is_user_mention",
                "contains_display_name", "is_room_mention", "roomnotif", "tombstone", "reaction", "room.server_acl",
                "suppress_edits",
            ],
            .content: ["contains_user_name"], .room: [], .sender: [],
            .underride: ["call", "encrypted_room_one_to_one", "room_one_to_one", "message", "encrypted"],
        ]
        for kind in PushRuleKind.allCases {
            #expect(rules.rules(kind).map(\.id) == expected[kind]?.map { ".m.rule.\($0)" })
            #expect(rules.rules(kind).allSatisfy { $0.isEnabled == ($0.id != ".m.rule.master") && $0.isDefault })
        }
        #expect(rules.isUnchanged)
        #expect(rules.stored == [:])
    }

    @Test("MSG-46 the API shows rules in the shape of the specification")
    func shape() throws {
        var rules = PushRuleSet(userID: user)
        try rules.put(.content, "cake", ["actions": ["notify"], "pattern": "cake*lie"])
        let global = try #require(rules.json["global"])
        #expect(Set(try #require(global.objectValue).keys) == ["override", "content", "room", "sender", "underride"])
        #expect(
            global["content"]?.arrayValue == [
                ["rule_id": "cake", "default": false, "enabled": true, "actions": ["notify"], "pattern": "cake*lie"],
                [
                    "rule_id": ".m.rule.contains_user_name", "default": true, "enabled": true, "pattern": "alice",
                    "actions": ["notify", ["set_tweak": "sound", "value": "default"], ["set_tweak": "highlight"]],
                ],
            ])
        #expect(
            global["override"]?.arrayValue?.first == [
                "rule_id": ".m.rule.master", "default": true, "enabled": false, "actions": [], "conditions": [],
            ])
        #expect(
            try rules.rule(.override, ".m.rule.is_user_mention").json["conditions"] == [
                [
                    "kind": "event_property_contains", "key": "content.m\\.mentions.user_ids",
                    "value": "@alice:shop.example",
                ]
            ])
    }

    @Test("New rules go first; before and after place them; changing keeps place and switch")
    func placement() throws {
        var rules = PushRuleSet(userID: user)
        for id in ["c", "b", "a"] { try rules.put(.sender, id, silent) }
        #expect(ids(rules, .sender) == ["a", "b", "c"])
        try rules.put(.sender, "x", silent, before: "b")
        try rules.put(.sender, "y", silent, after: "b")
        #expect(ids(rules, .sender) == ["a", "x", "b", "y", "c"])
        try rules.setEnabled(.sender, "b", false)
        try rules.put(.sender, "b", ["actions": ["notify"]])
        #expect(ids(rules, .sender) == ["a", "x", "b", "y", "c"])
        #expect(try rules.rule(.sender, "b").isEnabled == false)
        #expect(try rules.rule(.sender, "b").actions == ["notify"])
        try rules.put(.sender, "c", silent, before: "a")
        try rules.put(.sender, "a", silent, before: "y", after: "x")
        #expect(ids(rules, .sender) == ["c", "x", "b", "a", "y"])
        try rules.delete(.sender, "b")
        #expect(ids(rules, .sender) == ["c", "x", "a", "y"])
    }

    @Test("The user's override rules stand between the master switch and the server's rules")
    func ownOverrides() throws {
        var rules = PushRuleSet(userID: user)
        try rules.put(.override, "mine", silent)
        #expect(rules.rules(.override).prefix(3).map(\.id) == [".m.rule.master", "mine", ".m.rule.suppress_notices"])
        #expect(!rules.isUnchanged)
    }

    @Test("Neighbours that are not the user's own rules of the kind are refused and change nothing")
    func badNeighbours() throws {
        var rules = PushRuleSet(userID: user)
        try rules.put(.sender, "a", silent)
        let before = rules
        expect("400 M_UNKNOWN") { try rules.put(.room, "r", silent, before: "a") }
        expect("400 M_UNKNOWN") { try rules.put(.sender, "b", silent, after: "zz") }
        expect("400 M_UNKNOWN") { try rules.put(.sender, "a", silent, before: "a") }
        expect("400 M_UNKNOWN") { try rules.put(.underride, "u", silent, before: ".m.rule.call") }
        #expect(rules == before)
    }

    @Test(
        "Rules that no rule may be like are refused",
        arguments: [
            ("sender", ".mine", ["actions": []], "400 M_INVALID_PARAM"),
            ("sender", "a/b", ["actions": []], "400 M_INVALID_PARAM"),
            ("sender", "a\\b", ["actions": []], "400 M_INVALID_PARAM"),
            ("sender", "", ["actions": []], "400 M_INVALID_PARAM"),
            ("sender", "a", [:], "400 M_MISSING_PARAM"),
            ("sender", "a", ["actions": "notify"], "400 M_BAD_JSON"),
            ("sender", "a", ["actions": ["shout"]], "400 M_BAD_JSON"),
            ("sender", "a", ["actions": [["sound": "x"]]], "400 M_BAD_JSON"),
            ("sender", "a", ["actions": [1]], "400 M_BAD_JSON"),
            ("content", "a", ["actions": []], "400 M_MISSING_PARAM"),
            ("content", "a", ["actions": [], "pattern": 1], "400 M_BAD_JSON"),
            ("override", "a", ["actions": [], "conditions": [:]], "400 M_BAD_JSON"),
            ("override", "a", ["actions": [], "conditions": [["key": "type"]]], "400 M_BAD_JSON"),
            ("underride", "a", ["actions": [], "conditions": ["x"]], "400 M_BAD_JSON"),
        ] as [(String, String, JSONObject, String)])
    func refused(kind: String, id: String, body: JSONObject, error: String) throws {
        var rules = PushRuleSet(userID: user)
        let kind = try #require(PushRuleKind(rawValue: kind))
        expect(error) { try rules.put(kind, id, body) }
        #expect(rules.isUnchanged)
    }

    @Test("Rules have a largest size and a largest number")
    func bounds() throws {
        var rules = PushRuleSet(userID: user)
        let long = JSON.string(String(repeating: "x", count: PushRuleSet.maximumRuleBytes))
        let big: JSONObject = ["actions": [["set_tweak": "x", "value": long]]]
        expect("413 M_TOO_LARGE") { try rules.put(.sender, "a", big) }
        expect("413 M_TOO_LARGE") { try rules.setActions(.underride, ".m.rule.call", big["actions"]) }
        let pattern = JSON.string(String(repeating: "x", count: GlobPattern.maximumLength + 1))
        expect("400 M_BAD_JSON") { try rules.put(.content, "a", ["actions": [], "pattern": pattern]) }
        for number in 0..<PushRuleSet.maximumRules { try rules.put(.sender, "\(number)", silent) }
        expect("400 M_UNKNOWN") { try rules.put(.room, "one more", silent) }
        expect(nil) { try rules.put(.sender, "7", ["actions": ["notify"]]) }
    }

    @Test("The server's rules can be switched and given other actions, but not deleted")
    func changedDefaults() throws {
        var rules = PushRuleSet(userID: user)
        try rules.setEnabled(.underride, ".m.rule.message", false)
        try rules.setActions(.override, ".m.rule.reaction", ["notify"])
        #expect(try !rules.rule(.underride, ".m.rule.message").isEnabled)
        #expect(try rules.rule(.override, ".m.rule.reaction").actions == ["notify"])
        expect("404 M_NOT_FOUND") { try rules.delete(.underride, ".m.rule.message") }
        expect("404 M_NOT_FOUND") { try rules.setEnabled(.override, ".m.rule.message", true) }
        expect("400 M_MISSING_PARAM") { try rules.setActions(.override, ".m.rule.reaction", nil) }
        expect("404 M_NOT_FOUND") { _ = try rules.rule(.room, "none") }
        #expect(
            rules.stored == [
                "defaults": [".m.rule.message": ["enabled": false], ".m.rule.reaction": ["actions": ["notify"]]]
            ])
    }

    @Test("The stored form brings back the same rules, after any changes", arguments: UInt64(1)...10)
    func storedForm(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var rules = PushRuleSet(userID: user)
        for _ in 0..<60 {
            let kind = PushRuleKind.allCases.randomElement(using: &random) ?? .room
            let id = "rule \(Int.random(in: 0..<5, using: &random))"
            switch Int.random(in: 0..<5, using: &random) {
            case 0: try? rules.delete(kind, id)
            case 1: try? rules.setEnabled(kind, rules.rules(kind).randomElement(using: &random)?.id ?? id, false)
            case 2: try? rules.setActions(kind, rules.rules(kind).randomElement(using: &random)?.id ?? id, ["notify"])
            default:
                let body: JSONObject = [
                    "actions": ["notify"], "pattern": "x*", "conditions": [["kind": "room_member_count", "is": "3"]],
                ]
                try? rules.put(kind, id, body, after: Bool.random(using: &random) ? "rule 1" : nil)
            }
        }
        let stored = try JSON(parsing: rules.stored.encoded())
        let restored = PushRuleSet(userID: user, stored: stored)
        #expect(restored.json == rules.json, "seed \(seed)")
        #expect((restored == rules) as Bool, "seed \(seed)")
    }

    @Test("A store that cannot be read gives what can be read")
    func damagedStore() {
        let stored: JSON = [
            "rules": ["sender": [1, ["rule_id": "a"], ["rule_id": "b", "actions": []]], "room": "x"],
            "defaults": [".m.rule.message": ["enabled": "no"], ".m.rule.none": ["enabled": false]],
        ]
        let rules = PushRuleSet(userID: user, stored: stored)
        #expect(ids(rules, .sender) == ["b"])
        #expect(rules.rules(.underride).allSatisfy { $0.isEnabled })
        #expect(PushRuleSet(userID: user, stored: []).isUnchanged)
    }
}
