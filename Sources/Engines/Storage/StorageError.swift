public import Basics

/// What went wrong between the program and its database or its files.
public struct StorageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds that a caller may want to tell apart.
    public enum Kind: Sendable, Hashable {
        /// A row with that key exists already.
        case uniqueConstraint
        /// Another constraint (not null, check, type) was not met.
        case constraint
        /// Another process holds the write lock.
        case busy
        /// The disk, the quota or the file size limit is used up.
        case diskFull
        /// The disk answered with an error.
        case inputOutput
        /// The file is a database, and its content is not sound.
        case damaged
        /// The file is something else than a database of this program.
        case notADatabase
        /// The file was written by a newer version of the program.
        case schemaTooNew
        /// The statement would write, and this connection may not.
        case readOnly
        /// A read ran longer than its limit and was interrupted.
        case tookTooLong
        /// The thing asked for is not there.
        case missing
        /// A limit given by the caller was exceeded.
        case tooLarge
        /// The program used the engine wrongly (bad SQL, wrong number of arguments).
        case misuse
        /// The database is closed.
        case closed
        /// Anything else.
        case other
    }

    /// The kind.
    public var kind: Kind
    /// A sentence for the operator's log.
    public var message: String
    /// SQLite's extended result code or the system's `errno`, 0 where there is none.
    public var code: Int32

    /// An error.
    public init(_ kind: Kind, _ message: String, code: Int32 = 0) {
        self.kind = kind
        self.message = message
        self.code = code
    }

    /// The sentence.
    public var description: String { code == 0 ? message : "\(message) [\(code)]" }

    /// What somebody who sent a request is told. Says nothing about files and statements.
    public var requestError: RequestError {
        switch kind {
        case .diskFull: .resourceLimit("The server's disk is full, so nothing was stored. Try again later.")
        case .busy, .tookTooLong: .resourceLimit("The server is busy. Try again.", retryAfterMilliseconds: 1_000)
        case .missing: .notFound("This is not stored here.")
        case .tooLarge: .tooLarge("This is larger than the server allows.")
        default: .unknown("The server could not do this.")
        }
    }

    /// Whether the transaction around the failing statement cannot be trusted any more.
    var endsBatch: Bool {
        switch kind {
        case .diskFull, .inputOutput, .damaged, .notADatabase: true
        default: false
        }
    }
}
