import Accounts
import Basics
import Storage

/// A reply to sync, ready to send.
struct SyncReply: Sendable {
    var bytes: [UInt8]
    /// Whether it tells nothing: then a long poll waits on.
    var isEmpty: Bool
}

/// Writes the reply for one snapshot. Without a database it uses memory alone and throws ``NeedsDatabase`` if that is
/// not enough.
struct SyncBuilder: Sendable {
    let engine: MessagingEngine
    let session: Session
    let request: SyncRequest
    let snapshot: SyncSnapshot
    let personal: PersonalNews?
    /// How far the furthest other device of the user has come.
    let furthestOther: Int64?

    private struct Sections {
        var join = JSONWriter(reserving: 1_024)
        var invite = JSONWriter(reserving: 0)
        var knock = JSONWriter(reserving: 0)
        var leave = JSONWriter(reserving: 0)
        var counts = (join: 0, invite: 0, knock: 0, leave: 0)
    }

    func build(with connection: Connection?) throws -> SyncReply {
        var sections = Sections()
        sections.join.beginObject()
        sections.invite.beginObject()
        sections.knock.beginObject()
        sections.leave.beginObject()
        for room in snapshot.rooms {
            guard let place = snapshot.places[room.number], request.filter.room.allowsRoom(engine.id(of: room.number))
            else { continue }
            let reader = RoomReader(engine, room, viewer: session, connection: connection)
            let part = SyncRoom(builder: self, reader: reader, place: place)
            switch place.membership {
            case .join: if try part.writeJoined(to: &sections.join) { sections.counts.join += 1 }
            case .invite:
                part.writeInvite(to: &sections.invite, key: "invite_state")
                sections.counts.invite += 1
            case .knock:
                part.writeInvite(to: &sections.knock, key: "knock_state")
                sections.counts.knock += 1
            case .leave, .ban:
                try part.writeLeft(to: &sections.leave)
                sections.counts.leave += 1
            }
        }
        sections.join.endObject()
        sections.invite.endObject()
        sections.knock.endObject()
        sections.leave.endObject()
        return finish(sections)
    }

    private func finish(_ sections: Sections) -> SyncReply {
        var writer = JSONWriter(reserving: sections.join.bytes.count + 512)
        let counts = sections.counts
        let hasRooms = counts.join + counts.invite + counts.knock + counts.leave > 0
        var isEmpty = !hasRooms
        writer.beginObject()
        writer.key("next_batch")
        writer.string(
            SyncToken(
                generation: engine.database.generation, position: snapshot.position, ephemeralBoot: snapshot.boot,
                ephemeralCounter: snapshot.ephemeral
            ).text)
        if hasRooms {
            writer.key("rooms")
            writer.object { writer in
                for (name, count, section) in [
                    ("join", counts.join, sections.join), ("invite", counts.invite, sections.invite),
                    ("knock", counts.knock, sections.knock), ("leave", counts.leave, sections.leave),
                ] where count > 0 {
                    writer.key(name)
                    writer.raw(section.bytes)
                }
            }
        }
        if let personal { isEmpty = !writePersonal(personal, to: &writer) && isEmpty }
        writer.endObject()
        return SyncReply(bytes: writer.bytes, isEmpty: isEmpty)
    }

    /// Tells whether there was anything to tell.
    private func writePersonal(_ news: PersonalNews, to writer: inout JSONWriter) -> Bool {
        let data = news.accountData.filter { request.filter.accountData.allowsType($0.type) }
        if !data.isEmpty {
            writer.key("account_data")
            writer.object { $0.events(data) }
        }
        if !news.toDevice.isEmpty {
            writer.key("to_device")
            writer.object { writer in
                writer.key("events")
                writer.array { writer in for event in news.toDevice { writer.raw(event) } }
            }
        }
        let presence = request.filter.presence.allowsType("m.presence") ? news.presence : []
        if !presence.isEmpty {
            writer.key("presence")
            writer.object { writer in
                writer.key("events")
                writer.array { writer in for event in presence { writer.raw(event) } }
            }
        }
        let hasDevices = !news.changedDevices.isEmpty || !news.leftDevices.isEmpty
        if hasDevices {
            writer.key("device_lists")
            writer.object { writer in
                writer.strings("changed", news.changedDevices)
                writer.strings("left", news.leftDevices)
            }
        }
        writer.key("device_one_time_keys_count")
        writer.object { writer in
            for (algorithm, count) in news.oneTimeKeys.sorted(by: { $0.key < $1.key }) {
                writer.key(algorithm)
                writer.int(count)
            }
        }
        writer.strings("device_unused_fallback_key_types", news.unusedFallbackKeys)
        return !data.isEmpty || !news.toDevice.isEmpty || !presence.isEmpty || hasDevices
    }
}

extension JSONWriter {
    mutating func strings(_ name: String, _ values: [String]) {
        key(name)
        array { writer in for value in values { writer.string(value) } }
    }

    /// `"events": [...]` of account data.
    mutating func events(_ data: [(type: String, content: [UInt8])]) {
        key("events")
        array { writer in
            for entry in data {
                writer.object { writer in
                    writer.key("type")
                    writer.string(entry.type)
                    writer.key("content")
                    writer.raw(entry.content)
                }
            }
        }
    }
}
