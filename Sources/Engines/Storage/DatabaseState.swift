import Basics

/// Whether a database takes writes.
public enum DatabaseState: Sendable, Hashable {
    /// Reads and writes.
    case writable
    /// Reads only, with the reason.
    case readOnly(ReadOnlyReason)
    /// Neither: an error of the disk could not be recovered from. Exit.
    case failed(String)
    /// Closed by the program.
    case closed
}

/// Why a database takes no writes.
public enum ReadOnlyReason: Sendable, Hashable {
    /// The disk is full; ends by itself once there is room again.
    case diskFull
    /// The disk answered with an error; the file is being opened again and verified.
    case recovering
    /// The file is damaged; the text says what to do. Stays until the program is started with a sound file.
    case damaged(String)
}

extension DatabaseState {
    /// What a caller who wants to write is told; nil while writes are taken.
    var refusal: RequestError? {
        switch self {
        case .writable: nil
        case .readOnly(.diskFull):
            .resourceLimit(
                "The server's disk is full, so nothing was stored. Reading still works; try again later.",
                retryAfterMilliseconds: 5_000)
        case .readOnly(.recovering):
            .resourceLimit(
                "The server's disk reported an error and is being checked. Try again in a moment.",
                retryAfterMilliseconds: 1_000)
        case .readOnly(.damaged):
            .resourceLimit("The server's database is damaged and open for reading only. Tell the operator.")
        case .failed: .unknown("The server's database is not available.", status: 503)
        case .closed: .unknown("The server is shutting down.", status: 503)
        }
    }
}
