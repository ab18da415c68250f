import Accounts
package import Basics
import Messaging
import Storage

/// What happened with a person, in one order, whichever of its ids did it.
extension Desk {
    /// Messages of all rooms, scenes, what businesses have told and steps of conversations of a person, the newest last.
    package func timeline(of person: Int64, limit: Int) async throws -> [JSON] {
        let owner = try await owner(of: try await self.shop(ofPerson: person))
        let shop = Session(
            userNumber: owner.number, user: owner.identifier, deviceNumber: 0, deviceID: "", kind: owner.kind)
        let conversations = try await conversations(ofPerson: person)
        var lines = try await steps(of: conversations, person)
        var request = HistoryRequest()
        request.limit = min(200, limit)
        for room in Set(conversations.map(\.room)).sorted().prefix(20) {
            guard let number = RoomNumber(value: room) else { continue }
            let id = messaging.id(of: number)
            let page = try JSON(parsing: try await messaging.messages(shop, room: id, request), limits: .stored)
            lines += (page["chunk"]?.arrayValue ?? []).compactMap { Self.line($0, room: id) }
        }
        return Array(lines.sorted { ($0["ts"]?.intValue ?? 0) < ($1["ts"]?.intValue ?? 0) }.suffix(limit))
    }

    /// A message or card of a room as a line; edits and states of the room are none.
    private static func line(_ event: JSON, room: String) -> JSON? {
        let type = event["type"]?.stringValue
        guard let content = event["content"]?.objectValue, let type,
            [EventType.message, cardActionType, cardResultType].contains(type),
            content["m.relates_to"]?["rel_type"] != "m.replace"
        else { return nil }
        let kind =
            switch type {
            case cardActionType: "press"
            case cardResultType: "answer"
            default: content[cardKey] == nil ? "message" : "card"
            }
        return [
            "kind": .string(kind), "room_id": .string(room), "ts": event["origin_server_ts"] ?? 0,
            "user_id": event["sender"] ?? .null, "event_id": event["event_id"] ?? .null,
            "text": content["body"] ?? content["text"] ?? content["verb"] ?? .null,
        ]
    }

    private func steps(of conversations: [Conversation], _ person: Int64) async throws -> [JSON] {
        try await database.read { connection in
            var lines: [JSON] = []
            for user in try PersonQueries.users(of: person, connection) {
                lines += try SceneQueries.scenes(of: user, limit: 50, connection)
            }
            lines += try ReviewQueries.told(
                users: try PersonQueries.users(of: person, connection), conversations: conversations.map(\.number),
                connection)
            for conversation in conversations.prefix(20) {
                for line in try TransitionQueries.list(of: conversation.number, connection) {
                    var step = line.objectValue ?? [:]
                    step["kind"] = "step"
                    step["conversation"] = .int(conversation.number)
                    lines.append(.object(step))
                }
            }
            return lines
        }
    }
}
