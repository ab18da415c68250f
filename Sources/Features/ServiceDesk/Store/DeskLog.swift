import Basics
import Messaging
package import Storage

/// The one log as statistics read it: messages, steps of conversations, cards, opinions and settings of queues, each at
/// its position.
///
/// It is read from the tables themselves, so it can be read again from 0 at any time and nothing has to be kept for it.
package struct DeskLog: EventStream {
    let database: Database

    package init(_ database: Database) { self.database = database }

    /// The facts at the next `limit` positions.
    package func read(after position: Int64, limit: Int) async throws -> StreamPage<DeskFact> {
        try await database.read { connection in
            let end = min(position + Int64(max(1, limit)), try Meta.position(connection))
            guard end > position else { return StreamPage(entries: [], through: position) }
            var facts = try LogQueries.facts(positions: (position + 1)...end, connection)
            facts.sort { $0.position < $1.position }
            return StreamPage(entries: facts, through: end)
        }
    }

    /// The offset lies beside the effect.
    package func commit(name: String, position: Int64) async throws {}
}

/// Reads the facts of the log, by position or by room.
enum LogQueries {
    static func facts(positions: ClosedRange<Int64>, _ connection: Connection) throws -> [DeskFact] {
        let (from, to) = (SQLValue.integer(positions.lowerBound), SQLValue.integer(positions.upperBound))
        let events = try connection.rows(
            """
            \(eventColumns) FROM msg_event e JOIN acc_user u ON u.user_no = e.sender_no
            LEFT JOIN card_card c ON c.room_no = e.room_no AND c.seq = e.seq
            WHERE e.pos >= ?1 AND e.pos <= ?2 AND e.type_no IN (\(eventTypes)) AND e.state_key IS NULL
              AND EXISTS (SELECT 1 FROM desk_conversation d WHERE d.room_no = e.room_no)
            """, from, to, map: event)
        let moves = try connection.rows(
            """
            \(moveColumns) FROM desk_transition t JOIN desk_conversation c ON c.conv_no = t.conv_no
            WHERE t.pos >= ?1 AND t.pos <= ?2
            """, from, to, map: move)
        let ratings = try connection.rows(
            "\(ratingColumns) FROM desk_rating r WHERE r.pos >= ?1 AND r.pos <= ?2", from, to, map: rating)
        let settings = try connection.rows(
            "SELECT pos, at_ms, queue_no, target_ms, hours FROM desk_queue_change WHERE pos >= ?1 AND pos <= ?2",
            from, to, map: setting)
        return try events.compactMap { try fact($0, connection) } + moves + ratings + settings
    }

    /// All facts of a room up to a position.
    static func facts(ofRoom room: Int64, upTo position: Int64, _ connection: Connection) throws -> [DeskFact] {
        let events = try connection.rows(
            """
            \(eventColumns) FROM msg_event e JOIN acc_user u ON u.user_no = e.sender_no
            LEFT JOIN card_card c ON c.room_no = e.room_no AND c.seq = e.seq
            WHERE e.room_no = ?1 AND e.pos <= ?2 AND e.type_no IN (\(eventTypes)) AND e.state_key IS NULL
            ORDER BY e.seq
            """, .integer(room), .integer(position), map: event)
        let moves = try connection.rows(
            """
            \(moveColumns) FROM desk_conversation c JOIN desk_transition t ON t.conv_no = c.conv_no
            WHERE c.room_no = ?1 AND t.pos <= ?2 ORDER BY t.conv_no, t.n
            """, .integer(room), .integer(position), map: move)
        return try events.compactMap { try fact($0, connection) } + moves
    }

    /// Rooms in which anything happened between two moments.
    static func rooms(positions: ClosedRange<Int64>, _ connection: Connection) throws -> [Int64] {
        try connection.rows(
            """
            SELECT e.room_no FROM msg_event e WHERE e.pos >= ?1 AND e.pos <= ?2
              AND EXISTS (SELECT 1 FROM desk_conversation d WHERE d.room_no = e.room_no)
            UNION SELECT c.room_no FROM desk_transition t JOIN desk_conversation c ON c.conv_no = t.conv_no
            WHERE t.pos >= ?1 AND t.pos <= ?2 ORDER BY 1
            """, .integer(positions.lowerBound), .integer(positions.upperBound)
        ) { $0.int(0) }
    }

    /// The opinions that concern a span of time, and all settings of queues, up to a position.
    static func others(
        during bounds: Range<Int64>, upTo position: Int64, _ connection: Connection
    ) throws -> [DeskFact] {
        let end = SQLValue.integer(position)
        return try connection.rows(
            """
            \(ratingColumns) FROM desk_rating r WHERE r.pos <= ?1
              AND ((r.at_ms >= ?2 AND r.at_ms < ?3) OR (r.before_ms >= ?2 AND r.before_ms < ?3))
            """, end, .integer(bounds.lowerBound), .integer(bounds.upperBound), map: rating)
            + connection.rows(
                "SELECT pos, at_ms, queue_no, target_ms, hours FROM desk_queue_change WHERE pos <= ?1", end,
                map: setting)
    }

    // MARK: Rows

    private static let eventTypes = """
        SELECT type_no FROM msg_type WHERE name IN
          ('\(EventType.message)', '\(Desk.cardActionType)', '\(Desk.cardResultType)')
        """
    private static let eventColumns = """
        SELECT e.pos, e.recv_ms, e.room_no, e.sender_no, e.flags, u.kind,
          u.localpart = '\(MessagingEngine.shopLocalpart)', c.seq IS NOT NULL,
          (SELECT name FROM msg_type y WHERE y.type_no = e.type_no), e.seq
        """
    private static let moveColumns = """
        SELECT t.pos, t.at_ms, t.conv_no, c.room_no, t.n, t.from_status, t.to_status,
          CASE WHEN t.owner_kind = 0 THEN t.owner_no ELSE 0 END, t.queue_no, t.reason, COALESCE(t.scene, '')
        """
    private static let ratingColumns = """
        SELECT r.pos, r.at_ms, r.stars, r.before_stars, r.before_ms, r.queue_no, r.agent_no, r.scene
        """

    private struct Event {
        var position: Int64
        var at: Int64
        var room: Int64
        var sender: Int64
        var isCounted: Bool
        var kind: Int64
        var isShop: Bool
        var isCard: Bool
        var type: String
        var seq: Int64
    }

    private static func event(_ row: Row) -> Event {
        Event(
            position: row.int(0), at: row.int(1), room: row.int(2), sender: row.int(3),
            isCounted: row.int(4) & 16 != 0, kind: row.int(5), isShop: row.bool(6), isCard: row.bool(7),
            type: row.text(8), seq: row.int(9))
    }

    private static func fact(_ event: Event, _ connection: Connection) throws -> DeskFact? {
        func fact(_ what: DeskFact.What) -> DeskFact { DeskFact(position: event.position, at: event.at, what) }
        switch event.type {
        case Desk.cardActionType: return fact(.cardPressed(room: event.room))
        case Desk.cardResultType:
            let press = try CardQueries.press(answeredBy: event.seq, room: event.room, connection)
            return press.map { fact(.cardAnswered(room: event.room, $0.outcome, took: $0.took)) }
        default:
            if event.isCard { return fact(.cardSent(room: event.room)) }
            guard event.isCounted, !event.isShop else { return nil }
            switch event.kind {
            case 1: return fact(.said(room: event.room, .human(event.sender)))
            case 3: return fact(.said(room: event.room, .robot))
            default: return fact(.said(room: event.room, .customer))
            }
        }
    }

    private static func move(_ row: Row) throws -> DeskFact {
        guard let to = ConversationStatus(rawValue: row.int(6)), let reason = TransitionReason(rawValue: row.text(9))
        else { throw StorageError(.damaged, "A step of conversation \(row.int(2)) has an unknown state or reason.") }
        let move = Move(
            conversation: row.int(2), room: row.int(3), n: row.int(4),
            from: row.intOrNil(5).flatMap(ConversationStatus.init(rawValue:)), to: to, agent: row.int(7),
            queue: row.int(8), reason: reason, scene: row.text(10))
        return DeskFact(position: row.int(0), at: row.int(1), .moved(move))
    }

    private static func rating(_ row: Row) -> DeskFact {
        var before: Rating.Earlier?
        if let stars = row.intOrNil(3), let at = row.intOrNil(4) { before = .init(stars: stars, at: at) }
        let rating = Rating(
            stars: row.int(2), before: before,
            dimensions: Dimensions(queue: row.int(5), agent: row.int(6), scene: row.text(7)))
        return DeskFact(position: row.int(0), at: row.int(1), .rated(rating))
    }

    private static func setting(_ row: Row) -> DeskFact {
        let text = row.textOrNil(4)
        let setting = QueueSetting(queue: row.int(2), target: row.int(3), hours: HoursText.stored(text), text: text)
        return DeskFact(position: row.int(0), at: row.int(1), .queueSet(setting))
    }
}
