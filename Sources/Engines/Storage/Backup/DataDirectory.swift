import Glibc

/// Where the files of one server lie.
public struct DataDirectory: Sendable, Hashable {
    /// The folder.
    public let path: String

    /// A folder; it need not exist yet.
    public init(_ path: String) { self.path = path }

    /// The database.
    public var databasePath: String { "\(path)/vitrine.db" }
    /// The index of the full-text search; made again when it is missing.
    public var searchPath: String { "\(path)/search.db" }
    /// The numbers of the service desk: made again when it is missing.
    public var statisticsPath: String { "\(path)/stats.db" }
    /// The indexes of vectors; made again when they are missing.
    public var vectorPath: String { "\(path)/catalogues" }
    /// What was uploaded to be imported.
    public var importPath: String { "\(path)/imports" }
    /// Finished stages of panoramas; made again when they are missing.
    public var panoramaPath: String { "\(path)/panoramas" }
    /// The blobs.
    public var blobPath: String { "\(path)/media" }

    /// Makes the folder and claims it for this process until the result is released.
    ///
    /// - Throws: `StorageError` of kind `busy` while another process holds it.
    public func lock() throws -> DirectoryLock {
        try FileSystem.makeDirectories(path)
        return try DirectoryLock("\(path)/lock")
    }
}

/// A claim on a folder; ends with the last reference or with the process, however that ends.
public final class DirectoryLock: Sendable {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileSystem.error("opening \(path)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw StorageError(.busy, "Another Vitrine process uses the folder of \(path).")
        }
    }

    deinit { Glibc.close(descriptor) }
}
