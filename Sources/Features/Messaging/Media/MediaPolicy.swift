package import Accounts

/// What people may upload, and how long things are kept.
package struct MediaPolicy: Sendable, Hashable {
    /// How much one person may upload.
    package struct Quota: Sendable, Hashable {
        /// Bytes in any 24 hours.
        package var bytesPerDay: Int64
        /// Files in any hour.
        package var filesPerHour: Int

        /// A quota of the given sizes.
        package init(bytesPerDay: Int64 = 200 * 1024 * 1024, filesPerHour: Int = 60) {
            self.bytesPerDay = bytesPerDay
            self.filesPerHour = filesPerHour
        }
    }

    /// The longest file, in bytes.
    package var maximumBytes: Int64 = 50 * 1024 * 1024
    /// The largest picture, in pixels.
    package var maximumPixels = 50_000_000
    /// What one person may upload; nil for no bound.
    package var quota: Quota? = Quota()
    /// Kinds of accounts that the quota does not bind.
    package var unboundKinds: Set<UserKind> = [.robot]
    /// How many media ids one person may have asked for and not yet filled.
    package var maximumReserved = 20
    /// How long such an id waits for its file.
    package var reservationMilliseconds: Int64 = 24 * 3_600_000
    /// How long a visitor's upload may stay without a message that shows it.
    package var visitorGraceMilliseconds: Int64 = 24 * 3_600_000
    /// How long a thumbnail is kept.
    package var thumbnailMilliseconds: Int64 = 30 * 24 * 3_600_000
    /// How many thumbnails are made at once.
    package var concurrentThumbnails = 2
    /// How many thumbnails may wait to be made.
    package var waitingThumbnails = 200
    /// The longest time that a download waits for a file that is announced but not there yet.
    package var maximumWaitMilliseconds: Int64 = 30_000

    /// The standard policy.
    package init() {}
}
