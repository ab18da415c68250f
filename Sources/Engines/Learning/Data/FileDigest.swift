internal import Crypto
public import Foundation

/// The SHA-256 of a picture or file, which tells whether two are the same and names them in reports.
public struct FileDigest: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// The digest of bytes.
    public init(of message: [UInt8]) { bytes = Array(SHA256.hash(data: message)) }

    /// The digest of a file, read in pieces.
    ///
    /// Throws ``DataError/unreadable(_:)`` if the file cannot be read to its end.
    public init(of file: URL) throws(DataError) {
        var hash = SHA256()
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        } catch {
            throw .unreadable(file.path)
        }
        bytes = Array(hash.finalize())
    }

    /// 64 hexadecimal digits.
    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The first 64 bits, the highest first.
    public var prefix: UInt64 { bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
