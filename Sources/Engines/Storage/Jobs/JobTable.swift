/// The rows of jobs.
enum JobTable {
    private static let columns = """
        job_no, kind, idempotency_key, input, state, priority, due_ms, attempts, max_attempts, owner, lease_ms, lease_no,
        progress, note, cancel_requested, result, error, created_ms, updated_ms
        """

    static func job(_ number: Int64, _ connection: Connection) throws -> Job? {
        try connection.first("SELECT \(columns) FROM job WHERE job_no = ?1", .integer(number), map: job)
    }

    static func number(kind: String, key: String, _ connection: Connection) throws -> Int64? {
        try connection.first(
            "SELECT job_no FROM job WHERE kind = ?1 AND idempotency_key = ?2", .text(kind), .text(key)
        ) { $0.int(0) }
    }

    /// The waiting job of a kind that is to be begun first.
    static func next(kind: String, at now: Int64, _ connection: Connection) throws -> Job? {
        try connection.first(
            """
            SELECT \(columns) FROM job WHERE state = 0 AND kind = ?1 AND due_ms <= ?2
            ORDER BY priority, due_ms, job_no LIMIT 1
            """, .text(kind), .integer(now), map: job)
    }

    static func expired(at now: Int64, limit: Int, _ connection: Connection) throws -> [Job] {
        try connection.rows(
            "SELECT \(columns) FROM job WHERE state = 1 AND lease_ms < ?1 ORDER BY lease_ms LIMIT ?2",
            .integer(now), .int(limit), map: job)
    }

    static func running(kind: String, _ connection: Connection) throws -> [Job] {
        try connection.rows(
            "SELECT \(columns) FROM job WHERE state = 1 AND kind = ?1 ORDER BY job_no", .text(kind), map: job)
    }

    static func list(kind: String?, after number: Int64, limit: Int, _ connection: Connection) throws -> [Job] {
        try connection.rows(
            "SELECT \(columns) FROM job WHERE job_no > ?1 AND (?2 IS NULL OR kind = ?2) ORDER BY job_no LIMIT ?3",
            .integer(number), .optional(kind), .int(max(0, limit)), map: job)
    }

    static func insert(_ request: JobRequest, at now: Int64, _ connection: Connection) throws -> Int64 {
        let due = now + max(0, min(request.delayMilliseconds, Int64(1) << 50))
        let number = try connection.first(
            """
            INSERT INTO job(kind, idempotency_key, input, state, priority, due_ms, attempts, max_attempts, lease_no,
                progress, note, cancel_requested, created_ms, updated_ms)
            VALUES (?1, ?2, ?3, 0, ?4, ?5, 0, ?6, 0, 0.0, '', 0, ?7, ?7) RETURNING job_no
            """, .text(request.kind), .optional(request.idempotencyKey), .blob(request.input),
            .integer(request.priority), .integer(due), .integer(max(1, request.maximumAttempts)), .integer(now)
        ) { $0.int(0) }
        guard let number else { throw StorageError(.other, "The job was not stored.") }
        return number
    }

    static func update(_ job: Job, _ connection: Connection) throws {
        try connection.run(
            """
            UPDATE job SET state = ?2, due_ms = ?3, attempts = ?4, owner = ?5, lease_ms = ?6, lease_no = ?7, progress = ?8,
                note = ?9, cancel_requested = ?10, result = ?11, error = ?12, updated_ms = ?13 WHERE job_no = ?1
            """, .integer(job.number), .integer(job.state.rawValue), .integer(job.dueMilliseconds),
            .integer(job.attempts), .optional(job.owner), .optional(job.leaseMilliseconds), .integer(job.leaseNumber),
            .real(job.progress), .text(job.note), .bool(job.isCancelRequested), .optional(job.result),
            .optional(job.error), .integer(job.updatedMilliseconds))
    }

    static func deleteFinal(before: Int64, limit: Int, _ connection: Connection) throws -> Int {
        try connection.run(
            """
            DELETE FROM job WHERE job_no IN
                (SELECT job_no FROM job WHERE state IN (2, 3, 4) AND updated_ms < ?1 ORDER BY job_no LIMIT ?2)
            """, .integer(before), .int(max(0, limit)))
    }

    static func counts(_ connection: Connection) throws -> [JobState: Int] {
        var counts: [JobState: Int] = [:]
        try connection.forEach("SELECT state, COUNT(*) FROM job GROUP BY state") { row in
            if let state = JobState(rawValue: row.int(0)) { counts[state] = Int(row.int(1)) }
            return true
        }
        return counts
    }

    private static func job(_ row: Row) throws -> Job {
        guard let state = JobState(rawValue: row.int(4)) else {
            throw StorageError(.damaged, "Job \(row.int(0)) has the unknown state \(row.int(4)).")
        }
        return Job(
            number: row.int(0), kind: row.text(1), idempotencyKey: row.textOrNil(2), input: row.blob(3),
            priority: row.int(5), maximumAttempts: row.int(8), createdMilliseconds: row.int(17), state: state,
            attempts: row.int(7), dueMilliseconds: row.int(6), owner: row.textOrNil(9),
            leaseMilliseconds: row.intOrNil(10), leaseNumber: row.int(11), progress: row.real(12), note: row.text(13),
            isCancelRequested: row.bool(14), result: row.blobOrNil(15), error: row.textOrNil(16),
            updatedMilliseconds: row.int(18))
    }
}
