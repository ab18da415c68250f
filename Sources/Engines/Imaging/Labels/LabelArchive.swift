/// Files in one: a ZIP archive whose members are stored as they are (PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4).
///
/// Texts of labels are small and pictures are compressed already, so nothing is compressed here.
public enum LabelArchive {
    /// The archive; files over 4 GiB in all are more than the format's plain form can hold and are left out.
    public static func archive(_ files: [LabelFile]) -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        var count = 0
        for file in files {
            let name = Array(file.name.utf8)
            guard count < 65_535, name.count < 65_536, bytes.count + file.bytes.count < 4_000_000_000 else { continue }
            // Version 2.0, names in UTF-8, stored, midnight of 1 January 1980.
            let head: [UInt8] =
                [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0] + little(crc32(file.bytes), 4)
                + little(UInt32(file.bytes.count), 4) + little(UInt32(file.bytes.count), 4)
                + little(UInt32(name.count), 2) + [0, 0]
            directory += [0x50, 0x4B, 1, 2, 20, 0] + head + [UInt8](repeating: 0, count: 10)
            directory += little(UInt32(bytes.count), 4) + name
            bytes += [0x50, 0x4B, 3, 4] + head + name + file.bytes
            count += 1
        }
        let end: [UInt8] =
            [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + little(UInt32(count), 2) + little(UInt32(count), 2)
            + little(UInt32(directory.count), 4) + little(UInt32(bytes.count), 4) + [0, 0]
        return bytes + directory + end
    }

    private static func little(_ value: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    /// The checksum of ISO 3309, bits from the lowest on.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in table[Int((sum ^ UInt32(byte)) & 255)] ^ (sum >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { number in
        (0..<8).reduce(UInt32(number)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    }
}
