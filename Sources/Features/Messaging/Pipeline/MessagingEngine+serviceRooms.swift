package import Accounts
package import Basics
package import Storage

/// Hears of every change of a service room inside the write that makes it, so that what follows from a message is
/// stored with the message or not at all.
package protocol RoomFollower: Sendable {
    /// The room is in its new state; what this writes goes into the same transaction. What it throws undoes the change.
    func roomChanged(_ room: RoomState, by events: [StoredEvent], in context: WriteContext) throws
}

/// The steps of service rooms that another feature takes inside a write of its own.
extension MessagingEngine {
    /// Makes a room of the shop with one customer in it. Staff is let in later, see ``admit(_:to:by:in:)``.
    package func createServiceRoom(
        owner: UserRecord, customer: UserRecord, staff: [String], name: String, conversation: JSONObject,
        in context: WriteContext
    ) throws -> RoomNumber {
        let actor = Actor(user: owner.number, userID: owner.identifier.text)
        var levels: JSONObject = [actor.userID: 100]
        for member in staff { levels[member] = 50 }
        let request = try RoomCreation([
            "preset": "private_chat", "name": .string(name),
            "power_level_content_override": [
                "users": .object(levels), "invite": 50, "events": .object(Self.serviceLevels),
            ],
            "initial_state": [["type": .string(EventType.conversation), "content": .object(conversation)]],
        ])
        var generator = SystemRandomNumberGenerator()
        let number = RoomNumber(using: &generator)
        let drafts = request.drafts(creator: actor, profile: profileContent(owner), alias: nil, isService: true)
        let state = RoomState(
            number: number, version: request.version, creator: actor.user, creatorID: actor.userID,
            created: context.now)
        return try RoomTransaction.create(self, state, in: context) { change in
            for draft in drafts { try change.append(draft, by: actor) }
            try change.admit(customer, profileContent(customer), by: actor)
            return number
        }
    }

    /// Lets somebody into a service room: invited by its owner and joined. Whoever is inside stays as they are.
    ///
    /// - Parameters:
    ///   - isStaff: whether the new member gets the rights of staff.
    ///   - wearsFace: whether the new member stands in the room under the owner's name and picture instead of its own.
    package func admit(
        _ user: UserRecord, to number: RoomNumber, by owner: UserRecord, isStaff: Bool, wearsFace: Bool = false,
        in context: WriteContext
    ) throws {
        let actor = Actor(user: owner.number, userID: owner.identifier.text)
        var profile = profileContent(wearsFace ? owner : user)
        if wearsFace { profile[Self.faceKey] = true }
        try RoomTransaction.run(self, number, in: context) { change in
            guard change.room.membership(of: user.number) != .join else { return }
            if isStaff { try change.giveStaffLevel(user.identifier.text, by: actor) }
            try change.admit(user, profile, by: actor)
        }
    }

    /// Marks a member who stands under another's name and picture, which changes of the own profile leave alone.
    static let faceKey = "shop.vitrine.face"

    /// Makes somebody leave a service room; what they have said there keeps their name.
    package func dismiss(_ user: UserRecord, from number: RoomNumber, in context: WriteContext) throws {
        try RoomTransaction.run(self, number, in: context) { change in
            guard change.room.membership(of: user.number) == .join else { return }
            var profile = profileContent(user)
            // Who stood there under the shop's name does not leave under another.
            let standing = change.room[EventType.member, user.identifier.text]?.content ?? [:]
            if standing[Self.faceKey] != nil {
                for key in ["displayname", "avatar_url", Self.faceKey] { profile[key] = standing[key] }
            }
            try change.append(
                .membership(.leave, user, profile), by: Actor(user: user.number, userID: user.identifier.text))
        }
    }

    /// Whether all of some users are in a room now.
    package func areAll(_ users: [Int64], in number: RoomNumber, in context: WriteContext) throws -> Bool {
        try RoomTransaction.run(self, number, in: context) { change in
            users.allSatisfy { change.room.membership(of: $0) == .join }
        }
    }

    /// Those of some rooms that are rooms of the shop with a customer.
    package func serviceRooms(among numbers: Set<RoomNumber>) async throws -> Set<RoomNumber> {
        var found: Set<RoomNumber> = []
        for number in numbers where try await room(number)?.isServiceRoom ?? false { found.insert(number) }
        return found
    }

    /// The service room of a customer in which something happened last; nil when there is none.
    package func serviceRoom(of customer: Int64) async throws -> String? {
        let found = try await database.read { [rooms] connection -> RoomNumber? in
            let (places, heads) = try MembershipQueries.rooms(of: customer, in: connection)
            let joined = places.filter { $0.value.membership == .join }.keys
            let newest = joined.sorted { (heads[$0]?.events ?? 0) > (heads[$1]?.events ?? 0) }
            return try newest.first { try rooms.load($0, in: connection)?.isServiceRoom ?? false }
        }
        return found.map { id(of: $0) }
    }

    /// Adds an event to a room, if its sender may.
    @discardableResult
    package func post(
        _ draft: DraftEvent, to number: RoomNumber, by sender: UserRecord, in context: WriteContext
    ) throws -> StoredEvent {
        let actor = Actor(user: sender.number, userID: sender.identifier.text)
        return try RoomTransaction.run(self, number, in: context) { change in try change.append(draft, by: actor) }
    }
}

extension RoomTransaction {
    fileprivate mutating func admit(_ user: UserRecord, _ profile: JSONObject, by owner: Actor) throws {
        if room.membership(of: user.number) != .invite {
            try append(.membership(.invite, user, profile), by: owner)
        }
        try append(
            .membership(.join, user, profile), by: Actor(user: user.number, userID: user.identifier.text))
    }

    /// Staff that came to the shop after the room was made has no rights in it yet.
    fileprivate mutating func giveStaffLevel(_ userID: String, by owner: Actor) throws {
        guard room.levels.level(of: userID) < 50, var content = room[EventType.powerLevels]?.content else { return }
        var users = content["users"]?.objectValue ?? [:]
        users[userID] = 50
        content["users"] = .object(users)
        try append(DraftEvent(type: EventType.powerLevels, stateKey: "", content: content), by: owner)
    }
}
