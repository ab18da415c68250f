import Basics
import Storage

/// The rows of shops, and who works in which.
///
/// What belongs to a queue, conversation, person, business or robot belongs to that one's shop; rules, policies, replies,
/// macros, alerts, subscribers and rights name their shop themselves.
enum ShopQueries {
    static let migration = Migration("desk-shops") { connection in
        try connection.script(
            """
            ALTER TABLE desk_person ADD COLUMN shop_no INTEGER NOT NULL DEFAULT 1;
            ALTER TABLE card_adapter ADD COLUMN shop_no INTEGER NOT NULL DEFAULT 1;
            ALTER TABLE desk_robot ADD COLUMN shop_no INTEGER NOT NULL DEFAULT 1;
            ALTER TABLE desk_alert_notice ADD COLUMN shop_no INTEGER NOT NULL DEFAULT 1;
            CREATE TABLE desk_member(shop_no INTEGER NOT NULL, user_no INTEGER NOT NULL, supervisor INTEGER NOT NULL,
              role TEXT, PRIMARY KEY(shop_no, user_no)) STRICT, WITHOUT ROWID;
            CREATE INDEX desk_member_user ON desk_member(user_no);
            INSERT INTO desk_member SELECT 1, user_no, supervisor, role FROM desk_agent;
            ALTER TABLE desk_agent DROP COLUMN supervisor;
            ALTER TABLE desk_agent DROP COLUMN role;

            ALTER TABLE desk_shop RENAME TO old_shop;
            CREATE TABLE desk_shop(shop_no INTEGER PRIMARY KEY, name TEXT NOT NULL, default_queue INTEGER NOT NULL)
              STRICT;
            INSERT INTO desk_shop SELECT shop_no, name, default_queue FROM old_shop;
            DROP TABLE old_shop;
            ALTER TABLE desk_canned RENAME TO old_canned;
            CREATE TABLE desk_canned(shop_no INTEGER NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
              by_no INTEGER NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY(shop_no, name)) STRICT, WITHOUT ROWID;
            INSERT INTO desk_canned SELECT 1, name, text, by_no, at_ms FROM old_canned;
            DROP TABLE old_canned;
            ALTER TABLE desk_macro RENAME TO old_macro;
            CREATE TABLE desk_macro(shop_no INTEGER NOT NULL, name TEXT NOT NULL, steps TEXT NOT NULL,
              by_no INTEGER NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY(shop_no, name)) STRICT, WITHOUT ROWID;
            INSERT INTO desk_macro SELECT 1, name, steps, by_no, at_ms FROM old_macro;
            DROP TABLE old_macro;
            ALTER TABLE desk_alert RENAME TO old_alert;
            CREATE TABLE desk_alert(shop_no INTEGER NOT NULL, name TEXT NOT NULL, rule TEXT NOT NULL,
              state TEXT NOT NULL, PRIMARY KEY(shop_no, name)) STRICT, WITHOUT ROWID;
            INSERT INTO desk_alert SELECT 1, name, rule, state FROM old_alert;
            DROP TABLE old_alert;
            ALTER TABLE desk_hook RENAME TO old_hook;
            CREATE TABLE desk_hook(shop_no INTEGER NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL,
              secret TEXT NOT NULL, kinds TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY(shop_no, name))
              STRICT, WITHOUT ROWID;
            INSERT INTO desk_hook SELECT 1, name, url, secret, kinds, at_ms FROM old_hook;
            DROP TABLE old_hook;
            """)
    }

    // MARK: Shops

    /// The shops beside the first, by number; and the first once it has a queue.
    static func names(_ connection: Connection) throws -> [(number: Int64, name: String)] {
        try connection.rows("SELECT shop_no, name FROM desk_shop ORDER BY shop_no") { ($0.int(0), $0.text(1)) }
    }

    static func name(of shop: Int64, _ connection: Connection) throws -> String? {
        try connection.first("SELECT name FROM desk_shop WHERE shop_no = ?1", .integer(shop)) { $0.text(0) }
    }

    /// A shop without a queue as yet.
    static func insert(_ shop: Int64, _ name: String, in context: WriteContext) throws {
        try context.connection.run(
            "INSERT INTO desk_shop(shop_no, name, default_queue) VALUES (?1, ?2, 0)", .integer(shop), .text(name))
    }

    static func rename(_ shop: Int64, _ name: String, in context: WriteContext) throws {
        try context.connection.run(
            "UPDATE desk_shop SET name = ?2 WHERE shop_no = ?1", .integer(shop), .text(name))
    }

    /// The queue of conversations that no rule sends elsewhere; nil before a shop is set up.
    static func defaultQueue(of shop: Int64, _ connection: Connection) throws -> Int64? {
        try connection.first(
            "SELECT default_queue FROM desk_shop WHERE shop_no = ?1 AND default_queue > 0", .integer(shop)
        ) { $0.int(0) }
    }

    static func setDefaultQueue(_ queue: Int64, of shop: Int64, name: String, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_shop(shop_no, name, default_queue) VALUES (?1, ?2, ?3)
            ON CONFLICT (shop_no) DO UPDATE SET default_queue = ?3
            """, .integer(shop), .text(name), .integer(queue))
    }

    // MARK: Members

    /// What somebody of the staff is in one shop.
    struct Member: Sendable {
        var user: Int64
        var isSupervisor: Bool
        var role: String?
    }

    static func members(of shop: Int64, _ connection: Connection) throws -> [Member] {
        try connection.rows(
            "SELECT user_no, supervisor, role FROM desk_member WHERE shop_no = ?1 ORDER BY user_no", .integer(shop)
        ) { Member(user: $0.int(0), isSupervisor: $0.bool(1), role: $0.textOrNil(2)) }
    }

    static func member(_ user: Int64, of shop: Int64, _ connection: Connection) throws -> Member? {
        try connection.first(
            "SELECT user_no, supervisor, role FROM desk_member WHERE shop_no = ?1 AND user_no = ?2", .integer(shop),
            .integer(user)
        ) { Member(user: $0.int(0), isSupervisor: $0.bool(1), role: $0.textOrNil(2)) }
    }

    /// The shops that somebody works in, and which of them it supervises.
    static func shops(of user: Int64, _ connection: Connection) throws -> [(shop: Int64, isSupervisor: Bool)] {
        try connection.rows(
            "SELECT shop_no, supervisor FROM desk_member WHERE user_no = ?1 ORDER BY shop_no", .integer(user)
        ) { ($0.int(0), $0.bool(1)) }
    }

    /// Who works in other shops and not in this one.
    static func strangers(to shop: Int64, _ connection: Connection) throws -> Set<Int64> {
        Set(
            try connection.rows(
                "SELECT user_no FROM desk_member GROUP BY user_no HAVING SUM(shop_no = ?1) = 0", .integer(shop)
            ) { $0.int(0) })
    }

    static func remove(_ user: Int64, from shop: Int64, in context: WriteContext) throws {
        try context.connection.run(
            "DELETE FROM desk_member WHERE shop_no = ?1 AND user_no = ?2", .integer(shop), .integer(user))
    }

    static func set(_ member: Member, of shop: Int64, in context: WriteContext) throws {
        try context.connection.run(
            """
            INSERT INTO desk_member(shop_no, user_no, supervisor, role) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (shop_no, user_no) DO UPDATE SET supervisor = ?3, role = ?4
            """, .integer(shop), .integer(member.user), .bool(member.isSupervisor), .optional(member.role))
    }

}
