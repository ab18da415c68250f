#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that is read at any place; closed when it is let go.
final class OpenFile: Sendable {
    private let descriptor: Int32
    /// Its length when it was opened.
    let count: Int

    /// Opens a regular file for reading.
    init(path: String) throws(VideoError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else { throw .file("\(path): \(String(cString: strerror(errno)))") }
        var facts = stat()
        guard fstat(opened, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            throw .file("\(path) is no file")
        }
        descriptor = opened
        count = Int(facts.st_size)
    }

    deinit { close(descriptor) }

    /// The bytes at a place, fewer at the end.
    func read(at place: Int, count: Int) throws(VideoError) -> [UInt8] {
        let wanted = max(0, min(count, self.count - place))
        var failure: Int32 = 0
        let bytes = withExtendedLifetime(self) {
            [UInt8](unsafeUninitializedCapacity: wanted) { buffer, done in
                while done < wanted {
                    let got = pread(
                        descriptor, buffer.baseAddress.map { $0 + done }, wanted - done, off_t(place + done))
                    if got < 0, errno == EINTR { continue }
                    if got < 0 { failure = errno }
                    if got <= 0 { break }
                    done += got
                }
            }
        }
        guard failure == 0 else { throw .file(String(cString: strerror(failure))) }
        return bytes
    }
}

/// Bytes in memory or in a file.
enum ByteStore: Sendable {
    case memory([UInt8])
    case file(OpenFile)

    var count: Int {
        switch self {
        case .memory(let bytes): bytes.count
        case .file(let file): file.count
        }
    }

    /// The bytes at a place of 0 or more, fewer at the end.
    func read(at place: Int, count: Int) throws(VideoError) -> [UInt8] {
        switch self {
        case .memory(let bytes): Array(bytes.dropFirst(place).prefix(count))
        case .file(let file): try file.read(at: place, count: count)
        }
    }
}
