import Basics
import Storage

/// The rows of a shop's policies: each is a JSON text under a name.
enum PolicyQueries {
    static func policy(_ name: String, of shop: Int64, _ connection: Connection) throws -> JSON? {
        try connection.first(
            "SELECT body FROM desk_policy WHERE shop_no = ?1 AND name = ?2", .integer(shop), .text(name)
        ) { Texts.json($0.text(0)) }
    }

    static func set(_ name: String, _ body: JSON, of shop: Int64, by user: Int64, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_policy(shop_no, name, body, by_no, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (shop_no, name) DO UPDATE SET body = ?3, by_no = ?4, at_ms = ?5
            """, .integer(shop), .text(name), .text(Texts.text(body)), .integer(user), .integer(context.now))
    }

    // MARK: Subscribers

    static func hooks(_ connection: Connection) throws -> [DeskHook] {
        try connection.rows("SELECT shop_no, name, url, secret, kinds FROM desk_hook ORDER BY shop_no, name") { row in
            DeskHook(
                shop: row.int(0), name: row.text(1), url: row.text(2), secret: row.text(3),
                kinds: Set(Texts.words(row.text(4)).compactMap(DeskHook.Kind.init(rawValue:))))
        }
    }

    static func set(_ hook: DeskHook, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_hook(shop_no, name, url, secret, kinds, at_ms) VALUES (?6, ?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (shop_no, name) DO UPDATE SET url = ?2, secret = ?3, kinds = ?4, at_ms = ?5
            """, .text(hook.name), .text(hook.url), .text(hook.secret), .text(Texts.words(hook.kinds.map(\.rawValue))),
            .integer(context.now), .integer(hook.shop))
    }

    /// Removes a subscriber; whether there was one.
    static func removeHook(_ name: String, of shop: Int64, in context: WriteContext) throws -> Bool {
        try context.run("DELETE FROM desk_hook WHERE shop_no = ?1 AND name = ?2", .integer(shop), .text(name)) > 0
    }

    // MARK: Greetings

    /// When somebody of these users was greeted last.
    static func lastGreeting(of users: [Int64], _ connection: Connection) throws -> Int64? {
        try users.compactMap { user in
            try connection.first("SELECT MAX(at_ms) FROM desk_greeting WHERE user_no = ?1", .integer(user)) {
                $0.intOrNil(0)
            } ?? nil
        }.max()
    }

    static func insertGreeting(_ text: String, user: Int64, scene: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "INSERT INTO desk_greeting(user_no, at_ms, scene_no, text) VALUES (?1, ?2, ?3, ?4)", .integer(user),
            .integer(context.now), .integer(scene), .text(text))
    }

    /// The words by which a visitor was greeted since a moment and that no conversation holds yet; they go into this one.
    /// From whichever page the visitor then writes: it was said to the visitor, not to the page.
    static func takeGreeting(
        user: Int64, since: Int64, into conversation: Int64, in context: WriteContext
    ) throws -> String? {
        try context.connection.first(
            """
            UPDATE desk_greeting SET conv_no = ?3 WHERE user_no = ?1 AND at_ms >= ?2 AND conv_no IS NULL
            RETURNING text
            """, .integer(user), .integer(since), .integer(conversation)
        ) { $0.text(0) }
    }
}
