package import Basics

/// How far a device has read the streams of this server: the `since` and `next_batch` of sync.
///
/// Text form: `v1_` and base64url of generation (4 bytes), number of positions, the positions (one for each shard;
/// today one), boot of the ephemeral stream (4 bytes) and its counter; numbers without a width are LEB128. A token has
/// exactly one text, so equal places are equal strings.
package struct SyncToken: Sendable, Hashable {
    /// Random number of the database's life, renewed when a backup is restored: tokens of another generation do not
    /// fit, and their owner starts afresh.
    package var generation: UInt32
    /// Newest position seen, one for each shard.
    package var positions: [Int64]
    /// Random number of the server process, whose typing notices are numbered from zero.
    package var ephemeralBoot: UInt32
    /// Newest typing notice seen of that process.
    package var ephemeralCounter: Int64

    private static let prefix = "v1_"
    private static let maximumPositions = 64
    private static let maximumTextLength = 1_024

    package init(generation: UInt32, position: Int64, ephemeralBoot: UInt32 = 0, ephemeralCounter: Int64 = 0) {
        self.generation = generation
        positions = [position]
        self.ephemeralBoot = ephemeralBoot
        self.ephemeralCounter = ephemeralCounter
    }

    /// Position in the one shard there is today.
    package var position: Int64 { positions.first ?? 0 }

    /// Reads a token that a client hands back; 400 `M_INVALID_PARAM` for anything this server never wrote.
    package init(parsing text: String) throws(RequestError) {
        guard let token = SyncToken(decoding: text) else {
            throw .invalidParam("The sync token is not one of this server. Sync again without `since`.")
        }
        self = token
    }

    private init?(decoding text: String) {
        guard text.utf8.count <= Self.maximumTextLength, text.utf8.starts(with: Self.prefix.utf8),
            let bytes = Base64URL.decode(Substring(text.utf8.dropFirst(Self.prefix.utf8.count)))
        else { return nil }
        var reader = ByteReader(bytes)
        do throws(ByteError) {
            generation = UInt32(truncatingIfNeeded: try reader.bigEndian(width: 4))
            let count = try reader.varint()
            guard (1...UInt64(Self.maximumPositions)).contains(count) else { return nil }
            positions = []
            for _ in 0..<count { positions.append(try reader.number()) }
            ephemeralBoot = UInt32(truncatingIfNeeded: try reader.bigEndian(width: 4))
            ephemeralCounter = try reader.number()
        } catch { return nil }
        guard reader.isAtEnd else { return nil }
    }

    /// The text handed to clients.
    package var text: String {
        var writer = ByteWriter()
        writer.bigEndian(UInt64(generation), width: 4)
        writer.varint(UInt64(positions.count))
        for position in positions { writer.varint(UInt64(position.magnitude)) }
        writer.bigEndian(UInt64(ephemeralBoot), width: 4)
        writer.varint(UInt64(ephemeralCounter.magnitude))
        return Self.prefix + Base64URL.encode(writer.bytes)
    }
}

extension ByteReader {
    /// A LEB128 number below 2^53, the largest that any place of this server may have.
    mutating func number() throws(ByteError) -> Int64 {
        let value = try varint()
        guard value <= UInt64(JSON.maximumInteger) else { throw .malformed }
        return Int64(value)
    }
}
