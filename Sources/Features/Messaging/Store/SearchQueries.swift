import Basics
import Storage

/// The tables of the search index, in a file of its own: everything in them can be made again from the log of events.
///
/// `search_index` holds no text, only where which word stands; what was put in for a message is kept beside it, because
/// taking a message out asks for the very words again. The room is a word too, so that a search in a few rooms looks at
/// no others.
enum SearchQueries {
    static let migrations = [
        Migration("search-1") { connection in try connection.script(first) }
    ]

    private static let first = """
        CREATE TABLE search_document(pos INTEGER PRIMARY KEY, room_no INTEGER NOT NULL, seq INTEGER NOT NULL,
          source_seq INTEGER NOT NULL, field INTEGER NOT NULL, sent_ms INTEGER NOT NULL,
          words TEXT NOT NULL) STRICT;
        CREATE UNIQUE INDEX search_document_room ON search_document(room_no, seq);
        CREATE INDEX search_document_source ON search_document(room_no, source_seq);
        CREATE VIRTUAL TABLE search_index USING fts5(room, words, content='', tokenize='unicode61');
        """

    static func roomWord(_ room: RoomNumber) -> String { "r\(room.value)" }

    // MARK: Filling

    static func insert(_ document: SearchDocument, in connection: Connection) throws {
        let words = SQLValue.text(SearchText.words(of: document.text))
        let (pos, room) = (SQLValue.integer(document.pos), document.address.room)
        try connection.run(
            """
            INSERT INTO search_document(pos, room_no, seq, source_seq, field, sent_ms, words)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """,
            pos, .integer(room.value), .integer(document.address.seq), .integer(document.source),
            .integer(document.field.rawValue), .integer(document.sent), words)
        try connection.run(
            "INSERT INTO search_index(rowid, room, words) VALUES (?1, ?2, ?3)", pos, .text(roomWord(room)), words)
    }

    /// Takes a message out; one that is not in changes nothing.
    static func remove(_ address: EventAddress, in connection: Connection) throws {
        let known = try connection.first(
            "SELECT pos, words FROM search_document WHERE room_no = ?1 AND seq = ?2",
            .integer(address.room.value), .integer(address.seq)
        ) { ($0.int(0), $0.text(1)) }
        guard let (pos, words) = known else { return }
        try connection.run(
            "INSERT INTO search_index(search_index, rowid, room, words) VALUES ('delete', ?1, ?2, ?3)",
            .integer(pos), .text(roomWord(address.room)), .text(words))
        try connection.run("DELETE FROM search_document WHERE pos = ?1", .integer(pos))
    }

    static func removeAll(in connection: Connection) throws {
        try connection.run("INSERT INTO search_index(search_index) VALUES ('delete-all')")
        try connection.run("DELETE FROM search_document")
    }

    /// The messages whose words come from an event: itself, or what it edits.
    static func documents(from source: EventAddress, in connection: Connection) throws -> [Int64] {
        try connection.rows(
            "SELECT seq FROM search_document WHERE room_no = ?1 AND source_seq = ?2",
            .integer(source.room.value), .integer(source.seq)
        ) { $0.int(0) }
    }

    /// Up to `limit` messages of a room up to a seq.
    static func documents(
        of room: Int64, upTo seq: Int64, limit: Int, in connection: Connection
    ) throws -> [EventAddress] {
        guard let number = RoomNumber(value: room) else { return [] }
        return try connection.rows(
            "SELECT seq FROM search_document WHERE room_no = ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3",
            .integer(room), .integer(seq), .int(limit)
        ) { EventAddress(room: number, seq: $0.int(0)) }
    }

    // MARK: Asking

    /// Up to `limit` messages that the index has for a query, the newest first.
    static func candidates(
        _ match: String, rooms: [RoomNumber], before pos: Int64, sent: ClosedRange<Int64>, limit: Int,
        in connection: Connection
    ) throws -> [SearchCandidate] {
        // A few rooms are words of the query; many are looked up one by one for each message found.
        let few = rooms.count <= 64
        let inRooms = few ? "room : (\(rooms.map { "\"\(roomWord($0))\"" }.joined(separator: " OR "))) AND " : ""
        let list = few ? "" : " AND d.room_no IN (SELECT value FROM json_each(?6))"
        let numbers = few ? "[]" : "[\(rooms.map { String($0.value) }.joined(separator: ","))]"
        return try connection.rows(
            """
            SELECT d.pos, d.room_no, d.seq, d.field FROM search_index i JOIN search_document d ON d.pos = i.rowid
            WHERE search_index MATCH ?1 AND i.rowid < ?2 AND d.sent_ms >= ?3 AND d.sent_ms <= ?4\(list)
              AND ?6 IS NOT NULL
            ORDER BY i.rowid DESC LIMIT ?5
            """,
            .text("\(inRooms)words : (\(match))"), .integer(pos), .integer(sent.lowerBound),
            .integer(sent.upperBound), .int(limit), .text(numbers)
        ) { row in
            guard let room = RoomNumber(value: row.int(1)) else { return nil }
            return SearchCandidate(
                pos: row.int(0), address: EventAddress(room: room, seq: row.int(2)),
                field: SearchField(rawValue: row.int(3)) ?? .body)
        }.compactMap { $0 }
    }

    // MARK: The log

    /// Rooms of which a retention rule has removed messages, and up to which seq.
    static func purgedRooms(in connection: Connection) throws -> [(room: Int64, upTo: Int64)] {
        try connection.rows("SELECT room_no, purged_seq FROM msg_room WHERE purged_seq > 0") { ($0.int(0), $0.int(1)) }
    }

    static func purgedSeq(of room: RoomNumber, in connection: Connection) throws -> Int64 {
        try connection.first("SELECT purged_seq FROM msg_room WHERE room_no = ?1", .integer(room.value)) {
            $0.int(0)
        } ?? 0
    }
}

/// A message that the index has for a query; whether it is a hit, its text and the asker's rights decide.
struct SearchCandidate: Sendable, Hashable {
    var pos: Int64
    var address: EventAddress
    var field: SearchField
}
