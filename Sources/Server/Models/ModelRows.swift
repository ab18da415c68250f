import Basics
import Inference
package import Storage

/// The tables of the registry of models, and everything that is asked of them.
package enum ModelRows {
    /// The tables.
    package static let migrations = [
        Migration("models-1") { connection in try connection.script(first) }
    ]

    /// `mdl_outcome.outcomes`: JSON, for each query what it came to. `mdl_journal`: who changed what serves.
    private static let first = """
        CREATE TABLE mdl_version(id TEXT NOT NULL, version TEXT NOT NULL, role TEXT NOT NULL, sha256 TEXT NOT NULL,
            bytes INTEGER NOT NULL, space TEXT, caged INTEGER NOT NULL, added_ms INTEGER NOT NULL,
            state TEXT NOT NULL, reason TEXT NOT NULL, before_id TEXT, before_version TEXT,
            changed_ms INTEGER NOT NULL, manifest TEXT NOT NULL, trial TEXT, PRIMARY KEY(id, version)) STRICT;
        CREATE TABLE mdl_outcome(id TEXT NOT NULL, version TEXT NOT NULL, dataset TEXT NOT NULL,
            protocol TEXT NOT NULL, measured_ms INTEGER NOT NULL, figures TEXT NOT NULL, outcomes TEXT NOT NULL,
            PRIMARY KEY(id, version, dataset, protocol)) STRICT;
        CREATE TABLE mdl_journal(place INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, who TEXT NOT NULL,
            what TEXT NOT NULL) STRICT;
        """

    private static let columns = """
        id, version, role, sha256, bytes, space, caged, added_ms, state, reason, before_id, before_version, changed_ms
        """

    static func registry(_ connection: Connection) throws -> ModelRegistry {
        ModelRegistry(try connection.rows("SELECT \(columns) FROM mdl_version") { entry($0) }.compactMap { $0 })
    }

    private static func entry(_ row: Row) -> ModelEntry? {
        // A row that a later version of the program wrote is left alone.
        guard let role = ModelRole(rawValue: row.text(2)), let state = ModelState(rawValue: row.text(8)) else {
            return nil
        }
        let before = row.textOrNil(10).map { ModelKey(id: $0, version: row.text(11)) }
        return ModelEntry(
            key: ModelKey(id: row.text(0), version: row.text(1)), role: role, sha256: row.text(3), bytes: row.int(4),
            space: row.textOrNil(5), isCaged: row.bool(6), added: row.int(7), state: state, reason: row.text(9),
            predecessor: before, changed: row.int(12))
    }

    /// Writes what a registry has changed; a version that is new brings its manifest.
    static func write(
        _ registry: inout ModelRegistry, manifest: [UInt8]? = nil, in context: WriteContext
    ) throws {
        let changes = registry.takeChanges()
        for entry in changes.written { try write(entry, manifest, in: context) }
        for key in changes.removed {
            let names: [SQLValue] = [.text(key.id), .text(key.version)]
            try context.connection.run("DELETE FROM mdl_version WHERE id = ?1 AND version = ?2", arguments: names)
            try context.connection.run("DELETE FROM mdl_outcome WHERE id = ?1 AND version = ?2", arguments: names)
        }
    }

    private static func write(_ entry: ModelEntry, _ manifest: [UInt8]?, in context: WriteContext) throws {
        try context.run(
            """
            INSERT INTO mdl_version(\(columns), manifest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            ON CONFLICT (id, version) DO UPDATE SET state = excluded.state, reason = excluded.reason,
                before_id = excluded.before_id, before_version = excluded.before_version,
                changed_ms = excluded.changed_ms
            """,
            .text(entry.key.id), .text(entry.key.version), .text(entry.role.rawValue), .text(entry.sha256),
            .integer(entry.bytes), entry.space.map { .text($0) } ?? .null, .integer(entry.isCaged ? 1 : 0),
            .integer(entry.added), .text(entry.state.rawValue), .text(entry.reason),
            entry.predecessor.map { .text($0.id) } ?? .null, entry.predecessor.map { .text($0.version) } ?? .null,
            .integer(entry.changed), .text(String(decoding: manifest ?? [], as: UTF8.self)))
    }

    static func manifest(_ key: ModelKey, _ connection: Connection) throws -> [UInt8]? {
        try connection.first(
            "SELECT manifest FROM mdl_version WHERE id = ?1 AND version = ?2", .text(key.id), .text(key.version)
        ) { $0.bytesOfText(0) }
    }

    // MARK: Trials and measurements

    static func setTrial(_ trial: JSON, of key: ModelKey, in context: WriteContext) throws {
        try context.run(
            "UPDATE mdl_version SET trial = ?3 WHERE id = ?1 AND version = ?2", .text(key.id), .text(key.version),
            .text(trial.text))
    }

    static func trial(_ key: ModelKey, _ connection: Connection) throws -> JSON? {
        try connection.first(
            "SELECT trial FROM mdl_version WHERE id = ?1 AND version = ?2", .text(key.id), .text(key.version)
        ) { $0.textOrNil(0) }?.flatMap { try? JSON(parsing: $0) }
    }

    /// What a measurement found: figures by name, and each query's outcome.
    struct Measurement: Sendable {
        let dataset: String
        let kind: String
        let measured: Int64
        let figures: JSON
        let outcomes: [String: Double]
    }

    static func set(_ measurement: Measurement, of key: ModelKey, in context: WriteContext) throws {
        var outcomes = JSONObject()
        for (query, value) in measurement.outcomes.sorted(by: { $0.key < $1.key }) { outcomes[query] = .double(value) }
        try context.run(
            """
            INSERT INTO mdl_outcome(id, version, dataset, protocol, measured_ms, figures, outcomes)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (id, version, dataset, protocol) DO UPDATE SET measured_ms = excluded.measured_ms,
                figures = excluded.figures, outcomes = excluded.outcomes
            """,
            .text(key.id), .text(key.version), .text(measurement.dataset), .text(measurement.kind),
            .integer(measurement.measured), .text(measurement.figures.text), .text(JSON.object(outcomes).text))
    }

    static func measurements(_ key: ModelKey, _ connection: Connection) throws -> [Measurement] {
        try connection.rows(
            """
            SELECT dataset, protocol, measured_ms, figures, outcomes FROM mdl_outcome
            WHERE id = ?1 AND version = ?2 ORDER BY measured_ms DESC, dataset
            """, .text(key.id), .text(key.version)
        ) { row in
            let limits = JSONLimits(maximumBytes: 16 << 20)
            let outcomes = (try? JSON(parsing: row.bytesOfText(4), limits: limits))?.objectValue ?? [:]
            return Measurement(
                dataset: row.text(0), kind: row.text(1), measured: row.int(2),
                figures: (try? JSON(parsing: row.text(3))) ?? .object([:]),
                outcomes: outcomes.reduce(into: [:]) { $0[$1.key] = $1.value.doubleValue })
        }
    }

    // MARK: Who did it

    static func note(_ what: String, by who: String, in context: WriteContext) throws {
        try context.run(
            "INSERT INTO mdl_journal(at_ms, who, what) VALUES (?1, ?2, ?3)", .integer(context.now), .text(who),
            .text(what))
    }

    static func journal(_ connection: Connection) throws -> [(at: Int64, who: String, what: String)] {
        try connection.rows("SELECT at_ms, who, what FROM mdl_journal ORDER BY place DESC LIMIT 100") {
            ($0.int(0), $0.text(1), $0.text(2))
        }
    }
}
