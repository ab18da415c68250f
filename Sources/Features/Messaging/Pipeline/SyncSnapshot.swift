import Accounts
import Basics
import Storage
import Synchronization

/// What a client asks of one sync.
package struct SyncRequest: Sendable {
    package var since: SyncToken?
    package var timeout: Int64 = 0
    package var isFullState = false
    package var usesStateAfter = false
    package var filter = SyncFilter()

    package init() {}
}

/// Everything in memory that one reply needs, of one moment.
struct SyncSnapshot: Sendable {
    var position: Int64
    var ephemeral: Int64
    var boot: UInt32
    /// The position the client has; `nil` for a client that starts afresh.
    var since: Int64?
    var ephemeralSince: Int64
    var places: [RoomNumber: UserRoom] = [:]
    /// The rooms that may have something to say, with their states.
    var rooms: [RoomState] = []
    var typists: [RoomNumber: [Int64]] = [:]
    var hasPersonalNews: Bool
    /// The token was of another life of the database: what the client holds may lack anything.
    var isRestart: Bool
}

extension MessagingEngine {
    /// Takes a snapshot of all that happened for a user after a token, loading rooms that are not in memory.
    ///
    /// - Parameter extra: rooms to take in though nothing happened in them.
    func snapshot(
        _ session: Session, _ request: SyncRequest, including extra: Set<RoomNumber> = []
    ) async throws -> SyncSnapshot {
        let user = session.userNumber
        try await loadRooms(of: user)
        let now = clock.now()
        for _ in 0..<16 {
            let ephemeral = typing.withLock { ($0.boot, $0.counter) }
            let (snapshot, missing) = committed.withLock { committed in
                take(&committed, user, request, extra, boot: ephemeral.0, counter: ephemeral.1, now: now)
            }
            if missing.isEmpty { return snapshot }
            try await load(missing, now: now)
        }
        throw RequestError.resourceLimit("The server is busy. Try again.", retryAfterMilliseconds: 500)
    }

    private func take(
        _ committed: inout Committed, _ user: Int64, _ request: SyncRequest, _ extra: Set<RoomNumber>, boot: UInt32,
        counter: Int64, now: Int64
    ) -> (SyncSnapshot, missing: [RoomNumber]) {
        let token = request.since
        let fits = token.map { $0.generation == database.generation && $0.position <= committed.position } ?? false
        let since = fits ? token?.position : nil
        var snapshot = SyncSnapshot(
            position: committed.position, ephemeral: counter, boot: boot, since: since,
            ephemeralSince: fits && token?.ephemeralBoot == boot ? token?.ephemeralCounter ?? 0 : 0,
            hasPersonalNews: since.map { committed.hasPersonalNews(user, after: $0) } ?? true,
            isRestart: token != nil && !fits)
        let places = committed.users[user] ?? [:]
        snapshot.places = places
        var wanted = committed.changedRooms(of: user, after: request.isFullState ? nil : since)
        typing.withLock { typing in
            for room in typing.changed(after: snapshot.ephemeralSince) where places[room]?.membership == .join {
                snapshot.typists[room] = typing.typists(in: room, after: snapshot.ephemeralSince)
                if !wanted.contains(room) { wanted.append(room) }
            }
        }
        wanted += extra.subtracting(wanted)
        wanted.removeAll { room in
            guard let place = places[room] else { return true }
            return isOver(place, since: since, request)
        }
        var missing: [RoomNumber] = []
        for number in wanted.sorted() {
            if let room = committed.touch(number, now: now) {
                snapshot.rooms.append(room)
            } else {
                missing.append(number)
            }
        }
        return (snapshot, missing)
    }

    /// Whether the client knows already that the user is no longer in the room.
    private func isOver(_ place: UserRoom, since: Int64?, _ request: SyncRequest) -> Bool {
        if place.forgotten { return true }
        switch place.membership {
        case .join: return false
        case .invite, .knock: return since.map { place.since <= $0 } ?? false && !request.isFullState
        case .leave, .ban: return since.map { place.since <= $0 } ?? !request.filter.room.includeLeave
        }
    }

    func load(_ numbers: [RoomNumber], now: Int64) async throws {
        let queries = rooms
        let loaded = try await database.read { connection in
            try numbers.compactMap { try queries.load($0, in: connection) }
        }
        committed.withLock { committed in
            for room in loaded { committed.keep(room, now: now) }
        }
    }
}
