package import Accounts
package import Basics
import Storage

/// What a client asks of a page of history.
package struct HistoryRequest: Sendable {
    package var isForwards = false
    package var from: HistoryPlace?
    package var to: HistoryPlace?
    package var limit = 10
    package var filter = RoomEventFilter()

    package init() {}
}

extension MessagingEngine {
    /// A page of a room's history, in the one order of the room.
    package func messages(_ session: Session, room roomID: String, _ request: HistoryRequest) async throws -> [UInt8] {
        let room = try await room(roomID, for: session)
        return try await reading(room, for: session) { reader in
            try HistoryPage.read(reader, request).written(
                with: EventRenderer(reader: reader), isForwards: request.isForwards)
        }
    }

    /// One event.
    package func event(_ session: Session, room roomID: String, event eventID: String) async throws -> [UInt8] {
        let room = try await visibleRoom(roomID, for: session)
        return try await reading(room, for: session) { reader in
            let event = try reader.visibleEvent(eventID)
            var writer = JSONWriter()
            try EventRenderer(reader: reader).write(event, to: &writer)
            return writer.bytes
        }
    }

    /// An event and what was said around it.
    package func context(
        _ session: Session, room roomID: String, event eventID: String, limit: Int, filter: RoomEventFilter
    ) async throws -> [UInt8] {
        let room = try await visibleRoom(roomID, for: session)
        return try await reading(room, for: session) { reader in
            let event = try reader.visibleEvent(eventID)
            let around = try EventSurroundings(
                of: event, reader, before: limit / 2, after: limit - limit / 2, filter: filter)
            let renderer = EventRenderer(reader: reader)
            var writer = JSONWriter(reserving: 2_048)
            try writer.object { writer in
                writer.key("event")
                try renderer.write(event, to: &writer)
                try around.write(renderer, to: &writer)
                writer.key("state")
                try writer.array { writer in
                    for entry in try reader.state(at: around.after.events.last?.seq ?? event.seq) {
                        try renderer.write(entry, to: &writer)
                    }
                }
            }
            return writer.bytes
        }
    }

    /// The event nearest to a moment.
    package func eventAt(
        _ session: Session, room roomID: String, time: Int64, isForwards: Bool
    ) async throws -> JSON {
        let room = try await room(roomID, for: session)
        let queries = events
        let found: StoredEvent? = try await database.read { connection in
            let ranges = room.visible(to: session.userNumber).ranges
            for range in isForwards ? ranges : ranges.reversed() {
                let seq = try queries.seq(
                    nearTime: time, forwards: isForwards, room: room.number,
                    within: range.clamped(to: 1...max(1, room.headSeq)), in: connection)
                if let seq { return try queries.event(EventAddress(room: room.number, seq: seq), in: connection) }
            }
            return nil
        }
        guard let found else { throw RequestError.notFound("There is no event at that time.") }
        return ["event_id": .string(found.address.text), "origin_server_ts": .int(found.timestamp)]
    }

    /// Runs a read of one room in memory if that is enough, else inside one snapshot of the database.
    func reading(
        _ room: RoomState, for session: Session, _ body: @escaping @Sendable (RoomReader) throws -> [UInt8]
    ) async throws -> [UInt8] {
        do {
            return try body(RoomReader(self, room, viewer: session, connection: nil))
        } catch is NeedsDatabase {
            return try await database.read { [self] connection in
                try body(RoomReader(self, room, viewer: session, connection: connection))
            }
        }
    }

    /// A room for routes that name one event: what cannot be seen is as good as absent.
    func visibleRoom(_ roomID: String, for session: Session) async throws -> RoomState {
        guard let number = RoomIdentifier.number(roomID, server: serverName), let room = try await room(number),
            !room.visible(to: session.userNumber).isEmpty, try await !hasForgotten(room, session)
        else { throw RequestError.notFound("There is no such event.") }
        return room
    }

    // MARK: State

    /// The state of a room: as it is for members, as it was for those who left.
    package func state(_ session: Session, room roomID: String) async throws -> [UInt8] {
        try await stateList(session, room: roomID, type: nil)
    }

    /// The content, or with `isWhole` the event, of one piece of state.
    package func state(
        _ session: Session, room roomID: String, type: String, key: String, isWhole: Bool
    ) async throws -> [UInt8] {
        let room = try await room(roomID, for: session)
        return try await reading(room, for: session) { reader in
            guard let last = reader.visible.last,
                let event = try reader.state(at: last).first(where: { $0.type == type && $0.stateKey == key })
            else { throw RequestError.notFound("The room has no \(type) of this key.") }
            guard isWhole else { return event.content }
            var writer = JSONWriter()
            try EventRenderer(reader: reader).write(event, to: &writer)
            return writer.bytes
        }
    }

    /// The member events of a room.
    package func members(
        _ session: Session, room roomID: String, only: String?, not: String?, at place: HistoryPlace? = nil
    ) async throws -> [UInt8] {
        let room = try await room(roomID, for: session)
        return try await reading(room, for: session) { reader in
            let newest = reader.visible.last ?? 0
            let wanted = try place?.boundary(backwards: false) { try reader.seq(atPosition: $0) }
            // Nobody sees members of later than what they may read.
            let seq = min(newest, wanted?.after ?? newest)
            let renderer = EventRenderer(reader: reader)
            var writer = JSONWriter(reserving: 1_024)
            try writer.object { writer in
                writer.key("chunk")
                try writer.array { writer in
                    for event in try reader.state(at: seq) where event.type == EventType.member {
                        let membership = event.contentObject["membership"]?.stringValue
                        if let only, membership != only { continue }
                        if let not, membership == not { continue }
                        try renderer.write(event, to: &writer)
                    }
                }
            }
            return writer.bytes
        }
    }

    /// Names and pictures of the joined members.
    package func joinedMembers(_ session: Session, room roomID: String) async throws -> JSON {
        let room = try await room(roomID, for: session)
        guard room.membership(of: session.userNumber) == .join else {
            throw RequestError.forbidden("You are not in this room.")
        }
        var joined: JSONObject = [:]
        for user in room.joinedUsers {
            guard let id = room.userIDs[user], let content = room[EventType.member, id]?.content else { continue }
            var entry: JSONObject = [:]
            entry["display_name"] = content["displayname"]
            entry["avatar_url"] = content["avatar_url"]
            joined[id] = .object(entry)
        }
        return ["joined": .object(joined)]
    }

    private func stateList(_ session: Session, room roomID: String, type: String?) async throws -> [UInt8] {
        let room = try await room(roomID, for: session)
        return try await reading(room, for: session) { reader in
            let renderer = EventRenderer(reader: reader)
            var writer = JSONWriter(reserving: 2_048)
            try writer.array { writer in
                for event in try reader.state(at: reader.visible.last ?? 0) { try renderer.write(event, to: &writer) }
            }
            return writer.bytes
        }
    }
}

extension RoomReader {
    /// An event that the viewer may see.
    func visibleEvent(_ id: String) throws -> StoredEvent {
        guard let address = EventAddress(id), address.room == room.number, visible.contains(address.seq),
            let event = try event(address.seq)
        else { throw RequestError.notFound("There is no such event.") }
        return event
    }

    /// The state after an event, in the order of the events that set it.
    func state(at seq: Int64) throws -> [StoredEvent] {
        var result: [StoredEvent] = []
        for entry in room.state.values {
            var event: StoredEvent? = entry.event
            while let newer = event, newer.seq > seq { event = try newer.replaces.flatMap { try self.event($0) } }
            if let event { result.append(event) }
        }
        return result.sorted { $0.seq < $1.seq }
    }
}

/// A page of history.
struct HistoryPage {
    /// In reading order.
    var events: [StoredEvent]
    var start: PageToken
    /// Where to read on; `nil` at the end.
    var end: PageToken?

    static func read(_ reader: RoomReader, _ request: HistoryRequest) throws -> HistoryPage {
        let boundary = { (place: HistoryPlace) in
            try place.boundary(backwards: !request.isForwards) { try reader.seq(atPosition: $0) }
        }
        let newest = PageToken(after: reader.room.headSeq)
        let start = try request.from.map(boundary) ?? (request.isForwards ? PageToken(after: 0) : newest)
        let stop = try request.to.map(boundary)
        let limit = max(0, min(request.limit, 500))
        return request.isForwards
            ? try forwards(reader, request.filter, from: start, to: stop, limit: limit)
            : try backwards(reader, request.filter, from: start, to: stop, limit: limit)
    }

    private static let scanLimit = 5_000

    private static func backwards(
        _ reader: RoomReader, _ filter: RoomEventFilter, from start: PageToken, to stop: PageToken?, limit: Int
    ) throws -> HistoryPage {
        let floor = stop?.after ?? 0
        var found: [StoredEvent] = []
        var next = reader.visible.last(atOrBefore: start.after)
        var scanned = 0
        while let high = next, high > floor, found.count < limit, scanned < scanLimit {
            let page = try reader.backwards(from: high, downTo: floor + 1, limit: min(500, limit - found.count))
            guard let oldest = page.last else { break }
            found += page.filter { reader.visible.contains($0.seq) && filter.allows($0, in: reader.room) }
            scanned += page.count
            next = reader.visible.previousVisible(before: oldest.seq)
        }
        let end = next.flatMap { $0 > floor ? PageToken(after: $0) : nil }
        return HistoryPage(events: found, start: start, end: limit == 0 ? start : end)
    }

    private static func forwards(
        _ reader: RoomReader, _ filter: RoomEventFilter, from start: PageToken, to stop: PageToken?, limit: Int
    ) throws -> HistoryPage {
        let ceiling = min(stop?.after ?? reader.room.headSeq, reader.room.headSeq)
        var found: [StoredEvent] = []
        var next = reader.visible.first(atOrAfter: start.after + 1)
        var scanned = 0
        while let low = next, low <= ceiling, found.count < limit, scanned < scanLimit {
            let page = try reader.forwards(from: low, upTo: ceiling, limit: min(500, limit - found.count))
            guard let newest = page.last else { break }
            found += page.filter { reader.visible.contains($0.seq) && filter.allows($0, in: reader.room) }
            scanned += page.count
            next = reader.visible.first(atOrAfter: newest.seq + 1)
        }
        let end = next.flatMap { $0 <= ceiling ? PageToken(before: $0) : nil }
        return HistoryPage(events: found, start: start, end: limit == 0 ? start : end)
    }

    func written(with renderer: EventRenderer, isForwards: Bool) throws -> [UInt8] {
        var writer = JSONWriter(reserving: 4_096)
        try writer.object { writer in
            writer.key("chunk")
            try writer.array { writer in for event in events { try renderer.write(event, to: &writer) } }
            writer.key("start")
            writer.string(start.text)
            if let end {
                writer.key("end")
                writer.string(end.text)
            }
        }
        return writer.bytes
    }
}
