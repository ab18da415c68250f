package import Basics

/// A place between two events of one room, from which history is read in either direction: the `from`, `to`, `start`,
/// `end` and `prev_batch` of the client-server API.
///
/// Text form: `t1_` and base64url of a LEB128 number, the seq just before the place.
package struct PageToken: Sendable, Hashable {
    /// Events up to and including this seq lie before the place; 0 is the start of the room.
    package var after: Int64

    private static let prefix = "t1_"
    private static let maximumTextLength = 32

    /// The place just after the event at `seq`.
    package init(after seq: Int64) {
        after = max(0, min(seq, JSON.maximumInteger))
    }

    /// The place just before the event at `seq`.
    package init(before seq: Int64) {
        self.init(after: seq == .min ? 0 : seq - 1)
    }

    package init?(decoding text: String) {
        guard text.utf8.count <= Self.maximumTextLength, text.utf8.starts(with: Self.prefix.utf8),
            let bytes = Base64URL.decode(Substring(text.utf8.dropFirst(Self.prefix.utf8.count)))
        else { return nil }
        var reader = ByteReader(bytes)
        guard let seq = try? reader.number(), reader.isAtEnd else { return nil }
        after = seq
    }

    /// The text handed to clients.
    package var text: String {
        var writer = ByteWriter()
        writer.varint(UInt64(after.magnitude))
        return Self.prefix + Base64URL.encode(writer.bytes)
    }
}

/// A place in a room as a client may name it: a page token, a sync token, or the plain seq of an event that it holds.
package enum HistoryPlace: Sendable, Hashable {
    /// Between two events.
    case page(PageToken)
    /// Where a sync ended; the room's place follows from the position.
    case sync(SyncToken)
    /// Beside an event the client has, so that a client that found a hole can ask with the `seq` of its gap mark.
    case seq(Int64)

    /// Reads `from`, `to` or `at`; 400 `M_INVALID_PARAM` for anything else.
    package init(parsing text: String, parameter: String) throws(RequestError) {
        if let page = PageToken(decoding: text) {
            self = .page(page)
        } else if text.utf8.starts(with: "v1_".utf8), let sync = try? SyncToken(parsing: text) {
            self = .sync(sync)
        } else if let seq = Self.plainSeq(text) {
            self = .seq(seq)
        } else {
            throw .invalidParam("`\(parameter)` is not a token of this server.")
        }
    }

    private static func plainSeq(_ text: String) -> Int64? {
        guard (1...16).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let seq = Int64(text), seq <= JSON.maximumInteger
        else { return nil }
        return seq
    }

    /// The place in the room's own order; the event that a plain seq names lies on the far side of the reading.
    ///
    /// - Parameter seqAtPosition: newest seq of the room at or before a position of the stream.
    package func boundary<E: Error>(
        backwards: Bool, seqAtPosition: (Int64) throws(E) -> Int64
    ) throws(E) -> PageToken {
        switch self {
        case .page(let token): token
        case .sync(let token): PageToken(after: try seqAtPosition(token.position))
        case .seq(let seq): backwards ? PageToken(before: seq) : PageToken(after: seq)
        }
    }
}
