internal import CKernels

/// CRC-32C (Castagnoli; RFC 3720, appendix B.4) over bytes that come in pieces.
///
/// It finds every flipped bit and every burst of up to 32 bits; it is no defence against somebody who means harm.
public struct CRC32C: Hashable, Sendable {
    /// The checksum of the bytes so far; 0 for none.
    public private(set) var value: UInt32 = 0

    /// The checksum of no bytes.
    public init() {}

    /// Takes in more bytes.
    public mutating func update(_ bytes: RawSpan, variant: KernelVariant = .best) {
        value = bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return value }
            return vk_crc32c(value, start.assumingMemoryBound(to: UInt8.self), bytes.count, variant.code)
        }
    }

    /// The checksum of all bytes of a span.
    public static func of(_ bytes: RawSpan, variant: KernelVariant = .best) -> UInt32 {
        var crc = CRC32C()
        crc.update(bytes, variant: variant)
        return crc.value
    }
}
