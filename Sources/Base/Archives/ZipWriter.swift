/// Makes a zip archive of files that are packed already, such as pictures: they are stored as they are.
///
/// No file may have 4 GB or more, nor all of them together; names are UTF-8 (APPNOTE.TXT 6.3.3, without zip64).
public struct ZipWriter: Sendable {
    private var body: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// An archive without files.
    public init() {}

    /// The first of January 1980: archives of the same files are the same bytes.
    private static let date: [UInt8] = [0, 0, 0x21, 0]

    /// Adds a file.
    ///
    /// - Returns: Whether there was room for it.
    public mutating func add(_ name: String, _ bytes: [UInt8]) -> Bool {
        let title = Array(name.utf8)
        guard title.count < 0xFFFF, count < 0xFFFE, bytes.count + body.count + directory.count < 0xFFFF_0000 else {
            return false
        }
        let sum = CRC32.of(bytes)
        // Version 2.0, names are UTF-8, stored.
        let common: [UInt8] =
            [20, 0, 0, 8, 0, 0] + Self.date + Self.number(Int(sum), 4) + Self.number(bytes.count, 4)
            + Self.number(bytes.count, 4) + Self.number(title.count, 2) + [0, 0]
        directory +=
            [0x50, 0x4B, 1, 2, 20, 0] + common + [UInt8](repeating: 0, count: 10) + Self.number(body.count, 4) + title
        body += [0x50, 0x4B, 3, 4] + common + title + bytes
        count += 1
        return true
    }

    /// The archive.
    public var bytes: [UInt8] {
        let end: [UInt8] =
            [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + Self.number(count, 2) + Self.number(count, 2)
            + Self.number(directory.count, 4) + Self.number(body.count, 4) + [0, 0]
        return body + directory + end
    }

    private static func number(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
