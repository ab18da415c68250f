/// Why a run of bytes could not be read.
public enum ByteError: Error, Hashable, Sendable {
    /// The bytes end before the value does.
    case truncated
    /// The value does not fit its type, or its form is not the shortest one.
    case malformed
}

/// Reads numbers and runs of bytes from the front of an array; never beyond its end.
public struct ByteReader: Sendable {
    private let bytes: [UInt8]
    private var at = 0

    /// A reader at the first byte.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How many bytes are left.
    public var remaining: Int { bytes.count - at }
    /// Whether all bytes were read.
    public var isAtEnd: Bool { at == bytes.count }

    /// The next byte.
    public mutating func byte() throws(ByteError) -> UInt8 {
        guard at < bytes.count else { throw .truncated }
        defer { at += 1 }
        return bytes[at]
    }

    /// The next `count` bytes.
    public mutating func bytes(_ count: Int) throws(ByteError) -> [UInt8] {
        guard count >= 0 else { throw .malformed }
        guard count <= remaining else { throw .truncated }
        defer { at += count }
        return Array(bytes[at..<at + count])
    }

    /// A big-endian unsigned integer of `width` bytes (1...8).
    public mutating func bigEndian(width: Int) throws(ByteError) -> UInt64 {
        guard (1...8).contains(width) else { throw .malformed }
        guard width <= remaining else { throw .truncated }
        var value: UInt64 = 0
        for byte in bytes[at..<at + width] { value = value << 8 | UInt64(byte) }
        at += width
        return value
    }

    /// An unsigned LEB128 integer in its shortest form.
    public mutating func varint() throws(ByteError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let byte = try byte()
            let part = UInt64(byte & 0x7F)
            guard shift < 63 || part <= 1 else { throw .malformed }
            value |= part << shift
            if byte & 0x80 == 0 {
                guard byte != 0 || shift == 0 else { throw .malformed }
                return value
            }
        }
        throw .malformed
    }
}

/// Writes numbers and runs of bytes to the end of an array.
public struct ByteWriter: Sendable {
    /// The bytes so far.
    public private(set) var bytes: [UInt8] = []

    /// An empty writer.
    public init() {}

    /// Appends a byte.
    public mutating func byte(_ value: UInt8) { bytes.append(value) }

    /// Appends bytes as they are.
    public mutating func bytes(_ value: some Sequence<UInt8>) { bytes.append(contentsOf: value) }

    /// Appends the low `width` bytes (1...8) of a number, the most significant first.
    public mutating func bigEndian(_ value: UInt64, width: Int) {
        precondition((1...8).contains(width), "a big-endian integer has 1 to 8 bytes")
        for shift in stride(from: (width - 1) * 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    /// Appends an unsigned LEB128 integer.
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
