package import Basics

/// What a client hands back to read on in its list of conversations.
///
/// Text form: `c1_` and base64url of generation (4 bytes), position (LEB128), then for a page: order (1 byte), rank
/// (1 byte), time and room (8 bytes each).
package struct ConversationToken: Sendable, Hashable {
    /// A place in the middle of the list.
    package struct PageStart: Sendable, Hashable {
        package let order: ConversationOrder
        package let place: ConversationPlace

        package init(order: ConversationOrder, place: ConversationPlace) {
            self.order = order
            self.place = place
        }
    }

    /// Random number of the database's life; see ``SyncToken/generation``.
    package let generation: UInt32
    /// Position the client's list is at; for a page, that of the first page.
    package let position: Int64
    /// Set to read the next page of the list instead of what has changed.
    package let page: PageStart?

    private static let prefix = "c1_"
    private static let maximumTextLength = 64

    package init(generation: UInt32, position: Int64, page: PageStart? = nil) {
        self.generation = generation
        self.position = position
        self.page = page
    }

    /// Reads a token; 400 `M_INVALID_PARAM` for anything this server never wrote.
    package init(parsing text: String) throws(RequestError) {
        guard text.utf8.count <= Self.maximumTextLength, text.utf8.starts(with: Self.prefix.utf8),
            let bytes = Base64URL.decode(Substring(text.utf8.dropFirst(Self.prefix.utf8.count))),
            let token = try? ConversationToken(decoding: bytes)
        else { throw .invalidParam("The token is not one of this server. Ask for the list from its beginning.") }
        self = token
    }

    private init(decoding bytes: [UInt8]) throws(ByteError) {
        var reader = ByteReader(bytes)
        generation = UInt32(truncatingIfNeeded: try reader.bigEndian(width: 4))
        position = try reader.number()
        guard !reader.isAtEnd else {
            page = nil
            return
        }
        let orders = ConversationOrder.allCases
        let order = Int(try reader.byte())
        let rank = try reader.byte()
        let time = Int64(bitPattern: try reader.bigEndian(width: 8))
        let room = Int64(bitPattern: try reader.bigEndian(width: 8))
        guard orders.indices.contains(order), reader.isAtEnd else { throw .malformed }
        page = PageStart(
            order: orders[order], place: ConversationPlace(rank: rank, lastMilliseconds: time, room: room))
    }

    /// The text handed to clients.
    package var text: String {
        var writer = ByteWriter()
        writer.bigEndian(UInt64(generation), width: 4)
        writer.varint(position.magnitude)
        if let page {
            writer.byte(UInt8(ConversationOrder.allCases.firstIndex(of: page.order) ?? 0))
            writer.byte(page.place.rank)
            writer.bigEndian(UInt64(bitPattern: page.place.lastMilliseconds), width: 8)
            writer.bigEndian(UInt64(bitPattern: page.place.room), width: 8)
        }
        return Self.prefix + Base64URL.encode(writer.bytes)
    }
}
