internal import CZlib

/// Unpacks what was packed by Deflate (RFC 1951), never to more than was promised.
public enum Deflate {
    /// What stands around the packed bytes.
    public enum Wrapping: Sendable, Hashable {
        /// Nothing, as in zip archives.
        case none
        /// The two bytes before and the sum behind them that zlib adds (RFC 1950), as in PNG files.
        case zlib
    }

    /// Why packed bytes cannot be unpacked.
    public enum Fault: Error, Sendable, Hashable {
        /// They end too early.
        case tooShort
        /// They would become more than was promised.
        case tooLong
        /// They are no Deflate.
        case damaged
    }

    /// Unpacks everything; what stands behind the last block is left alone.
    ///
    /// - Parameter limit: the most bytes that may come out. Memory is taken as they come, not as they were promised.
    public static func unpack(
        _ packed: [UInt8], wrapping: Wrapping = .none, limit: Int
    ) throws(Fault) -> [UInt8] {
        var stream = z_stream()
        let windowBits: Int32 = wrapping == .none ? -MAX_WBITS : MAX_WBITS
        let size = Int32(MemoryLayout<z_stream>.size)
        guard packed.count <= Int(uInt.max), inflateInit2_(&stream, windowBits, ZLIB_VERSION, size) == Z_OK else {
            throw .damaged
        }
        defer { inflateEnd(&stream) }
        return try packed.withUnsafeBufferPointer { (source) throws(Fault) in
            stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            stream.avail_in = uInt(source.count)
            return try run(&stream, limit: limit)
        }
    }

    private static func run(_ stream: inout z_stream, limit: Int) throws(Fault) -> [UInt8] {
        var unpacked: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let (status, count) = buffer.withUnsafeMutableBufferPointer { target in
                stream.next_out = target.baseAddress
                stream.avail_out = uInt(target.count)
                let status = inflate(&stream, Z_NO_FLUSH)
                return (status, target.count - Int(stream.avail_out))
            }
            guard unpacked.count + count <= limit else { throw .tooLong }
            unpacked += buffer[..<count]
            if status == Z_STREAM_END { return unpacked }
            if status == Z_BUF_ERROR || (status == Z_OK && count == 0 && stream.avail_in == 0) { throw .tooShort }
            guard status == Z_OK else { throw .damaged }
        }
    }
}

/// The checksum of zip and PNG files (ISO 3309, the polynomial 0xEDB88320 from the lowest bit on).
public enum CRC32 {
    /// The checksum of some bytes.
    public static func of(_ bytes: some Collection<UInt8>) -> UInt32 {
        let sum =
            bytes.withContiguousStorageIfAvailable { Self.sum($0) }
            ?? Array(bytes).withUnsafeBufferPointer { Self.sum($0) }
        return UInt32(truncatingIfNeeded: sum)
    }

    private static func sum(_ bytes: UnsafeBufferPointer<UInt8>) -> uLong {
        crc32_z(0, bytes.baseAddress, bytes.count)
    }
}
