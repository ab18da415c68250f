internal import Storage

/// Kept scans by their ids alone, whatever catalogue answered them.
extension Catalogues {
    /// A scan; nil when there is none of that id, or its time is over.
    public func scan(_ id: String) async throws -> KeptScan? {
        let now = environment.database.now
        return try await environment.database.read { try KeptScanQueries.scan(id, at: now, $0) }
    }

    /// Scans that somebody called wrong, for the people who look after the catalogue.
    ///
    /// - Parameter after: the number of the last scan of the page before; 0 for the first page.
    public func wrongScans(after number: Int64 = 0, limit: Int = 50) async throws -> [KeptScan] {
        let limit = min(max(1, limit), 200)
        return try await environment.database.read { try KeptScanQueries.wrong(after: number, limit: limit, $0) }
    }
}
