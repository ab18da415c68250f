import Glibc

/// The few calls on files that the engine needs, with errors instead of codes.
enum FileSystem {
    static func error(_ action: String, _ number: Int32 = errno) -> StorageError {
        let kind: StorageError.Kind =
            switch number {
            case ENOSPC, EDQUOT, EFBIG: .diskFull
            case ENOENT: .missing
            default: .inputOutput
            }
        return StorageError(kind, "\(action): \(String(cString: strerror(number)))", code: number)
    }

    /// The code of an error that says that the name is taken.
    static let alreadyExists = EEXIST

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The size of a file; nil when it is not there.
    static func size(of path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// Seconds since 1970 of the last change of a file's content; nil when it is not there.
    static func modified(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_mtim.tv_sec) : nil
    }

    @discardableResult
    static func remove(_ path: String) -> Bool { unlink(path) == 0 }

    static func makeDirectory(_ path: String) throws {
        guard mkdir(path, 0o700) != 0 else { return }
        let number = errno
        guard number == EEXIST else { throw error("making the folder \(path)", number) }
    }

    /// Makes a folder and those above it.
    static func makeDirectories(_ path: String) throws {
        if path.isEmpty || exists(path) { return }
        try makeDirectories(parent(of: path))
        try makeDirectory(path)
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Names in a folder, without the two dots; empty when there is no such folder.
    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func synchronise(file path: String) throws { try synchronise(path, O_RDONLY) }

    /// Makes the names in a folder durable.
    static func synchronise(directory path: String) throws { try synchronise(path, O_RDONLY | O_DIRECTORY) }

    private static func synchronise(_ path: String, _ flags: Int32) throws {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw error("opening \(path)") }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw error("fsync of \(path)") }
    }

    /// Gives a file its final name, durably; replaces what has that name.
    static func move(_ path: String, to target: String) throws {
        guard rename(path, target) == 0 else { throw error("renaming \(path) to \(target)") }
        try synchronise(directory: parent(of: target))
    }

    /// Gives a file its final name, durably, if nothing has that name.
    static func moveWithoutReplacing(_ path: String, to target: String) throws {
        if link(path, target) == 0 {
            remove(path)
        } else {
            let number = errno
            guard number != EEXIST, !exists(target) else { throw error("creating \(target)", EEXIST) }
            // A file system without hard links.
            guard rename(path, target) == 0 else { throw error("renaming \(path) to \(target)") }
        }
        try synchronise(directory: parent(of: target))
    }

    /// At most `limit` bytes from the front of a file.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let file = try ReadableFile(path)
        return try file.read(at: 0, count: limit)
    }
}

/// A file open for reading; closed with the last reference.
final class ReadableFile: Sendable {
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws {
        self.path = path
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileSystem.error("opening \(path)") }
    }

    deinit { Glibc.close(descriptor) }

    var size: Int64 {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
    }

    /// Up to `count` bytes from a place on; fewer at the end of the file.
    func read(at offset: Int64, count: Int) throws -> [UInt8] {
        guard count > 0, offset >= 0 else { return [] }
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let got = pread(descriptor, rest.baseAddress, rest.count, Int(offset) + filled)
                if got < 0 {
                    if errno == EINTR { continue }
                    throw FileSystem.error("reading \(path)")
                }
                if got == 0 { return }
                filled += got
            }
        }
    }
}
