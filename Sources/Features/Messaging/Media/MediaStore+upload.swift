import Basics
import Storage

/// A file about to be uploaded, as its sender describes it.
package struct MediaUpload: Sendable, Hashable {
    /// The type that was declared.
    package var type: String?
    /// The name that was given.
    package var name: String?
    /// The length that was announced, in bytes.
    package var announcedLength: Int64?

    /// A description.
    package init(type: String? = nil, name: String? = nil, announcedLength: Int64? = nil) {
        self.type = type
        self.name = name
        self.announcedLength = announcedLength
    }
}

extension MediaStore {
    /// Stores a file that arrives piece by piece and answers its id.
    ///
    /// - Throws: `M_TOO_LARGE` for a file or picture over the limits, `M_LIMIT_EXCEEDED` and `M_FORBIDDEN` over the
    ///   quota; then nothing is kept.
    package func upload<Body: AsyncSequence & Sendable>(
        _ upload: MediaUpload, by uploader: MediaUploader, body: Body
    ) async throws -> String where Body.Element == [UInt8] {
        let id = MediaIdentifier.make()
        try await checkQuota(of: uploader, adding: upload.announcedLength ?? 0)
        try await receive(upload, as: id, by: uploader, body: body) { _ in }
        return id
    }

    /// Gives out an id whose file is to follow, and the time until which it may.
    ///
    /// - Throws: `M_LIMIT_EXCEEDED` when too many such ids wait.
    package func reserve(by uploader: MediaUploader) async throws -> (id: String, expiresMilliseconds: Int64) {
        let id = MediaIdentifier.make()
        let policy = policy
        let created = try await database.write { context in
            let start = context.now - policy.reservationMilliseconds
            let waiting = try MediaQueries.countReserved(of: uploader.userNumber, after: start, context.connection)
            guard waiting < Int64(policy.maximumReserved) else {
                throw RequestError.limitExceeded(retryAfterMilliseconds: 60_000)
            }
            try MediaQueries.insertReserved(id, uploader, in: context)
            return context.now
        }
        return (id, created + policy.reservationMilliseconds)
    }

    /// Stores the file of an id that was given out by ``reserve(by:)``.
    ///
    /// - Throws: `M_NOT_FOUND` for an unknown or expired id, `M_FORBIDDEN` for another's,
    ///   `M_CANNOT_OVERWRITE_MEDIA` for one that has its file; otherwise as ``upload(_:by:body:)``.
    package func fill<Body: AsyncSequence & Sendable>(
        _ id: String, with upload: MediaUpload, by uploader: MediaUploader, body: Body
    ) async throws where Body.Element == [UInt8] {
        let lifetime = policy.reservationMilliseconds
        let check: @Sendable (Connection, Int64) throws -> Void = { connection, now in
            try Self.checkReservation(id, of: uploader, lifetime: lifetime, at: now, connection)
        }
        let now = database.now
        try await database.read { connection in try check(connection, now) }
        try await checkQuota(of: uploader, adding: upload.announcedLength ?? 0)
        try await receive(upload, as: id, by: uploader, body: body) { context in
            try check(context.connection, context.now)
        }
        arrivals.arrived(id)
    }

    private static func checkReservation(
        _ id: String, of uploader: MediaUploader, lifetime: Int64, at now: Int64, _ connection: Connection
    ) throws {
        switch try MediaQueries.entry(id, connection) {
        case nil: throw notFound
        case .stored(let record, _, _) where record.userNumber != uploader.userNumber:
            throw RequestError.forbidden("This media id was given to somebody else.")
        case .stored:
            throw RequestError(
                status: 409, code: "M_CANNOT_OVERWRITE_MEDIA", message: "This media id has its file already.")
        case .reserved(let owner, let created):
            guard owner == uploader.userNumber else {
                throw RequestError.forbidden("This media id was given to somebody else.")
            }
            guard now < created + lifetime else { throw notFound }
        }
    }

    /// Streams the body into a blob and writes the row; `check` runs in the row's transaction.
    private func receive<Body: AsyncSequence & Sendable>(
        _ upload: MediaUpload, as id: String, by uploader: MediaUploader, body: Body,
        check: @escaping @Sendable (WriteContext) throws -> Void
    ) async throws where Body.Element == [UInt8] {
        let tooLong = RequestError.tooLarge("A file may have at most \(policy.maximumBytes) bytes.")
        if let announced = upload.announcedLength, announced > policy.maximumBytes { throw tooLong }
        let writer = try await blobs.makeWriter(limit: policy.maximumBytes)
        do {
            var head: [UInt8] = []
            for try await part in body {
                head += part.prefix(max(0, MediaContent.headLength - head.count))
                try await writer.write(part)
            }
            let content = try MediaContent(
                declaredType: upload.type, name: upload.name, head: head, maximumPixels: policy.maximumPixels)
            let quota = quota(for: uploader)
            try await writer.finish { blob, context in
                try check(context)
                if let quota {
                    let usage = try MediaQuota.usage(of: uploader.userNumber, at: context.now, context.connection)
                    try usage.check(quota, adding: blob.size, at: context.now)
                }
                try MediaQueries.store(id, uploader, content, blob, in: context)
            }
        } catch {
            await writer.abandon()
            if let error = error as? StorageError, error.kind == .tooLarge { throw tooLong }
            throw error
        }
    }

    private func quota(for uploader: MediaUploader) -> MediaPolicy.Quota? {
        policy.unboundKinds.contains(uploader.kind) ? nil : policy.quota
    }

    /// Refuses early what the row's transaction would refuse after the transfer.
    private func checkQuota(of uploader: MediaUploader, adding bytes: Int64) async throws {
        guard let quota = quota(for: uploader) else { return }
        let now = database.now
        let usage = try await database.read { try MediaQuota.usage(of: uploader.userNumber, at: now, $0) }
        try usage.check(quota, adding: max(0, bytes), at: now)
    }
}
