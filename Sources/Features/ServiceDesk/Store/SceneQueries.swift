import Basics
import Storage

/// The rows of scenes.
enum SceneQueries {
    struct Stored: Sendable {
        var number: Int64
        var shop: Int64
        var facts: Scene
        var intent: Int64?
        var label: String?
        var created: Int64
    }

    static func insert(
        _ scene: Scene, hash: [UInt8], shop: Int64, user: Int64, intent: Intent?, until: Int64, in context: WriteContext
    ) throws {
        try context.connection.run(
            """
            INSERT INTO desk_scene(token_hash, shop_no, user_no, entry, item, params, language, intent, created_ms,
              expires_ms, label)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """,
            arguments: [
                .blob(hash), .integer(shop), .integer(user), .text(scene.entry),
                .optional(scene.item.map { Texts.text(.object($0)) }), .text(Texts.text(.object(scene.parameters))),
                .optional(scene.language), .optional(intent?.score), .integer(context.now), .integer(until),
                .optional(intent?.label),
            ])
    }

    private static let columns = "scene_no, entry, item, params, language, intent, label, created_ms, shop_no"

    /// What a user has looked at since a moment: an item's name for each scene, nil for those without one.
    static func items(of user: Int64, since: Int64, _ connection: Connection) throws -> [String?] {
        try connection.rows(
            """
            SELECT item FROM desk_scene WHERE user_no = ?1 AND created_ms >= ?2 ORDER BY scene_no DESC LIMIT 200
            """, .integer(user), .integer(since)
        ) { row in row.textOrNil(0).flatMap { Texts.json($0)["ref"]?.stringValue } }
    }

    /// The scene of a token, if it is this user's and has not run out.
    static func scene(
        hash: [UInt8], user: Int64, at now: Int64, _ connection: Connection
    ) throws -> Stored? {
        try connection.first(
            """
            SELECT \(columns) FROM desk_scene
            WHERE token_hash = ?1 AND user_no = ?2 AND expires_ms > ?3
            """, .blob(hash), .integer(user), .integer(now)
        ) { row in try stored(row) }
    }

    static func scene(_ number: Int64, _ connection: Connection) throws -> Stored? {
        try connection.first(
            "SELECT \(columns) FROM desk_scene WHERE scene_no = ?1",
            .integer(number)
        ) { row in try stored(row) }
    }

    /// The scenes of a user, the newest first.
    static func scenes(of user: Int64, limit: Int, _ connection: Connection) throws -> [JSON] {
        try connection.rows(
            """
            SELECT scene_no, entry, item, created_ms, intent, label FROM desk_scene WHERE user_no = ?1
            ORDER BY scene_no DESC LIMIT ?2
            """, .integer(user), .int(limit)
        ) { row in
            [
                "kind": "scene", "scene": .int(row.int(0)), "entry": .string(row.text(1)),
                "item": row.textOrNil(2).map(Texts.json) ?? .null, "ts": .int(row.int(3)), "user": .int(user),
                "intent": row.intOrNil(4).map(JSON.int) ?? .null, "label": row.textOrNil(5).map(JSON.string) ?? .null,
            ]
        }
    }

    private static func stored(_ row: Row) throws -> Stored {
        var body: JSONObject = ["entry": .string(row.text(1)), "params": Texts.json(row.text(3))]
        body["item"] = row.textOrNil(2).map(Texts.json)
        body["language"] = row.textOrNil(4).map(JSON.string)
        return Stored(
            number: row.int(0), shop: row.int(8), facts: try Scene(body), intent: row.intOrNil(5),
            label: row.textOrNil(6),
            created: row.int(7))
    }
}
