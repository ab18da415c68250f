package import Basics

/// The slot of a state event.
package struct StateSlot: Hashable, Sendable {
    package var type: String
    package var key: String

    package init(_ type: String, _ key: String = "") {
        self.type = type
        self.key = key
    }
}

/// The newest event in a slot.
package struct StateEntry: Sendable {
    package var event: StoredEvent
    package var content: JSONObject

    package var seq: Int64 { event.seq }

    package init(event: StoredEvent, content: JSONObject) {
        self.event = event
        self.content = content
    }
}

/// How far somebody has read.
package struct ReadMark: Sendable, Hashable {
    package var seq: Int64
    /// The room's count of messages at `seq`.
    package var counted: Int64
    package var timestamp: Int64
    package var pos: Int64

    package init(seq: Int64, counted: Int64, timestamp: Int64, pos: Int64) {
        self.seq = seq
        self.counted = counted
        self.timestamp = timestamp
        self.pos = pos
    }
}

/// Whose mark and of which kind.
package struct ReadMarkKey: Hashable, Sendable {
    package var user: Int64
    /// 1 read, 2 private, 3 own (set by sending), 4 fully read.
    package var kind: Int64
    /// 0 for the room, -1 for the main timeline, else the seq of a thread's root.
    package var thread: Int64

    package init(user: Int64, kind: Int64, thread: Int64 = 0) {
        self.user = user
        self.kind = kind
        self.thread = thread
    }
}

/// A room as the writer decides on it: its newest state, positions, members and read marks.
///
/// A value: the writer changes its own copy and publishes a copy to readers after each commit. A big room costs a copy
/// only for the dictionary that changed.
package struct RoomState: Sendable {
    package let number: RoomNumber
    package let version: String
    package let creator: Int64
    package let created: Int64
    package var headSeq: Int64 = 0
    package var headPos: Int64 = 0
    /// The newest position of a read mark in this room.
    package var receiptPos: Int64 = 0
    package var counted: Int64 = 0
    /// The seq and time of the last message, for the order of conversations.
    package var lastSeq: Int64 = 0
    package var lastTime: Int64 = 0
    package var purgedSeq: Int64 = 0
    package var state: [StateSlot: StateEntry] = [:]
    package var spans: [Int64: MembershipSpans] = [:]
    /// The user ids of all who ever were members, and so of all senders.
    package var userIDs: [Int64: String] = [:]
    package var joined = 0
    package var invited = 0
    package var segments = VisibilitySegments()
    package var levels: PowerLevels
    package var marks: [ReadMarkKey: ReadMark] = [:]
    /// Ascending seqs of the messages that address a user directly and that the user has not read.
    package var highlights: [Int64: [Int64]] = [:]
    /// The position at which a user's highlights last grew after their events were stored.
    package var highlightPositions: [Int64: Int64] = [:]
    /// Ascending seqs of redacted events that had counted.
    package var recalled: [Int64] = []
    /// The newest events, oldest first: what a client that keeps up asks for.
    package var tail: [StoredEvent] = []

    package static let tailLimit = 32

    package init(number: RoomNumber, version: String, creator: Int64, creatorID: String, created: Int64) {
        self.number = number
        self.version = version
        self.creator = creator
        self.created = created
        levels = PowerLevels(creator: creatorID)
    }

    package func membership(of user: Int64) -> Membership { spans[user]?.current ?? .leave }

    package subscript(_ type: String, _ key: String = "") -> StateEntry? { state[StateSlot(type, key)] }

    /// A string of a state event's content.
    package func text(_ type: String, _ member: String) -> String? { self[type]?.content[member]?.stringValue }

    package var joinRule: String { text(EventType.joinRules, "join_rule") ?? "invite" }

    /// A room that serves a customer: its state says so.
    package var isServiceRoom: Bool { self[EventType.conversation] != nil }

    /// How many counted events a new member may read from before joining, if the room grants some.
    package var historyGrant: Int64? {
        guard let last = self[EventType.historyGrant]?.content["last"]?.intValue, last >= 0 else { return nil }
        return last
    }

    package func visible(to user: Int64) -> VisibleRanges {
        guard let spans = spans[user] else {
            return VisibleRanges(spans: MembershipSpans(), segments: segments, head: headSeq).above(purgedSeq)
        }
        return VisibleRanges(spans: spans, segments: segments, head: headSeq).above(purgedSeq)
    }

    /// The events of the tail, if it reaches back to `seq`.
    package func tailFrom(_ seq: Int64) -> ArraySlice<StoredEvent>? {
        guard let first = tail.first, first.seq <= seq else { return nil }
        return tail[min(tail.endIndex, tail.startIndex + Int(seq - first.seq))...]
    }

    package var joinedUsers: [Int64] { spans.compactMap { $0.value.current == .join ? $0.key : nil } }
}

extension VisibleRanges {
    /// Without what a retention rule has removed.
    func above(_ purged: Int64) -> VisibleRanges {
        purged > 0 ? clamped(to: (purged + 1)...Int64.max) : self
    }
}
