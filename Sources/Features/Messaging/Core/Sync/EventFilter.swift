package import Basics

/// Event types as a filter names them: `*` stands for any run of characters.
struct TypePatterns: Sendable, Hashable {
    private var exact: Set<String> = []
    private var globs: [GlobPattern] = []

    init(_ patterns: [String]) {
        for pattern in patterns {
            if pattern.utf8.contains(UInt8(ascii: "*")) {
                globs.append(GlobPattern(pattern, wildcards: .star, foldsCase: false))
            } else {
                exact.insert(pattern)
            }
        }
    }

    func contains(_ type: String) -> Bool {
        exact.contains(type) || globs.contains { $0.matches(type) }
    }
}

/// Which events by type and sender; the filter of presence and global account data, and part of those of rooms.
package struct EventFilter: Sendable, Hashable {
    /// Most events wanted.
    package private(set) var limit: Int64?
    private var types: TypePatterns?
    private var notTypes: TypePatterns?
    private var senders: Set<String>?
    private var notSenders: Set<String> = []

    /// Lets everything through.
    package init() {}

    init(_ reader: FilterReader) throws(RequestError) {
        limit = try reader.integer("limit")
        types = try reader.strings("types").map(TypePatterns.init)
        notTypes = try reader.strings("not_types").map(TypePatterns.init)
        senders = try reader.identifiers("senders", sign: "@", kind: "user id")
        notSenders = try reader.identifiers("not_senders", sign: "@", kind: "user id") ?? []
    }

    /// Whether nothing is filtered out.
    package var allowsEverything: Bool {
        types == nil && notTypes == nil && senders == nil && notSenders.isEmpty
    }

    /// Whether an event of this type and sender passes; what is excluded stays out even if it is also included.
    package func allows(type: String, sender: String) -> Bool {
        allowsType(type) && allowsSender(sender)
    }

    /// Whether events of this type can pass at all.
    package func allowsType(_ type: String) -> Bool {
        if let types, !types.contains(type) { return false }
        return notTypes?.contains(type) != true
    }

    /// Whether events of this sender can pass at all.
    package func allowsSender(_ sender: String) -> Bool {
        if let senders, !senders.contains(sender) { return false }
        return !notSenders.contains(sender)
    }

    /// The wanted number of events within what the server gives: 1 to `maximum`.
    package func limit(default usual: Int, maximum: Int) -> Int {
        guard let limit else { return usual }
        return Int(max(1, min(limit, Int64(maximum))))
    }
}

/// Which events of rooms: the filter of timelines, state, history and context.
package struct RoomEventFilter: Sendable, Hashable {
    package private(set) var events = EventFilter()
    private var rooms: Set<String>?
    private var notRooms: Set<String> = []
    private var containsURL: Bool?
    /// Member events only of those who matter to the events given.
    package private(set) var lazyLoadMembers = false
    /// With lazy loading: member events again even if this device has had them.
    package private(set) var includeRedundantMembers = false
    /// Unread counts for each thread by itself.
    package private(set) var unreadThreadNotifications = false

    /// Lets everything through.
    package init() {}

    /// Reads a filter given by itself, as `/messages` and `/context` take it.
    package init(_ json: JSON) throws(RequestError) {
        guard let object = json.objectValue else { throw .badJSON("The filter must be an object.") }
        try self.init(FilterReader(object: object, path: ""))
    }

    init(_ reader: FilterReader) throws(RequestError) {
        events = try EventFilter(reader)
        rooms = try reader.identifiers("rooms", sign: "!", kind: "room id")
        notRooms = try reader.identifiers("not_rooms", sign: "!", kind: "room id") ?? []
        containsURL = try reader.flag("contains_url")
        lazyLoadMembers = try reader.flag("lazy_load_members") ?? false
        includeRedundantMembers = try reader.flag("include_redundant_members") ?? false
        unreadThreadNotifications = try reader.flag("unread_thread_notifications") ?? false
    }

    /// Whether anything of this room can pass.
    package func allowsRoom(_ room: String) -> Bool {
        if let rooms, !rooms.contains(room) { return false }
        return !notRooms.contains(room)
    }

    /// Whether the filter looks at the content; when false, ``allows(type:sender:hasURL:)`` needs no parsed content.
    package var looksAtContent: Bool { containsURL != nil }

    /// Whether every event of an allowed room passes.
    package var allowsEveryEvent: Bool {
        containsURL == nil && events.allowsEverything
    }

    /// Whether an event of an allowed room passes.
    ///
    /// - Parameter hasURL: whether the content has a key `url`; asked only if the filter cares.
    package func allows(type: String, sender: String, hasURL: @autoclosure () -> Bool) -> Bool {
        guard events.allows(type: type, sender: sender) else { return false }
        return containsURL.map { $0 == hasURL() } ?? true
    }
}
