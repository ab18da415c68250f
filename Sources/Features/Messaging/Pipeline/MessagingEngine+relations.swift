package import Accounts
import Basics
import Storage

extension MessagingEngine {
    /// A page of the events that relate to one.
    package func relations(
        _ session: Session, room roomID: String, event eventID: String, relation: String?, type: String?,
        _ request: HistoryRequest
    ) async throws -> [UInt8] {
        let room = try await visibleRoom(roomID, for: session)
        return try await database.read { [self] connection in
            let reader = RoomReader(self, room, viewer: session, connection: connection)
            let target = try reader.visibleEvent(eventID)
            let typeNumber = try type.map { try events.types.number(of: $0, in: connection) ?? -1 }
            let limit = max(1, min(request.limit, 100))
            let from = try request.from.map { place in
                try place.boundary(backwards: !request.isForwards) { try reader.seq(atPosition: $0) }
            }
            let low = request.isForwards ? (from?.after ?? 0) + 1 : 1
            let high = request.isForwards ? room.headSeq : from?.after ?? room.headSeq
            let seqs =
                low > high
                ? []
                : try RelationQueries.seqs(
                    room: room.number, target: target.seq, relation: relation, type: typeNumber, within: low...high,
                    forwards: request.isForwards, limit: limit + 1, in: connection)
            // What the viewer cannot see is passed over, but the next page begins behind it.
            let page = seqs.prefix(limit)
            var writer = JSONWriter(reserving: 2_048)
            try writer.object { writer in
                writer.key("chunk")
                try writer.array { writer in
                    for seq in page where reader.visible.contains(seq) {
                        guard let event = try reader.event(seq) else { continue }
                        try EventRenderer(reader: reader).write(event, to: &writer)
                    }
                }
                if seqs.count > limit, let last = page.last {
                    writer.key("next_batch")
                    writer.string((request.isForwards ? PageToken(after: last) : PageToken(before: last)).text)
                }
            }
            return writer.bytes
        }
    }

    /// The threads of a room, the most recently continued first.
    package func threads(
        _ session: Session, room roomID: String, onlyOwn: Bool, from: PageToken?, limit: Int
    ) async throws -> [UInt8] {
        let room = try await room(roomID, for: session)
        let count = max(1, min(limit, 50))
        return try await database.read { [self] connection in
            let reader = RoomReader(self, room, viewer: session, connection: connection)
            let before = from.map { $0.after + 1 } ?? .max
            let roots = try RelationQueries.threadRoots(
                room: room.number, before: before, limit: count + 1, in: connection)
            var writer = JSONWriter(reserving: 2_048)
            try writer.object { writer in
                writer.key("chunk")
                try writer.array { writer in
                    for entry in roots.prefix(count) where reader.visible.contains(entry.root) {
                        guard let event = try reader.event(entry.root) else { continue }
                        if onlyOwn, try !reader.takesPart(in: event) { continue }
                        try EventRenderer(reader: reader).write(event, to: &writer)
                    }
                }
                if roots.count > count, let last = roots.prefix(count).last {
                    writer.key("next_batch")
                    writer.string(PageToken(before: last.newest).text)
                }
            }
            return writer.bytes
        }
    }
}

extension RoomReader {
    /// Whether the viewer began a thread or has written in it.
    func takesPart(in root: StoredEvent) throws -> Bool {
        if root.sender == viewer.userNumber { return true }
        return try RelationQueries.takesPart(
            viewer.userNumber, inThread: root.seq, room: root.room, in: try database())
    }
}
