import Basics
import TestSupport
import Testing

extension MatrixClient {
    /// The reply of a call that must succeed and have a shape.
    @discardableResult
    func ask(
        _ shape: Shape, _ method: String, _ path: String, _ body: JSON? = nil,
        query: KeyValuePairs<String, String> = [:], _ location: SourceLocation = #_sourceLocation
    ) async throws -> JSON {
        let json = try await call(method, path, body, query: query)
        #expect(shape.faults(in: json) == [], "\(method) \(path)", sourceLocation: location)
        return json
    }

    /// Expects a refusal with a status and a code, in the one shape that refusals have.
    func isRefused(
        _ status: Int, _ code: String, _ method: String, _ path: String, _ body: JSON? = nil,
        query: KeyValuePairs<String, String> = [:], _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let reply = try await reply(method, path, body, query: query)
        #expect(reply.status == status, "\(method) \(path): \(reply.text.prefix(300))", sourceLocation: location)
        #expect(reply.errorCode == code, "\(method) \(path): \(reply.text.prefix(300))", sourceLocation: location)
        #expect(MessagingShapes.error.faults(in: reply.json) == [], sourceLocation: location)
    }

    // MARK: Sending

    /// Sends a text; the id of its event.
    @discardableResult
    func say(_ text: String, in room: String) async throws -> String {
        try await say(text, in: room, transaction: Cast.unique("t"))
    }

    /// Sends an event; its id.
    @discardableResult
    func send(_ content: JSON, to room: String, type: String = "m.room.message") async throws -> String {
        try await send(content, to: room, type: type, transaction: Cast.unique("t"))
    }

    /// Sends an event that relates to another; its id.
    @discardableResult
    func relate(
        _ relation: String, to event: String, in room: String, type: String = "m.room.message",
        _ content: JSONObject = ["msgtype": "m.text", "body": "related"], key: String? = nil
    ) async throws -> String {
        var content = content
        var relates: JSONObject = ["rel_type": .string(relation), "event_id": .string(event)]
        if let key { relates["key"] = .string(key) }
        content["m.relates_to"] = .object(relates)
        return try await send(.object(content), to: room, type: type)
    }

    /// Replaces a text; the id of the replacing event.
    @discardableResult
    func edit(_ event: String, to text: String, in room: String) async throws -> String {
        try await relate(
            "m.replace", to: event, in: room,
            [
                "msgtype": "m.text", "body": .string("* " + text),
                "m.new_content": ["msgtype": "m.text", "body": .string(text)],
            ])
    }

    /// Takes an event back; the id of the redaction.
    @discardableResult
    func redact(_ event: String, in room: String, reason: String? = nil) async throws -> String {
        let body: JSON = reason.map { ["reason": .string($0)] } ?? emptyObject
        let path = Self.path("rooms", room, "redact", event, Cast.unique("t"))
        return try #require(try await ask(MessagingShapes.eventID, "PUT", path, body)["event_id"]?.stringValue)
    }

    /// Sets a state event; its id.
    @discardableResult
    func setState(_ type: String, key: String = "", _ content: JSON, in room: String) async throws -> String {
        let path = Self.path("rooms", room, "state", type, key)
        return try #require(try await ask(MessagingShapes.eventID, "PUT", path, content)["event_id"]?.stringValue)
    }

    /// Says that everything up to an event is read.
    func read(_ event: String, in room: String, kind: String = "m.read", thread: String? = nil) async throws {
        let body: JSON = thread.map { ["thread_id": .string($0)] } ?? emptyObject
        try await ask(MessagingShapes.empty, "POST", Self.path("rooms", room, "receipt", kind, event), body)
    }

    // MARK: Reading

    /// What is new, checked against the shape of a sync.
    func news(
        since: String? = nil, timeoutMilliseconds: Int = 0, filter: String? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> SyncView {
        let json = try await sync(since: since, timeoutMilliseconds: timeoutMilliseconds, filter: filter)
        #expect(SyncShapes.reply.faults(in: json) == [], sourceLocation: location)
        return SyncView(json: json)
    }

    /// All of a room's history that this user may see, oldest first, read in pages.
    func history(
        of room: String, limit: Int = 100, direction: String = "b", _ location: SourceLocation = #_sourceLocation
    ) async throws -> [JSON] {
        var all: [JSON] = []
        var from: String?
        repeat {
            let page = try await messages(in: room, from: from, direction: direction, limit: limit)
            #expect(MessagingShapes.messages.faults(in: page) == [], sourceLocation: location)
            all += page["chunk"]?.arrayValue ?? []
            from = page["end"]?.stringValue
        } while from != nil && all.count < 10_000
        return direction == "b" ? all.reversed() : all
    }

    /// One event, checked against the shape of events.
    func event(_ id: String, in room: String, _ location: SourceLocation = #_sourceLocation) async throws -> JSON {
        try await ask(MessagingShapes.event, "GET", Self.path("rooms", room, "event", id), location)
    }

    private func ask(
        _ shape: Shape, _ method: String, _ path: String, _ location: SourceLocation
    ) async throws -> JSON {
        try await ask(shape, method, path, nil, query: [:], location)
    }

    /// This user's line of the conversation list for a room.
    func conversation(_ room: String, _ location: SourceLocation = #_sourceLocation) async throws -> JSON? {
        let list = try await ask(MessagingShapes.conversations, "GET", "/api/v1/conversations", location)
        return list["conversations"]?.arrayValue?.first { $0["room"]?.stringValue == room }
    }
}

extension JSON {
    var eventID: String { self["event_id"]?.stringValue ?? "" }
    var bodyText: String? { self["content"]?["body"]?.stringValue }
    var seq: Int64 { self["unsigned"]?["shop.vitrine"]?["seq"]?.intValue ?? 0 }
    /// The id of the event before this one that the reader may see.
    var previous: String? { self["unsigned"]?["shop.vitrine"]?["prev"]?.stringValue }
    var relations: JSON? { self["unsigned"]?["m.relations"] }
}

extension [JSON] {
    /// The texts of the messages among these events.
    var bodies: [String] { compactMap { $0["type"] == "m.room.message" ? $0.bodyText : nil } }
    var eventIDs: [String] { map(\.eventID) }
}

/// A look into the reply of `/sync`.
struct SyncView {
    let json: JSON

    var next: String { json["next_batch"]?.stringValue ?? "" }

    /// The part of a room that the user is in.
    func joined(_ room: String) -> JSON? { json["rooms"]?["join"]?[room] }
    func left(_ room: String) -> JSON? { json["rooms"]?["leave"]?[room] }
    func invited(_ room: String) -> JSON? { json["rooms"]?["invite"]?[room] }
    func timeline(_ room: String) -> [JSON] { joined(room)?["timeline"]?["events"]?.arrayValue ?? [] }
    func isLimited(_ room: String) -> Bool { joined(room)?["timeline"]?["limited"]?.boolValue ?? false }

    /// The content of the room's event of a type that is not kept, such as `m.typing`.
    func ephemeral(_ type: String, in room: String) -> JSON? {
        joined(room)?["ephemeral"]?["events"]?.arrayValue?.first { $0["type"]?.stringValue == type }?["content"]
    }

    /// The content of the user's data about a room.
    func accountData(_ type: String, in room: String) -> JSON? {
        joined(room)?["account_data"]?["events"]?.arrayValue?.first { $0["type"]?.stringValue == type }?["content"]
    }

    func unread(_ room: String) -> Int64? { joined(room)?["unread_notifications"]?["notification_count"]?.intValue }
    func highlights(_ room: String) -> Int64? { joined(room)?["unread_notifications"]?["highlight_count"]?.intValue }
}
