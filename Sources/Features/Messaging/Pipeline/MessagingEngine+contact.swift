package import Accounts
import Basics
import Storage

extension MessagingEngine {
    /// The localpart of the account in whose name the shop's rooms are made.
    package static let shopLocalpart = "shop"

    /// The localpart of the account in whose name a shop of several acts.
    package static func shopLocalpart(_ shop: Int64) -> String {
        shop == 1 ? shopLocalpart : "\(shopLocalpart)-\(shop)"
    }

    /// Whether a user is a shop's own account.
    package static func isShop(_ user: UserRecord) -> Bool {
        user.kind == .robot && user.service == nil && Localpart.isShops(user.identifier.localpart)
    }

    /// The service room of a customer: the one there is, or a new one with the shop's staff in it.
    ///
    /// Which agent answers is not decided here; every member of staff is there, as long as no dispatch is set up.
    ///
    /// - Parameter staff: who of the staff is let in, by number; all without it.
    package func contact(_ session: Session, among staff: Set<Int64>? = nil) async throws -> String {
        let user = session.userNumber
        let known = try await database.read { try ContactQueries.room(of: user, in: $0) }
        if let known, let room = try await room(known), room.membership(of: user) == .join { return id(of: known) }
        guard !session.isSuspended else { throw RequestError.suspended }
        let shop = try await accounts.shopAccount(localpart: Self.shopLocalpart, displayName: settings.shopName)
        let people = try await accounts.users(ofKind: .staff, limit: 200)
        return try await openServiceRoom(
            for: session, shop: shop, staff: people.filter { staff?.contains($0.number) ?? true })
    }

    private func openServiceRoom(for session: Session, shop: UserRecord, staff: [UserRecord]) async throws -> String {
        let owner = Actor(user: shop.number, userID: shop.identifier.text)
        var levels: JSONObject = [owner.userID: 100]
        for member in staff { levels[member.identifier.text] = 50 }
        let customer = try await accounts.user(number: session.userNumber)
        let request = try RoomCreation([
            "preset": "private_chat", "name": .string(settings.shopName),
            "power_level_content_override": [
                "users": .object(levels), "invite": 50, "events": .object(Self.serviceLevels),
            ],
            "initial_state": [
                ["type": .string(EventType.conversation), "content": ["status": "open"]]
            ],
        ])
        var generator = SystemRandomNumberGenerator()
        let number = RoomNumber(using: &generator)
        let profiles = (staff + [customer].compactMap { $0 }).map { (user: $0, profile: profileContent($0)) }
        let drafts = request.drafts(creator: owner, profile: profileContent(shop), alias: nil, isService: true)
        let user = session.userNumber
        return try await database.write(bytes: 16_384) { [self] context in
            let state = RoomState(
                number: number, version: request.version, creator: owner.user, creatorID: owner.userID,
                created: context.now)
            return try RoomTransaction.create(self, state, in: context) { change in
                for draft in drafts { try change.append(draft, by: owner) }
                for member in profiles {
                    try change.append(.membership(.invite, member.user, member.profile), by: owner)
                    let actor = Actor(user: member.user.number, userID: member.user.identifier.text)
                    try change.append(.membership(.join, member.user, member.profile), by: actor)
                }
                try ContactQueries.set(number, of: user, in: context)
                return id(of: number)
            }
        }
    }

    static let serviceLevels: JSONObject = [
        EventType.name: 50, EventType.avatar: 50, EventType.canonicalAlias: 50, EventType.powerLevels: 100,
        EventType.historyVisibility: 100, EventType.tombstone: 100, EventType.encryption: 100,
        EventType.conversation: 100, EventType.assignment: 100,
    ]

    /// Asks to be let into a room.
    package func knock(_ session: Session, roomOrAlias: String, reason: String?) async throws -> String {
        let number = try await resolve(roomOrAlias)
        try await setMembership(
            session, room: id(of: number), userID: session.user.text, to: .knock, reason: reason)
        return id(of: number)
    }

    /// Replaces a room by one of another version: the new one takes over what describes the old one, and the old one
    /// points to it.
    package func upgrade(_ session: Session, room roomID: String, to version: String) async throws -> String {
        guard RoomCreation.versions.contains(version) else {
            throw RequestError(
                status: 400, code: "M_UNSUPPORTED_ROOM_VERSION",
                message: "There is no room version '\(version.prefix(16))'.")
        }
        let old = try await room(roomID, for: session)
        let needed = old.levels.required(type: EventType.tombstone, isState: true)
        guard old.levels.level(of: session.user.text) >= needed else {
            throw RequestError.forbidden("Upgrading this room needs power level \(needed).")
        }
        var states: [JSON] = []
        for (slot, entry) in old.state where slot.key.isEmpty {
            guard ![EventType.create, EventType.tombstone, EventType.powerLevels].contains(slot.type) else { continue }
            states.append(["type": .string(slot.type), "state_key": "", "content": .object(entry.content)])
        }
        let last = EventAddress(room: old.number, seq: old.headSeq).text
        var body: JSONObject = [
            "room_version": .string(version), "initial_state": .array(states),
            "creation_content": ["predecessor": ["room_id": .string(roomID), "event_id": .string(last)]],
        ]
        body["power_level_content_override"] = old[EventType.powerLevels].map { .object($0.content) }
        let replacement = try await createRoom(session, try RoomCreation(body))
        _ = try await setState(
            session, room: roomID, type: EventType.tombstone, key: "",
            content: ["body": "This room has been replaced", "replacement_room": .string(replacement)])
        return replacement
    }
}
