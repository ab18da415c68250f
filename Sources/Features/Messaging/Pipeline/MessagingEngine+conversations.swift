package import Accounts
package import Basics
import Storage

/// How a list of conversations is asked for.
package struct ConversationRequest: Sendable {
    package enum Order: String, Sendable { case recent, unread }
    package var since: SyncToken?
    package var offset = 0
    package var limit = 50
    package var order = Order.recent

    package init() {}
}

extension MessagingEngine {
    /// The user's conversations by recency, or those that have changed since a token; computed now from what the
    /// rooms hold, so that a message costs no write for any list.
    package func conversations(_ session: Session, _ request: ConversationRequest) async throws -> [UInt8] {
        var sync = SyncRequest()
        sync.since = request.since
        let snapshot = try await snapshot(session, sync)
        let user = session.userNumber
        let isDelta = snapshot.since != nil
        let joined = snapshot.rooms.filter { snapshot.places[$0.number]?.membership == .join }
        let sorted = joined.map { (room: $0, attention: attention(of: user, in: $0)) }.sorted { left, right in
            if request.order == .unread, (left.attention.unread > 0) != (right.attention.unread > 0) {
                return left.attention.unread > 0
            }
            return (left.room.lastActivity, left.room.number) > (right.room.lastActivity, right.room.number)
        }
        let limit = max(1, min(request.limit, 200))
        let page = isDelta ? sorted[...] : sorted.dropFirst(max(0, request.offset)).prefix(limit)
        let removed = snapshot.rooms.filter { room in
            isDelta && [.leave, .ban].contains(snapshot.places[room.number]?.membership ?? .leave)
        }
        let marked = try await userData?.news(for: session, after: nil, upTo: snapshot.position).roomAccountData ?? [:]
        let write = { @Sendable [self] (connection: Connection?) throws -> [UInt8] in
            var writer = JSONWriter(reserving: 4_096)
            try writer.object { writer in
                writer.key("next")
                writer.string(SyncToken(generation: database.generation, position: snapshot.position).text)
                writer.key("conversations")
                try writer.array { writer in
                    for entry in page {
                        let reader = RoomReader(self, entry.room, viewer: session, connection: connection)
                        try writeConversation(
                            reader, entry.attention, data: marked[entry.room.number.value] ?? [], to: &writer)
                    }
                }
                if !isDelta, page.endIndex < sorted.endIndex {
                    writer.key("more_from")
                    writer.int(page.endIndex)
                }
                writer.strings("removed", removed.map { id(of: $0.number) })
            }
            return writer.bytes
        }
        do { return try write(nil) } catch is NeedsDatabase { return try await database.read { try write($0) } }
    }

    private func writeConversation(
        _ reader: RoomReader, _ attention: Attention, data: [(type: String, content: [UInt8])],
        to writer: inout JSONWriter
    ) throws {
        let room = reader.room
        try writer.object { writer in
            writer.key("room")
            writer.string(id(of: room.number))
            writer.key("title")
            writer.string(title(of: room, for: reader.viewer.userNumber))
            if let avatar = room.text(EventType.avatar, "url") {
                writer.key("avatar")
                writer.string(avatar)
            }
            if room.lastSeq > 0, reader.visible.contains(room.lastSeq), let last = try reader.event(room.lastSeq) {
                writer.key("last")
                try EventRenderer(reader: reader).write(last, to: &writer)
            }
            writer.key("last_ts")
            writer.int(room.lastActivity)
            writer.key("unread")
            writer.int(attention.unread)
            writer.key("highlight")
            writer.int(attention.highlights)
            writer.key("marked_unread")
            writer.bool(data.contains { $0.type == "m.marked_unread" && DataView($0.content).object["unread"] == true })
            writer.key("tags")
            let tags = data.first { $0.type == "m.tag" }.flatMap { DataView($0.content).object["tags"] }
            writer.value(tags ?? [:])
        }
    }

    /// A room's name for one of its members: its name, its alias, or who else is there.
    package func title(of room: RoomState, for user: Int64) -> String {
        if let customer = room.customerName(for: user) { return customer }
        if let name = room.text(EventType.name, "name"), !name.isEmpty { return name }
        if let alias = room.text(EventType.canonicalAlias, "alias"), !alias.isEmpty { return alias }
        let names = room.heroes(for: user).prefix(3).map { id in
            room[EventType.member, id]?.content["displayname"]?.stringValue ?? id
        }
        return names.joined(separator: ", ")
    }

    /// The positions of MSG-06: of each device of the user, of the furthest one, and the newest there is.
    package func positions(_ session: Session) async throws -> JSON {
        let devices = try await accounts.positions(of: session.userNumber)
        let list = devices.map { entry -> JSON in
            [
                "device_id": .string(entry.device.deviceID), "cursor": .int(entry.position),
                "seen_ts": entry.device.lastSeenMilliseconds.map(JSON.int) ?? .null,
            ]
        }
        let furthest = devices.map(\.position).max() ?? 0
        return ["head": .int(position), "furthest": .int(furthest), "devices": .array(list)]
    }
}

extension RoomState {
    /// For staff in a service room: the customer's name. The room's own name is the shop's, for the customer to see.
    func customerName(for user: Int64) -> String? {
        guard isServiceRoom, let viewer = userIDs[user], levels.level(of: viewer) > levels.usersDefault else {
            return nil
        }
        let customers = spans.keys.compactMap { userIDs[$0] }.filter { levels.level(of: $0) <= levels.usersDefault }
        guard let customer = customers.min() else { return nil }
        return self[EventType.member, customer]?.content["displayname"]?.stringValue ?? customer
    }

    /// When something was last said; for a room without a message, when it was made.
    var lastActivity: Int64 { lastTime > 0 ? lastTime : created }
}

/// One piece of account data.
private struct DataView {
    let object: JSONObject

    init(_ content: [UInt8]) { object = (try? JSON(parsing: content, limits: .stored))?.objectValue ?? [:] }
}
