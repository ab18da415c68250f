import Basics

/// A search as the client-server API asks for it.
struct MatrixSearch: Sendable {
    /// How much to show around each hit.
    struct Surroundings: Sendable, Hashable {
        var before: Int
        var after: Int
        var hasProfiles: Bool
    }

    private(set) var request = SearchRequest()
    private(set) var surroundings: Surroundings?
    private(set) var hasState = false

    init(_ criteria: JSONObject, nextBatch: String?) throws(RequestError) {
        request.words = try criteria.required("search_term", criteria.string("search_term"))
        request.before = if let nextBatch { try SearchPlace(parsing: nextBatch) } else { nil }
        request.fields = try Self.fields(try criteria.array("keys"))
        if let filter = criteria["filter"], !filter.isNull { request.filter = try RoomEventFilter(filter) }
        request.limit = request.filter.events.limit(default: 10, maximum: 50)
        if let order = try criteria.string("order_by"), order != "recent", order != "rank" {
            throw .invalidParam("'order_by' is 'recent' or 'rank'.")
        }
        hasState = try criteria.bool("include_state") ?? false
        if let context = try criteria.object("event_context") {
            let limit = { (key: String) throws(RequestError) in
                Int(max(0, min(try context.int(key) ?? 5, 20)))
            }
            surroundings = Surroundings(
                before: try limit("before_limit"), after: try limit("after_limit"),
                hasProfiles: try context.bool("include_profile") ?? false)
        }
    }

    private static func fields(_ keys: [JSON]?) throws(RequestError) -> Set<SearchField> {
        guard let keys else { return Set(SearchField.allCases) }
        var fields: Set<SearchField> = []
        for key in keys {
            guard let field = key.stringValue.flatMap(SearchField.init(path:)) else {
                throw .invalidParam("'keys' may hold content.body, content.name and content.topic.")
            }
            fields.insert(field)
        }
        return fields
    }

    // MARK: The reply

    func write(
        _ found: SearchHits, to writer: inout JSONWriter, reader: (RoomState) -> RoomReader
    ) throws {
        writer.key("count")
        writer.int(found.hits.count)
        writer.strings("highlights", Array(Set(found.hits.flatMap(\.marked))).sorted())
        writer.key("results")
        try writer.array { writer in
            for hit in found.hits { try writer.object { try write(hit, reader(hit.room), to: &$0) } }
        }
        if hasState { try writeState(found, to: &writer, reader: reader) }
        if let next = found.next {
            writer.key("next_batch")
            writer.string(next.text)
        }
    }

    private func write(_ hit: SearchHit, _ reader: RoomReader, to writer: inout JSONWriter) throws {
        let renderer = EventRenderer(reader: reader)
        writer.key("rank")
        writer.int(1)
        writer.key("result")
        try renderer.write(hit.event, to: &writer)
        guard let surroundings else { return }
        writer.key("context")
        try writer.object { try write(surroundings, of: hit.event, renderer, to: &$0) }
    }

    private func write(
        _ surroundings: Surroundings, of event: StoredEvent, _ renderer: EventRenderer, to writer: inout JSONWriter
    ) throws {
        let reader = renderer.reader
        let around = try EventSurroundings(
            of: event, reader, before: surroundings.before, after: surroundings.after)
        try around.write(renderer, to: &writer)
        guard surroundings.hasProfiles else { return }
        writer.key("profile_info")
        let senders = Set(around.all.map { renderer.sender(of: $0) })
        writer.object { writer in
            for sender in senders.sorted() {
                let content = reader.room[EventType.member, sender]?.content
                var profile: JSONObject = [:]
                profile["displayname"] = content?["displayname"]
                profile["avatar_url"] = content?["avatar_url"]
                writer.key(sender)
                writer.value(.object(profile))
            }
        }
    }

    private func writeState(
        _ found: SearchHits, to writer: inout JSONWriter, reader: (RoomState) -> RoomReader
    ) throws {
        let rooms = Dictionary(found.hits.map { ($0.room.number, $0.room) }, uniquingKeysWith: { first, _ in first })
        writer.key("state")
        try writer.object { writer in
            for room in rooms.values.sorted(by: { $0.number < $1.number }) {
                let reader = reader(room)
                let renderer = EventRenderer(reader: reader)
                writer.key(reader.engine.id(of: room.number))
                try writer.array { writer in
                    for event in try reader.state(at: reader.visible.last ?? 0) {
                        try renderer.write(event, to: &writer)
                    }
                }
            }
        }
    }
}
