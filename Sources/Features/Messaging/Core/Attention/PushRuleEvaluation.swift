package import Basics

/// What push rules look at in an event.
package struct PushEventView: Sendable {
    package let type: String
    package let sender: String
    package let roomID: String
    package let eventID: String
    package let stateKey: String?
    package let content: JSONObject
    let body: String?
    /// The event has `m.mentions`, so nothing is guessed from its text.
    let saysWhomItMentions: Bool

    package init(
        type: String, sender: String, roomID: String, eventID: String, stateKey: String?, content: JSONObject
    ) {
        self.type = type
        self.sender = sender
        self.roomID = roomID
        self.eventID = eventID
        self.stateKey = stateKey
        self.content = content
        body = content["body"]?.stringValue
        saysWhomItMentions = content["m.mentions"]?.objectValue != nil
    }

    /// The property at a path, as the event is shown to clients.
    func value(at path: PropertyPath) -> JSON? {
        guard path.keys.first != "content" else {
            return path.keys.count == 1 ? .object(content) : path.value(in: content, skipping: 1)
        }
        guard path.keys.count == 1 else { return nil }
        switch path.keys[0] {
        case "type": return .string(type)
        case "sender": return .string(sender)
        case "room_id": return .string(roomID)
        case "event_id": return .string(eventID)
        case "state_key": return stateKey.map { .string($0) }
        default: return nil
        }
    }
}

/// What push rules look at beside the event.
package struct PushContext: Sendable {
    /// The user's name in the room.
    package var displayName: String?
    /// Joined members of the room.
    package var memberCount: Int
    package var senderLevel: Int64
    /// Power needed for kinds of notifications, from the `notifications` of the room's power levels; 50 when absent.
    package var notificationLevels: [String: Int64]

    package init(
        displayName: String?, memberCount: Int, senderLevel: Int64, notificationLevels: [String: Int64] = [:]
    ) {
        self.displayName = displayName
        self.memberCount = memberCount
        self.senderLevel = senderLevel
        self.notificationLevels = notificationLevels
    }
}

/// What a user's rules make of an event.
package struct PushVerdict: Sendable, Hashable {
    /// Counts as a notification and goes to the user's pushers.
    package var notify: Bool
    /// The user is meant in particular.
    package var highlight: Bool
    /// The sound to play, `default` for the usual one.
    package var sound: String?
    /// The actions of the rule that matched, as pushers are told them.
    package var actions: [JSON]

    /// No notification.
    package static let silent = PushVerdict(actions: [])

    /// Reads a list of actions; a highlight without value is one, words that are not known do nothing.
    package init(actions: [JSON]) {
        self.actions = actions
        notify = actions.contains("notify")
        highlight = false
        for action in actions {
            switch action["set_tweak"]?.stringValue {
            case "highlight": highlight = action["value"]?.boolValue ?? true
            case "sound": sound = action["value"]?.stringValue
            default: continue
            }
        }
    }
}

extension PushRuleSet {
    /// What the first matching rule says; nobody is notified of their own events.
    package func evaluate(event: PushEventView, context: PushContext) -> PushVerdict {
        guard event.sender != userID else { return .silent }
        return ordered.first { $0.matches(event, in: context) }?.verdict ?? .silent
    }

    /// Whether nothing notifies at all: the master switch is set, and set to silence.
    package var mutesEverything: Bool {
        defaults.first.map { $0.isEnabled && !$0.verdict.notify } ?? false
    }

    /// Whether nothing in a room notifies, mentions included: a rule above all others silences just this room.
    package func mutes(room: String) -> Bool {
        if mutesEverything { return true }
        let isRoom: JSON = ["kind": "event_match", "key": "room_id", "pattern": .string(room)]
        return own[.override]?.contains { $0.isEnabled && !$0.verdict.notify && $0.conditions == [isRoom] } ?? false
    }

    /// Whether in a room only mentions and the user's keywords notify: a room rule silences the rest.
    package func onlyMentions(room: String) -> Bool {
        own[.room]?.contains { $0.id == room && $0.isEnabled && !$0.verdict.notify } ?? false
    }
}
