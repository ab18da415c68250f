import Basics

/// The rules every user starts with (Matrix client-server API, "Predefined Rules"), in the order of the specification.
enum PushRuleDefaults {
    /// The rules for a user; three of them name the user.
    static func rules(for userID: String) -> [PushRule] {
        let localpart = userID.dropFirst().prefix { $0 != ":" }
        return overrides(userID) + [
            PushRule(
                .content, ".m.rule.contains_user_name", isDefault: true, pattern: String(localpart),
                isLegacyMention: true, actions: loudMention)
        ] + underrides
    }

    private static let sound: JSON = ["set_tweak": "sound", "value": "default"]
    private static let highlight: JSON = ["set_tweak": "highlight"]
    private static let loudMention: [JSON] = ["notify", sound, highlight]

    private static func match(_ key: String, _ pattern: String) -> JSON {
        ["kind": "event_match", "key": .string(key), "pattern": .string(pattern)]
    }

    private static func rule(
        _ kind: PushRuleKind, _ name: String, isEnabled: Bool = true, isLegacyMention: Bool = false,
        when conditions: [JSON], _ actions: [JSON]
    ) -> PushRule {
        PushRule(
            kind, ".m.rule.\(name)", isDefault: true, isEnabled: isEnabled, conditions: conditions,
            isLegacyMention: isLegacyMention, actions: actions)
    }

    private static func overrides(_ userID: String) -> [PushRule] {
        let mayNotifyRoom: JSON = ["kind": "sender_notification_permission", "key": "room"]
        let invited = [
            match("type", "m.room.member"), match("content.membership", "invite"), match("state_key", userID),
        ]
        return [
            rule(.override, "master", isEnabled: false, when: [], []),
            rule(.override, "suppress_notices", when: [match("content.msgtype", "m.notice")], []),
            rule(.override, "invite_for_me", when: invited, ["notify", sound]),
            rule(.override, "member_event", when: [match("type", "m.room.member")], []),
            rule(
                .override, "is_user_mention",
                when: [
                    [
                        "kind": "event_property_contains", "key": "content.m\\.mentions.user_ids",
                        "value": .string(userID),
                    ]
                ], loudMention),
            rule(
                .override, "contains_display_name", isLegacyMention: true, when: [["kind": "contains_display_name"]],
                loudMention),
            rule(
                .override, "is_room_mention",
                when: [
                    ["kind": "event_property_is", "key": "content.m\\.mentions.room", "value": true], mayNotifyRoom,
                ], ["notify", highlight]),
            rule(
                .override, "roomnotif", isLegacyMention: true, when: [match("content.body", "@room"), mayNotifyRoom],
                ["notify", highlight]),
            rule(
                .override, "tombstone", when: [match("type", "m.room.tombstone"), match("state_key", "")],
                ["notify", highlight]),
            rule(.override, "reaction", when: [match("type", "m.reaction")], []),
            rule(
                .override, "room.server_acl", when: [match("type", "m.room.server_acl"), match("state_key", "")], []),
            rule(
                .override, "suppress_edits",
                when: [["kind": "event_property_is", "key": "content.m\\.relates_to.rel_type", "value": "m.replace"]],
                []),
        ]
    }

    private static let underrides: [PushRule] = {
        let two: JSON = ["kind": "room_member_count", "is": "2"]
        let message = match("type", "m.room.message")
        let encrypted = match("type", "m.room.encrypted")
        return [
            rule(
                .underride, "call", when: [match("type", "m.call.invite")],
                ["notify", ["set_tweak": "sound", "value": "ring"]]),
            rule(.underride, "encrypted_room_one_to_one", when: [two, encrypted], ["notify", sound]),
            rule(.underride, "room_one_to_one", when: [two, message], ["notify", sound]),
            rule(.underride, "message", when: [message], ["notify"]),
            rule(.underride, "encrypted", when: [encrypted], ["notify"]),
        ]
    }()
}
