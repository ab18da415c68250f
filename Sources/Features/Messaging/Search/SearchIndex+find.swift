import Accounts
import Basics
import Storage
import Synchronization

/// Finding: the index proposes, the message itself and the asker's rights decide.
extension SearchIndex {
    private static let page = 100
    /// How many proposals one request looks at; a request that needs more goes on with `next`.
    private static let scanLimit = 2_000

    func find(_ session: Session, _ request: SearchRequest) async throws -> SearchHits {
        guard let query = SearchQuery(request.words) else { return SearchHits() }
        let rooms = try await rooms(of: session.userNumber, request)
        guard !rooms.isEmpty, !request.sent.isEmpty else { return SearchHits() }
        let limit = max(1, min(request.limit, 50))
        var result = SearchHits()
        var place = request.before?.position ?? .max
        for _ in 0..<(Self.scanLimit / Self.page) {
            let start = place
            let candidates = try await database.read { connection in
                try SearchQueries.candidates(
                    query.match, rooms: rooms, before: start, sent: request.sent, limit: Self.page, in: connection)
            }
            for hit in try await hits(among: candidates, session, query, request) {
                result.hits.append(hit)
                if result.hits.count == limit {
                    result.next = SearchPlace(position: hit.event.pos)
                    return result
                }
            }
            guard candidates.count == Self.page, let last = candidates.last else { return result }
            place = last.pos
        }
        result.next = SearchPlace(position: place)
        return result
    }

    /// The rooms to look in: those of the user that were asked for.
    private func rooms(of user: Int64, _ request: SearchRequest) async throws -> [RoomNumber] {
        try await engine.loadRooms(of: user)
        let places = engine.committed.withLock { $0.users[user] ?? [:] }
        let wanted = request.rooms.map { ids in
            Set(ids.compactMap { RoomIdentifier.number($0, server: engine.serverName) })
        }
        return places.compactMap { number, place in
            guard !place.forgotten, wanted?.contains(number) ?? true,
                request.filter.allowsRoom(engine.id(of: number))
            else { return nil }
            return number
        }.sorted()
    }

    private func hits(
        among candidates: [SearchCandidate], _ session: Session, _ query: SearchQuery, _ request: SearchRequest
    ) async throws -> [SearchHit] {
        var visible: [(room: RoomState, ranges: VisibleRanges, address: EventAddress)] = []
        var rooms: [RoomNumber: (RoomState, VisibleRanges)] = [:]
        for candidate in candidates where request.fields.contains(candidate.field) {
            let number = candidate.address.room
            if rooms[number] == nil, let room = try await engine.room(number) {
                rooms[number] = (room, room.visible(to: session.userNumber))
            }
            guard let (room, ranges) = rooms[number], ranges.contains(candidate.address.seq) else { continue }
            visible.append((room, ranges, candidate.address))
        }
        guard !visible.isEmpty else { return [] }
        let (events, seen) = (engine.events, visible)
        return try await engine.database.read { connection in
            try seen.compactMap { room, ranges, address in
                let found = try SearchDocument.read(address, events, in: connection) { ranges.contains($0) }
                guard let (document, event, shown) = found, request.filter.allows(event, in: room) else { return nil }
                return SearchHit(room: room, event: event, shown: shown, finding: query, in: document.text)
            }
        }
    }
}

extension SearchHit {
    /// A hit if the text holds the words.
    fileprivate init?(
        room: RoomState, event: StoredEvent, shown: StoredEvent, finding query: SearchQuery, in text: String
    ) {
        guard query.matches(text) else { return nil }
        let units = Array(text.utf16)
        let ranges = query.highlights(in: text)
        let marked = ranges.map { String(decoding: units[$0.clamped(to: units.indices)], as: UTF16.self) }
        self.init(room: room, event: event, shown: shown, ranges: ranges, marked: marked)
    }
}
