package import Basics

/// What is left of an event after its redaction: the keys that the working of the room depends on.
///
/// Room version 11 (spec, "Redactions"); version 10 keeps less of the content and more of the envelope.
package enum Redaction {
    /// What is left of the content.
    ///
    /// - Parameter roomVersion: `10` for the older rule, anything else for that of version 11.
    package static func content(ofType type: String, _ content: JSONObject, roomVersion: String = "11") -> JSONObject {
        let isOld = roomVersion == "10"
        switch type {
        case "m.room.member": return member(content, keepsInvite: !isOld)
        case "m.room.create": return isOld ? kept(content, ["creator"]) : content
        case "m.room.join_rules": return kept(content, ["join_rule", "allow"])
        case "m.room.power_levels": return kept(content, isOld ? powerLevelKeys : powerLevelKeys + ["invite"])
        case "m.room.history_visibility": return kept(content, ["history_visibility"])
        case "m.room.redaction": return isOld ? [:] : kept(content, ["redacts"])
        default: return [:]
        }
    }

    /// What is left of a whole event, envelope and content.
    package static func event(_ event: JSONObject, roomVersion: String = "11") -> JSONObject {
        var left = kept(
            event, roomVersion == "10" ? envelopeKeys + ["origin", "membership", "prev_state"] : envelopeKeys)
        if let inner = event["content"]?.objectValue {
            let type = event["type"]?.stringValue ?? ""
            left["content"] = .object(content(ofType: type, inner, roomVersion: roomVersion))
        }
        return left
    }

    private static let envelopeKeys = [
        "event_id", "type", "room_id", "sender", "state_key", "content", "hashes", "signatures", "depth", "prev_events",
        "auth_events", "origin_server_ts",
    ]
    private static let powerLevelKeys = [
        "ban", "events", "events_default", "kick", "redact", "state_default", "users", "users_default",
    ]

    private static func member(_ content: JSONObject, keepsInvite: Bool) -> JSONObject {
        var left = kept(content, ["membership", "join_authorised_via_users_server"])
        if keepsInvite, let signed = content["third_party_invite"]?["signed"] {
            left["third_party_invite"] = ["signed": signed]
        }
        return left
    }

    private static func kept(_ object: JSONObject, _ keys: [String]) -> JSONObject {
        var left = JSONObject()
        for (key, value) in object where keys.contains(key) { left[key] = value }
        return left
    }
}
