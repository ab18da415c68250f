import Storage

extension PictureQueries {
    /// A picture without a file that is searchable by a vector, for benchmarks.
    static func plant(
        _ vector: [Float], place: Int, of item: Int64, generation: Int64, _ catalogue: Int64, in context: WriteContext
    ) throws {
        let digest = (0..<32).map { UInt8(truncatingIfNeeded: place >> ($0 % 4 * 8)) &+ UInt8($0) }
        let number = try context.first(
            """
            INSERT INTO vis_picture(cat_no, item_no, place, sha256, name, bytes, width, height, state, added_ms)
            VALUES (?1, ?2, 0, ?3, 'planted', 0, 640, 480, 8, ?4) RETURNING picture_no
            """, .integer(catalogue), .integer(item), .blob(digest), .integer(context.now)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The picture was not stored.") }
        try GenerationQueries.put(vector, of: number, generation: generation, in: context)
    }
}
