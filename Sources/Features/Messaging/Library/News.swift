public import Basics

/// Something that happened in a room.
public struct RoomEvent: Sendable, Hashable {
    /// The id of the event.
    public let id: String
    /// The id of the room.
    public let room: String
    /// The user id of who sent it.
    public let sender: String
    /// What kind of event, `m.room.message` for what people say.
    public let type: String
    /// For an event that sets a piece of the room's state: which piece.
    public let stateKey: String?
    /// The place in the room: 1, 2, 3 and so on, without gaps.
    public let sequence: Int64
    /// When it was sent, in milliseconds since 1970.
    public let sentMilliseconds: Int64
    /// What it says.
    public let content: JSONObject

    /// The text of a message; nil for anything else, and for a message that was recalled.
    public var text: String? { type == EventType.message ? content["body"]?.stringValue : nil }

    init?(_ json: JSON, room: String) {
        guard let id = json["event_id"]?.stringValue, let sender = json["sender"]?.stringValue,
            let type = json["type"]?.stringValue, let content = json["content"]?.objectValue
        else { return nil }
        self.id = id
        self.room = room
        self.sender = sender
        self.type = type
        self.content = content
        stateKey = json["state_key"]?.stringValue
        sequence = json["unsigned"]?["shop.vitrine"]?["seq"]?.intValue ?? 0
        sentMilliseconds = json["origin_server_ts"]?.intValue ?? 0
    }
}

/// A page of a room's history.
public struct HistoryPart: Sendable, Hashable {
    /// The events, the newest first.
    public let events: [RoomEvent]
    /// Where the next page begins; nil at the end.
    public let next: String?
}

/// What a device had not heard yet.
public struct News: Sendable, Hashable {
    /// A room in which something happened.
    public struct Room: Sendable, Hashable {
        /// The id of the room.
        public let id: String
        /// What happened, the oldest first.
        public let events: [RoomEvent]
        /// Whether older events than these were left out; the history has them.
        public let isLimited: Bool
        /// Messages that the participant has not read.
        public let unread: Int64
        /// Those of them that are meant for the participant in particular.
        public let highlights: Int64
    }

    /// How far these news go.
    public let place: String
    /// The rooms that the participant is in and where something happened.
    public let rooms: [Room]
    /// The ids of rooms that the participant is invited to.
    public let invitations: [String]
    /// The ids of rooms that the participant is no longer in.
    public let left: [String]

    init(_ json: JSON) {
        place = json["next_batch"]?.stringValue ?? ""
        let sections = json["rooms"]
        rooms = (sections?["join"]?.objectValue ?? [:]).map { id, room in
            let counts = room["unread_notifications"]
            return Room(
                id: id,
                events: (room["timeline"]?["events"]?.arrayValue ?? []).compactMap { RoomEvent($0, room: id) },
                isLimited: room["timeline"]?["limited"]?.boolValue ?? false,
                unread: counts?["notification_count"]?.intValue ?? 0,
                highlights: counts?["highlight_count"]?.intValue ?? 0)
        }
        invitations = sections?["invite"]?.objectValue?.keys ?? []
        left = sections?["leave"]?.objectValue?.keys ?? []
    }
}
