package import Accounts
package import Basics
package import Storage
import Synchronization

/// Conversations: rooms, messages, read marks and what each device has still to hear of them.
///
/// Every change goes through the database's one writer, is decided against the newest state there, and is published
/// to readers and long polls in one step after its commit. Reading needs no lock of the writer.
package final class MessagingEngine: Sendable {
    package let database: Database
    package let accounts: Accounts
    package let serverName: String
    package let clock: any WallClock
    package let settings: MessagingSettings
    package let events: EventQueries
    let rooms: RoomQueries
    let hub: WakeHub
    let committed: Mutex<Committed>
    /// The writer's copies of rooms that the running batch has changed.
    let working = Mutex<[RoomNumber: RoomState]>([:])
    let pending = Mutex<[Publication]>([])
    let typing: Mutex<TypingBook>
    private let bells = Mutex<[Bell]>([])
    private let personalData = Mutex<(any PersonalData)?>(nil)
    private let follower = Mutex<(any RoomFollower)?>(nil)

    package static let migrations = MessagingSchema.migrations

    package init(
        database: Database, accounts: Accounts, clock: any WallClock, settings: MessagingSettings = .init()
    ) {
        self.database = database
        self.accounts = accounts
        serverName = accounts.serverName
        self.clock = clock
        self.settings = settings
        events = EventQueries(types: EventTypeTable())
        rooms = RoomQueries(events: events)
        let position = database.position
        committed = Mutex(Committed(position: position, roomLimit: settings.cachedRooms))
        hub = WakeHub(position: position)
        var generator = SystemRandomNumberGenerator()
        typing = Mutex(TypingBook(boot: UInt32.random(in: 1...UInt32.max, using: &generator)))
        database.observeCommits { [weak self] position in self?.publish(upTo: position) }
    }

    /// Where account data, to-device messages and keys are kept; set once while the server is put together.
    package var userData: (any PersonalData)? {
        get { personalData.withLock { $0 } }
        set { personalData.withLock { $0 = newValue } }
    }

    /// Who is told of changes of service rooms inside the writes that make them; set once while the server is put
    /// together.
    package var roomFollower: (any RoomFollower)? {
        get { follower.withLock { $0 } }
        set { follower.withLock { $0 = newValue } }
    }

    /// How many long polls are open.
    package var openPolls: Int { hub.waiting }

    /// The newest position that readers see.
    package var position: Int64 { committed.withLock { $0.position } }

    // MARK: Publishing

    /// Announces something that concerns users alone; call it inside the write that made it.
    package func announce(_ position: Int64, to users: [Int64], in context: WriteContext) {
        let publication = Publication(position: position, audience: .users(users))
        context.afterCommit { [self] in pending.withLock { $0.append(publication) } }
    }

    /// Publishes what a batch has changed: rooms and lists first, then the polls wake.
    private func publish(upTo position: Int64) {
        let now = clock.now()
        let changed = working.withLock { rooms in
            defer { rooms.removeAll() }
            return rooms
        }
        let publications = pending.withLock { list in
            defer { list.removeAll() }
            return list
        }
        committed.withLock { committed in
            for state in changed.values { committed.publish(state, now: now) }
            for publication in publications { committed.publish(publication) }
            committed.position = max(committed.position, position)
        }
        guard !publications.isEmpty else { return }
        hub.wake(.news) { table in
            publications.flatMap { wakes(of: $0, changed: changed, in: &table) }
        }
        for bell in bells.withLock({ $0 }) { bell.ring() }
    }

    /// Rings a bell after every commit that changed a room or something that belongs to users.
    package func follow(_ bell: Bell) { bells.withLock { $0.append(bell) } }

    private func wakes(
        of publication: Publication, changed: [RoomNumber: RoomState], in table: inout WakeTable
    ) -> [WaiterID] {
        var woken: [WaiterID] = []
        switch publication.audience {
        case .users(let users):
            woken = table.published(.positions, at: publication.position, users: users)
        case .room(let number):
            guard let room = changed[number] else { break }
            woken = table.publishedToRoom(
                .positions, at: publication.position, room: number.value, members: room.spans.keys
            ) { user in room.membership(of: user) == .join }
        }
        let moved = publication.memberships.map(\.user)
        if !moved.isEmpty { woken += table.published(.positions, at: publication.position, users: moved) }
        return woken
    }

    // MARK: Rooms for readers

    /// The room as of the newest published commit; `nil` if there is none.
    package func room(_ number: RoomNumber) async throws -> RoomState? {
        let now = clock.now()
        if let cached = committed.withLock({ $0.touch(number, now: now) }) { return cached }
        let queries = rooms
        guard let loaded = try await database.read({ try queries.load(number, in: $0) }) else { return nil }
        return committed.withLock { committed in
            committed.keep(loaded, now: now)
            return committed.rooms[number]
        }
    }

    /// The room a client names, for somebody who is or was in it.
    package func room(_ id: String, for session: Session) async throws -> RoomState {
        guard let number = RoomIdentifier.number(id, server: serverName), let room = try await room(number),
            room.spans[session.userNumber] != nil || !room.visible(to: session.userNumber).isEmpty,
            try await !hasForgotten(room, session)
        else { throw RequestError.forbidden("You are not in this room.") }
        return room
    }

    package func number(of roomID: String) throws(RequestError) -> RoomNumber {
        guard let number = RoomIdentifier.number(roomID, server: serverName) else {
            throw .notFound("There is no such room.")
        }
        return number
    }

    package func id(of room: RoomNumber) -> String { RoomIdentifier.text(room, server: serverName) }

    /// Loads the list of a user's rooms and what is quiet in it, unless they are known.
    func loadRooms(of user: Int64) async throws {
        try await userData?.loadQuietRooms(of: user)
        for _ in 0..<8 {
            let (known, epoch) = committed.withLock { ($0.users[user] != nil, $0.membershipEpoch) }
            if known { return }
            let (places, heads) = try await database.read { try MembershipQueries.rooms(of: user, in: $0) }
            let kept = committed.withLock { committed in
                guard committed.membershipEpoch == epoch else { return false }
                committed.keep(rooms: places, heads: heads, of: user)
                return true
            }
            if kept { return }
        }
        throw RequestError.resourceLimit("The server is busy. Try again.", retryAfterMilliseconds: 500)
    }

    /// Drops the index of changes; whoever asks next has it read again. To give memory back, or after a doubt about it.
    package func dropIndex() { committed.withLock { $0.dropIndex() } }

    /// Drops the rooms that are kept in memory; whoever asks next has them read again.
    package func dropRooms() { committed.withLock { $0.dropRooms() } }

    /// Stops all long polls; call it before the server drains its connections.
    package func closePolls() { hub.close() }

    /// Ends the long polls of devices that were logged out.
    package func endPolls(ofDevices devices: [Int64]) {
        hub.end(devices: devices)
    }
}
