package import Basics

/// What is special about a stored event; never indexed.
package struct EventFlags: OptionSet, Sendable, Hashable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }

    package static let redacted = EventFlags(rawValue: 1)
    package static let hasRelations = EventFlags(rawValue: 2)
    /// Only the first device of each user that asks gets it by sync.
    package static let deliverFirst = EventFlags(rawValue: 4)
    package static let silent = EventFlags(rawValue: 8)
    /// The event counts as a message.
    package static let counted = EventFlags(rawValue: 16)
}

/// An event before it has a place: what somebody wants to say or set.
package struct DraftEvent: Sendable {
    package var type: String
    package var stateKey: String?
    package var content: JSONObject
    /// The seq of the event that this one redacts.
    package var redacts: Int64?
    /// A time of origin claimed by an application service, in milliseconds.
    package var timestamp: Int64?
    /// The transaction id of the client.
    package var transaction: String?
    /// For member events: the number of the user whose membership is set.
    package var subject: Int64?

    package init(
        type: String, stateKey: String? = nil, content: JSONObject, redacts: Int64? = nil, timestamp: Int64? = nil,
        transaction: String? = nil, subject: Int64? = nil
    ) {
        self.type = type
        self.stateKey = stateKey
        self.content = content
        self.redacts = redacts
        self.timestamp = timestamp
        self.transaction = transaction
        self.subject = subject
    }
}

/// An event as it is stored: immutable but for its redaction.
package struct StoredEvent: Sendable {
    package var pos: Int64
    package var room: RoomNumber
    package var seq: Int64
    package var sender: Int64
    package var device: Int64?
    package var type: String
    package var stateKey: String?
    package var timestamp: Int64
    package var received: Int64
    /// How many counted events the room holds up to and including this one.
    package var counted: Int64
    package var flags: EventFlags
    /// The seq of the redaction, once redacted.
    package var redactedBy: Int64?
    /// For a redaction: the seq of what it redacts.
    package var redacts: Int64?
    /// For a state event: the seq of the event it replaced.
    package var replaces: Int64?
    package var transaction: String?
    /// Canonical JSON of the content, spliced into replies as it is.
    package var content: [UInt8]

    package var address: EventAddress { EventAddress(room: room, seq: seq) }

    /// The content as a value; an empty object if it cannot be read.
    package var contentObject: JSONObject {
        let limits = JSONLimits(maximumBytes: content.count, maximumDepth: 200)
        return (try? JSON(parsing: content, limits: limits))?.objectValue ?? [:]
    }
}
