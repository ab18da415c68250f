package import Basics

/// Who may do what in a room, as `m.room.power_levels` says (room version 11).
package struct PowerLevels: Sendable, Hashable {
    package var users: [String: Int64] = [:]
    package var usersDefault: Int64 = 0
    package var events: [String: Int64] = [:]
    package var eventsDefault: Int64 = 0
    package var stateDefault: Int64 = 50
    package var ban: Int64 = 50
    package var kick: Int64 = 50
    package var redact: Int64 = 50
    package var invite: Int64 = 0
    package var notifications: [String: Int64] = [:]

    /// The levels of a room without such an event: its creator may do everything.
    package init(creator: String) {
        users = [creator: 100]
        stateDefault = 0
    }

    /// Reads the content of the event; every level must be an integer and every user key a user id.
    package init(content: JSONObject) throws(RequestError) {
        usersDefault = try Self.level(content, "users_default", 0)
        eventsDefault = try Self.level(content, "events_default", 0)
        stateDefault = try Self.level(content, "state_default", 50)
        ban = try Self.level(content, "ban", 50)
        kick = try Self.level(content, "kick", 50)
        redact = try Self.level(content, "redact", 50)
        invite = try Self.level(content, "invite", 0)
        users = try Self.levels(content, "users")
        events = try Self.levels(content, "events")
        notifications = try Self.levels(content, "notifications")
        for user in users.keys where !(user.hasPrefix("@") && user.contains(":")) {
            throw .badJSON("Power levels: '\(user.prefix(64))' is no user id.")
        }
    }

    private static func level(_ content: JSONObject, _ key: String, _ fallback: Int64) throws(RequestError) -> Int64 {
        guard let value = content[key] else { return fallback }
        guard let level = value.intValue else { throw .badJSON("Power levels: '\(key)' must be an integer.") }
        return level
    }

    private static func levels(_ content: JSONObject, _ key: String) throws(RequestError) -> [String: Int64] {
        guard let value = content[key] else { return [:] }
        guard let object = value.objectValue else { throw .badJSON("Power levels: '\(key)' must be an object.") }
        var result: [String: Int64] = [:]
        for member in object {
            guard let level = member.value.intValue else {
                throw .badJSON("Power levels: each value of '\(key)' must be an integer.")
            }
            result[member.key] = level
        }
        return result
    }

    package func level(of user: String) -> Int64 { users[user] ?? usersDefault }

    package func required(type: String, isState: Bool) -> Int64 {
        events[type] ?? (isState ? stateDefault : eventsDefault)
    }

    /// The level that `@room` needs.
    package var roomNotification: Int64 { notifications["room"] ?? 50 }

    /// Authorisation rule 9 of room version 11: nobody changes what stands above him or grants more than he has.
    package func authoriseChange(to new: PowerLevels, by sender: String) throws(RequestError) {
        let own = level(of: sender)
        let single: [(Int64, Int64, String)] = [
            (usersDefault, new.usersDefault, "users_default"), (eventsDefault, new.eventsDefault, "events_default"),
            (stateDefault, new.stateDefault, "state_default"), (ban, new.ban, "ban"), (kick, new.kick, "kick"),
            (redact, new.redact, "redact"), (invite, new.invite, "invite"),
        ]
        for (old, new, name) in single where old != new {
            try Self.check(old: old, new: new, own: own, name)
        }
        try Self.check(old: events, new: new.events, own: own)
        try Self.check(old: notifications, new: new.notifications, own: own)
        for user in Set(users.keys).union(new.users.keys) where users[user] != new.users[user] {
            try Self.check(old: users[user], new: new.users[user], own: own, user)
            if user != sender, let old = users[user], old >= own {
                throw .forbidden("You cannot change the level of somebody at or above your own.")
            }
        }
    }

    private static func check(old: [String: Int64], new: [String: Int64], own: Int64) throws(RequestError) {
        for key in Set(old.keys).union(new.keys) where old[key] != new[key] {
            try check(old: old[key], new: new[key], own: own, key)
        }
    }

    private static func check(old: Int64?, new: Int64?, own: Int64, _ name: String) throws(RequestError) {
        guard (old ?? own) <= own, (new ?? own) <= own else {
            throw .forbidden("Changing '\(name)' needs a higher power level than yours.")
        }
    }
}
