package import Accounts
package import Basics
import Storage

/// What a user was, or would have been, notified of: worked out from the rooms' events when it is asked for, newest
/// first.
package struct NotificationList: Sendable {
    let engine: MessagingEngine
    let userData: UserDataStore

    private static let chunk = 32
    /// Events looked at for one page; the next page goes on where this one stopped.
    private static let maximumLooks = 2_000

    package init(engine: MessagingEngine, userData: UserDataStore) {
        self.engine = engine
        self.userData = userData
    }

    /// A room on the way back through its events.
    private struct Lane {
        let room: RoomState
        /// Events that were read and not looked at yet, the oldest first.
        var events: [StoredEvent] = []
        var nextSeq: Int64
        /// No further event has a position above this one.
        var bound: Int64
    }

    /// A page of notifications.
    ///
    /// - Parameters:
    ///   - from: the `next_token` of the page before.
    ///   - limit: how many at most, up to 100.
    ///   - onlyHighlights: whether those are left out that are not meant for the user in particular.
    package func page(
        _ session: Session, from: String?, limit: Int, onlyHighlights: Bool
    ) async throws -> JSON {
        guard let start = from.map({ Int64($0) }) ?? .max else {
            throw RequestError.invalidParam("'from' is none of our tokens.")
        }
        let limit = max(1, min(limit, 100))
        var lanes = try await lanes(of: session.userNumber, before: start)
        var found: [JSON] = []
        var looks = 0
        var reached = start
        while found.count < limit, looks < Self.maximumLooks, let at = Self.newest(lanes) {
            if lanes[at].events.isEmpty {
                try await refill(&lanes[at], before: start)
                continue
            }
            let event = lanes[at].events.removeLast()
            lanes[at].bound = lanes[at].events.last?.pos ?? event.pos - 1
            looks += 1
            reached = event.pos
            if let entry = try await entry(event, lanes[at].room, session, onlyHighlights) { found.append(entry) }
        }
        var reply: JSONObject = ["notifications": .array(found)]
        if Self.newest(lanes) != nil { reply["next_token"] = .string(String(reached)) }
        return .object(reply)
    }

    private func lanes(of user: Int64, before start: Int64) async throws -> [Lane] {
        var lanes: [Lane] = []
        for (number, place) in try await engine.places(of: user) where place.membership == .join {
            guard let room = try await engine.room(number) else { continue }
            lanes.append(Lane(room: room, nextSeq: room.headSeq, bound: min(room.headPos, start)))
        }
        return lanes
    }

    /// The lane that may hold the newest event that is left.
    private static func newest(_ lanes: [Lane]) -> Int? {
        lanes.indices.filter { !lanes[$0].events.isEmpty || lanes[$0].nextSeq > lanes[$0].room.purgedSeq }
            .max { lanes[$0].bound < lanes[$1].bound }
    }

    private func refill(_ lane: inout Lane, before start: Int64) async throws {
        let (queries, room, high) = (engine.events, lane.room, lane.nextSeq)
        let page = try await engine.database.read { connection in
            // The first look goes straight to where the page before ended.
            let from =
                high == room.headSeq && start < room.headPos
                ? try queries.seq(
                    atPosition: start - 1, room: room.number, purged: room.purgedSeq, head: high, in: connection) : high
            return try queries.backwards(
                room: room.number, from: from, downTo: room.purgedSeq + 1, limit: Self.chunk, in: connection)
        }
        lane.nextSeq = page.last.map { $0.seq - 1 } ?? room.purgedSeq
        lane.events = page.reversed()
        lane.bound = page.first?.pos ?? 0
    }

    private func entry(
        _ event: StoredEvent, _ room: RoomState, _ session: Session, _ onlyHighlights: Bool
    ) async throws -> JSON? {
        guard !event.flags.contains(.redacted) else { return nil }
        let judge = PushJudge(engine: engine, userData: userData, room: room)
        guard let verdict = try await judge.verdict(on: event, judge.view(of: event), for: session.userNumber),
            verdict.notify, verdict.highlight || !onlyHighlights
        else { return nil }
        let shown = try await engine.database.read { [engine] connection in
            var writer = JSONWriter(reserving: 512)
            let reader = RoomReader(engine, room, viewer: session, connection: connection)
            try EventRenderer(reader: reader).write(event, to: &writer)
            return try JSON(parsing: writer.bytes, limits: .stored)
        }
        return [
            "actions": .array(verdict.actions), "event": shown, "room_id": .string(engine.id(of: room.number)),
            "read": .bool(room.readPlace(of: session.userNumber).seq >= event.seq), "profile_tag": .null,
            "ts": .int(event.received),
        ]
    }
}
