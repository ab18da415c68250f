public import Basics
internal import Storage

/// What a customer says about an answer.
public enum ScanFeedback: String, Sendable, Hashable, CaseIterable {
    /// It was right.
    case right
    /// It was another item.
    case wrongItem = "wrong_item"
    /// The box did not show what was meant.
    case wrongBox = "wrong_box"
    /// It was of another category.
    case wrongCategory = "wrong_category"
}

/// Answers that are kept for a time, so that they can be shown again and told right or wrong.
extension Catalogue {
    /// Keeps an answer and its photo.
    ///
    /// - Parameters:
    ///   - milliseconds: how long; 30 days unless told.
    ///   - visitor: the number of the user who asked; 0 for nobody in particular.
    ///   - wish: what was asked for, as the caller wants it back.
    ///   - vector: what was searched, ``ScanSession/searchedVector``; kept with the scan to measure recall on.
    public func keep(
        _ answer: ScanAnswer, photo: [UInt8], milliseconds: Int64 = 30 * 86_400_000, visitor: Int64 = 0,
        wish: JSON = .object([:]), vector: [Float]? = nil
    ) async throws {
        let generation = answer.generation.split(separator: " ").first.flatMap { Int64($0) } ?? 0
        let text = answer.json.text
        let writer = try await environment.blobs.makeWriter(limit: Int64(photo.count))
        do {
            try await writer.write(photo)
            try await writer.finish { [number] blob, context in
                let (expires, overflow) = context.now.addingReportingOverflow(max(0, milliseconds))
                try ScanQueries.put(
                    id: answer.id, photo: blob.hash, answer: text, generation: generation,
                    expires: overflow ? .max : expires, of: number, in: context)
                try KeptScanQueries.setOwner(visitor, wish: wish.text, of: answer.id, in: context)
                guard let vector, let scan = try ScanQueries.scan(answer.id, of: number, context.connection) else {
                    return
                }
                try WishQueries.put(vector, of: scan.number, generation: generation, in: context)
            }
        } catch {
            await writer.abandon()
            throw error
        }
    }

    /// An answer that was kept.
    ///
    /// - Throws: ``RequestError`` 404 when there is none of that id, or its time is over.
    public func keptScan(_ id: String) async throws -> ScanAnswer {
        let known = try await database.read { [number] in try ScanQueries.scan(id, of: number, $0) }
        guard let known, let answer = ScanAnswer(try JSON(parsing: known.answer)) else { throw Self.noScan(id) }
        return answer
    }

    /// The photo of an answer that was kept.
    ///
    /// - Throws: ``RequestError`` 404 when there is none of that id, or its time is over.
    public func keptPhoto(_ id: String) async throws -> [UInt8] {
        let known = try await database.read { [number] in try ScanQueries.scan(id, of: number, $0) }
        guard let known else { throw Self.noScan(id) }
        return try await environment.blobs.reader(of: known.photo).readAll()
    }

    /// Replaces an answer that was kept, after another part or category was asked for.
    ///
    /// - Parameter vector: what was searched, ``ScanSession/searchedVector``.
    public func replace(_ answer: ScanAnswer, vector: [Float]? = nil) async throws {
        let text = answer.json.text
        let generation = answer.generation.split(separator: " ").first.flatMap { Int64($0) } ?? 0
        try await database.write { [number] context in
            guard let known = try ScanQueries.scan(answer.id, of: number, context.connection) else {
                throw Self.noScan(answer.id)
            }
            try ScanQueries.setAnswer(text, of: known.number, in: context)
            if let vector {
                try WishQueries.put(vector, of: known.number, generation: generation, in: context)
            } else {
                try WishQueries.dropVector(of: known.number, in: context)
            }
        }
    }

    /// Writes down what a customer says; what was said last counts.
    ///
    /// - Throws: ``RequestError`` 404 when there is no such scan.
    public func feedback(
        _ feedback: ScanFeedback, on id: String, sku: String? = nil, category: String? = nil
    ) async throws {
        guard (sku ?? "").utf8.count <= 200, (category ?? "").utf8.count <= 200 else {
            throw RequestError.invalidParam("A sku or a category has at most 200 bytes.")
        }
        try await database.write { [number] context in
            guard let known = try ScanQueries.scan(id, of: number, context.connection) else { throw Self.noScan(id) }
            try ScanQueries.putFeedback(
                known.number, verdict: feedback.rawValue, sku: sku, category: category, in: context)
            try Self.ask(about: known.number, known.answer, feedback, sku: sku, of: number, in: context)
        }
    }

    /// Forgets a scan: its photo, answer and feedback.
    ///
    /// - Throws: ``RequestError`` 404 when there is no such scan.
    public func forgetScan(_ id: String) async throws {
        try await database.write { [number] context in
            guard let known = try ScanQueries.scan(id, of: number, context.connection) else { throw Self.noScan(id) }
            try ScanQueries.remove(known.number, photo: known.photo, in: context)
        }
    }

    /// Forgets scans whose time is over.
    ///
    /// - Returns: How many.
    @discardableResult
    public func forgetExpiredScans() async throws -> Int {
        try await database.write { context in
            let expired = try ScanQueries.expired(at: context.now, limit: 500, context.connection)
            for scan in expired {
                try CoverageQueries.count(scan.number, in: context)
                try ScanQueries.remove(scan.number, photo: scan.photo, in: context)
            }
            return expired.count
        }
    }

    private static func noScan(_ id: String) -> RequestError { .notFound("There is no scan '\(id)'.") }
}
