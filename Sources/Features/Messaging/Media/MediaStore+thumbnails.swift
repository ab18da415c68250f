import Basics
package import Imaging
package import Storage
import Synchronization

/// A thumbnail, open for reading.
package struct MediaThumbnail: Sendable {
    /// Its media type, `image/jpeg` or `image/png`.
    package let type: String
    /// Its width and height.
    package let size: ImageSize
    /// Its content.
    package let reader: BlobReader
}

extension MediaStore {
    /// Opens a small version of a picture, of the spec size that is at least as large as wanted.
    ///
    /// Made on first demand, a few at a time; requests for the same one share the work.
    /// - Throws: `M_NOT_FOUND`, `M_NOT_YET_UPLOADED`; `M_UNKNOWN` with status 400 for what is no picture that can be
    ///   decoded; `M_TOO_LARGE` for one over the limits; 503 when too many wait.
    package func thumbnail(
        of id: String, on server: String, width: Int, height: Int, method: ThumbnailMethod, for userNumber: Int64,
        waitMilliseconds: Int64 = 20_000
    ) async throws -> MediaThumbnail {
        guard width > 0, height > 0 else { throw RequestError.invalidParam("Width and height must be at least 1.") }
        let media = try await record(id, of: server, for: userNumber, waitMilliseconds: waitMilliseconds)
        guard let sniffed = media.sniffed, sniffed.isDecodable else { throw Self.noPicture }
        let key = ThumbnailKey(
            source: media.blob.hash, size: .snap(width: width, height: height, method: method))
        let made = try await made(key)
        do {
            return MediaThumbnail(type: made.type, size: made.size, reader: try await blobs.reader(of: made.blob.hash))
        } catch let error as StorageError where error.kind == .missing {
            throw Self.notFound
        }
    }

    /// The thumbnail of a key: the cached one, the one in work, or a new one.
    private func made(_ key: ThumbnailKey) async throws -> ThumbnailRecord {
        let oldest = database.now - policy.thumbnailMilliseconds
        if let cached = try await database.read({ try ThumbnailQueries.find(key, madeAfter: oldest, $0) }) {
            return cached
        }
        let work = thumbnailsInWork.withLock { inWork in
            if let running = inWork[key] { return running }
            let started = Task {
                defer { finished(key) }
                return try await make(key)
            }
            inWork[key] = started
            return started
        }
        return try await work.value
    }

    private func finished(_ key: ThumbnailKey) {
        thumbnailsInWork.withLock { $0[key] = nil }
    }

    private func make(_ key: ThumbnailKey) async throws -> ThumbnailRecord {
        let limits = limits
        let thumbnail = try await thumbnailGate.run {
            let reader = try await blobs.reader(of: key.source)
            guard reader.size <= Int64(limits.maximumBytes) else {
                throw Self.refusal(
                    for: .tooManyBytes(count: Int(clamping: reader.size), limit: limits.maximumBytes))
            }
            return try await reader.readAll()
        } work: { bytes in
            do throws(ImageError) {
                return try Thumbnail.make(
                    bytes, width: key.size.width, height: key.size.height, method: key.size.method, limits: limits)
            } catch {
                throw Self.refusal(for: error)
            }
        }
        let writer = try await blobs.makeWriter(limit: Int64(thumbnail.bytes.count))
        do {
            try await writer.write(thumbnail.bytes)
            return try await writer.finish { blob, context in
                let record = ThumbnailRecord(
                    blob: blob, type: thumbnail.mediaType,
                    size: ImageSize(width: thumbnail.width, height: thumbnail.height))
                try ThumbnailQueries.store(key, record, in: context)
                return record
            }
        } catch {
            await writer.abandon()
            throw error
        }
    }

    private static let noPicture = RequestError.unknown(
        "This file is no picture that can be made smaller.", status: 400)

    private static func refusal(for error: ImageError) -> RequestError {
        switch error {
        case .tooManyBytes, .tooManyPixels, .sideTooLong, .tooMuchWork: .tooLarge(error.description)
        default: .unknown(error.description, status: 400)
        }
    }
}
