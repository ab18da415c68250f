import Basics

/// The number of a room: a random integer of 62 bits, above 0.
///
/// Random, so that buckets fill evenly at any load; never written into JSON as a number and never turned into a double,
/// because 62 bits do not fit a 53-bit mantissa.
package struct RoomNumber: Hashable, Sendable, Comparable {
    package let value: Int64

    package init?(value: Int64) {
        guard value > 0, value < 1 << 62 else { return nil }
        self.value = value
    }

    /// Draws a number.
    package init(using generator: inout some RandomNumberGenerator) {
        value = Int64.random(in: 1..<1 << 62, using: &generator)
    }

    /// Which of the 1,024 buckets holds the room: the unit that moves when storage grows to several shards.
    package var bucket: Int { Int(value & 1_023) }

    package static func < (left: RoomNumber, right: RoomNumber) -> Bool { left.value < right.value }
}

/// Forms and reads room ids: `!` + base64url(0x01, number as 8 bytes) + `:` + server name.
package enum RoomIdentifier {
    private static let version: UInt8 = 1

    package static func text(_ room: RoomNumber, server: String) -> String {
        var writer = ByteWriter()
        writer.byte(version)
        writer.bigEndian(UInt64(room.value), width: 8)
        return "!" + Base64URL.encode(writer.bytes) + ":" + server
    }

    /// The number in a room id of this server; `nil` for every other text, so that a look-up simply finds nothing.
    package static func number(_ text: String, server: String) -> RoomNumber? {
        guard text.first == "!", let colon = text.firstIndex(of: ":") else { return nil }
        guard text[text.index(after: colon)...] == server else { return nil }
        guard let bytes = Base64URL.decode(text[text.index(after: text.startIndex)..<colon]) else { return nil }
        var reader = ByteReader(bytes)
        guard bytes.count == 9, (try? reader.byte()) == version, let raw = try? reader.bigEndian(width: 8) else {
            return nil
        }
        return Int64(exactly: raw).flatMap(RoomNumber.init(value:))
    }
}
