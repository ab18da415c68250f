import Foundation

/// Keeps other processes from writing to an index; given back when it is let go, or when the process ends.
final class FolderLock: Sendable {
    static let name = "lock"
    private let file: Int32

    init(_ folder: IndexFolder) throws(VectorIndexError) {
        file = open(folder.path(of: Self.name), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system("cannot open \(folder.path)/\(Self.name)", code: errno) }
        // All properties are set: a throw runs deinit, and that closes the file. Closing it here too would close one that
        // another thread has just opened.
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else { throw .locked(folder.path) }
    }

    deinit { close(file) }
}
