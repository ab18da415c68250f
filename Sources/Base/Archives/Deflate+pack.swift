internal import CZlib

extension Deflate {
    /// Packs bytes.
    ///
    /// - Parameter level: 1 (quick) to 9 (small).
    /// - Returns: The packed bytes; nil for more than 4 GB at once.
    public static func pack(_ bytes: [UInt8], wrapping: Wrapping = .none, level: Int = 6) -> [UInt8]? {
        var stream = z_stream()
        let windowBits: Int32 = wrapping == .none ? -MAX_WBITS : MAX_WBITS
        let size = Int32(MemoryLayout<z_stream>.size)
        guard bytes.count <= Int(uInt.max),
            deflateInit2_(
                &stream, Int32(min(9, max(1, level))), Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size
            )
                == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        let most = Int(deflateBound(&stream, uLong(bytes.count)))
        guard most <= Int(uInt.max) else { return nil }
        var status = Z_OK
        let packed = bytes.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: most) { target, count in
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.avail_in = uInt(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = uInt(target.count)
                status = deflate(&stream, Z_FINISH)
                count = target.count - Int(stream.avail_out)
            }
        }
        return status == Z_STREAM_END ? packed : nil
    }
}
