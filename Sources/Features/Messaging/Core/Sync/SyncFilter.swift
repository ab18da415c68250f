package import Basics

/// The filter of a sync, as a client stores it under `/filter` or sends it with the request.
///
/// Unknown members are ignored; a known member of the wrong type is refused with 400 `M_BAD_JSON` naming it.
package struct SyncFilter: Sendable, Hashable {
    /// Timeline events a room may get in one reply.
    package static let maximumTimeline = 100
    /// Timeline events a room gets when the filter does not say.
    package static let usualTimeline = 10

    package private(set) var presence = EventFilter()
    package private(set) var accountData = EventFilter()
    package private(set) var room = RoomFilter()
    /// Properties wanted of each event; nil for all.
    package private(set) var eventFields: [PropertyPath]?
    /// True for events as servers exchange them instead of as clients read them.
    package private(set) var federationFormat = false

    /// Lets everything through.
    package init() {}

    /// Reads a filter.
    package init(_ json: JSON) throws(RequestError) {
        guard let object = json.objectValue else { throw .badJSON("The filter must be an object.") }
        let reader = FilterReader(object: object, path: "")
        eventFields = try reader.strings("event_fields").map { $0.map(PropertyPath.init) }
        federationFormat = try reader.word("event_format", of: ["client", "federation"]) == "federation"
        if let inner = try reader.reader("presence") { presence = try EventFilter(inner) }
        if let inner = try reader.reader("account_data") { accountData = try EventFilter(inner) }
        if let inner = try reader.reader("room") { room = try RoomFilter(inner) }
    }

    /// The largest number of timeline events of one room.
    package var timelineLimit: Int {
        room.timeline.events.limit(default: Self.usualTimeline, maximum: Self.maximumTimeline)
    }
}

/// The part of a sync filter that is about rooms.
package struct RoomFilter: Sendable, Hashable {
    private var rooms: Set<String>?
    private var notRooms: Set<String> = []
    /// Whether rooms the user has left are wanted in a first sync.
    package private(set) var includeLeave = false
    package private(set) var timeline = RoomEventFilter()
    package private(set) var state = RoomEventFilter()
    package private(set) var ephemeral = RoomEventFilter()
    package private(set) var accountData = RoomEventFilter()

    /// Lets everything through.
    package init() {}

    init(_ reader: FilterReader) throws(RequestError) {
        rooms = try reader.identifiers("rooms", sign: "!", kind: "room id")
        notRooms = try reader.identifiers("not_rooms", sign: "!", kind: "room id") ?? []
        includeLeave = try reader.flag("include_leave") ?? false
        if let inner = try reader.reader("timeline") { timeline = try RoomEventFilter(inner) }
        if let inner = try reader.reader("state") { state = try RoomEventFilter(inner) }
        if let inner = try reader.reader("ephemeral") { ephemeral = try RoomEventFilter(inner) }
        if let inner = try reader.reader("account_data") { accountData = try RoomEventFilter(inner) }
        // The name of `account_data` in early versions of the protocol: without effect, but still checked.
        if let inner = try reader.reader("private_user_data") { _ = try RoomEventFilter(inner) }
    }

    /// Whether anything of this room is wanted.
    package func allowsRoom(_ room: String) -> Bool {
        if let rooms, !rooms.contains(room) { return false }
        return !notRooms.contains(room)
    }
}
