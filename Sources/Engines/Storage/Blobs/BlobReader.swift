/// A stored blob, open for reading. Stays readable even when the collector removes the blob meanwhile.
public struct BlobReader: Sendable {
    /// Its name.
    public let hash: BlobHash
    /// Its size in bytes.
    public let size: Int64
    private let file: ReadableFile
    private let workers: FileWorkers

    init(hash: BlobHash, file: ReadableFile, workers: FileWorkers) {
        self.hash = hash
        self.file = file
        self.workers = workers
        size = file.size
    }

    /// Up to `count` bytes from a place on; fewer at the end, none beyond it.
    public func read(at offset: Int64, count: Int) async throws -> [UInt8] {
        guard offset >= 0, offset < size, count > 0 else { return [] }
        let count = Int(min(Int64(count), size - offset))
        return try await workers.run { [file] in try file.read(at: offset, count: count) }
    }

    /// The whole content. For blobs that are known to be small.
    public func readAll() async throws -> [UInt8] {
        try await read(at: 0, count: Int(clamping: size))
    }

    /// The bytes of a range, chunk by chunk, read as they are asked for. The range is cut to the blob.
    public func chunks(_ range: Range<Int64>? = nil, chunkSize: Int = 256 << 10) -> BlobChunks {
        let whole: Range<Int64> = 0..<max(0, size)
        return BlobChunks(reader: self, range: (range ?? whole).clamped(to: whole), chunkSize: max(1, chunkSize))
    }
}

/// The content of a range of a blob, in order.
public struct BlobChunks: AsyncSequence, Sendable {
    let reader: BlobReader
    let range: Range<Int64>
    let chunkSize: Int

    /// A new pass over the range.
    public func makeAsyncIterator() -> Iterator { Iterator(chunks: self, at: range.lowerBound) }

    /// Reads one chunk after the other.
    public struct Iterator: AsyncIteratorProtocol {
        let chunks: BlobChunks
        var at: Int64

        /// The next chunk; nil after the last.
        public mutating func next() async throws -> [UInt8]? {
            let left = chunks.range.upperBound - at
            guard left > 0 else { return nil }
            let bytes = try await chunks.reader.read(at: at, count: Int(Swift.min(left, Int64(chunks.chunkSize))))
            guard !bytes.isEmpty else { throw StorageError(.damaged, "The blob \(chunks.reader.hash) is cut short.") }
            at += Int64(bytes.count)
            return bytes
        }
    }
}
