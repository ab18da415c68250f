package import Accounts
import Basics
import Storage
import Synchronization

extension MessagingEngine {
    /// Makes a room as `createRoom` asks.
    package func createRoom(_ session: Session, _ request: RoomCreation, isService: Bool = false) async throws -> String
    {
        guard !session.isSuspended else { throw RequestError.suspended }
        let actor = actor(session)
        let profile = try await profile(of: session.userNumber)
        let alias = try request.aliasLocalpart.map { try roomAlias(localpart: $0) }
        var invited: [(user: UserRecord, profile: JSONObject)] = []
        for text in Set(request.invites).sorted() where text != actor.userID {
            // An invitation to nobody does not keep the room from being made, as with other servers.
            guard let user = try await invitee(text) else { continue }
            invited.append((user, profileContent(user)))
        }
        var generator = SystemRandomNumberGenerator()
        let number = RoomNumber(using: &generator)
        let (drafts, guests, isDirect) = (
            request.drafts(creator: actor, profile: profile, alias: alias, isService: isService), invited,
            request.isDirect
        )
        return try await database.write(bytes: 8_192) { [self] context in
            let state = RoomState(
                number: number, version: request.version, creator: actor.user, creatorID: actor.userID,
                created: context.now)
            return try RoomTransaction.create(self, state, in: context) { change in
                for draft in drafts { try change.append(draft, by: actor) }
                if let alias { try AliasQueries.insert(alias, room: number, by: actor.user, in: context) }
                if request.isPublic { try AliasQueries.list(number, true, in: context) }
                for guest in guests {
                    try change.append(.membership(.invite, guest.user, guest.profile, isDirect: isDirect), by: actor)
                }
                return id(of: number)
            }
        }
    }

    // MARK: Membership

    /// Joins a room by id or alias; joining again changes nothing.
    package func join(_ session: Session, roomOrAlias: String, reason: String? = nil) async throws -> String {
        let number = try await resolve(roomOrAlias)
        var content = try await profile(of: session.userNumber)
        content["membership"] = "join"
        if let reason { content["reason"] = .string(reason) }
        let mayJoinRestricted = try await isInAllowedRoom(session, of: number)
        let draft = DraftEvent(
            type: EventType.member, stateKey: session.user.text, content: content, subject: session.userNumber)
        let actor = actor(session)
        guard !session.isSuspended else { throw RequestError.suspended }
        try await database.write { [self] context in
            try RoomTransaction.run(self, number, in: context) { change in
                if change.room.membership(of: actor.user) == .join { return }
                try change.append(draft, by: actor, mayJoinRestricted: mayJoinRestricted)
            }
        }
        return id(of: number)
    }

    /// Sets somebody's membership: invite, kick, ban, unban, leave, knock.
    package func setMembership(
        _ session: Session, room roomID: String, userID: String, to membership: Membership, reason: String? = nil,
        onlyFrom expected: Membership? = nil
    ) async throws {
        let number = try number(of: roomID)
        let target = try await user(userID)
        var content: JSONObject = [:]
        if membership == .invite || membership == .knock { content = profileContent(target) }
        if let reason { content["reason"] = .string(reason) }
        content["membership"] = .string(membership.name)
        let draft = DraftEvent(
            type: EventType.member, stateKey: target.identifier.text, content: content, subject: target.number)
        let actor = actor(session)
        guard !session.isSuspended || (membership == .leave && target.number == actor.user) else {
            throw RequestError.suspended
        }
        try await database.write { [self] context in
            try RoomTransaction.run(self, number, in: context) { change in
                let current = change.room.membership(of: target.number)
                if let expected, current != expected {
                    throw RequestError.forbidden("\(userID) is not \(expected.name) in this room.")
                }
                // Leaving what one has left, or inviting or banning again, is no change.
                if current == membership, membership != .invite, membership != .join { return }
                try change.append(draft, by: actor)
            }
        }
    }

    func setMember(
        _ session: Session, room number: RoomNumber, userID: String, content: JSONObject
    ) async throws -> String {
        let target = try await user(userID)
        let draft = DraftEvent(type: EventType.member, stateKey: userID, content: content, subject: target.number)
        let actor = actor(session)
        return try await database.write { [self] context in
            try RoomTransaction.run(self, number, in: context) { change in
                if let standing = change.room[EventType.member, userID], standing.content == content {
                    return standing.event.address.text
                }
                return try change.append(draft, by: actor).address.text
            }
        }
    }

    /// Takes a room that was left off the user's list.
    package func forget(_ session: Session, room roomID: String) async throws {
        let number = try number(of: roomID)
        let user = session.userNumber
        try await loadRooms(of: user)
        guard let place = committed.withLock({ $0.users[user]?[number] }) else {
            throw RequestError.forbidden("You were never in this room.")
        }
        guard place.membership == .leave || place.membership == .ban else {
            throw RequestError.unknown("Leave the room before you forget it.", status: 400)
        }
        try await database.write { [self] context in
            try MembershipQueries.forget(number, of: user, in: context)
            var forgotten = place
            forgotten.forgotten = true
            let change = (user: user, room: number, place: forgotten)
            let publication = Publication(position: context.nextPosition(), audience: .users([]), memberships: [change])
            context.afterCommit { [self] in pending.withLock { $0.append(publication) } }
        }
    }

    /// Whether the user has left the room and asked to forget it: its history is no longer shown, unless to everybody.
    func hasForgotten(_ room: RoomState, _ session: Session) async throws -> Bool {
        let membership = room.membership(of: session.userNumber)
        guard membership == .leave || membership == .ban, room.spans[session.userNumber] != nil,
            room.segments.current != .worldReadable
        else { return false }
        return try await places(of: session.userNumber)[room.number]?.forgotten ?? false
    }

    /// The rooms a user is in.
    package func joinedRooms(_ session: Session) async throws -> [String] {
        try await places(of: session.userNumber).filter { $0.value.membership == .join }.map { id(of: $0.key) }.sorted()
    }

    func places(of user: Int64) async throws -> [RoomNumber: UserRoom] {
        try await loadRooms(of: user)
        return committed.withLock { $0.users[user] } ?? [:]
    }

    /// Brings member events up to date after a user has changed name or picture.
    package func profileChanged(_ user: UserRecord) async throws {
        let actor = Actor(user: user.number, userID: user.identifier.text)
        let content = profileContent(user)
        for (number, place) in try await places(of: user.number) where place.membership == .join {
            try await database.write { [self] context in
                try RoomTransaction.run(self, number, in: context) { change in
                    guard let standing = change.room[EventType.member, actor.userID]?.content,
                        standing["membership"]?.stringValue == "join", standing[Self.faceKey] == nil
                    else { return }
                    var updated = standing
                    updated["displayname"] = content["displayname"]
                    updated["avatar_url"] = content["avatar_url"]
                    guard updated != standing else { return }
                    let draft = DraftEvent(
                        type: EventType.member, stateKey: actor.userID, content: updated, subject: actor.user)
                    try change.append(draft, by: actor)
                }
            }
        }
    }

    /// Makes a deactivated user leave all rooms.
    package func leaveAllRooms(_ user: UserRecord) async throws {
        let actor = Actor(user: user.number, userID: user.identifier.text)
        for (number, place) in try await places(of: user.number)
        where [.join, .invite, .knock].contains(place.membership) {
            try await database.write { [self] context in
                try RoomTransaction.run(self, number, in: context) { change in
                    try change.append(.membership(.leave, user, [:]), by: actor)
                }
            }
        }
    }

    // MARK: Users and profiles

    /// A user of this server, by id.
    func user(_ text: String) async throws -> UserRecord {
        let identifier = try UserIdentifier(parsing: text)
        guard identifier.serverName == serverName else {
            throw RequestError.forbidden("This server talks to no other servers: \(text) is elsewhere.")
        }
        guard let user = try await accounts.user(identifier) else {
            throw RequestError.notFound("There is no user \(text).")
        }
        return user
    }

    /// A user to invite; nil where this server has no such user.
    private func invitee(_ text: String) async throws -> UserRecord? {
        do {
            return try await user(text)
        } catch let error as RequestError where error.status == 404 {
            return nil
        }
    }

    func profile(of user: Int64) async throws -> JSONObject {
        try await accounts.user(number: user).map(profileContent) ?? [:]
    }

    func profileContent(_ user: UserRecord) -> JSONObject {
        var content: JSONObject = [:]
        if let name = user.displayName { content["displayname"] = .string(name) }
        if let avatar = user.avatarURL { content["avatar_url"] = .string(avatar) }
        return content
    }

    /// Whether the user is in one of the rooms that a `restricted` join rule names.
    private func isInAllowedRoom(_ session: Session, of number: RoomNumber) async throws -> Bool {
        guard let room = try await room(number) else { throw RequestError.notFound("There is no such room.") }
        guard room.joinRule.hasSuffix("restricted") else { return false }
        let mine = try await places(of: session.userNumber)
        for entry in room[EventType.joinRules]?.content["allow"]?.arrayValue ?? [] {
            guard let text = entry["room_id"]?.stringValue,
                let allowed = RoomIdentifier.number(text, server: serverName)
            else { continue }
            if mine[allowed]?.membership == .join { return true }
        }
        return false
    }
}

extension DraftEvent {
    static func membership(
        _ membership: Membership, _ user: UserRecord, _ profile: JSONObject, isDirect: Bool = false
    ) -> DraftEvent {
        var content = profile
        content["membership"] = .string(membership.name)
        if isDirect { content["is_direct"] = true }
        return DraftEvent(
            type: EventType.member, stateKey: user.identifier.text, content: content, subject: user.number)
    }
}
