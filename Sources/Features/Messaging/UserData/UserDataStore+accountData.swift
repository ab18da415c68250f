package import Basics
import Storage

/// Account data, of the whole account and of one room.
extension UserDataStore {
    /// How many types of data a user may keep for the account, and for each room.
    static let maximumTypes: Int64 = 1_000
    /// How long all data of the account, or of one room, may be together.
    static let maximumLength: Int64 = 4_194_304
    /// Data that the server keeps by itself.
    private static let managed: Set<String> = ["m.fully_read", "m.push_rules"]

    /// Stores a piece of data; storing what is stored already changes nothing.
    package func setAccountData(
        _ type: String, _ content: JSONObject, room: RoomNumber? = nil, of user: Int64
    ) async throws {
        guard !Self.managed.contains(type) else {
            throw RequestError(
                status: 405, code: "M_BAD_JSON", message: "\(type) is kept by the server and cannot be set this way.")
        }
        guard (1...255).contains(type.utf8.count) else {
            throw RequestError.invalidParam("A type has 1 to 255 bytes.")
        }
        try await database.write { [self] context in
            try store(type, .object(content), room: room, of: user, in: context)
        }
    }

    /// A piece of data, as JSON text.
    package func accountData(_ type: String, room: RoomNumber? = nil, of user: Int64) async throws -> [UInt8]? {
        try await database.read { [self] connection in
            if type == Self.pushRulesType, room == nil { return try pushRulesContent(of: user, on: connection) }
            return try AccountDataQueries.content(user: user, room: room?.value ?? 0, type: type, in: connection)
        }
    }

    /// Stores a piece of data inside a write. Draws a position only if something changes.
    func store(
        _ type: String, _ content: JSON, room: RoomNumber?, of user: Int64, in context: WriteContext
    ) throws {
        let room = room?.value ?? 0
        let text = String(decoding: content.canonical(), as: UTF8.self)
        let known = try AccountDataQueries.content(user: user, room: room, type: type, in: context.connection)
        if known.map({ $0 == Array(text.utf8) }) ?? false { return }
        let extent = try AccountDataQueries.extent(user: user, room: room, beside: type, in: context.connection)
        guard extent.types < Self.maximumTypes else {
            throw RequestError.forbidden("There are \(Self.maximumTypes) types of data here already.")
        }
        guard extent.length + Int64(text.utf8.count) <= Self.maximumLength else {
            throw RequestError.tooLarge("All account data together would be too large.")
        }
        try AccountDataQueries.set(
            user: user, room: room, type: type, content: text, position: publish(to: [user], in: context),
            in: context.connection)
    }

    /// Reads, changes and stores a piece of data in one write.
    func changeAccountData(
        _ type: String, room: RoomNumber?, of user: Int64,
        _ change: @escaping @Sendable (inout JSONObject) throws -> Void
    ) async throws {
        try await database.write { [self] context in
            let known = try AccountDataQueries.content(
                user: user, room: room?.value ?? 0, type: type, in: context.connection)
            var content = try known.map { try JSON(parsing: $0, limits: .stored).objectValue ?? [:] } ?? [:]
            try change(&content)
            try store(type, .object(content), room: room, of: user, in: context)
        }
    }
}

/// Tags: account data of rooms in a form of its own.
extension UserDataStore {
    private static let tagType = "m.tag"
    static let maximumTags = 100

    /// The tags of a room.
    package func tags(room: RoomNumber, of user: Int64) async throws -> JSON {
        let content = try await accountData(Self.tagType, room: room, of: user)
        let parsed = try content.map { try JSON(parsing: $0, limits: .stored) }
        return parsed?["tags"] ?? [:]
    }

    /// Puts a tag on a room.
    package func setTag(_ tag: String, _ content: JSONObject, room: RoomNumber, of user: Int64) async throws {
        guard (1...255).contains(tag.utf8.count) else { throw RequestError.invalidParam("A tag has 1 to 255 bytes.") }
        if let order = content["order"], order.doubleValue == nil {
            throw RequestError.badJSON("'order' must be a number.")
        }
        try await changeAccountData(Self.tagType, room: room, of: user) { data in
            var tags = data["tags"]?.objectValue ?? [:]
            tags[tag] = .object(content)
            guard tags.count <= Self.maximumTags else {
                throw RequestError.forbidden("A room has at most \(Self.maximumTags) tags.")
            }
            data["tags"] = .object(tags)
        }
    }

    /// Takes a tag from a room.
    package func removeTag(_ tag: String, room: RoomNumber, of user: Int64) async throws {
        try await changeAccountData(Self.tagType, room: room, of: user) { data in
            var tags = data["tags"]?.objectValue ?? [:]
            tags[tag] = nil
            data["tags"] = .object(tags)
        }
    }
}
