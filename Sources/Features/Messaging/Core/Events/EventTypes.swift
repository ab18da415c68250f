/// The event types that the server itself acts on.
package enum EventType {
    package static let create = "m.room.create"
    package static let member = "m.room.member"
    package static let powerLevels = "m.room.power_levels"
    package static let joinRules = "m.room.join_rules"
    package static let historyVisibility = "m.room.history_visibility"
    package static let guestAccess = "m.room.guest_access"
    package static let canonicalAlias = "m.room.canonical_alias"
    package static let name = "m.room.name"
    package static let topic = "m.room.topic"
    package static let avatar = "m.room.avatar"
    package static let encryption = "m.room.encryption"
    package static let tombstone = "m.room.tombstone"
    package static let pinned = "m.room.pinned_events"
    package static let message = "m.room.message"
    package static let encrypted = "m.room.encrypted"
    package static let sticker = "m.sticker"
    package static let redaction = "m.room.redaction"
    package static let reaction = "m.reaction"
    /// How many counted messages from before joining a new member may read: `{"last": N}`.
    package static let historyGrant = "shop.vitrine.history"
    /// State of a room that serves a customer; its presence makes a room a service room.
    package static let conversation = "shop.vitrine.conversation"
    package static let assignment = "shop.vitrine.assignment"

    /// Whether an event of this type counts as a message: what unread counters count.
    ///
    /// Edits are told apart by their relation (see ``StoredEvent``), not by type.
    package static func isMessage(_ type: String) -> Bool {
        type == message || type == encrypted || type == sticker
    }
}
