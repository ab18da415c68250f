import Basics

/// The SHA-256 of a blob's content, which is also its name.
public struct BlobHash: Sendable, Hashable, CustomStringConvertible {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// A hash from its 32 bytes; nil for any other number of bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// A hash from its 64 hexadecimal digits in lower case.
    public init?(hex: String) {
        guard let bytes = Hex.decode(hex), hex == Hex.encode(bytes) else { return nil }
        self.init(bytes)
    }

    /// 64 hexadecimal digits in lower case.
    public var hex: String { Hex.encode(bytes) }
    /// The digits.
    public var description: String { hex }

    /// Where the blob lies in a store's folder: `ab/cd/<digits>`.
    var relativePath: String {
        let digits = hex
        return "\(digits.prefix(2))/\(digits.dropFirst(2).prefix(2))/\(digits)"
    }
}

/// A blob that is on disk.
public struct StoredBlob: Sendable, Hashable {
    /// Its name.
    public let hash: BlobHash
    /// Its size in bytes.
    public let size: Int64

    /// A blob's name and size.
    public init(hash: BlobHash, size: Int64) {
        self.hash = hash
        self.size = size
    }
}
