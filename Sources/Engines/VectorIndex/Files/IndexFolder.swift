import Foundation
import Kernels

/// The folder of an index: files appear in it whole and synced, or not at all.
struct IndexFolder: Sendable {
    let path: String
    /// Hears of every change before it is made; nil outside of tests.
    var watch: DiskWatch?

    init(path: String, watch: DiskWatch? = nil) { (self.path, self.watch) = (path, watch) }

    func path(of name: String) -> String { path + "/" + name }

    /// Makes the folder if it is not there; its name and those of folders made on the way outlive a loss of power.
    func make() throws(VectorIndexError) {
        var place = URL(fileURLWithPath: path).standardizedFileURL
        var above: [String] = []
        repeat {
            place.deleteLastPathComponent()
            above.append(place.path)
        } while place.path != "/" && !FileManager.default.fileExists(atPath: place.path)
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .system("cannot make \(path)", code: errno)
        }
        // A folder above that may be entered but not read cannot be synced, and need not be: it is not ours.
        for folder in above where access(folder, R_OK) == 0 { try Self.sync(folder, watch) }
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

    /// Writes a file under another name, syncs it and gives it its name; until the folder is synced, a loss of power may
    /// take the name back.
    func place(_ name: String, _ pieces: [UnsafeRawBufferPointer]) throws(VectorIndexError) {
        let temporary = path(of: name + ".new")
        try watch?.see(.make(name + ".new"))
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system("cannot create \(name)", code: errno) }
        do throws(VectorIndexError) {
            defer { close(file) }
            var at = 0
            for piece in pieces {
                try watch?.see(.write(name + ".new", at: at, Array(piece)))
                try writeAll(file, piece, name)
                at += piece.count
            }
            try watch?.see(.sync(name + ".new"))
            guard watch != nil || fsync(file) == 0 else {
                throw VectorIndexError.system("cannot sync \(name)", code: errno)
            }
            try watch?.see(.rename(name + ".new", name))
            guard rename(temporary, path(of: name)) == 0 else {
                throw VectorIndexError.system("cannot name \(name)", code: errno)
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    func place(_ name: String, _ bytes: [UInt8]) throws(VectorIndexError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(VectorIndexError) in try place(name, [buffer]) }
        }
        try result.get()
    }

    /// The same, with the name synced.
    func write(_ name: String, _ bytes: [UInt8]) throws(VectorIndexError) {
        try place(name, bytes)
        try sync()
    }

    /// Makes names durable.
    func sync() throws(VectorIndexError) { try Self.sync(path, watch) }

    private static func sync(_ path: String, _ watch: DiskWatch?) throws(VectorIndexError) {
        if let watch { return try watch.see(.syncFolder(path)) }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .system("cannot open \(path)", code: errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw .system("cannot sync \(path)", code: errno) }
    }

    /// Takes a file away. One that stays is taken away when the index is opened next.
    func remove(_ name: String) {
        guard (try? watch?.see(.remove(name))) != nil || watch == nil else { return }
        unlink(path(of: name))
    }
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
