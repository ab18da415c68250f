import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A file system of its own that can be filled to the last byte. Mounting needs root.
final class SmallDisk: Sendable {
    /// A call of the system failed.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether this process may mount one.
    static var isPossible: Bool { geteuid() == 0 }

    /// Where it is mounted.
    let path: String
    private var filler: String { path + "/filler" }

    /// Mounts an empty one on a new folder.
    init(path: String, mebibytes: Int) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(mebibytes)m") == 0 else {
            throw Failure(description: "mount: \(String(cString: strerror(errno)))")
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Fills it to the last byte.
    func fill() throws {
        let file = open(filler, O_CREAT | O_WRONLY | O_APPEND, 0o600)
        guard file >= 0 else { throw Failure(description: "open: \(String(cString: strerror(errno)))") }
        defer { _ = close(file) }
        for size in [1 << 20, 4_096, 1] {
            let bytes = [UInt8](repeating: 0, count: size)
            while write(file, bytes, size) > 0 {}
        }
    }

    /// Makes room again.
    func clear() throws { try FileManager.default.removeItem(atPath: filler) }
}
