/// A change that others must hear of.
public struct OutboxEntry: StreamEntry, Hashable {
    /// The place in the database's one log.
    public let position: Int64
    /// What kind of change it is, e.g. `room.event`.
    public let topic: String
    /// What changed; entries of one key are to be handled in order.
    public let key: String
    /// When, in milliseconds since 1970.
    public let atMilliseconds: Int64
    /// The change.
    public let payload: [UInt8]
}

/// The table of changes that others must hear of, written in the transaction of the change itself.
public enum Outbox {
    /// Adds an entry and returns its position.
    ///
    /// - Parameter position: a position that the caller drew for the change; without it one is drawn.
    @discardableResult
    public static func append(
        topic: String, key: String, payload: [UInt8], at position: Int64? = nil, in context: WriteContext
    ) throws -> Int64 {
        let position = position ?? context.nextPosition()
        try context.run(
            "INSERT INTO outbox(pos, topic, key, at_ms, payload) VALUES (?1, ?2, ?3, ?4, ?5)",
            .integer(position), .text(topic), .text(key), .integer(context.now), .blob(payload))
        return position
    }

    /// Up to `limit` entries after a position, in order.
    public static func entries(after position: Int64, limit: Int, _ connection: Connection) throws -> [OutboxEntry] {
        try connection.rows(
            "SELECT pos, topic, key, at_ms, payload FROM outbox WHERE pos > ?1 ORDER BY pos LIMIT ?2",
            .integer(position), .int(max(0, limit))
        ) { row in
            OutboxEntry(
                position: row.int(0), topic: row.text(1), key: row.text(2), atMilliseconds: row.int(3),
                payload: row.blob(4))
        }
    }

    /// Deletes up to `limit` entries that all consumers have dealt with, and returns how many.
    ///
    /// - Parameter consumers: names that must have committed once; while one is unknown nothing is deleted. Further
    ///   consumers in the table hold entries back too.
    public static func trim(consumers: [String], limit: Int = 500, in context: WriteContext) throws -> Int {
        let offsets = try ConsumerOffset.all(context.connection)
        let names = Set(offsets.map(\.name))
        guard consumers.allSatisfy(names.contains), let slowest = offsets.map(\.position).min() else { return 0 }
        return try context.run(
            "DELETE FROM outbox WHERE pos IN (SELECT pos FROM outbox WHERE pos <= ?1 ORDER BY pos LIMIT ?2)",
            .integer(slowest), .int(max(0, limit)))
    }
}

/// The outbox of a database as a stream.
public struct OutboxStream: EventStream {
    private let database: Database

    /// The outbox of a database.
    public init(_ database: Database) { self.database = database }

    /// Up to `limit` entries after a position.
    public func read(after position: Int64, limit: Int) async throws -> StreamPage<OutboxEntry> {
        try await database.read { connection in
            let entries = try Outbox.entries(after: position, limit: limit, connection)
            let last = entries.last?.position ?? position
            let isFull = entries.count >= max(1, limit)
            return StreamPage(
                entries: entries, through: isFull ? last : max(last, try Meta.position(connection)))
        }
    }

    /// Notes how far a consumer has come.
    public func commit(name: String, position: Int64) async throws {
        let known = try await database.read { try ConsumerOffset.position(of: name, $0) }
        guard (known ?? -1) < position else { return }
        try await database.write { try ConsumerOffset.set(name, position, in: $0) }
    }
}
