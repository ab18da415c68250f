import Accounts
import Basics
import Messaging
import Testing

/// A device as a careful client is: it keeps what it was told and fills every hole it is told of.
final class ModelClient {
    let session: Session
    private let engine: MessagingEngine
    private(set) var token: String?
    /// Event ids by room and seq.
    private(set) var timeline: [String: [Int64: String]] = [:]
    private(set) var state: [String: [StateSlot: String]] = [:]
    private(set) var joined: Set<String> = []
    private(set) var unread: [String: Int64] = [:]
    /// Events that came a second time by sync.
    private(set) var repeats: [String] = []

    init(_ session: Session, engine: MessagingEngine) {
        self.session = session
        self.engine = engine
    }

    /// One sync; holes are filled with pages of `pageSize` events.
    func sync(limit: Int, pageSize: Int) async throws {
        var request = SyncRequest()
        request.since = try token.map { try SyncToken(parsing: $0) }
        request.filter = try SyncFilter(["room": ["timeline": ["limit": .int(Int64(limit))]]])
        let reply = try JSON(parsing: try await engine.sync(session, request), limits: .stored)
        token = reply["next_batch"]?.stringValue
        for (room, part) in reply["rooms"]?["join"]?.objectValue ?? [:] {
            let isNew = joined.insert(room).inserted
            if isNew { state[room] = [:] }
            try await take(part, room: room, isNew: isNew, pageSize: pageSize)
            if let count = part["unread_notifications"]?["notification_count"]?.intValue { unread[room] = count }
        }
        for (room, part) in reply["rooms"]?["leave"]?.objectValue ?? [:] {
            if joined.remove(room) != nil { try await take(part, room: room, isNew: false, pageSize: pageSize) }
        }
    }

    private func take(_ part: JSON, room: String, isNew: Bool, pageSize: Int) async throws {
        let events = part["timeline"]?["events"]?.arrayValue ?? []
        if part["timeline"]?["limited"] == true, let from = part["timeline"]?["prev_batch"]?.stringValue {
            try await fill(room, from: from, pageSize: pageSize)
        }
        for event in part["state"]?["events"]?.arrayValue ?? [] { keepState(event, room) }
        for event in events {
            let seq = try #require(event["unsigned"]?["shop.vitrine"]?["seq"]?.intValue)
            let id = try #require(event["event_id"]?.stringValue)
            if !isNew, timeline[room]?[seq] != nil { repeats.append(id) }
            timeline[room, default: [:]][seq] = id
            keepState(event, room)
        }
    }

    private func keepState(_ event: JSON, _ room: String) {
        guard let key = event["state_key"]?.stringValue, let type = event["type"]?.stringValue else { return }
        state[room, default: [:]][StateSlot(type, key)] = event["event_id"]?.stringValue
    }

    /// Reads backwards until there is nothing new: to a known event or to the beginning.
    private func fill(_ room: String, from: String, pageSize: Int) async throws {
        var place: String? = from
        while let here = place {
            var request = HistoryRequest()
            request.from = try HistoryPlace(parsing: here, parameter: "from")
            request.limit = pageSize
            let page = try JSON(parsing: try await engine.messages(session, room: room, request), limits: .stored)
            var isKnown = false
            for event in page["chunk"]?.arrayValue ?? [] {
                let seq = try #require(event["unsigned"]?["shop.vitrine"]?["seq"]?.intValue)
                if timeline[room]?[seq] != nil { isKnown = true }
                timeline[room, default: [:]][seq] = event["event_id"]?.stringValue
            }
            place = isKnown ? nil : page["end"]?.stringValue
        }
    }

    /// All that `/messages` shows of a room, the oldest first.
    func history(_ room: String, pageSize: Int, isForwards: Bool) async throws -> [String] {
        var found: [String] = []
        var place: String?
        repeat {
            var request = HistoryRequest()
            request.isForwards = isForwards
            request.from = try place.map { try HistoryPlace(parsing: $0, parameter: "from") }
            request.limit = pageSize
            let page = try JSON(parsing: try await engine.messages(session, room: room, request), limits: .stored)
            found += (page["chunk"]?.arrayValue ?? []).compactMap { $0["event_id"]?.stringValue }
            place = page["end"]?.stringValue
        } while place != nil
        return isForwards ? found : found.reversed()
    }
}
