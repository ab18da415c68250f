import Storage

/// Reads and writes of `vis_vertical`.
enum VerticalQueries {
    static func put(_ manifest: String, of catalogue: Int64, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO vis_vertical(cat_no, manifest, at_ms) VALUES (?1, ?2, ?3)
            ON CONFLICT (cat_no) DO UPDATE SET manifest = excluded.manifest, at_ms = excluded.at_ms
            """, .integer(catalogue), .text(manifest), .integer(context.now))
    }

    static func remove(of catalogue: Int64, in context: WriteContext) throws -> Bool {
        try context.run("DELETE FROM vis_vertical WHERE cat_no = ?1", .integer(catalogue)) > 0
    }

    static func manifest(of catalogue: Int64, _ connection: Connection) throws -> [UInt8]? {
        try connection.first("SELECT manifest FROM vis_vertical WHERE cat_no = ?1", .integer(catalogue)) {
            $0.bytesOfText(0)
        }
    }

    /// The manifests, by the names of their catalogues.
    static func all(_ connection: Connection) throws -> [[UInt8]] {
        try connection.rows(
            """
            SELECT v.manifest FROM vis_vertical v JOIN vis_catalogue c ON c.cat_no = v.cat_no ORDER BY c.name
            """
        ) { $0.bytesOfText(0) }
    }
}
