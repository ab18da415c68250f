import Storage

/// One space of vectors of a catalogue: made by one model, never compared with another.
public struct IndexGeneration: Sendable, Hashable {
    /// What a generation is for at present.
    public enum State: Int64, Sendable, Hashable {
        /// It is being filled.
        case building = 0
        /// It answers, or answered lately and is kept up to date to go back to.
        case live = 1
        /// Its vectors are gone.
        case dropped = 2
    }

    /// Its number.
    public let number: Int64
    /// The space of its vectors, e.g. `floor/1`.
    public let space: String
    /// Values of a vector.
    public let dimensions: Int
    /// What it is for.
    public let state: State
    /// When it was made, in milliseconds since 1970.
    public let madeMilliseconds: Int64
    /// When its state last changed, in milliseconds since 1970.
    public let changedMilliseconds: Int64
}

/// A vector with what it is filtered by, as an index holds it.
struct IndexedPicture: Sendable {
    let picture: Int64
    let top: Int64
    let shop: Int64
    let ordinal: Int64
    let price: Int64?
    let stock: Int64?
    let vector: [Float]
}

/// Reads and writes of `vis_generation` and `vis_embedding`.
enum GenerationQueries {
    private static let columns = "generation_no, space, dimensions, state, made_ms, changed_ms"

    private static func generation(_ row: Row) throws -> IndexGeneration {
        guard let state = IndexGeneration.State(rawValue: row.int(3)) else {
            throw StorageError(.damaged, "Generation \(row.int(0)) has the unknown state \(row.int(3)).")
        }
        return IndexGeneration(
            number: row.int(0), space: row.text(1), dimensions: Int(clamping: row.int(2)), state: state,
            madeMilliseconds: row.int(4), changedMilliseconds: row.int(5))
    }

    static func all(of catalogue: Int64, _ connection: Connection) throws -> [IndexGeneration] {
        try connection.rows(
            "SELECT \(columns) FROM vis_generation WHERE cat_no = ?1 ORDER BY generation_no", .integer(catalogue),
            map: generation)
    }

    static func insert(
        space: String, dimensions: Int, state: IndexGeneration.State, of catalogue: Int64, in context: WriteContext
    ) throws -> Int64 {
        let number = try context.first(
            """
            INSERT INTO vis_generation(cat_no, space, dimensions, state, made_ms, changed_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?5) RETURNING generation_no
            """, .integer(catalogue), .text(space), .int(dimensions), .integer(state.rawValue), .integer(context.now)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The generation was not stored.") }
        return number
    }

    static func setState(_ state: IndexGeneration.State, of generation: Int64, in context: WriteContext) throws {
        try context.run(
            "UPDATE vis_generation SET state = ?2, changed_ms = ?3 WHERE generation_no = ?1", .integer(generation),
            .integer(state.rawValue), .integer(context.now))
    }

    static func log(
        from old: Int64, to new: Int64, isDone: Bool, reason: String, override: String?, of catalogue: Int64,
        in context: WriteContext
    ) throws {
        try context.run(
            """
            INSERT INTO vis_switch(cat_no, from_no, to_no, done, reason, override, at_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """, .integer(catalogue), .integer(old), .integer(new), .int(isDone ? 1 : 0), .text(reason),
            .optional(override), .integer(context.now))
    }

    static func switches(of catalogue: Int64, limit: Int, _ connection: Connection) throws -> [SpaceSwitch] {
        try connection.rows(
            """
            SELECT switch_no, from_no, to_no, done, reason, override, at_ms FROM vis_switch WHERE cat_no = ?1
            ORDER BY switch_no DESC LIMIT ?2
            """, .integer(catalogue), .int(limit)
        ) { row in
            SpaceSwitch(
                number: row.int(0), from: row.int(1), to: row.int(2), isDone: row.int(3) == 1, reason: row.text(4),
                override: row.textOrNil(5), milliseconds: row.int(6))
        }
    }

    // MARK: Vectors

    static func put(_ vector: [Float], of picture: Int64, generation: Int64, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO vis_embedding(generation_no, picture_no, vector) VALUES (?1, ?2, ?3)
            ON CONFLICT (generation_no, picture_no) DO UPDATE SET vector = excluded.vector
            """, .integer(generation), .integer(picture), .blob(bytes(vector)))
    }

    static func vector(of picture: Int64, generation: Int64, _ connection: Connection) throws -> [Float]? {
        try connection.first(
            "SELECT vector FROM vis_embedding WHERE generation_no = ?1 AND picture_no = ?2", .integer(generation),
            .integer(picture)
        ) { floats($0.blob(0)) }
    }

    /// Gives a picture the vectors and boxes of the one that answered for it.
    static func copy(from kept: Int64, to picture: Int64, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO vis_embedding(generation_no, picture_no, vector)
            SELECT generation_no, ?2, vector FROM vis_embedding WHERE picture_no = ?1
            ON CONFLICT (generation_no, picture_no) DO NOTHING
            """, .integer(kept), .integer(picture))
    }

    static func drop(_ generation: Int64, limit: Int, in context: WriteContext) throws -> Int {
        try context.run(
            """
            DELETE FROM vis_embedding WHERE generation_no = ?1 AND picture_no IN
              (SELECT picture_no FROM vis_embedding WHERE generation_no = ?1 ORDER BY picture_no LIMIT ?2)
            """, .integer(generation), .int(limit))
    }

    static func count(of generation: Int64, _ connection: Connection) throws -> Int64 {
        try connection.first(
            "SELECT COUNT(*) FROM vis_embedding WHERE generation_no = ?1", .integer(generation)
        ) { $0.int(0) } ?? 0
    }

    /// Searchable pictures without a vector in a generation, from a number on.
    static func missing(
        in generation: Int64, of catalogue: Int64, after picture: Int64, limit: Int, _ connection: Connection
    ) throws -> [Int64] {
        try connection.rows(
            """
            SELECT p.picture_no FROM vis_picture p WHERE p.cat_no = ?1 AND p.picture_no > ?3 AND p.state BETWEEN 6 AND 8
            AND NOT EXISTS (SELECT 1 FROM vis_embedding e WHERE e.generation_no = ?2 AND e.picture_no = p.picture_no)
            ORDER BY p.picture_no LIMIT ?4
            """, .integer(catalogue), .integer(generation), .integer(picture), .int(limit)
        ) { $0.int(0) }
    }

    private static let indexed = """
        SELECT p.picture_no, COALESCE(c.top_no, c.category_no), i.shop_no, c.ordinal, i.price, i.stock, e.vector
        FROM vis_picture p JOIN vis_item i ON i.item_no = p.item_no JOIN vis_category c ON c.category_no = i.category_no
        JOIN vis_embedding e ON e.picture_no = p.picture_no AND e.generation_no = ?1
        WHERE p.state BETWEEN 6 AND 8 AND p.removal_no IS NULL AND i.removal_no IS NULL
        """

    /// What an index must hold of a picture now; nil when it must not hold it.
    static func indexed(
        _ picture: Int64, generation: Int64, _ connection: Connection
    ) throws -> IndexedPicture? {
        try connection.first("\(indexed) AND p.picture_no = ?2", .integer(generation), .integer(picture), map: row)
    }

    /// What an index must hold, by number.
    static func indexed(
        generation: Int64, of catalogue: Int64, after picture: Int64, limit: Int, _ connection: Connection
    ) throws -> [IndexedPicture] {
        try connection.rows(
            "\(indexed) AND p.cat_no = ?2 AND p.picture_no > ?3 ORDER BY p.picture_no LIMIT ?4", .integer(generation),
            .integer(catalogue), .integer(picture), .int(limit), map: row)
    }

    private static func row(_ row: Row) -> IndexedPicture {
        IndexedPicture(
            picture: row.int(0), top: row.int(1), shop: row.int(2), ordinal: row.int(3), price: row.intOrNil(4),
            stock: row.intOrNil(5), vector: floats(row.blob(6)))
    }

    // MARK: Bytes

    static func bytes(_ vector: [Float]) -> [UInt8] {
        vector.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) } }
    }

    static func floats(_ bytes: [UInt8]) -> [Float] {
        (0..<(bytes.count / 4)).map { at in
            Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at * 4 + $1]) << (8 * UInt32($1)) })
        }
    }
}
