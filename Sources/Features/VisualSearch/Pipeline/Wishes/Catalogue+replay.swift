internal import Basics
internal import Storage

/// Scans answered again: what was lacking then may be here by now.
extension Catalogue {
    /// Answers the kept scans without the very item again, each once for a state of the catalogue. The kept answers stay
    /// as they are.
    func replayScans(progress: @escaping @Sendable (Double, String) async throws -> Void) async throws -> JSON {
        let revision = try await database.read { [number] in
            max(1, try EntityQueries.revision(of: number, $0))
        }
        var (asked, found, last): (Int, Int, Int64) = (0, 0, 0)
        while true {
            let page = try await database.read { [number, last] connection in
                try WishQueries.unreplayed(of: number, before: revision, after: last, limit: 100, connection)
            }
            guard let end = page.last else { break }
            last = end
            for scan in page.scans where !scan.isFound {
                guard let answer = try await again(scan) else { continue }
                try await database.write { [number] context in
                    try WishQueries.put(
                        replay: answer, of: scan.number, revision: revision, catalogue: number, in: context)
                }
                try options.faultPoint("replayed")
                asked += 1
                if case .sameItem = answer.verdict { found += 1 }
                try await progress(0.5, "\(asked) scans")
            }
        }
        return ["replayed": .int(Int64(asked)), "found": .int(Int64(found))]
    }

    /// What the last replays came to, the newest scan first.
    public func replays(limit: Int = 100) async throws -> [ReplayedScan] {
        let limit = min(max(1, limit), 1_000)
        return try await database.read { [number] in try WishQueries.replays(of: number, limit: limit, $0) }
    }

    /// Answers a kept scan again by today's catalogue, the same part of the same photo. Nothing is stored.
    ///
    /// - Throws: ``RequestError`` 404 when there is none of that id.
    public func replay(_ id: String) async throws -> ScanAnswer {
        let scan = try await database.read { [number] in try WishQueries.scan(id: id, of: number, $0) }
        guard let scan, let answer = try await again(scan) else {
            throw RequestError.notFound("There is no scan '\(id)' that could be answered again.")
        }
        return answer
    }

    /// Whether the catalogue changed since the last replay.
    func hasUnreplayed() async throws -> Bool {
        try await database.read { [number] connection in
            let revision = try EntityQueries.revision(of: number, connection)
            return try WishQueries.unreplayed(of: number, before: revision, after: 0, limit: 1, connection).last != nil
        }
    }

    /// Nil when the photo is gone or cannot be read any more.
    func again(_ scan: MissedScan) async throws -> ScanAnswer? {
        guard let photo = try? await environment.blobs.reader(of: scan.photo).readAll() else { return nil }
        let box: BoxRequest = scan.answer.chosen == .full ? .full : .own(scan.answer.chosen)
        do {
            return try await beginScan([photo], request: ScanRequest(box: box), id: scan.answer.id).answer()
        } catch let error as RequestError where error.status < 500 {
            return nil
        }
    }
}
