package import Accounts
package import Basics
import Imaging
package import Storage
import Synchronization

/// Who uploads.
package struct MediaUploader: Sendable, Hashable {
    /// The number of the user.
    package let userNumber: Int64
    /// What sort of account it is.
    package let kind: UserKind

    /// An uploader.
    package init(userNumber: Int64, kind: UserKind) {
        self.userNumber = userNumber
        self.kind = kind
    }

    /// The user of a session.
    package init(_ session: Session) {
        self.init(userNumber: session.userNumber, kind: session.kind)
    }
}

/// The files that people send to each other: uploads, downloads, thumbnails.
///
/// Content is stored once, by its hash, and the row of a file is written after its content is on disk. All methods may be
/// called from any task at any time.
package final class MediaStore: Sendable {
    /// Where the rows are.
    package let database: Database
    /// Where the content is.
    package let blobs: BlobStore
    /// The server name in every address.
    package let serverName: String
    /// The rules in force.
    package let policy: MediaPolicy

    let clock: any WallClock
    let avatar: @Sendable (_ userNumber: Int64) async throws -> String?
    let arrivals = MediaArrivals()
    let thumbnailGate: WorkGate
    let thumbnailsInWork = Mutex<[ThumbnailKey: Task<ThumbnailRecord, any Error>]>([:])

    /// The tables of the store.
    package static let migrations: [Migration] = MediaSchema.migrations

    /// A store over a database that was opened with ``migrations`` and those of the message store.
    ///
    /// - Parameter avatar: the address of the picture that a user shows, so that it is not taken for unused.
    package init(
        database: Database, blobs: BlobStore, serverName: String, policy: MediaPolicy = .init(),
        clock: any WallClock, avatar: @escaping @Sendable (_ userNumber: Int64) async throws -> String?
    ) {
        self.database = database
        self.blobs = blobs
        self.serverName = serverName
        self.policy = policy
        self.clock = clock
        self.avatar = avatar
        thumbnailGate = WorkGate(permits: policy.concurrentThumbnails, waiting: policy.waitingThumbnails)
    }

    /// The address of a file of this server.
    package func address(of id: String) -> String { "mxc://\(serverName)/\(id)" }

    /// What decoding may cost. Files may be longer than pictures: a picture is read into memory whole.
    var limits: ImageLimits {
        let standard = ImageLimits()
        return ImageLimits(
            maximumBytes: min(Int(clamping: policy.maximumBytes), standard.maximumBytes),
            maximumPixels: policy.maximumPixels)
    }

    static let notFound = RequestError.notFound("There is no such file.")
}
