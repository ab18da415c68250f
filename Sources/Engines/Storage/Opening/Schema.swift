/// The engine's own tables. Those of the features come with the migrations that the program hands in.
enum Schema {
    static let migrations: [Migration] = [Migration("storage-1", createTables)]

    /// `application_id` in the header of the file: "Vtrn".
    static let applicationID: Int64 = 0x5674_726E
    static let applicationIDBytes = Array("Vtrn".utf8)

    private static func createTables(_ connection: Connection) throws {
        try connection.script(
            """
            CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
            CREATE TABLE outbox(
                pos INTEGER PRIMARY KEY, topic TEXT NOT NULL, key TEXT NOT NULL, at_ms INTEGER NOT NULL,
                payload BLOB NOT NULL) STRICT;
            CREATE TABLE consumer(
                name TEXT PRIMARY KEY, pos INTEGER NOT NULL, updated_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE TABLE job(
                job_no INTEGER PRIMARY KEY, kind TEXT NOT NULL, idempotency_key TEXT, input BLOB NOT NULL,
                state INTEGER NOT NULL, priority INTEGER NOT NULL, due_ms INTEGER NOT NULL,
                attempts INTEGER NOT NULL, max_attempts INTEGER NOT NULL, owner TEXT, lease_ms INTEGER,
                lease_no INTEGER NOT NULL, progress REAL NOT NULL, note TEXT NOT NULL, cancel_requested INTEGER NOT NULL,
                result BLOB, error TEXT, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL) STRICT;
            CREATE UNIQUE INDEX job_key ON job(kind, idempotency_key);
            CREATE INDEX job_waiting ON job(kind, priority, due_ms, job_no) WHERE state = 0;
            CREATE INDEX job_running ON job(lease_ms) WHERE state = 1;
            CREATE TABLE blob(
                sha256 BLOB PRIMARY KEY, size INTEGER NOT NULL, refs INTEGER NOT NULL, created_ms INTEGER NOT NULL,
                touched_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE INDEX blob_unreferenced ON blob(touched_ms) WHERE refs = 0;
            """)
    }
}
