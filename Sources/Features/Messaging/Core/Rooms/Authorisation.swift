package import Basics

/// Somebody who acts in a room.
package struct Actor: Sendable {
    package var user: Int64
    package var userID: String
    package var device: Int64?

    package init(user: Int64, userID: String, device: Int64? = nil) {
        self.user = user
        self.userID = userID
        self.device = device
    }
}

/// The authorisation rules of room version 11 (rules 4...10), without those about other servers and signatures.
extension RoomState {
    /// Throws if `actor` may not add `draft` to the room as it stands.
    ///
    /// - Parameter mayJoinRestricted: for joins under a `restricted` rule: whether the user is in an allowed room.
    package func authorise(
        _ draft: DraftEvent, by actor: Actor, mayJoinRestricted: Bool = false
    ) throws(RequestError) {
        if draft.type == EventType.create {
            guard headSeq == 0 else { throw .forbidden("The room exists already.") }
            return
        }
        if draft.type == EventType.member, draft.stateKey != nil {
            return try authoriseMember(draft, by: actor, mayJoinRestricted: mayJoinRestricted)
        }
        guard membership(of: actor.user) == .join else { throw .forbidden("You are not in this room.") }
        let required = levels.required(type: draft.type, isState: draft.stateKey != nil)
        guard levels.level(of: actor.userID) >= required else {
            throw .forbidden("Sending \(draft.type) needs power level \(required).")
        }
        if let key = draft.stateKey, key.hasPrefix("@"), key != actor.userID {
            throw .forbidden("This state key belongs to another user.")
        }
        if draft.type == EventType.powerLevels {
            guard draft.stateKey == "" else { throw .forbidden("Power levels have an empty state key.") }
            let new = try PowerLevels(content: draft.content)
            if self[EventType.powerLevels] != nil { try levels.authoriseChange(to: new, by: actor.userID) }
        }
        if draft.type == EventType.encryption, isServiceRoom {
            throw .forbidden("A service room stays readable for the shop: search, cards and records need its text.")
        }
    }

    private func authoriseMember(
        _ draft: DraftEvent, by actor: Actor, mayJoinRestricted: Bool
    ) throws(RequestError) {
        guard let name = draft.content["membership"]?.stringValue, let wanted = Membership(name: name) else {
            throw .badJSON("'membership' must be join, invite, leave, ban or knock.")
        }
        guard let subject = draft.subject, let key = draft.stateKey else {
            throw .badJSON("The state key of a member event is a user id of this server.")
        }
        let isSelf = key == actor.userID
        let own = levels.level(of: actor.userID)
        switch wanted {
        case .join: try authoriseJoin(isSelf: isSelf, subject: subject, mayJoinRestricted: mayJoinRestricted)
        case .invite:
            try requireJoined(actor)
            let current = membership(of: subject)
            guard current != .ban else { throw .forbidden("\(key) is banned from this room.") }
            guard current != .join else { throw .forbidden("\(key) is already in this room.") }
            guard own >= levels.invite else { throw .forbidden("Inviting needs power level \(levels.invite).") }
        case .leave: try authoriseLeave(isSelf: isSelf, subject: subject, key: key, by: actor, own: own)
        case .ban:
            try requireJoined(actor)
            guard own >= levels.ban, own > levels.level(of: key) else {
                throw .forbidden("Banning \(key) needs a higher power level than yours.")
            }
        case .knock:
            guard isSelf, joinRule == "knock" || joinRule == "knock_restricted" else {
                throw .forbidden("This room takes no knocks.")
            }
            guard [.leave, .knock].contains(membership(of: subject)) else {
                throw .forbidden("You cannot knock now: you are \(membership(of: subject).name).")
            }
        }
    }

    private func authoriseJoin(isSelf: Bool, subject: Int64, mayJoinRestricted: Bool) throws(RequestError) {
        guard isSelf else { throw .forbidden("Nobody can join for somebody else.") }
        if headSeq == 1, subject == creator { return }
        switch membership(of: subject) {
        case .ban: throw .forbidden("You are banned from this room.")
        case .join, .invite: return
        case .leave, .knock: break
        }
        switch joinRule {
        case "public": return
        case "restricted", "knock_restricted":
            guard mayJoinRestricted else { throw .forbidden("You are in none of the rooms that open this one.") }
        default: throw .forbidden("You need an invitation to join this room.")
        }
    }

    private func authoriseLeave(
        isSelf: Bool, subject: Int64, key: String, by actor: Actor, own: Int64
    ) throws(RequestError) {
        let current = membership(of: subject)
        if isSelf {
            guard [.join, .invite, .knock].contains(current) else { throw .forbidden("You are not in this room.") }
            return
        }
        try requireJoined(actor)
        if current == .ban {
            guard own >= levels.ban else { throw .forbidden("Lifting a ban needs power level \(levels.ban).") }
            return
        }
        guard own >= levels.kick, own > levels.level(of: key) else {
            throw .forbidden("Removing \(key) needs a higher power level than yours.")
        }
    }

    private func requireJoined(_ actor: Actor) throws(RequestError) {
        guard membership(of: actor.user) == .join else { throw .forbidden("You are not in this room.") }
    }

    /// Throws if `actor` may not redact `target`: one's own events always, those of others with the room's level.
    package func authoriseRedaction(of target: StoredEvent, by actor: Actor) throws(RequestError) {
        try requireJoined(actor)
        let own = levels.level(of: actor.userID)
        guard own >= levels.required(type: EventType.redaction, isState: false) else {
            throw .forbidden("You may not redact in this room.")
        }
        guard target.sender == actor.user || own >= levels.redact else {
            throw .forbidden("Redacting what others said needs power level \(levels.redact).")
        }
        guard target.type != EventType.create else { throw .forbidden("The creation of a room cannot be redacted.") }
    }
}
