import Accounts
import Basics
import Storage

/// A notice that is ready to be sent to a push gateway.
package struct Notice: Sendable {
    package let number: Int64
    /// Where the pusher wants it.
    package let url: String
    /// The body of `POST /_matrix/push/v1/notify`.
    package let body: [UInt8]
}

/// The notices that wait for push gateways, each pusher's in their order.
package struct NoticeQueue: Sendable {
    let engine: MessagingEngine
    let userData: UserDataStore
    /// After so long nobody wants to be called any more.
    private static let oldest: Int64 = 86_400_000

    package init(engine: MessagingEngine, userData: UserDataStore) {
        self.engine = engine
        self.userData = userData
    }

    /// The pushers for which notices wait.
    package func targets() async throws -> [PushTarget] {
        try await engine.database.read { try PushQueries.targets(in: $0) }
    }

    /// The oldest notice of a pusher that is still worth sending; nil when there is none. Drops what the user has read
    /// meanwhile, what is too old, what was recalled, and everything of a pusher that is gone.
    package func next(for target: PushTarget) async throws -> Notice? {
        while true {
            let (pusher, waiting) = try await engine.database.read { connection in
                (
                    try PushQueries.pusher(target, in: connection),
                    try PushQueries.waiting(for: target, limit: 1, in: connection).first
                )
            }
            guard let waiting else { return nil }
            guard let pusher, let url = pusher["data"]?["url"]?.stringValue else {
                try await forget(target)
                return nil
            }
            if let body = try await body(of: waiting, pusher, target) {
                return Notice(number: waiting.number, url: url, body: body)
            }
            try await remove(waiting.number)
        }
    }

    /// A notice was taken.
    package func remove(_ number: Int64) async throws {
        try await engine.database.write { try PushQueries.remove(number, in: $0) }
    }

    /// The gateway says that the pushkey is no longer known: the pusher goes, and what waits for it.
    package func reject(_ target: PushTarget) async throws {
        try await userData.deletePusher(appID: target.appID, key: target.key, of: target.user)
        try await forget(target)
    }

    private func forget(_ target: PushTarget) async throws {
        try await engine.database.write { try PushQueries.removeAll(of: target, in: $0) }
    }

    // MARK: Writing a notice

    private func body(of waiting: PushQueries.Waiting, _ pusher: JSON, _ target: PushTarget) async throws -> [UInt8]? {
        guard engine.clock.now() - waiting.atMilliseconds < Self.oldest,
            let room = try await engine.room(waiting.event.room),
            let event = try await engine.event(waiting.event), !event.flags.contains(.redacted),
            room.readPlace(of: target.user).seq < event.seq
        else { return nil }
        let judge = PushJudge(engine: engine, userData: userData, room: room)
        let view = judge.view(of: event)
        // The rules may have changed, or the user may have left, since the notice was queued.
        guard let verdict = try await judge.verdict(on: event, view, for: target.user), verdict.notify else {
            return nil
        }
        let notice = NoticeBody(
            engine: engine, room: room, event: event, view: view, verdict: verdict, target: target, pusher: pusher)
        return notice.json(unread: try await engine.unread(of: target.user)).encoded()
    }
}

/// The body of a notice as the push gateway API describes it.
private struct NoticeBody {
    let engine: MessagingEngine
    let room: RoomState
    let event: StoredEvent
    let view: PushEventView
    let verdict: PushVerdict
    let target: PushTarget
    let pusher: JSON

    private var isIDOnly: Bool { pusher["data"]?["format"] == "event_id_only" }

    func json(unread: Int64) -> JSON {
        var notice: JSONObject = [
            "event_id": .string(view.eventID), "room_id": .string(view.roomID), "counts": ["unread": .int(unread)],
            "devices": [device],
        ]
        if !isIDOnly { describe(&notice) }
        notice["prio"] = verdict.highlight || verdict.sound != nil ? "high" : "low"
        return ["notification": .object(notice)]
    }

    private func describe(_ notice: inout JSONObject) {
        notice["type"] = .string(view.type)
        notice["sender"] = .string(view.sender)
        notice["content"] = .object(view.content)
        if let name = room[EventType.member, view.sender]?.content["displayname"] {
            notice["sender_display_name"] = name
        }
        if let alias = room.text(EventType.canonicalAlias, "alias") { notice["room_alias"] = .string(alias) }
        notice["room_name"] = .string(engine.title(of: room, for: target.user))
        if event.type == EventType.member {
            notice["user_is_target"] = .bool(event.stateKey == room.userIDs[target.user])
        }
    }

    private var device: JSON {
        var data = pusher["data"]?.objectValue ?? [:]
        data["url"] = nil
        var tweaks: JSONObject = [:]
        if let sound = verdict.sound { tweaks["sound"] = .string(sound) }
        if verdict.highlight { tweaks["highlight"] = true }
        return [
            "app_id": .string(target.appID), "pushkey": .string(target.key), "data": .object(data),
            "tweaks": .object(tweaks),
        ]
    }
}

extension MessagingEngine {
    /// Unread messages of a user in all rooms.
    func unread(of user: Int64) async throws -> Int64 {
        var sum: Int64 = 0
        for (number, place) in try await places(of: user) where place.membership == .join {
            guard let room = try await room(number) else { continue }
            sum += attention(of: user, in: room).unread
        }
        return sum
    }
}
