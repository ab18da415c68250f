import Storage

/// An event, as far as it matters to uploaded files.
struct MediaMention: StreamEntry, Hashable {
    let position: Int64
    let senderNumber: Int64
    let sentMilliseconds: Int64
    /// Whether the content is encrypted, so that nobody here can tell which files it shows.
    let isEncrypted: Bool
    /// The ids of this server's files that the content names.
    let ids: Set<String>
}

/// The log of events, read for the `mxc://` addresses in it.
struct MediaMentions: EventStream {
    let database: Database
    let serverName: String

    func read(after position: Int64, limit: Int) async throws -> StreamPage<MediaMention> {
        let prefix = Array("mxc://\(serverName)/".utf8)
        return try await database.read { connection in
            var through = position
            let entries = try connection.rows(
                """
                SELECT e.pos, e.sender_no, e.recv_ms, t.name = 'm.room.encrypted',
                  CASE WHEN e.content LIKE '%mxc://%' THEN e.content ELSE '' END
                FROM msg_event e JOIN msg_type t ON t.type_no = e.type_no
                WHERE e.pos > ?1 ORDER BY e.pos LIMIT ?2
                """, .integer(position), .int(limit)
            ) { row -> MediaMention? in
                through = row.int(0)
                let ids = Self.ids(in: row.bytesOfText(4), after: prefix)
                guard row.bool(3) || !ids.isEmpty else { return nil }
                return MediaMention(
                    position: row.int(0), senderNumber: row.int(1), sentMilliseconds: row.int(2),
                    isEncrypted: row.bool(3), ids: ids)
            }
            return StreamPage(entries: entries.compactMap { $0 }, through: through)
        }
    }

    func commit(name: String, position: Int64) async throws {}

    /// The ids that follow a prefix anywhere in a text.
    static func ids(in text: [UInt8], after prefix: [UInt8]) -> Set<String> {
        guard let first = prefix.first, text.count > prefix.count else { return [] }
        var result: Set<String> = []
        var at = 0
        while at <= text.count - prefix.count {
            guard text[at] == first, text[at..<(at + prefix.count)].elementsEqual(prefix) else {
                at += 1
                continue
            }
            let id = text[(at + prefix.count)...].prefix { MediaIdentifier.isIdentifierByte($0) }
            if !id.isEmpty { result.insert(String(decoding: id, as: UTF8.self)) }
            at += prefix.count
        }
        return result
    }
}
