import Foundation

/// A log that is open for appending.
final class IndexLog {
    let name: String
    private(set) var byteCount: Int
    /// Bytes from the front that are on the disk for certain.
    private var synced: Int
    private let file: Int32
    private let watch: DiskWatch?

    /// Opens a log and cuts off what lies behind its sound part; makes it if there is none.
    init(_ name: String, in folder: IndexFolder, soundLength: Int, dimensions: Int) throws(VectorIndexError) {
        (self.name, watch) = (name, folder.watch)
        if soundLength == 0 { try watch?.see(.make(name)) }
        file = open(folder.path(of: name), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        (byteCount, synced) = (soundLength, 0)
        guard file >= 0 else { throw .system("cannot open \(name)", code: errno) }
        try cut(to: soundLength)
        if soundLength == 0 { try append(LogFormat.header(dimensions: dimensions)) }
        try sync()
        try folder.sync()
    }

    deinit { close(file) }

    func append(_ records: [LogRecord]) throws(VectorIndexError) {
        try append(records.flatMap { LogFormat.bytes($0, synced: synced) })
    }

    private func append(_ bytes: [UInt8]) throws(VectorIndexError) {
        try watch?.see(.write(name, at: byteCount, bytes))
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(VectorIndexError) in try writeAll(file, buffer, name) }
        }
        try result.get()
        byteCount += bytes.count
    }

    /// Takes back what was appended after a length.
    func cut(to length: Int) throws(VectorIndexError) {
        try watch?.see(.cut(name, length))
        guard ftruncate(file, off_t(length)) == 0, lseek(file, off_t(length), SEEK_SET) >= 0 else {
            throw .system("cannot cut \(name)", code: errno)
        }
        byteCount = length
    }

    func sync() throws(VectorIndexError) {
        try watch?.see(.sync(name))
        guard watch != nil || fdatasync(file) == 0 else { throw .system("cannot sync \(name)", code: errno) }
        synced = byteCount
    }
}
