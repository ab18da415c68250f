import Storage

/// A scan that waits for an item to come.
public struct ScanWatch: Sendable, Hashable {
    /// How it stands.
    public enum State: String, Sendable, Hashable {
        /// Nothing has come yet.
        case waiting
        /// An item came; whoever asked is told once.
        case answered
        /// Whoever asked does not want it any more.
        case cancelled
        /// Its time was over before anything came.
        case expired
    }

    /// Its number.
    public let number: Int64
    /// How it stands.
    public let state: State
    /// Who asked.
    public let visitor: Int64
    /// The conversation that is told; empty when the scan page alone tells.
    public let room: String
    /// When it ends, in milliseconds since 1970.
    public let expiresMilliseconds: Int64
    /// The item that came.
    public let item: Int64?
    /// Its likeness to the scan.
    public let score: Double?
    /// When it came, in milliseconds since 1970.
    public let answeredMilliseconds: Int64?
    let scan: Int64
    let catalogue: Int64
    let generation: Int64
    let vector: [Float]
    let least: Double
}

/// Reads and writes of `vis_watch`.
enum WatchQueries {
    private static let columns = """
        watch_no, state, visitor, room, expires_ms, item_no, score, answered_ms, scan_no, cat_no, generation_no, vector,
        least
        """

    private static func watch(_ row: Row) -> ScanWatch {
        ScanWatch(
            number: row.int(0), state: ScanWatch.State(rawValue: row.text(1)) ?? .cancelled, visitor: row.int(2),
            room: row.text(3), expiresMilliseconds: row.int(4), item: row.intOrNil(5), score: row.realOrNil(6),
            answeredMilliseconds: row.intOrNil(7), scan: row.int(8), catalogue: row.int(9), generation: row.int(10),
            vector: GenerationQueries.floats(row.blob(11)), least: row.real(12))
    }

    static func watch(scan: Int64, _ connection: Connection) throws -> ScanWatch? {
        try connection.first("SELECT \(columns) FROM vis_watch WHERE scan_no = ?1", .integer(scan), map: watch)
    }

    static func waiting(of catalogue: Int64, _ connection: Connection) throws -> [ScanWatch] {
        try connection.rows(
            "SELECT \(columns) FROM vis_watch WHERE cat_no = ?1 AND state = 'waiting' ORDER BY watch_no",
            .integer(catalogue), map: watch)
    }

    static func waitingCount(ofVisitor visitor: Int64, _ connection: Connection) throws -> Int64 {
        try connection.first(
            "SELECT COUNT(*) FROM vis_watch WHERE visitor = ?1 AND state = 'waiting'", .integer(visitor)
        ) { $0.int(0) } ?? 0
    }

    /// Begins to wait; a watch of the same scan that ended begins anew.
    static func put(
        scan: Int64, visitor: Int64, room: String, generation: Int64, vector: [Float], least: Double, expires: Int64,
        of catalogue: Int64, in context: WriteContext
    ) throws {
        try context.run(
            """
            INSERT INTO vis_watch(cat_no, scan_no, visitor, room, generation_no, vector, least, state, made_ms, expires_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting', ?8, ?9)
            ON CONFLICT (scan_no) DO UPDATE SET room = excluded.room, generation_no = excluded.generation_no,
              vector = excluded.vector, least = excluded.least, state = 'waiting', made_ms = excluded.made_ms,
              expires_ms = excluded.expires_ms, item_no = NULL, picture_no = NULL, score = NULL, answered_ms = NULL,
              told_ms = NULL
            """, .integer(catalogue), .integer(scan), .integer(visitor), .text(room), .integer(generation),
            .blob(GenerationQueries.bytes(vector)), .real(least), .integer(context.now), .integer(expires))
        // A scan is kept at least as long as it waits.
        try context.run(
            "UPDATE vis_scan SET expires_ms = ?2 WHERE scan_no = ?1 AND expires_ms < ?2", .integer(scan),
            .integer(expires))
    }

    static func setVector(
        _ vector: [Float], generation: Int64, of number: Int64, in context: WriteContext
    ) throws {
        try context.run(
            "UPDATE vis_watch SET vector = ?2, generation_no = ?3 WHERE watch_no = ?1", .integer(number),
            .blob(GenerationQueries.bytes(vector)), .integer(generation))
    }

    // MARK: Candidates

    static func propose(_ picture: Int64, similarity: Double, to watch: Int64, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO vis_watch_candidate(watch_no, picture_no, similarity) VALUES (?1, ?2, ?3)
            ON CONFLICT (watch_no, picture_no) DO UPDATE SET similarity = excluded.similarity
            """, .integer(watch), .integer(picture), .real(similarity))
    }

    /// The items of a watch's candidates that are there, with the newest candidate's picture.
    static func candidates(
        of watch: Int64, _ connection: Connection
    ) throws -> [(picture: Int64, item: Int64, similarity: Double)] {
        try connection.rows(
            """
            SELECT w.picture_no, p.item_no, w.similarity FROM vis_watch_candidate w
            JOIN vis_picture p ON p.picture_no = w.picture_no JOIN vis_item i ON i.item_no = p.item_no
            WHERE w.watch_no = ?1 AND p.removal_no IS NULL AND i.removal_no IS NULL
            ORDER BY w.similarity DESC, w.picture_no
            """, .integer(watch)
        ) { ($0.int(0), $0.int(1), $0.real(2)) }
    }

    static func dropCandidates(of watch: Int64, through pictures: [Int64], in context: WriteContext) throws {
        for picture in pictures {
            try context.run(
                "DELETE FROM vis_watch_candidate WHERE watch_no = ?1 AND picture_no = ?2", .integer(watch),
                .integer(picture))
        }
    }

    static func watchesWithCandidates(of catalogue: Int64, _ connection: Connection) throws -> [ScanWatch] {
        try connection.rows(
            """
            SELECT \(columns) FROM vis_watch WHERE cat_no = ?1 AND state = 'waiting' AND EXISTS
              (SELECT 1 FROM vis_watch_candidate c WHERE c.watch_no = vis_watch.watch_no) ORDER BY watch_no
            """, .integer(catalogue), map: watch)
    }

    // MARK: Ends

    /// Answers a watch, once: false when it was not waiting any more.
    static func answer(
        _ number: Int64, item: Int64, picture: Int64?, score: Double, in context: WriteContext
    ) throws -> Bool {
        let count = try context.run(
            """
            UPDATE vis_watch SET state = 'answered', item_no = ?2, picture_no = ?3, score = ?4, answered_ms = ?5
            WHERE watch_no = ?1 AND state = 'waiting'
            """, .integer(number), .integer(item), .optional(picture), .real(score), .integer(context.now))
        try context.run("DELETE FROM vis_watch_candidate WHERE watch_no = ?1", .integer(number))
        return count == 1
    }

    static func end(_ number: Int64, _ state: ScanWatch.State, in context: WriteContext) throws -> Bool {
        try context.run("DELETE FROM vis_watch_candidate WHERE watch_no = ?1", .integer(number))
        return try context.run(
            "UPDATE vis_watch SET state = ?2 WHERE watch_no = ?1 AND state = 'waiting'", .integer(number),
            .text(state.rawValue)) == 1
    }

    /// Whether the time of a watch is over; asked often, and seldom so.
    static func hasOverdue(at now: Int64, _ connection: Connection) throws -> Bool {
        try connection.first(
            "SELECT 1 FROM vis_watch WHERE state = 'waiting' AND expires_ms < ?1 LIMIT 1", .integer(now)
        ) { _ in true } ?? false
    }

    static func expire(in context: WriteContext) throws -> Int {
        let over = try context.rows(
            "SELECT watch_no FROM vis_watch WHERE state = 'waiting' AND expires_ms < ?1", .integer(context.now)
        ) { $0.int(0) }
        return try over.count { try end($0, .expired, in: context) }
    }

    static func remove(scan: Int64, in context: WriteContext) throws {
        try context.run(
            "DELETE FROM vis_watch_candidate WHERE watch_no IN (SELECT watch_no FROM vis_watch WHERE scan_no = ?1)",
            .integer(scan))
        try context.run("DELETE FROM vis_watch WHERE scan_no = ?1", .integer(scan))
    }

    // MARK: Telling

    /// Answered watches of which a conversation has not been told.
    static func untold(limit: Int, _ connection: Connection) throws -> [ScanWatch] {
        try connection.rows(
            """
            SELECT \(columns) FROM vis_watch WHERE state = 'answered' AND told_ms IS NULL AND room <> ''
            ORDER BY watch_no LIMIT ?1
            """, .int(limit), map: watch)
    }

    /// Notes that a conversation was told; false when it was told before.
    static func told(_ number: Int64, in context: WriteContext) throws -> Bool {
        try context.run(
            "UPDATE vis_watch SET told_ms = ?2 WHERE watch_no = ?1 AND state = 'answered' AND told_ms IS NULL",
            .integer(number), .integer(context.now)) == 1
    }
}
