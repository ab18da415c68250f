import Basics

/// The address of an event: its room and its place in the room's order.
///
/// The event id carries the address itself (`$` + base64url(0x01, room 8 bytes, seq 6 bytes)), so there is no table
/// and no index of event ids. Holding an id proves nothing: rights are checked on (room, seq) wherever one is used.
package struct EventAddress: Hashable, Sendable {
    package let room: RoomNumber
    /// 1, 2, 3 ... without gaps in each room; below 2^48.
    package let seq: Int64

    private static let version: UInt8 = 1
    /// The first number that is no seq any more.
    package static let seqLimit: Int64 = 1 << 48

    package init(room: RoomNumber, seq: Int64) {
        self.room = room
        self.seq = seq
    }

    /// Reads an event id; `nil` for every text that this server cannot have made.
    package init?(_ text: String) {
        guard text.first == "$", let bytes = Base64URL.decode(text.dropFirst()), bytes.count == 15 else { return nil }
        var reader = ByteReader(bytes)
        guard (try? reader.byte()) == Self.version,
            let rawRoom = try? reader.bigEndian(width: 8), let number = Int64(exactly: rawRoom),
            let room = RoomNumber(value: number), let rawSeq = try? reader.bigEndian(width: 6), rawSeq > 0
        else { return nil }
        self.init(room: room, seq: Int64(rawSeq))
    }

    /// The event id.
    package var text: String {
        var writer = ByteWriter()
        writer.byte(Self.version)
        writer.bigEndian(UInt64(room.value), width: 8)
        writer.bigEndian(UInt64(seq), width: 6)
        return "$" + Base64URL.encode(writer.bytes)
    }
}
