internal import Accounts
public import Basics

/// Somebody who takes part in conversations, on one device.
public struct Participant: Sendable {
    let session: Session
    let engine: MessagingEngine

    /// The user id, such as `@mei:shop.example`.
    public var userID: String { session.user.text }

    // MARK: Rooms

    /// Makes a room and joins it; its id.
    ///
    /// - Parameters:
    ///   - name: what the room is called; without one clients show who else is there.
    ///   - invited: who may join it.
    ///   - isPublic: whether everybody may join it.
    public func createRoom(
        named name: String? = nil, inviting invited: [Participant] = [], isPublic: Bool = false
    ) async throws -> String {
        var wish: JSONObject = [
            "preset": isPublic ? "public_chat" : "private_chat",
            "invite": .array(invited.map { .string($0.userID) }),
        ]
        if let name { wish["name"] = .string(name) }
        return try await engine.createRoom(session, try RoomCreation(wish))
    }

    /// Joins a room by its id or alias; joining again changes nothing.
    public func join(_ room: String) async throws { _ = try await engine.join(session, roomOrAlias: room) }

    /// Leaves a room.
    public func leave(_ room: String) async throws {
        try await engine.setMembership(session, room: room, userID: userID, to: .leave)
    }

    // MARK: Messages

    /// Sends a text; the id of its event, once it is on disk.
    ///
    /// - Parameter transaction: the same again, to the same room, answers the same event and stores nothing; give one to
    ///   try again after a failure without saying it twice.
    @discardableResult
    public func send(_ text: String, to room: String, transaction: String? = nil) async throws -> String {
        try await send(["msgtype": "m.text", "body": .string(text)], to: room, transaction: transaction)
    }

    /// Sends an event of any type; its id, once it is on disk.
    ///
    /// - Parameter content: at most 65,536 bytes as canonical JSON, without floating-point numbers.
    @discardableResult
    public func send(
        _ content: JSONObject, type: String = "m.room.message", to room: String, transaction: String? = nil
    ) async throws -> String {
        var generator = SystemRandomNumberGenerator()
        let fresh = { "library-\(UInt64.random(in: 0...UInt64.max, using: &generator))" }
        return try await engine.send(
            session, room: room, type: type, transaction: transaction ?? fresh(), content: content)
    }

    /// Takes a message back: its content is gone for everybody at once.
    public func recall(_ event: String, in room: String, reason: String? = nil) async throws {
        _ = try await engine.redact(
            session, room: room, event: event, transaction: "recall-\(event)", reason: reason)
    }

    /// Says that everything up to a message is read.
    public func markRead(_ event: String, in room: String) async throws {
        try await engine.markRead(session, room: room, marks: [(kind: .read, event: event)])
    }

    /// A page of what was said, the newest first.
    ///
    /// - Parameters:
    ///   - cursor: the ``HistoryPart/next`` of the page before; the newest page without one.
    ///   - limit: events looked at for the page, up to 500.
    public func history(of room: String, from cursor: String? = nil, limit: Int = 50) async throws -> HistoryPart {
        var request = HistoryRequest()
        request.limit = limit
        request.from = try cursor.map { try HistoryPlace(parsing: $0, parameter: "from") }
        let page = try JSON(parsing: try await engine.messages(session, room: room, request), limits: .stored)
        let events = page["chunk"]?.arrayValue ?? []
        return HistoryPart(events: events.compactMap { RoomEvent($0, room: room) }, next: page["end"]?.stringValue)
    }

    // MARK: News

    /// What this device has not heard yet; waits for it if there is nothing.
    ///
    /// Until the place of a reply comes back as `since`, the same news come again: keep the place where the news are
    /// kept.
    ///
    /// - Parameters:
    ///   - since: the ``News/place`` of the reply before; everything without one.
    ///   - milliseconds: how long to wait for something new, up to 55,000.
    public func news(since: String? = nil, waiting milliseconds: Int64 = 0) async throws -> News {
        var request = SyncRequest()
        request.since = try since.map { try SyncToken(parsing: $0) }
        request.timeout = milliseconds
        return News(try JSON(parsing: try await engine.sync(session, request), limits: .stored))
    }
}
