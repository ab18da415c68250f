import Basics
import Storage

/// The rows of scenes.
enum SceneQueries {
    struct Stored: Sendable {
        var number: Int64
        var facts: Scene
        var intent: Int64?
    }

    static func insert(
        _ scene: Scene, hash: [UInt8], shop: Int64, user: Int64, intent: Int64?, until: Int64, in context: WriteContext
    ) throws {
        try context.connection.run(
            """
            INSERT INTO desk_scene(token_hash, shop_no, user_no, entry, item, params, language, intent, created_ms,
              expires_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """,
            arguments: [
                .blob(hash), .integer(shop), .integer(user), .text(scene.entry),
                .optional(scene.item.map { Texts.text(.object($0)) }), .text(Texts.text(.object(scene.parameters))),
                .optional(scene.language), .optional(intent), .integer(context.now), .integer(until),
            ])
    }

    /// The scene of a token, if it is this user's and has not run out.
    static func scene(
        hash: [UInt8], user: Int64, shop: Int64, at now: Int64, _ connection: Connection
    ) throws -> Stored? {
        try connection.first(
            """
            SELECT scene_no, entry, item, params, language, intent FROM desk_scene
            WHERE token_hash = ?1 AND user_no = ?2 AND shop_no = ?3 AND expires_ms > ?4
            """, .blob(hash), .integer(user), .integer(shop), .integer(now)
        ) { row in try stored(row) }
    }

    static func scene(_ number: Int64, _ connection: Connection) throws -> Stored? {
        try connection.first(
            "SELECT scene_no, entry, item, params, language, intent FROM desk_scene WHERE scene_no = ?1",
            .integer(number)
        ) { row in try stored(row) }
    }

    /// The scenes of a user, the newest first.
    static func scenes(of user: Int64, limit: Int, _ connection: Connection) throws -> [JSON] {
        try connection.rows(
            """
            SELECT scene_no, entry, item, created_ms FROM desk_scene WHERE user_no = ?1
            ORDER BY scene_no DESC LIMIT ?2
            """, .integer(user), .int(limit)
        ) { row in
            [
                "kind": "scene", "scene": .int(row.int(0)), "entry": .string(row.text(1)),
                "item": row.textOrNil(2).map(Texts.json) ?? .null, "ts": .int(row.int(3)), "user": .int(user),
            ]
        }
    }

    private static func stored(_ row: Row) throws -> Stored {
        var body: JSONObject = ["entry": .string(row.text(1)), "params": Texts.json(row.text(3))]
        body["item"] = row.textOrNil(2).map(Texts.json)
        body["language"] = row.textOrNil(4).map(JSON.string)
        return Stored(number: row.int(0), facts: try Scene(body), intent: row.intOrNil(5))
    }
}
