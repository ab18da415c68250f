import Accounts
import Basics
import Messaging
import Storage
import Testing

/// Conversations with an index beside them.
struct SearchFixture {
    let data: UserDataFixture
    let index: SearchIndex

    static func run(_ body: (SearchFixture) async throws -> Void) async throws {
        try await UserDataFixture.run { data in
            let index = try await SearchIndex.open(path: data.database.path + ".search", engine: data.engine)
            do {
                try await body(SearchFixture(data: data, index: index))
            } catch {
                await index.close()
                throw error
            }
            await index.close()
        }
    }

    func say(_ text: String, by session: Session, in room: String, as transaction: String? = nil) async throws -> String
    {
        try await data.engine.send(
            session, room: room, type: EventType.message, transaction: transaction ?? text,
            content: ["msgtype": "m.text", "body": .string(text)])
    }

    func edit(_ event: String, to text: String, by session: Session, in room: String) async throws -> String {
        try await data.engine.send(
            session, room: room, type: EventType.message, transaction: "edit \(event) \(text)",
            content: [
                "msgtype": "m.text", "body": .string("* " + text),
                "m.new_content": ["msgtype": "m.text", "body": .string(text)],
                "m.relates_to": ["rel_type": "m.replace", "event_id": .string(event)],
            ])
    }

    func recall(_ event: String, by session: Session, in room: String) async throws {
        _ = try await data.engine.redact(
            session, room: room, event: event, transaction: "recall \(event)", reason: nil)
    }

    /// The hits of a search, in order.
    func hits(
        _ words: String, by session: Session, _ change: (inout SearchRequest) -> Void = { _ in }
    ) async throws -> [JSON] {
        var request = SearchRequest()
        request.words = words
        change(&request)
        let reply = try JSON(parsing: try await index.search(session, request), limits: .stored)
        return try #require(reply["hits"]?.arrayValue)
    }

    /// The ids of the events found, page by page.
    func found(_ words: String, by session: Session, pageSize: Int = 50) async throws -> [String] {
        var request = SearchRequest()
        request.words = words
        request.limit = pageSize
        var ids: [String] = []
        while true {
            let reply = try JSON(parsing: try await index.search(session, request), limits: .stored)
            ids += (reply["hits"]?.arrayValue ?? []).compactMap { $0["event"]?["event_id"]?.stringValue }
            guard let next = reply["next"]?.stringValue else { return ids }
            request.before = try SearchPlace(parsing: next)
        }
    }
}
