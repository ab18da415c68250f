import Glibc

/// A new file that is being written. Used by one thread at a time.
final class WritableFile: @unchecked Sendable {
    private let path: String
    private var descriptor: Int32

    /// Makes a file that must not exist yet.
    init(_ path: String) throws {
        self.path = path
        descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileSystem.error("creating \(path)") }
    }

    deinit { closeDescriptor() }

    func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw FileSystem.error("writing \(path)")
                }
                done += count
            }
        }
    }

    /// Makes the content durable and closes the file.
    func finish() throws {
        guard fsync(descriptor) == 0 else { throw FileSystem.error("fsync of \(path)") }
        closeDescriptor()
    }

    private func closeDescriptor() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}

extension FileSystem {
    /// Gives a finished file a second name, durably, making the two folders above it. The name may exist already.
    static func shareFile(_ path: String, as target: String) throws {
        let inner = parent(of: target)
        let outer = parent(of: inner)
        if !exists(inner) {
            try makeDirectory(outer)
            try makeDirectory(inner)
            try synchronise(directory: parent(of: outer))
            try synchronise(directory: outer)
        }
        if link(path, target) != 0 {
            let number = errno
            // A file of another size under this name was damaged from outside; the fresh one takes its place.
            if number != EEXIST || size(of: path) != size(of: target) {
                try copyInPlace(path, target, linkError: number)
            }
        }
        try synchronise(directory: inner)
    }

    /// For file systems without hard links, and for replacing: a durable copy under a passing name, then a rename.
    private static func copyInPlace(_ path: String, _ target: String, linkError: Int32) throws {
        guard [EEXIST, EPERM, EXDEV, ENOTSUP, EMLINK].contains(linkError) else {
            throw error("linking \(path) as \(target)", linkError)
        }
        let draft = "\(path).copy"
        remove(draft)
        try copyContent(of: path, to: draft)
        guard rename(draft, target) == 0 else { throw error("renaming \(draft) to \(target)") }
    }

    /// A durable copy under a name that is free.
    static func copyContent(of path: String, to target: String) throws {
        let source = try ReadableFile(path)
        let copy = try WritableFile(target)
        var offset: Int64 = 0
        while true {
            let bytes = try source.read(at: offset, count: 1 << 20)
            if bytes.isEmpty { break }
            try copy.append(bytes)
            offset += Int64(bytes.count)
        }
        try copy.finish()
    }

    /// A second name for an immutable file, or a copy of it where that is not possible.
    static func linkOrCopy(_ path: String, to target: String) throws {
        if link(path, target) != 0 { try copyContent(of: path, to: target) }
    }

    /// Whether the disk, a quota or a size limit keeps a file as long as the database or its log from growing.
    static func isFull(beside path: String) -> Bool {
        let trial = "\(path).room"
        let descriptor = Glibc.open(trial, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return [ENOSPC, EDQUOT].contains(errno) }
        defer {
            Glibc.close(descriptor)
            remove(trial)
        }
        let end = max(size(of: path) ?? 0, size(of: "\(path)-wal") ?? 0)
        let bytes = [UInt8](repeating: 0, count: 65_536)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count - done, Int(end) + done) }
            if count < 0 { return [ENOSPC, EDQUOT, EFBIG].contains(errno) }
            if count == 0 { return false }
            done += count
        }
        return false
    }
}
