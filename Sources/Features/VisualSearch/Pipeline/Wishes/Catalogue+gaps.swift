internal import Basics
internal import Imaging
package import Storage

/// What customers look for and the catalogue lacks.
extension Catalogue {
    /// Days whose scans a run gathers: what is rare needs more than a week to show.
    static let gapDays: Int64 = 28

    /// Gathers the scans that found nothing to gaps, under the week of the run. The same week again replaces them.
    func findGaps(progress: @escaping @Sendable (Double, String) async throws -> Void) async throws -> JSON {
        let now = database.now
        let week = CalendarWeek(day: Int(clamping: now / 86_400_000)).description
        let search = try await search(generation: nil)
        let generation = search.index.generation
        var (known, seen): ([(record: ScanRecord, vector: [Float])], Int) = ([], 0)
        try await eachScan(since: now - Self.gapDays * 86_400_000) { scan in
            seen += 1
            guard scan.isMissed, let vector = try await self.vector(of: scan, generation: generation) else { return }
            known.append((scan.record, vector))
            try options.faultPoint("gap")
            if known.count % 16 == 0 { try await progress(0.5, "\(known.count) scans") }
        }
        let gaps = try await environment.work.run { [known] in CatalogueGap.gaps(among: known) }
        try await database.write { [number] context in
            try GapQueries.replace(gaps, week: week, generation: generation.number, of: number, in: context)
            try WishQueries.trimWanted(of: number, to: 10_000, in: context)
        }
        return [
            "week": .string(week), "scans": .int(Int64(seen)), "missed": .int(Int64(known.count)),
            "gaps": .int(Int64(gaps.count)),
        ]
    }

    /// The gaps of a week, such as `2026-W47`; nil is the latest week with any. Those of most visitors come first.
    public func gaps(week: String? = nil) async throws -> (gaps: [FoundGap], weeks: [String]) {
        try await database.read { [number] connection in
            let weeks = try GapQueries.weeks(of: number, connection)
            guard let chosen = week ?? weeks.first else { return ([], []) }
            return (try GapQueries.gaps(of: number, week: chosen, connection), weeks)
        }
    }

    private func eachScan(since moment: Int64, _ body: (MissedScan) async throws -> Void) async throws {
        var last: Int64 = 0
        while true {
            let page = try await database.read { [number, last] connection in
                try WishQueries.scans(of: number, since: moment, after: last, limit: 200, connection)
            }
            for scan in page.scans { try await body(scan) }
            guard let end = page.last else { return }
            last = end
        }
    }

    // MARK: Vectors

    /// The vector of what a scan searched, kept from before or computed from its photo; nil when that shows nothing, or
    /// the model is not installed.
    func vector(of scan: MissedScan, generation: IndexGeneration) async throws -> [Float]? {
        let known = try await database.read {
            try WishQueries.vector(of: scan.number, generation: generation.number, $0)
        }
        if let known { return known }
        guard let embedder = try await embedder(of: generation),
            let photo = try? await environment.blobs.reader(of: scan.photo).readAll()
        else { return nil }
        let vector = try? await environment.work.run { [limits = options.limits] in
            try embedder.vector(of: try LookedAt(photo, limits: limits).crop(scan.answer.chosen))
        }
        guard let vector, vector.contains(where: { $0 != 0 }) else { return nil }
        try await database.write { context in
            try WishQueries.put(vector, of: scan.number, generation: generation.number, in: context)
        }
        return vector
    }

    // MARK: Things asked for by name

    /// Notes that somebody opened an item or sent an address that the catalogue does not have.
    public func want(_ kind: WantedThing.Kind, _ key: String) async throws {
        guard !key.isEmpty, key.utf8.count <= 500 else { return }
        try await database.write { [number] in try WishQueries.want(kind, key, of: number, in: $0) }
    }

    /// The same inside a write.
    package func want(_ kind: WantedThing.Kind, _ key: String, in context: WriteContext) throws {
        guard !key.isEmpty, key.utf8.count <= 500 else { return }
        try WishQueries.want(kind, key, of: number, in: context)
    }

    /// What was asked for and is lacking still, the most asked for first.
    public func wanted(limit: Int = 100) async throws -> [WantedThing] {
        let limit = min(max(1, limit), 1_000)
        return try await database.read { [number] in try WishQueries.wanted(of: number, limit: limit, $0) }
    }
}
