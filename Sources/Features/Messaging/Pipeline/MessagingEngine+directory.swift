package import Accounts
package import Basics
import Storage

extension RequestError {
    static var roomInUse: RequestError {
        RequestError(status: 400, code: "M_ROOM_IN_USE", message: "This alias belongs to another room.")
    }
}

/// Aliases, the public list, upgrades and reports.
extension MessagingEngine {
    /// The alias with a local part, checked.
    func roomAlias(localpart: String) throws(RequestError) -> String {
        let alias = "#\(localpart):\(serverName)"
        guard !localpart.isEmpty, alias.utf8.count <= 255, !localpart.contains(where: { $0 == ":" || $0.isWhitespace })
        else { throw .invalidParam("An alias has 1 to 255 bytes, no colon and no space.") }
        return alias
    }

    private func checked(_ alias: String) throws(RequestError) -> String {
        guard alias.hasPrefix("#"), let colon = alias.firstIndex(of: ":"), alias[colon...].dropFirst() == serverName
        else {
            throw .invalidParam("An alias has the form #name:\(serverName).")
        }
        return try roomAlias(localpart: String(alias[alias.index(after: alias.startIndex)..<colon]))
    }

    /// The room that an id or alias names.
    func resolve(_ roomOrAlias: String) async throws -> RoomNumber {
        guard roomOrAlias.hasPrefix("#") else {
            guard let number = RoomIdentifier.number(roomOrAlias, server: serverName) else {
                throw RequestError.notFound("There is no such room.")
            }
            return number
        }
        let found = try await database.read { try AliasQueries.room(roomOrAlias, in: $0) }
        guard let found else { throw RequestError.notFound("There is no room \(roomOrAlias.prefix(255)).") }
        return found.room
    }

    /// The room id behind an alias.
    package func room(alias: String) async throws -> String { id(of: try await resolve(try checked(alias))) }

    /// Gives a room one more name.
    package func addAlias(_ session: Session, _ alias: String, room roomID: String) async throws {
        let alias = try checked(alias)
        let room = try await room(roomID, for: session)
        guard room.membership(of: session.userNumber) == .join else {
            throw RequestError.forbidden("You are not in this room.")
        }
        let user = session.userNumber
        try await database.write { context in
            guard try AliasQueries.room(alias, in: context.connection) == nil else {
                throw RequestError(status: 409, code: "M_UNKNOWN", message: "The alias \(alias) is taken.")
            }
            try AliasQueries.insert(alias, room: room.number, by: user, in: context)
        }
    }

    /// Takes a name from a room: its maker may, and whoever may set the main alias.
    package func removeAlias(_ session: Session, _ alias: String) async throws {
        let alias = try checked(alias)
        let found = try await database.read { try AliasQueries.room(alias, in: $0) }
        guard let found, let room = try await room(found.room) else {
            throw RequestError.notFound("There is no room \(alias).")
        }
        let level = room.levels.level(of: session.user.text)
        let needed = room.levels.required(type: EventType.canonicalAlias, isState: true)
        guard found.creator == session.userNumber || session.isAdmin || level >= needed else {
            throw RequestError.forbidden("Removing this alias needs power level \(needed).")
        }
        try await database.write { try AliasQueries.remove(alias, in: $0) }
    }

    package func aliases(_ session: Session, room roomID: String) async throws -> [String] {
        let room = try await room(roomID, for: session)
        return try await database.read { try AliasQueries.aliases(of: room.number, in: $0) }
    }

    /// Every alias that a room claims must lead to it.
    func checkAliases(_ content: JSONObject, room: RoomNumber) async throws {
        var claimed = try (content.array("alt_aliases") ?? []).map { alias throws(RequestError) in
            guard let text = alias.stringValue else { throw .badJSON("'alt_aliases' is a list of aliases.") }
            return text
        }
        if let alias = try content.string("alias"), !alias.isEmpty { claimed.append(alias) }
        for alias in claimed {
            let found = try await database.read { try AliasQueries.room(alias, in: $0) }
            guard found?.room == room else {
                throw RequestError(
                    status: 400, code: "M_BAD_ALIAS", message: "\(alias.prefix(255)) does not lead to this room.")
            }
        }
    }

    package func isListed(room roomID: String) async throws -> Bool {
        let number = try await resolve(roomID)
        return try await database.read { try AliasQueries.isListed(number, in: $0) }
    }

    package func setListed(_ session: Session, room roomID: String, _ isListed: Bool) async throws {
        let room = try await room(roomID, for: session)
        let needed = room.levels.required(type: EventType.canonicalAlias, isState: true)
        guard session.isAdmin || room.levels.level(of: session.user.text) >= needed else {
            throw RequestError.forbidden("Listing this room needs power level \(needed).")
        }
        try await database.write { try AliasQueries.list(room.number, isListed, in: $0) }
    }

    /// The public rooms whose name, topic or alias holds a text, the biggest first.
    package func publicRooms(search: String?, limit: Int, from: Int) async throws -> JSON {
        let numbers = try await database.read { try AliasQueries.listed(in: $0) }
        var found: [(members: Int, entry: JSON)] = []
        for number in numbers {
            guard let room = try await room(number) else { continue }
            let entry = summary(of: room)
            if let search, !search.isEmpty {
                let texts = ["name", "topic", "canonical_alias"].compactMap { entry[$0]?.stringValue?.lowercased() }
                guard texts.contains(where: { $0.contains(search.lowercased()) }) else { continue }
            }
            found.append((room.joined, .object(entry)))
        }
        found.sort { $0.members > $1.members }
        let start = max(0, min(from, found.count))
        let page = found[start..<min(found.count, start + max(1, limit))]
        var reply: JSONObject = [
            "chunk": .array(page.map(\.entry)), "total_room_count_estimate": .int(Int64(found.count)),
        ]
        if page.endIndex < found.count { reply["next_batch"] = .string(String(page.endIndex)) }
        if start > 0 { reply["prev_batch"] = .string(String(max(0, start - max(1, limit)))) }
        return .object(reply)
    }

    /// What somebody outside may know of a room.
    func summary(of room: RoomState) -> JSONObject {
        var entry: JSONObject = [
            "room_id": .string(id(of: room.number)), "num_joined_members": .int(Int64(room.joined)),
            "world_readable": .bool(room.segments.current == .worldReadable),
            "guest_can_join": .bool(room.text(EventType.guestAccess, "guest_access") == "can_join"),
            "join_rule": .string(room.joinRule),
        ]
        for (key, type, member) in [
            ("name", EventType.name, "name"), ("topic", EventType.topic, "topic"),
            ("avatar_url", EventType.avatar, "url"), ("canonical_alias", EventType.canonicalAlias, "alias"),
        ] {
            if let text = room.text(type, member) { entry[key] = .string(text) }
        }
        return entry
    }

    /// The summary of a room that one may join or is in.
    package func summary(_ session: Session, roomOrAlias: String) async throws -> JSON {
        guard let room = try await room(try await resolve(roomOrAlias)) else {
            throw RequestError.notFound("There is no such room.")
        }
        let membership = room.membership(of: session.userNumber)
        guard
            membership == .join || membership == .invite || ["public", "knock"].contains(room.joinRule)
                || room.segments.current == .worldReadable
        else { throw RequestError.notFound("There is no such room.") }
        var entry = summary(of: room)
        entry["membership"] = .string(membership.name)
        entry["room_version"] = .string(room.version)
        return .object(entry)
    }

    /// Notes a complaint about an event or a room for the moderators of the server.
    package func report(_ session: Session, room roomID: String, event eventID: String?, reason: String?) async throws {
        let room = try await room(roomID, for: session)
        var seq: Int64?
        if let eventID {
            guard let address = EventAddress(eventID), address.room == room.number,
                room.visible(to: session.userNumber).contains(address.seq)
            else { throw RequestError.notFound("There is no such event in this room.") }
            seq = address.seq
        }
        let (user, number) = (session.userNumber, seq)
        let shortened = reason.map { String($0.prefix(2_000)) }
        try await database.write { context in
            try RecordQueries.noteReport(room: room.number, seq: number, by: user, reason: shortened, in: context)
        }
    }
}
