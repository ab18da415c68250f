import Foundation
import Kernels

/// The folder of an index: files appear in it whole and synced, or not at all.
struct IndexFolder: Sendable {
    let path: String

    func path(of name: String) -> String { path + "/" + name }

    /// Makes the folder if it is not there.
    func make() throws(VectorIndexError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .system("cannot make \(path)", code: errno)
        }
    }

    func exists(_ name: String) -> Bool { access(path(of: name), F_OK) == 0 }

    func size(of name: String) -> Int {
        var status = stat()
        return stat(path(of: name), &status) == 0 ? Int(status.st_size) : 0
    }

    /// Names of all files, sorted; none if the folder is not there.
    func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    /// A file's bytes; nil if it is not there.
    func read(_ name: String) throws(VectorIndexError) -> [UInt8]? {
        let file = open(path(of: name), O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .system("cannot open \(name)", code: errno)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .system("cannot read \(name)", code: errno) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Foundation.read(file, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .system("cannot read \(name)", code: errno) }
            if got == 0 { break }
            filled += got
        }
        return Array(bytes.prefix(filled))
    }

    /// Writes a file under another name, syncs it, gives it its name and syncs the folder.
    func write(_ name: String, _ pieces: [UnsafeRawBufferPointer]) throws(VectorIndexError) {
        let temporary = path(of: name + ".new")
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system("cannot create \(name)", code: errno) }
        do throws(VectorIndexError) {
            defer { close(file) }
            for piece in pieces { try writeAll(file, piece, name) }
            guard fsync(file) == 0 else { throw VectorIndexError.system("cannot sync \(name)", code: errno) }
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path(of: name)) == 0 else { throw .system("cannot name \(name)", code: errno) }
        try sync()
    }

    func write(_ name: String, _ bytes: [UInt8]) throws(VectorIndexError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(VectorIndexError) in try write(name, [buffer]) }
        }
        try result.get()
    }

    /// Makes names durable.
    func sync() throws(VectorIndexError) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .system("cannot open \(path)", code: errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .system("cannot sync \(path)", code: errno) }
    }

    func remove(_ name: String) { unlink(path(of: name)) }
}

/// Writes all bytes, in as many calls as it takes.
func writeAll(_ file: Int32, _ bytes: UnsafeRawBufferPointer, _ name: String) throws(VectorIndexError) {
    var written = 0
    while written < bytes.count {
        let count = write(file, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw .system("cannot write \(name)", code: errno) }
        written += count
    }
}

/// Lets the calling thread stand back behind others. On Linux a thread's niceness is its own.
func lowerThreadPriority() {
    #if os(Linux)
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
    #endif
}
