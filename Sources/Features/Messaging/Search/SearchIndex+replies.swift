package import Accounts
package import Basics
import Storage

extension SearchIndex {
    /// The reply of `GET /api/v1/search`: hits, the newest first, each as it reads after its newest edit.
    package func search(_ session: Session, _ request: SearchRequest) async throws -> [UInt8] {
        let found = try await find(session, request)
        return try await engine.database.read { [engine] connection in
            var writer = JSONWriter(reserving: 4_096)
            try writer.object { writer in
                writer.key("hits")
                try writer.array { writer in
                    for hit in found.hits {
                        let reader = RoomReader(engine, hit.room, viewer: session, connection: connection)
                        try writer.object { try Self.write(hit, reader, to: &$0) }
                    }
                }
                if let next = found.next {
                    writer.key("next")
                    writer.string(next.text)
                }
            }
            return writer.bytes
        }
    }

    private static func write(_ hit: SearchHit, _ reader: RoomReader, to writer: inout JSONWriter) throws {
        writer.key("room")
        writer.string(reader.engine.id(of: hit.room.number))
        writer.key("title")
        writer.string(reader.engine.title(of: hit.room, for: reader.viewer.userNumber))
        writer.key("event")
        try EventRenderer(reader: reader).write(hit.shown, to: &writer)
        writer.key("ranges")
        writer.array { writer in
            for range in hit.ranges {
                writer.array { writer in
                    writer.int(range.lowerBound)
                    writer.int(range.count)
                }
            }
        }
    }

    /// The reply of `POST /_matrix/client/v3/search`, category `room_events`; hits are always ordered by time, and
    /// `groupings` are left out.
    package func matrixSearch(
        _ session: Session, _ body: JSONObject, nextBatch: String?
    ) async throws -> [UInt8] {
        let criteria = try body.object("search_categories")?.object("room_events")
        guard let criteria else { return Array(#"{"search_categories":{}}"#.utf8) }
        let asked = try MatrixSearch(criteria, nextBatch: nextBatch)
        let found = try await find(session, asked.request)
        return try await engine.database.read { [engine] connection in
            var writer = JSONWriter(reserving: 4_096)
            try writer.object { writer in
                writer.key("search_categories")
                try writer.object { writer in
                    writer.key("room_events")
                    try writer.object { writer in
                        try asked.write(found, to: &writer) { room in
                            RoomReader(engine, room, viewer: session, connection: connection)
                        }
                    }
                }
            }
            return writer.bytes
        }
    }
}
