import Storage

/// The statements on messages from device to device. `n` orders the messages of a device.
enum ToDeviceQueries {
    struct Message: Sendable {
        let n: Int64
        let sender: Int64
        let type: String
        let content: [UInt8]
    }

    static func insert(
        device: Int64, position: Int64, sender: Int64, type: String, content: String, in connection: Connection
    ) throws {
        try connection.run(
            """
            INSERT INTO msg_to_device(device_no, n, pos, sender_no, type, content)
            SELECT ?1, COALESCE(MAX(n), 0) + 1, ?2, ?3, ?4, ?5 FROM msg_to_device WHERE device_no = ?1
            """, .integer(device), .integer(position), .integer(sender), .text(type), .text(content))
    }

    /// How many messages wait for a device, by the numbers of the first and the last one.
    static func waiting(device: Int64, in connection: Connection) throws -> Int64 {
        try connection.first(
            """
            SELECT (SELECT n FROM msg_to_device WHERE device_no = ?1 ORDER BY n DESC LIMIT 1)
              - (SELECT n FROM msg_to_device WHERE device_no = ?1 ORDER BY n LIMIT 1) + 1
            """, .integer(device)
        ) { $0.int(0) } ?? 0
    }

    static func messages(
        device: Int64, after: Int64, upTo: Int64, limit: Int, in connection: Connection
    ) throws -> [Message] {
        try connection.rows(
            """
            SELECT n, sender_no, type, content FROM msg_to_device
            WHERE device_no = ?1 AND pos > ?2 AND pos <= ?3 ORDER BY n LIMIT ?4
            """, .integer(device), .integer(after), .integer(upTo), .int(limit)
        ) { Message(n: $0.int(0), sender: $0.int(1), type: $0.text(2), content: $0.bytesOfText(3)) }
    }

    /// Gives the messages that did not fit into a reply a position after that reply.
    static func postpone(device: Int64, from n: Int64, to position: Int64, in connection: Connection) throws {
        try connection.run(
            "UPDATE msg_to_device SET pos = ?3 WHERE device_no = ?1 AND n >= ?2",
            .integer(device), .integer(n), .integer(position))
    }

    static func oldest(device: Int64, in connection: Connection) throws -> Int64? {
        try connection.first("SELECT MIN(pos) FROM msg_to_device WHERE device_no = ?1", .integer(device)) {
            $0.intOrNil(0)
        } ?? nil
    }

    static func delete(device: Int64, upTo position: Int64, in connection: Connection) throws {
        try connection.run(
            "DELETE FROM msg_to_device WHERE device_no = ?1 AND pos <= ?2", .integer(device), .integer(position))
    }
}
