internal import Foundation

/// Files that are on the disk when a call returns.
enum DurableFile {
    /// Writes a file and waits for the disk. Not atomic by itself.
    static func write(_ bytes: [UInt8], to path: String) throws(RunError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .last(path, bytes: bytes.count) }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last(path, bytes: bytes.count) }
            done += count
        }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .last(path, bytes: bytes.count) }
    }

    /// Puts a file in another's place in one step, on the disk when this returns.
    static func replace(_ path: String, with bytes: [UInt8]) throws(RunError) {
        let fresh = path + ".new"
        do {
            try write(bytes, to: fresh)
        } catch {
            unlink(fresh)
            throw error
        }
        try move(fresh, to: path)
    }

    /// Renames, and waits until the folder's entry is on the disk.
    static func move(_ source: String, to target: String) throws(RunError) {
        guard rename(source, target) == 0 else { throw .last(target) }
        try syncFolder((target as NSString).deletingLastPathComponent)
    }

    /// Waits until a folder's entries are on the disk.
    static func syncFolder(_ path: String) throws(RunError) {
        let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .last(path) }
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(RunError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .last(path)
        }
    }
}
