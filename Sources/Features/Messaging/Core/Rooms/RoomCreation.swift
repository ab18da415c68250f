package import Basics

/// What a client asks of a new room; read from the body of `createRoom`.
package struct RoomCreation: Sendable {
    package var preset: String
    package var version: String
    package var aliasLocalpart: String?
    package var name: String?
    package var topic: String?
    package var invites: [String] = []
    package var isDirect = false
    package var isPublic: Bool
    package var creationContent: JSONObject = [:]
    package var initialState: [DraftEvent] = []
    package var levelOverride: JSONObject = [:]

    package static let defaultVersion = "11"
    package static let versions = ["10", "11"]
    private static let presets = ["private_chat", "trusted_private_chat", "public_chat"]

    /// Reads the request; a wrong type or an unknown preset is refused with the field's name.
    package init(_ body: JSONObject) throws(RequestError) {
        let visibility = try body.string("visibility") ?? "private"
        isPublic = visibility == "public"
        preset = try body.string("preset") ?? (isPublic ? "public_chat" : "private_chat")
        guard Self.presets.contains(preset) else { throw .invalidParam("There is no preset '\(preset.prefix(64))'.") }
        version = try body.string("room_version") ?? Self.defaultVersion
        guard Self.versions.contains(version) else {
            throw RequestError(
                status: 400, code: "M_UNSUPPORTED_ROOM_VERSION",
                message: "This server makes rooms of version \(Self.versions.joined(separator: " and ")).")
        }
        aliasLocalpart = try body.string("room_alias_name")
        name = try body.string("name")
        topic = try body.string("topic")
        isDirect = try body.bool("is_direct") ?? false
        for entry in try body.array("invite") ?? [] {
            guard let user = entry.stringValue else { throw .badJSON("'invite' is a list of user ids.") }
            invites.append(user)
        }
        guard invites.count <= 100 else { throw .invalidParam("A room is made with at most 100 invitations.") }
        creationContent = try body.object("creation_content") ?? [:]
        levelOverride = try body.object("power_level_content_override") ?? [:]
        initialState = try Self.states(body)
    }

    private static func states(_ body: JSONObject) throws(RequestError) -> [DraftEvent] {
        var result: [DraftEvent] = []
        for entry in try body.array("initial_state") ?? [] {
            guard let object = entry.objectValue, let type = object["type"]?.stringValue,
                let content = object["content"]?.objectValue
            else { throw .badJSON("Each entry of 'initial_state' has a type and a content.") }
            guard type != EventType.member, type != EventType.create else {
                throw .badJSON("'initial_state' cannot hold \(type).")
            }
            result.append(DraftEvent(type: type, stateKey: try object.string("state_key") ?? "", content: content))
        }
        return result
    }

    /// The events that begin the room, in the order of the specification; invitations follow separately.
    package func drafts(creator: Actor, profile: JSONObject, alias: String?, isService: Bool = false) -> [DraftEvent] {
        var create = creationContent
        create["creator"] = version == "10" ? .string(creator.userID) : nil
        create["room_version"] = .string(version)
        create["m.federate"] = false
        var member = profile
        member["membership"] = "join"
        var result = [
            DraftEvent(type: EventType.create, stateKey: "", content: create),
            DraftEvent(type: EventType.member, stateKey: creator.userID, content: member, subject: creator.user),
            DraftEvent(
                type: EventType.powerLevels, stateKey: "", content: levels(creator: creator, isService: isService)),
        ]
        if let alias {
            result.append(state(EventType.canonicalAlias, ["alias": .string(alias)]))
        }
        var later = presetState()
        for state in initialState {
            later.removeAll { $0.type == state.type && $0.stateKey == state.stateKey }
            later.append(state)
        }
        result += later
        if let name { result.append(state(EventType.name, ["name": .string(name)])) }
        if let topic { result.append(state(EventType.topic, ["topic": .string(topic)])) }
        return result
    }

    private func presetState() -> [DraftEvent] {
        let isPublicChat = preset == "public_chat"
        return [
            state(EventType.joinRules, ["join_rule": isPublicChat ? "public" : "invite"]),
            state(EventType.historyVisibility, ["history_visibility": "shared"]),
            state(EventType.guestAccess, ["guest_access": isPublicChat ? "forbidden" : "can_join"]),
        ]
    }

    private func state(_ type: String, _ content: JSONObject) -> DraftEvent {
        DraftEvent(type: type, stateKey: "", content: content)
    }

    private func levels(creator: Actor, isService: Bool) -> JSONObject {
        var users: JSONObject = [creator.userID: 100]
        if preset == "trusted_private_chat" { for user in invites { users[user] = 100 } }
        var events: JSONObject = [
            EventType.name: 50, EventType.avatar: 50, EventType.canonicalAlias: 50, EventType.powerLevels: 100,
            EventType.historyVisibility: 100, EventType.tombstone: 100, EventType.encryption: 100,
        ]
        if isService {
            events[EventType.conversation] = 100
            events[EventType.assignment] = 100
        }
        var content: JSONObject = [
            "users": .object(users), "users_default": 0, "events": .object(events), "events_default": 0,
            "state_default": 50, "ban": 50, "kick": 50, "redact": 50, "invite": .int(isService ? 50 : 0),
            "notifications": ["room": 50],
        ]
        for member in levelOverride { content[member.key] = member.value }
        return content
    }
}
