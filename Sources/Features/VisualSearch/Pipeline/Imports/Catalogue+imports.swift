public import Basics
internal import Storage

extension Catalogue {
    func runImport(
        _ path: String, _ defaults: ImportDefaults, job: Int64, fetch: PageFetch?,
        progress: @escaping @Sendable (Double, String) async throws -> Void
    ) async throws -> JSON {
        let source = try await environment.work.run { try ImportSource(path: path, defaults: defaults) }
        try await database.write { [number] context in
            try ImportQueries.begin(job: job, source: path, of: number, in: context)
        }
        let addresses = PicturesByAddress(try await crawlSources(), fetch: fetch)
        try await ImportRun(catalogue: self, source: source, addresses: addresses, defaults: defaults, job: job).run(
            progress: progress)
        return try await importCounts(of: job).json
    }

    /// What would become of an import, without storing anything. Copies are not looked for, and nothing is fetched.
    ///
    /// - Parameter fetch: how other sites would be asked.
    /// - Throws: ``RequestError`` 400 when there is nothing that can be imported.
    public func dryRun(
        _ path: String, defaults: ImportDefaults = ImportDefaults(), fetch: PageFetch? = nil,
        progress: (Double) -> Void = { _ in }
    ) async throws -> ImportReport {
        let source = try ImportSource(path: path, defaults: defaults)
        let addresses = PicturesByAddress(try await crawlSources(), fetch: fetch)
        let run = ImportRun(catalogue: self, source: source, addresses: addresses, defaults: defaults, job: 0)
        let found = await run.dryRun(progress: progress)
        return ImportReport(
            source: path, lines: found.map(\.0), pictures: found.flatMap(\.1), counts: ImportCounts(found))
    }

    /// How many lines and pictures of an import became what, so far.
    public func importCounts(of job: Int64) async throws -> ImportCounts {
        try await database.readWithoutLimit { connection in
            let counts = try ImportQueries.counts(of: job, connection)
            return ImportCounts(lines: counts.lines, pictures: counts.pictures)
        }
    }

    /// What became of the lines and pictures of an import, up to a number of lines.
    ///
    /// - Throws: ``RequestError`` 404 when there is no such import.
    public func importReport(of job: Int64, after line: Int = 0, limit: Int = 100_000) async throws -> ImportReport {
        let counts = try await importCounts(of: job)
        return try await database.readWithoutLimit { connection in
            guard let source = try ImportQueries.source(of: job, connection) else {
                throw RequestError.notFound("There is no import \(job).")
            }
            let lines = try ImportQueries.lines(of: job, after: line, limit: limit, connection)
            var pictures: [ImportPicture] = []
            if let first = lines.first?.line, let last = lines.last?.line {
                pictures = try ImportQueries.pictures(of: job, lines: first...last, connection)
            }
            return ImportReport(source: source, lines: lines, pictures: pictures, counts: counts)
        }
    }
}

/// How many lines and pictures of an import became what.
public struct ImportCounts: Sendable, Hashable {
    /// Lines, or sub-folders.
    public var lines: [ImportOutcome: Int]
    /// Pictures that they name.
    public var pictures: [ImportOutcome: Int]

    init(lines: [ImportOutcome: Int], pictures: [ImportOutcome: Int]) {
        self.lines = lines
        self.pictures = pictures
    }

    init(_ found: [(ImportLine, [ImportPicture])]) {
        lines = Dictionary(found.map { ($0.0.outcome, 1) }, uniquingKeysWith: +)
        pictures = Dictionary(found.flatMap(\.1).map { ($0.outcome, 1) }, uniquingKeysWith: +)
    }

    /// The same as JSON.
    public var json: JSON {
        func object(_ counts: [ImportOutcome: Int]) -> JSON {
            var object: JSONObject = ["all": .int(Int64(counts.values.reduce(0, +)))]
            for outcome in ImportOutcome.allCases { object[outcome.rawValue] = .int(Int64(counts[outcome] ?? 0)) }
            return .object(object)
        }
        return ["lines": object(lines), "pictures": object(pictures)]
    }
}
