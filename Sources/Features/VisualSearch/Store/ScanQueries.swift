import Storage

/// Reads and writes of `vis_scan` and `vis_feedback`.
enum ScanQueries {
    static func put(
        id: String, photo: BlobHash, answer: String, generation: Int64, expires: Int64, of catalogue: Int64,
        in context: WriteContext
    ) throws {
        try BlobStore.retain(photo, in: context)
        try context.run(
            """
            INSERT INTO vis_scan(cat_no, id, sha256, answer, generation_no, at_ms, expires_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """, .integer(catalogue), .text(id), .blob(photo.bytes), .text(answer), .integer(generation),
            .integer(context.now), .integer(expires))
    }

    static func scan(
        _ id: String, of catalogue: Int64, _ connection: Connection
    ) throws -> (number: Int64, photo: BlobHash, answer: [UInt8])? {
        try connection.first(
            "SELECT scan_no, sha256, answer FROM vis_scan WHERE id = ?1 AND cat_no = ?2", .text(id), .integer(catalogue)
        ) { row in BlobHash(row.blob(1)).map { (row.int(0), $0, row.bytesOfText(2)) } } ?? nil
    }

    static func setAnswer(_ answer: String, of scan: Int64, in context: WriteContext) throws {
        try context.run("UPDATE vis_scan SET answer = ?2 WHERE scan_no = ?1", .integer(scan), .text(answer))
    }

    static func remove(_ scan: Int64, photo: BlobHash, in context: WriteContext) throws {
        let gone = try context.run("DELETE FROM vis_scan WHERE scan_no = ?1", .integer(scan))
        guard gone == 1 else { return }
        try context.run("DELETE FROM vis_feedback WHERE scan_no = ?1", .integer(scan))
        try WishQueries.forget(scan: scan, in: context)
        // Numbers of scans come again, and nobody can look at what is forgotten.
        try context.run("DELETE FROM vis_review WHERE kind = 'feedback' AND subject = ?1", .integer(scan))
        try BlobStore.release(photo, in: context)
    }

    static func expired(
        at now: Int64, limit: Int, _ connection: Connection
    ) throws -> [(number: Int64, photo: BlobHash)] {
        try connection.rows(
            "SELECT scan_no, sha256 FROM vis_scan WHERE expires_ms < ?1 ORDER BY expires_ms LIMIT ?2", .integer(now),
            .int(limit)
        ) { row in BlobHash(row.blob(1)).map { (row.int(0), $0) } }.compactMap { $0 }
    }

    static func putFeedback(
        _ scan: Int64, verdict: String, sku: String?, category: String?, in context: WriteContext
    ) throws {
        try context.run(
            """
            INSERT INTO vis_feedback(scan_no, verdict, sku, category, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (scan_no) DO UPDATE SET verdict = excluded.verdict, sku = excluded.sku,
              category = excluded.category, at_ms = excluded.at_ms
            """, .integer(scan), .text(verdict), .optional(sku), .optional(category), .integer(context.now))
    }

    // MARK: Calibration

    static func putCalibration(
        _ fit: String, figures: String, category: String, generation: Int64, in context: WriteContext
    ) throws {
        try context.run(
            """
            INSERT INTO vis_calibration(generation_no, category, fit, figures, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (generation_no, category) DO UPDATE SET fit = excluded.fit, figures = excluded.figures,
              at_ms = excluded.at_ms
            """, .integer(generation), .text(category), .text(fit), .text(figures), .integer(context.now))
    }

    /// Fits by category; the one of all has an empty name.
    static func calibrations(of generation: Int64, _ connection: Connection) throws -> [String: [UInt8]] {
        var fits: [String: [UInt8]] = [:]
        try connection.forEach(
            "SELECT category, fit FROM vis_calibration WHERE generation_no = ?1", .integer(generation)
        ) { row in
            fits[row.text(0)] = row.bytesOfText(1)
            return true
        }
        return fits
    }

    static func dropCalibrations(of generation: Int64, in context: WriteContext) throws {
        try context.run("DELETE FROM vis_calibration WHERE generation_no = ?1", .integer(generation))
    }
}
