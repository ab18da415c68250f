package import Accounts
package import Basics
import Storage
import Synchronization

extension MessagingEngine {
    /// Unread and highlighted messages of a room for a user: nothing in a muted room, only mentions where the user
    /// wants no more. Keywords of the user's own rules do not highlight.
    func attention(of user: Int64, in room: RoomState) -> Attention {
        let attention = room.attention(of: user)
        guard attention.unread > 0 || attention.highlights > 0, let quiet = userData?.quietRooms(of: user),
            !quiet.isEmpty
        else { return attention }
        return quiet.counted(attention, in: id(of: room.number))
    }

    /// Moves read marks of a user forward; an older place changes nothing.
    package func markRead(
        _ session: Session, room roomID: String, marks: [(kind: ReadMarkKind, event: String)],
        thread: String? = nil
    ) async throws {
        let number = try number(of: roomID)
        let user = session.userNumber
        let room = try await room(roomID, for: session)
        guard room.membership(of: user) == .join else { throw RequestError.forbidden("You are not in this room.") }
        let visible = room.visible(to: user)
        var wanted: [(kind: ReadMarkKind, seq: Int64)] = []
        for mark in marks {
            guard let address = EventAddress(mark.event), address.room == number, visible.contains(address.seq) else {
                throw RequestError.notFound("There is no such event in this room.")
            }
            wanted.append((mark.kind, address.seq))
        }
        let threadNumber = try self.thread(thread, in: number)
        // Most calls say again what is known: those need no write.
        let news = wanted.filter { mark in
            let key = ReadMarkKey(user: user, kind: mark.kind.rawValue, thread: threadNumber)
            return mark.seq > room.marks[key]?.seq ?? 0
        }
        guard !news.isEmpty else { return }
        try await database.write { [self] context in
            try RoomTransaction.run(self, number, in: context) { change in
                for mark in news {
                    let counted = try change.existing(mark.seq)?.counted ?? 0
                    let key = ReadMarkKey(user: user, kind: mark.kind.rawValue, thread: threadNumber)
                    try change.mark(key, at: mark.seq, counted: counted)
                }
            }
        }
    }

    private func thread(_ id: String?, in room: RoomNumber) throws(RequestError) -> Int64 {
        switch id {
        case nil: return 0
        case "main": return -1
        case let text?:
            guard let address = EventAddress(text), address.room == room else {
                throw .invalidParam("'thread_id' is 'main' or the id of a thread's first event.")
            }
            return address.seq
        }
    }

    /// Says that a user is or is not typing.
    package func setTyping(
        _ session: Session, room roomID: String, isTyping: Bool, timeout: Int64 = 30_000
    ) async throws {
        let room = try await room(roomID, for: session)
        let user = session.userNumber
        guard room.membership(of: user) == .join else { throw RequestError.forbidden("You are not in this room.") }
        let now = monotonicMilliseconds()
        let until = isTyping ? now + min(max(timeout, 1_000), 120_000) : nil
        let counter = typing.withLock { $0.set(user, in: room.number, until: until, now: now) }
        if let counter { announceTyping(in: room, at: counter) }
    }

    private func announceTyping(in room: RoomState, at counter: Int64) {
        hub.wake(.news) { table in
            table.publishedToRoom(.ephemeral, at: counter, room: room.number.value, members: room.spans.keys) { user in
                room.membership(of: user) == .join
            }
        }
    }

    /// Ends typing that has run out; to be called about once a second.
    package func expireTyping() {
        let (ended, counter) = typing.withLock { ($0.expire(now: monotonicMilliseconds()), $0.counter) }
        for number in ended {
            guard let room = committed.withLock({ $0.rooms[number] }) else { continue }
            announceTyping(in: room, at: counter)
        }
    }

    /// Who has read an event and who has not, up to 500 each.
    package func readers(_ session: Session, room roomID: String, event eventID: String) async throws -> JSON {
        let room = try await room(roomID, for: session)
        guard let address = EventAddress(eventID), address.room == room.number,
            room.visible(to: session.userNumber).contains(address.seq),
            let event = try await event(address)
        else { throw RequestError.notFound("There is no such event in this room.") }
        let (read, unread) = room.readers(of: address.seq, sender: event.sender)
        let readList = read.prefix(500).compactMap { entry -> JSON? in
            guard let id = room.userIDs[entry.user] else { return nil }
            return ["user": .string(id), "ts": .int(entry.timestamp)]
        }
        let unreadList = unread.prefix(500).compactMap { room.userIDs[$0].map(JSON.string) }
        return [
            "read": .array(readList), "unread": .array(unreadList), "read_count": .int(Int64(read.count)),
            "unread_count": .int(Int64(unread.count)),
        ]
    }

    /// An event whatever its visibility.
    func event(_ address: EventAddress) async throws -> StoredEvent? {
        let queries = events
        return try await database.read { try queries.event(address, in: $0) }
    }

    /// Who a message addresses directly: named users, and everybody by `@room` from one who may.
    func mentioned(_ content: JSONObject, in room: RoomState, by actor: Actor) -> [Int64] {
        guard let mentions = content["m.mentions"]?.objectValue else { return [] }
        if mentions["room"]?.boolValue == true, room.levels.level(of: actor.userID) >= room.levels.roomNotification {
            return room.joinedUsers
        }
        let named = (mentions["user_ids"]?.arrayValue ?? []).prefix(100).compactMap(\.stringValue)
        let numbers = Dictionary(room.userIDs.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
        return Set(named).compactMap { numbers[$0] }
    }
}

extension RoomTransaction {
    /// Remembers for whom a message is more than one of many.
    mutating func highlightMentioned(_ event: StoredEvent, _ content: JSONObject, by actor: Actor) throws {
        guard event.flags.contains(.counted), content["m.mentions"] != nil else { return }
        try highlight(event, for: engine.mentioned(content, in: room, by: actor))
    }
}
