public import VectorIndex

/// Vectors in a table of PostgreSQL, found by its extension pgvector.
///
/// Two tables belong to a store: one with a row a vector and an HNSW index, one that keeps the schema and how far the store
/// has come. Ids and counters are stored as the signed numbers with the same bits.
public struct PgVectors: VectorStore {
    /// What all vectors have in common.
    public let schema: VectorSchema
    private let table: String
    private let connection: PostgresConnection
    /// Statements in one go: their answers fit the socket's room while nobody reads them.
    private static let atOnce = 1000
    /// pgvector's HNSW takes no longer vectors; without an index every search looks at all rows.
    private static let mostIndexed = 2000

    /// Opens the tables, or makes them.
    ///
    /// - Parameters:
    ///   - address: the server, which must have pgvector, and a user who may make tables.
    ///   - table: 1 to 40 lower-case letters, digits and underscores, a letter first.
    ///   - effort: how many candidates a search keeps (`hnsw.ef_search`), 1...1,000.
    ///   - seconds: how long an answer may take.
    /// - Throws: ``VectorStoreError``; `otherSchema` when the table holds other vectors.
    public init(
        at address: PostgresAddress, table: String, schema: VectorSchema, effort: Int = 200, seconds: Int = 30
    ) async throws {
        guard Self.isName(table) else {
            throw VectorStoreError.address("\(table) is no name for a table: letters, digits and underscores are")
        }
        guard (1...1000).contains(effort), (1...3600).contains(seconds) else {
            throw VectorStoreError.address("a search keeps 1 to 1000 candidates and takes 1 to 3600 seconds")
        }
        (self.schema, self.table) = (schema, table)
        let opening = [PostgresStatement("SET hnsw.ef_search = \(effort)")]
        connection = PostgresConnection(address, opening: opening, seconds: seconds)
        try await prepare()
    }

    private static func isName(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count) && text.utf8.first.map { (97...122).contains($0) } == true
            && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }

    private func prepare() async throws {
        var statements = [
            "CREATE EXTENSION IF NOT EXISTS vector",
            """
            CREATE TABLE IF NOT EXISTS \(table) (id bigint PRIMARY KEY, tenant bigint NOT NULL, \
            category integer NOT NULL, flags integer NOT NULL, price bigint NOT NULL, \
            vector vector(\(schema.dimensions)) NOT NULL)
            """,
            """
            CREATE TABLE IF NOT EXISTS \(table)_state (one boolean PRIMARY KEY CHECK (one), schema text NOT NULL, \
            applied bigint NOT NULL)
            """,
            "INSERT INTO \(table)_state VALUES (true, '\(name)', 0) ON CONFLICT DO NOTHING",
        ]
        if schema.dimensions <= Self.mostIndexed {
            statements.append(
                "CREATE INDEX IF NOT EXISTS \(table)_near ON \(table) USING hnsw (vector \(operators.kind))")
        }
        for statement in statements { _ = try await connection.run([PostgresStatement(statement)]) }
        let found = try await value("SELECT schema FROM \(table)_state")
        guard found == name else { throw VectorStoreError.otherSchema(found ?? "no schema") }
    }

    /// The schema in words; how values are stored is PostgreSQL's business.
    private var name: String { "\(schema.dimensions) dimensions, \(schema.metric.rawValue)" }

    private var operators: (kind: String, distance: String) {
        switch schema.metric {
        case .cosine: ("vector_cosine_ops", "<=>")
        case .innerProduct: ("vector_ip_ops", "<#>")
        case .euclidean: ("vector_l2_ops", "<->")
        }
    }

    private func value(_ text: String) async throws -> String? {
        try await connection.run([PostgresStatement(text)]).first?.first?.first ?? nil
    }

    // MARK: Writing

    /// Applies changes, a thousand in one transaction; the counter is kept with the last ones.
    public func apply(_ changes: [VectorChange], through sequence: UInt64?) async throws {
        var statements = try changes.map(statement)
        if let sequence {
            let text = "UPDATE \(table)_state SET applied = greatest(applied, $1::bigint)"
            guard sequence <= UInt64(Int64.max) else {
                throw VectorIndexError.badArgument("counters go up to \(Int64.max)")
            }
            // The last of all: where something is missing the counter is too.
            statements.append(PostgresStatement(text, ["\(sequence)"]))
        }
        for start in stride(from: 0, to: statements.count, by: Self.atOnce) {
            _ = try await connection.run(Array(statements[start..<min(start + Self.atOnce, statements.count)]))
        }
    }

    private func statement(_ change: VectorChange) throws -> PostgresStatement {
        switch change {
        case .remove(let id):
            return PostgresStatement("DELETE FROM \(table) WHERE id = $1::bigint", ["\(Int64(bitPattern: id))"])
        case .put(let item):
            let text = """
                INSERT INTO \(table) (id, tenant, category, flags, price, vector) \
                VALUES ($1::bigint, $2::bigint, $3::integer, $4::integer, $5::bigint, $6::vector) \
                ON CONFLICT (id) DO UPDATE SET tenant = EXCLUDED.tenant, category = EXCLUDED.category, \
                flags = EXCLUDED.flags, price = EXCLUDED.price, vector = EXCLUDED.vector
                """
            let own = item.attributes
            return PostgresStatement(
                text,
                [
                    "\(Int64(bitPattern: item.id))", "\(own.tenant)", "\(own.category)", "\(own.flags)",
                    "\(own.price)", Self.text(try schema.accepted(item.vector.span)),
                ])
        }
    }

    private static func text(_ vector: [Float]) -> String {
        "[" + vector.map { "\($0)" }.joined(separator: ",") + "]"
    }

    // MARK: Reading

    /// Searches by the HNSW index, and by looking at all rows where that leaves fewer than `k`.
    public func search(_ query: [Float], k: Int, filter: VectorFilter?) async throws -> [VectorHit] {
        guard (1...10_000).contains(k) else {
            throw VectorIndexError.badArgument("1 to 10000 neighbours can be asked for, not \(k)")
        }
        let query = Self.text(try schema.accepted(query.span))
        let near = try await nearest(query, k, filter, exact: false)
        // The index looks at so many rows and drops those that do not match: too few may be left.
        return near.count < k ? try await nearest(query, k, filter, exact: true) : near
    }

    private func nearest(_ query: String, _ k: Int, _ filter: VectorFilter?, exact: Bool) async throws -> [VectorHit] {
        let (conditions, values) = Self.conditions(filter)
        let distance = "vector \(operators.distance) $1::vector"
        // No index serves a sum, so all rows are looked at.
        let order = exact ? "(\(distance)) + 0" : distance
        let text = "SELECT id, \(distance) FROM \(table)\(conditions) ORDER BY \(order) LIMIT \(k)"
        let rows = try await connection.run([PostgresStatement(text, [query] + values)]).first ?? []
        return try rows.map(hit).sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
    }

    private func hit(_ row: [String?]) throws -> VectorHit {
        guard row.count == 2, let id = row[0].flatMap({ Int64($0) }), let distance = row[1].flatMap({ Float($0) })
        else { throw VectorStoreError.unreadable("a row of the table \(table) makes no sense") }
        // The index here measures squares, pgvector the root.
        return VectorHit(
            id: UInt64(bitPattern: id), distance: schema.metric == .euclidean ? distance * distance : distance)
    }

    private static func conditions(_ filter: VectorFilter?) -> (text: String, values: [String]) {
        var (parts, values) = ([String](), [String]())
        func ask(_ part: (String) -> String, _ value: String) {
            values.append(value)
            parts.append(part("$\(values.count + 1)"))
        }
        if let tenant = filter?.tenant { ask({ "tenant = \($0)::bigint" }, "\(tenant)") }
        if let category = filter?.category { ask({ "category = \($0)::integer" }, "\(category)") }
        if let flags = filter?.anyFlag { ask({ "flags & \($0)::integer <> 0" }, "\(flags)") }
        if let price = filter?.price {
            ask({ "price >= \($0)::bigint" }, "\(price.lowerBound)")
            ask({ "price <= \($0)::bigint" }, "\(price.upperBound)")
        }
        return (parts.isEmpty ? "" : " WHERE " + parts.joined(separator: " AND "), values)
    }

    /// The vector in full precision.
    public func item(_ id: UInt64) async throws -> VectorItem? {
        let text = "SELECT tenant, category, flags, price, vector FROM \(table) WHERE id = $1::bigint"
        let rows = try await connection.run([PostgresStatement(text, ["\(Int64(bitPattern: id))"])])
        guard let row = rows.first?.first else { return nil }
        guard row.count == 5, let tenant = row[0].flatMap({ UInt32($0) }),
            let category = row[1].flatMap({ UInt16($0) }),
            let flags = row[2].flatMap({ UInt16($0) }), let price = row[3].flatMap({ UInt32($0) }),
            let values = row[4]?.dropFirst().dropLast().split(separator: ",").compactMap({ Float($0) }),
            values.count == schema.dimensions
        else { throw VectorStoreError.unreadable("a row of the table \(table) makes no sense") }
        return VectorItem(
            id: id, vector: values,
            attributes: VectorAttributes(tenant: tenant, category: category, flags: flags, price: price))
    }

    /// How many rows the table has.
    public func count() async throws -> Int {
        try await value("SELECT count(*) FROM \(table)").flatMap { Int($0) } ?? 0
    }

    /// The largest counter so far.
    public func applied() async throws -> UInt64 {
        try await value("SELECT applied FROM \(table)_state").flatMap { UInt64($0) } ?? 0
    }
}
