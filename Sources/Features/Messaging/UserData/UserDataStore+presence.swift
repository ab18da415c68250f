import Accounts
package import Basics
import Storage

/// Presence in syncs.
extension UserDataStore {
    /// Those whose presence one reply tells of at most; a first sync tells of the latest changes only.
    private static let presencePerReply = 1_000

    /// Adds what others who share a room, and the user's own devices, have said about being there.
    func addPresence(
        to news: inout PersonalNews, for user: Int64, after: Int64, upTo: Int64, in connection: Connection
    ) throws {
        let changed = try SettingQueries.presenceChanges(after: after, upTo: upTo, in: connection)
        guard !changed.isEmpty else { return }
        for other in changed.suffix(Self.presencePerReply) {
            guard try other == user || DeviceListQueries.isSharing(user, with: other, in: connection),
                let presence = try SettingQueries.presence(of: other, in: connection),
                let record = try accounts.user(number: other, on: connection)
            else { continue }
            let event: JSON = [
                "type": "m.presence", "sender": .string(record.identifier.text),
                "content": .object(presence.content(now: clock.now())),
            ]
            news.presence.append(event.encoded())
        }
    }
}

extension Presence {
    /// The content of a presence event, and the reply to whoever asks.
    package func content(now: Int64) -> JSONObject {
        var content: JSONObject = [
            "presence": .string(state.rawValue), "last_active_ago": .int(max(0, now - atMilliseconds)),
            "currently_active": .bool(state == .online),
        ]
        if let message { content["status_msg"] = .string(message) }
        return content
    }
}
