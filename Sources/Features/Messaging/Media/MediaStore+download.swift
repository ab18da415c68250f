import Basics
package import Storage

/// A file, open for reading.
package struct MediaDownload: Sendable {
    /// Its row.
    package let record: MediaRecord
    /// Its content.
    package let reader: BlobReader
}

extension MediaStore {
    /// Opens a file for one of the server's users.
    ///
    /// - Parameter waitMilliseconds: how long to wait for a file that is announced and not there yet.
    /// - Throws: `M_NOT_FOUND` for a file that is not here, `M_NOT_YET_UPLOADED` for one that is announced only.
    package func open(
        _ id: String, of server: String, for userNumber: Int64, waitMilliseconds: Int64 = 20_000
    ) async throws -> MediaDownload {
        let record = try await record(id, of: server, for: userNumber, waitMilliseconds: waitMilliseconds)
        do {
            return MediaDownload(record: record, reader: try await blobs.reader(of: record.blob.hash))
        } catch let error as StorageError where error.kind == .missing {
            // Removed between the two looks.
            throw Self.notFound
        }
    }

    /// The row of a file; somebody else's interest in it counts as use.
    func record(
        _ id: String, of server: String, for userNumber: Int64, waitMilliseconds: Int64
    ) async throws -> MediaRecord {
        guard server == serverName, MediaIdentifier.isPossible(id) else { throw Self.notFound }
        if try await !isStored(id) {
            let wait = min(max(0, waitMilliseconds), policy.maximumWaitMilliseconds)
            try await arrivals.wait(for: id, milliseconds: wait) { try await isStored(id) }
        }
        let entry = try await database.read { try MediaQueries.entry(id, $0) }
        guard case .stored(let record, _, let isUsed) = entry else {
            throw entry == nil ? Self.notFound : Self.notYetUploaded
        }
        if !isUsed, record.userNumber != userNumber {
            try await database.write { try MediaQueries.markUsed(CollectionOfOne(id), in: $0) }
        }
        return record
    }

    /// Whether a file is there; false while it is only announced.
    private func isStored(_ id: String) async throws -> Bool {
        let now = database.now
        let lifetime = policy.reservationMilliseconds
        let state = try await database.read { connection -> Bool? in
            switch try MediaQueries.entry(id, connection) {
            case .stored: true
            case .reserved(_, let created): now < created + lifetime ? false : nil
            case nil: nil
            }
        }
        guard let state else { throw Self.notFound }
        return state
    }

    private static let notYetUploaded = RequestError(
        status: 504, code: "M_NOT_YET_UPLOADED", message: "This file is announced and has not been uploaded yet.")
}
