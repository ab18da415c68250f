import Accounts
import Basics
import Storage

/// One room of a reply to sync.
struct SyncRoom {
    let builder: SyncBuilder
    let reader: RoomReader
    let place: UserRoom

    private var room: RoomState { reader.room }
    private var session: Session { builder.session }
    private var filter: RoomFilter { builder.request.filter.room }
    private var since: Int64? { builder.snapshot.since }

    /// Whether the client has nothing of this room: it is the first sync, or the user has joined since.
    private var isNew: Bool { since.map { place.since > $0 } ?? true }

    // MARK: Joined

    /// Writes a joined room, unless there is nothing to tell; tells whether it did.
    func writeJoined(to writer: inout JSONWriter) throws -> Bool {
        let sinceSeq = try timelineFloor()
        var window = try TimelineWindow.newest(
            reader, filter: filter.timeline, limit: builder.request.filter.timelineLimit, after: sinceSeq)
        let skipped = holdBack(&window)
        let state = try stateEvents(window, sinceSeq: sinceSeq)
        let ephemeral = ephemeralEvents()
        let data = roomData()
        let isFull = isNew || builder.request.isFullState
        guard
            isFull || !window.events.isEmpty || !skipped.isEmpty || !state.isEmpty || !ephemeral.isEmpty
                || !data.isEmpty || hasNewMarks
        else { return false }
        let renderer = EventRenderer(reader: reader, namesRoom: false)
        writer.key(builder.engine.id(of: room.number))
        try writer.object { writer in
            writer.key("timeline")
            try writeTimeline(window, renderer, to: &writer)
            writer.key(builder.request.usesStateAfter ? "state_after" : "state")
            try writer.object { writer in
                writer.key("events")
                try writer.array { writer in for event in state { try renderer.write(event, to: &writer) } }
            }
            if !ephemeral.isEmpty {
                writer.key("ephemeral")
                writer.object { writer in
                    writer.key("events")
                    writer.array { writer in for event in ephemeral { writer.value(event) } }
                }
            }
            if !data.isEmpty {
                writer.key("account_data")
                writer.object { $0.events(data) }
            }
            try writeCounts(to: &writer)
            if isFull || state.contains(where: \.isMember) || window.events.contains(where: \.isMember) {
                writeSummary(to: &writer)
            }
            if !skipped.isEmpty { writer.strings("shop.vitrine.skipped", skipped) }
        }
        return true
    }

    /// The seq up to which the client has the timeline: nothing of a room that is new to it, but all up to its token
    /// of one that the user left and joined again without the client noticing.
    private func timelineFloor() throws -> Int64 {
        guard let since else { return 0 }
        guard isNew else { return try reader.seq(atPosition: since) }
        guard let spans = room.spans[session.userNumber], spans.entries.contains(where: { $0.membership == .join }),
            spans.entries.count > 1
        else { return 0 }
        let seq = try reader.seq(atPosition: since)
        return spans.membership(before: seq + 1) == .join ? seq : 0
    }

    /// Takes out what another device of the user has had and only one device shall have.
    private func holdBack(_ window: inout TimelineWindow) -> [String] {
        guard let furthest = builder.furthestOther else { return [] }
        let held = window.events.filter { $0.flags.contains(.deliverFirst) && $0.pos <= furthest }
        guard !held.isEmpty else { return [] }
        window.events.removeAll { $0.flags.contains(.deliverFirst) && $0.pos <= furthest }
        return held.map(\.address.text)
    }

    private func writeTimeline(
        _ window: TimelineWindow, _ renderer: EventRenderer, to writer: inout JSONWriter
    ) throws {
        try writer.object { writer in
            writer.key("events")
            try writer.array { writer in for event in window.events { try renderer.write(event, to: &writer) } }
            writer.key("limited")
            writer.bool(window.isLimited || builder.snapshot.isRestart)
            writer.key("prev_batch")
            writer.string(window.previous.text)
        }
    }

    // MARK: State

    /// The state that the client lacks: all of it at the start of the timeline for a new room, what changed in the
    /// gap for a limited one. With `use_state_after`: at the end of the timeline.
    private func stateEvents(_ window: TimelineWindow, sinceSeq: Int64) throws -> [StoredEvent] {
        let isFull = isNew || builder.request.isFullState
        let start = isFull || window.isLimited ? window.start : sinceSeq + 1
        let end = builder.request.usesStateAfter ? room.headSeq + 1 : start
        var result: [StoredEvent] = []
        let senders = filter.state.lazyLoadMembers ? Set(window.events.map(\.sender)) : []
        for (slot, entry) in room.state {
            if !isFull, entry.seq <= sinceSeq, !isLazilyNeeded(entry, senders) { continue }
            var event: StoredEvent? = entry.event
            while let newer = event, newer.seq >= end { event = try newer.replaces.flatMap { try reader.event($0) } }
            guard let event else { continue }
            if slot.type == EventType.member, filter.state.lazyLoadMembers {
                // A member change in the gap is never dropped: without it the client would show a wrong list.
                let isChange = !isFull && event.seq > sinceSeq
                guard isChange || isLazilyNeeded(entry, senders) || slot.key == session.user.text else { continue }
            } else if !isFull, event.seq <= sinceSeq {
                continue
            }
            if filter.state.allows(event, in: room) { result.append(event) }
        }
        return result.sorted { $0.seq < $1.seq }
    }

    private func isLazilyNeeded(_ entry: StateEntry, _ senders: Set<Int64>) -> Bool {
        guard filter.state.lazyLoadMembers, entry.event.type == EventType.member, let key = entry.event.stateKey else {
            return false
        }
        return senders.contains { reader.room.userIDs[$0] == key }
    }

    // MARK: Attention

    private var hasNewMarks: Bool {
        let since = since ?? 0
        if room.highlightPositions[session.userNumber] ?? 0 > since { return true }
        return room.marks.contains { $0.key.user == session.userNumber && $0.value.pos > since }
    }

    private func ephemeralEvents() -> [JSON] {
        var events: [JSON] = []
        if let typists = builder.snapshot.typists[room.number], filter.ephemeral.events.allowsType("m.typing") {
            let users = typists.compactMap { room.userIDs[$0] }.sorted().map(JSON.string)
            events.append(["type": "m.typing", "content": ["user_ids": .array(users)]])
        }
        let receipts = receiptContent()
        if !receipts.isEmpty, filter.ephemeral.events.allowsType("m.receipt") {
            events.append(["type": "m.receipt", "content": .object(receipts)])
        }
        return events
    }

    private func receiptContent() -> JSONObject {
        let since = isNew ? 0 : since ?? 0
        guard isNew || room.receiptPos > since else { return [:] }
        var content: JSONObject = [:]
        for (key, mark) in room.marks where mark.pos > since {
            let name: String
            switch ReadMarkKind(rawValue: key.kind) {
            case .read: name = "m.read"
            case .readPrivate where key.user == session.userNumber: name = "m.read.private"
            default: continue
            }
            guard let user = room.userIDs[key.user] else { continue }
            let event = EventAddress(room: room.number, seq: mark.seq).text
            var receipt: JSONObject = ["ts": .int(mark.timestamp)]
            if key.thread == -1 { receipt["thread_id"] = "main" }
            if key.thread > 0 {
                receipt["thread_id"] = .string(EventAddress(room: room.number, seq: key.thread).text)
            }
            var kinds = content[event]?.objectValue ?? [:]
            var users = kinds[name]?.objectValue ?? [:]
            users[user] = .object(receipt)
            kinds[name] = .object(users)
            content[event] = .object(kinds)
        }
        return content
    }

    /// Account data of this room; the fully-read marker is one of them.
    private func roomData() -> [(type: String, content: [UInt8])] {
        var data = builder.personal?.roomAccountData[room.number.value] ?? []
        let key = ReadMarkKey(user: session.userNumber, kind: ReadMarkKind.fullyRead.rawValue)
        if let mark = room.marks[key], isNew || mark.pos > since ?? 0 {
            let content: JSON = ["event_id": .string(EventAddress(room: room.number, seq: mark.seq).text)]
            data.append(("m.fully_read", content.encoded()))
        }
        return data.filter { filter.accountData.events.allowsType($0.type) }
    }

    private func writeCounts(to writer: inout JSONWriter) throws {
        let attention = builder.engine.attention(of: session.userNumber, in: room)
        let isMuted = builder.engine.userData?.quietRooms(of: session.userNumber).isQuiet(
            builder.engine.id(of: room.number))
        if filter.timeline.unreadThreadNotifications, isMuted != true {
            let counts = try ThreadAttention(of: session.userNumber, in: room, on: try reader.database())
            return counts.write(to: &writer, room: room.number)
        }
        writer.key("unread_notifications")
        attention.write(to: &writer)
    }

    private func writeSummary(to writer: inout JSONWriter) {
        writer.key("summary")
        writer.object { writer in
            if room[EventType.name] == nil, room[EventType.canonicalAlias] == nil {
                writer.strings("m.heroes", room.heroes(for: session.userNumber))
            }
            writer.key("m.joined_member_count")
            writer.int(room.joined)
            writer.key("m.invited_member_count")
            writer.int(room.invited)
        }
    }

    // MARK: Invited and left

    func writeInvite(to writer: inout JSONWriter, key: String) {
        let types = [
            EventType.create, EventType.joinRules, EventType.name, EventType.avatar, EventType.canonicalAlias,
            EventType.encryption, EventType.topic,
        ]
        let renderer = EventRenderer(reader: reader)
        writer.key(builder.engine.id(of: room.number))
        writer.object { writer in
            writer.key(key)
            writer.object { writer in
                writer.key("events")
                writer.array { writer in
                    for type in types { if let entry = room[type] { renderer.writeStripped(entry.event, to: &writer) } }
                    guard let own = room[EventType.member, session.user.text] else { return }
                    renderer.writeStripped(own.event, to: &writer)
                    let inviter = room.userIDs[own.event.sender] ?? ""
                    if inviter != session.user.text, let member = room[EventType.member, inviter] {
                        renderer.writeStripped(member.event, to: &writer)
                    }
                }
            }
        }
    }

    func writeLeft(to writer: inout JSONWriter) throws {
        let left = room.spans[session.userNumber]?.currentFrom ?? room.headSeq
        let before = try since.map { try reader.seq(atPosition: $0) } ?? 0
        let renderer = EventRenderer(reader: reader, namesRoom: false)
        let window = try TimelineWindow.newest(
            reader, filter: filter.timeline, limit: builder.request.filter.timelineLimit, after: before, upTo: left)
        writer.key(builder.engine.id(of: room.number))
        try writer.object { writer in
            writer.key("timeline")
            try writeTimeline(window, renderer, to: &writer)
            writer.key("state")
            try writer.object { writer in
                writer.key("events")
                try writer.array { writer in
                    guard window.events.allSatisfy({ $0.stateKey != session.user.text }),
                        let own = room[EventType.member, session.user.text]
                    else { return }
                    try renderer.write(own.event, to: &writer)
                }
            }
        }
    }
}

extension StoredEvent {
    fileprivate var isMember: Bool { type == EventType.member && stateKey != nil }
}

extension RoomState {
    /// Up to five other members, the longest there first, for clients that make a room's name of them.
    func heroes(for user: Int64) -> [String] {
        let others = spans.filter { $0.key != user }
        let present = others.filter { $0.value.current == .join || $0.value.current == .invite }
        return (present.isEmpty ? others : present)
            .sorted { ($0.value.currentFrom ?? 0, $0.key) < ($1.value.currentFrom ?? 0, $1.key) }
            .prefix(5).compactMap { userIDs[$0.key] }
    }
}
